"""The visitor's language: from the address, or else the browser's; and the switch in the header.

It is asked for at every sentence, so that must neither take time nor end a run: Streamlit's session
state may do the latter.  So the address says what the visitor chose, in fragments and callbacks as
well, and the session state only brings it back into the address of the next page.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from urllib.parse import parse_qs

import streamlit as st
from babel import Locale
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages import access, caches, session
from genre import language
from genre.language import _
from genre.text.format import number

state = st.session_state
PARAMETER = "lang"
_element = st.components.v2.component(
    "html_lang",
    html="",
    js="""
export default ({ data }) => {
  document.documentElement.lang = data;  // for the fonts, and for a screen reader's voice
};
""",
)


def visitors() -> str:
    """Return the language of this visit; outside of one, that of the process."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return os.environ.get(language.VARIABLE, language.SOURCE)
    return chosen(context.query_string) or of_browser()


language.follow(visitors)


@lru_cache(maxsize=1024)
def chosen(query: str) -> str:
    """Return the language that an address names; empty where it names none that is there."""
    named = parse_qs(query).get(PARAMETER, [""])[-1]
    return named if named in language.codes() else ""


def of_browser() -> str:
    """Return the first of the browser's languages that is there, or else English."""
    return (
        known(st.context.locale or "")
        or known(st.context.headers.get("Accept-Language", ""))
        or language.SOURCE
    )


@lru_cache(maxsize=1024)
def known(tags: str) -> str:
    """Return the first of some language tags that is there, by its language alone.

    Examples
    --------
    >>> known("xx, en-GB;q=0.8"), known("xx")
    ('en', '')
    """
    codes = [tag.strip().split(";")[0].split("-")[0].lower() for tag in tags.split(",")]
    return next((code for code in codes if code in language.codes()), "")


def begin() -> None:
    """Bring the chosen language into the address, before the first sentence of a page."""
    if "language" not in state:
        state.language = session.in_link("language")
    session.write_link("every")


def show_switch() -> None:
    """Offer the languages, each under its own name."""
    _element(key="html_lang", data=language.current())
    if language.current() != language.SOURCE:
        st.html(f"<style>{uploader_words()}</style>")
    codes = language.codes()
    if len(codes) < 2:
        return
    state.at_language = language.current()
    st.selectbox(
        _("Language"),
        codes,
        format_func={code: name_of(code) for code in codes}.get,
        key="at_language",
        on_change=keep,
        label_visibility="collapsed",
        width=120,
    )


def uploader_words() -> str:
    """Return the style that puts our words in place of Streamlit's own, on its uploaders."""
    limit = access.max_upload_megabytes() or st.get_option("server.maxUploadSize")
    words = {
        "button [data-testid=stMarkdownContainer]": _("Upload"),
        "[data-testid=stFileUploaderDropzoneInstructions]": _("{n} MB per file").format(
            n=number(limit)
        ),
    }
    zone = "[data-testid=stFileUploaderDropzone]"
    return "".join(
        f"{zone} {place} > * {{ display: none; }}"
        f"{zone} {place}::after {{ content: {json.dumps(word, ensure_ascii=False)}; }}"
        for place, word in words.items()
    )


def name_of(code: str) -> str:
    """Return what a language calls itself."""
    return str(Locale.parse(code).get_display_name(code)).capitalize()


def keep() -> None:
    """Keep the language that was chosen: in the address, unless it is the browser's anyway."""
    wanted = state.at_language
    state.language = "" if wanted == of_browser() else wanted
    if state.songs_from == "example":  # its name is a sentence of ours
        state.songs = [caches.example(state.song_link, wanted)]
