"""Listening live: a microphone, a tab or a file, heard and classified in the visitor's browser.

It is a Streamlit component of plain JavaScript: ``live_engine.js`` computes what `genre` does,
``live_sound.js`` gets the sound, ``live.js`` draws.  Python sends it a model, and receives the last
30 s as a WAV file if the visitor keeps them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from app_pages import caches, interface
from app_pages.component_files import read
from app_pages.songs import Song, keep_content, say
from genre import paths
from genre.charts.colours import DIVERGING, SEQUENTIAL, genre_colour
from genre.charts.lanes import colour_table
from genre.errors import AudioError, GenreError, ModelError
from genre.export.live_model import can_listen, export_live_model
from genre.language import _, current
from genre.models.classifier import Classifier
from genre.models.registry import list_models
from genre.text import live as live_text
from genre.text.genres import genre_name

state = st.session_state
MAX_KEPT_BYTES = 44 + 2 * 22_050 * 30
SOURCES = ("microphone", "tab", "file")
HTML = f"""
<section class="live" data-label="title">
  <div class="bar">
    <button class="start" type="button"></button>
    <select class="source" data-label="source">
      {"".join(f'<option value="{name}" data-words="{name}"></option>' for name in SOURCES)}
    </select>
    <button class="keep" type="button" disabled></button>
    <div class="meter" role="meter" data-label="level"
      aria-valuemin="-60" aria-valuemax="0" aria-valuenow="-60"><span></span></div>
  </div>
  <input class="file" type="file" accept="audio/*" data-label="choose_file" hidden>
  <div class="player" hidden></div>
  <p class="status" role="status"></p>
  <div class="stage">
    <div><div class="ranking"></div><p class="so-far"></p></div>
    <div class="lanes"></div>
  </div>
  <p class="said" aria-live="polite"></p>
  <p class="note" data-words="note"></p>
  <p class="lag"></p>
</section>
"""
_live = st.components.v2.component(
    "live",
    html=HTML,
    css=read("live.css"),
    js=read("elements.js", "live_engine.js", "live_sound.js", "live.js"),
)


def show(keep: Callable[[Song], None], *, shows_gates: bool = False) -> Classifier | None:
    """Show the live listener; the chosen model listens, or the first that runs in a browser.

    Parameters
    ----------
    keep : function
        Called, before the page runs again, with the song that the visitor keeps.
    shows_gates : bool
        Whether gates and states of the last layer are drawn as well.

    Returns
    -------
    classifier : Classifier or None
        Which model listens; None where none can, which the page then says.
    """
    try:
        classifier = listening_classifier()
        data = {**component_data(classifier), "showsGates": shows_gates}
    except GenreError as error:
        interface.show_info(error)
        return None
    chosen, name = state.get("model"), classifier.card.name
    if chosen and chosen != name:
        st.caption(interface.literal(live_text.other_model(name, chosen)))
    _live(key="live", data=data, on_kept_change=partial(take, keep))
    return classifier


def listening_classifier() -> Classifier:
    """Return the chosen model, or where it does not run in a browser the first one that does.

    Raises
    ------
    ModelError
        If there is none.
    """
    names = list_models(paths.MODELS)
    first = [name for name in names if name == state.get("model")]
    for name in [*first, *names]:
        try:
            classifier = caches.classifier(name)
        except GenreError:  # said in full where the model is used
            continue
        if can_listen(classifier):
            return classifier
    raise ModelError(live_text.no_model())


def component_data(classifier: Classifier) -> dict[str, Any]:
    """Return what the component is given; made once for all visitors, for a model's weights."""
    name = classifier.card.name
    return _component_data(current(), name, caches.stamp(name), classifier)


@st.cache_data(max_entries=8, ttl=caches.HOUR, show_spinner=False)
def _component_data(
    language: str, name: str, stamp: int, _classifier: Classifier
) -> dict[str, Any]:
    model = export_live_model(_classifier).to_dict()
    return {
        "identity": f"{name} {stamp} {language}",
        "model": model,
        "words": live_text.words(),
        "genres": [genre_name(genre) for genre in _classifier.genres],
        "titles": live_text.lane_titles(len(_classifier.network.config.units)),
        "colours": [genre_colour(genre, _classifier.genres) for genre in _classifier.genres],
        "tables": {"sequential": colour_table(SEQUENTIAL), "diverging": colour_table(DIVERGING)},
    }


def take(keep: Callable[[Song], None]) -> None:
    """Make a song of what the visitor keeps."""
    content = wav_of(state.live.kept)
    if content is None:
        say(_(live_text.NOT_KEPT))
        return
    upload = f"live-{hashlib.sha256(content).hexdigest()[:16]}"
    try:
        keep(keep_content(content, _(live_text.LIVE_RECORDING), upload, []))
    except AudioError as error:
        say(str(error))


def wav_of(text: object) -> bytes | None:
    """Return the WAV file that the component sent; None if it is none of at most 30 s."""
    if not isinstance(text, str) or len(text) > 4 * (MAX_KEPT_BYTES // 3 + 1):
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:  # other letters, or no base64
        return None
    return content if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else None
