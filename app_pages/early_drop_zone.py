"""The drop zone of Classify before Streamlit is there: seen at once, and what it is given is kept.

Streamlit's page loads two megabytes of scripts, and then asks for the first page.  Until that has a
drop zone of its own, ``early_drop_zone.html`` stands in its place, in the same look; a song that is
dropped there is handed to the page's.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from app_pages import languages
from app_pages.component_files import read
from genre import language
from genre.language import N_, _

WORDS = {
    "title": N_("Drop in a song, see its genre"),
    "label": N_("Upload songs"),
    "button": N_("Upload"),
    "kept": N_("The page is starting. What you chose is read then."),
}
SYSTEM = {
    "text": "canvastext",
    "background": "canvas",
    "secondaryBackground": "canvas",
    "primary": "highlight",
}
"""The system's colours, in place of those that no configuration names."""
COLOURS = {
    f"{theme}.{part}Color": colour for theme in ("light", "dark") for part, colour in SYSTEM.items()
}
NEUTRAL = {languages.PARAMETER, "model"}
"""What an address may name without another first screen than the empty one."""


def markup(query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return what the page of an address begins with.

    Parameters
    ----------
    query : Mapping
        Of the address.
    headers : Mapping
        Of the request.

    Returns
    -------
    markup : str
        Empty where the first screen is another: the address names a song, or a login comes first.
    """
    if set(query) - NEUTRAL or (st.secrets.load_if_toml_exists() and "auth" in st.secrets):
        return ""
    named = query.get(languages.PARAMETER, "")
    browsers = languages.known(headers.get("accept-language", "")) or language.SOURCE
    code = named if named in language.codes() else browsers
    with language.use(code):
        fields = {name: html.escape(_(word)) for name, word in WORDS.items()}
    fields |= {
        name: str(st.get_option(f"theme.{name}") or system) for name, system in COLOURS.items()
    }
    filled = read("early_drop_zone.html")
    for name, value in fields.items():
        filled = filled.replace(f"{{{name}}}", value)
    return filled
