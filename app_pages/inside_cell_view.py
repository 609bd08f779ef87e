"""The pictures of a cell: a component of plain JavaScript that follows the sound of the song.

``inside_cell.js`` says what it follows and what it tells; the numbers come from
`genre.scenes.cell_picture`, and the moment, the unit and the layer that a visitor chooses in it go
into the session.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

import streamlit as st

from app_pages import inside_caches, inside_parts, session
from app_pages.component_files import read
from app_pages.inside_caches import AnalysedSong
from genre.network.config import Cell, NetworkConfig
from genre.scenes.cell_text import layer_label, picture_words

state = st.session_state
FILES = (
    "elements.js",
    "inside_cell_strips.js",
    "inside_cell_picture.js",
    "inside_cell_hold.js",
    "inside_cell.js",
)
_view = st.components.v2.component(
    "cell_view",
    html='<div class="cell-view"></div>',
    css=read("inside_cell.css"),
    js=read(*FILES),
)


def show_view(
    analysed: AnalysedSong, drawn: dict[str, Any], *, title: str, stretch: range, key: str
) -> None:
    """Show a picture of the song's network, and keep what is chosen in it.

    Parameters
    ----------
    analysed : AnalysedSong
    drawn : dict
        Of `genre.scenes.cell_picture`.
    title : str
        What the picture is of.
    stretch : range
        The segments whose steps it has.
    key : str
    """
    config, features = analysed.classifier.network.config, analysed.classifier.features
    n_segments, n_steps = analysed.result.steps.shape[:2]
    tabs = [
        {"layer": layer, "direction": direction, "label": layer_label(layer, direction)}
        for layer in range(1, len(config.units) + 1)
        for direction in config.directions
    ]
    shown = {
        **drawn,
        "title": title,
        "words": picture_words(config.cell),
        "tabs": tabs,
        "identity": analysed.song.digest,
        "nSteps": n_steps,
        "first": stretch.start * n_steps,
        "segments": len(stretch),
        "allSegments": n_segments,
        "last": n_segments * n_steps - 1,
        "stepSeconds": features.step_seconds,
        "segmentSeconds": features.segment_seconds,
    }
    place = {name: state[name] for name in (*inside_parts.PLACE, "direction")}
    _show(key, shown, place=place, isChosen=state.step != session.default("step"))


def show_textbook(drawn: dict[str, Any], told: str) -> None:
    """Show the picture of a cell whose gates were typed."""
    shown = {**drawn, "title": "", "told": told, "words": picture_words("lstm"), "tabs": []}
    _show("textbook_picture", shown, place={})


def clamp_place(config: NetworkConfig) -> None:
    """Bring layer, direction and unit of the session within a network."""
    state.layer = min(state.layer, len(config.units))
    state.unit = min(state.unit, config.units[state.layer - 1] - 1)
    if state.direction not in config.directions:
        state.direction = "forward"


def model_of(analysed: AnalysedSong, cell: Cell) -> AnalysedSong | None:
    """Return the song as read by a model of such cells, with the place within it."""
    other = inside_caches.with_cell(analysed, cell)
    if other is not None:
        clamp_place(other.classifier.network.config)
    return other


def _show(key: str, shown: dict[str, Any], **rest: Any) -> None:
    version = hashlib.sha256(repr(shown).encode()).hexdigest()
    _view(
        key=key,
        data={**shown, **rest, "version": version},
        on_place_change=partial(_keep_place, key),
    )


def _keep_place(key: str) -> None:
    """Choose what was chosen in the picture."""
    inside_parts.keep_place(getattr(state[key], "place", None))
