"""The scene of the whole way: one drawing of it that is zoomed, from the waveform to the verdict.

A Streamlit component of plain JavaScript in the files ``inside_drawing*.js``, read as they are.
What it draws comes from `genre.scenes.way_picture`; it moves with the sound in the browser alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, inside_pictures, inside_shuffled, interface, session
from app_pages import inside_parts as parts
from app_pages.component_files import read
from app_pages.inside_caches import AnalysedSong
from genre.audio.feature_config import MfccConfig
from genre.errors import GenreError
from genre.language import _
from genre.scenes.way_text import way_words

state = st.session_state
FILES = (
    "elements.js", "inside_drawing_data.js", "inside_drawing_network.js",
    "inside_drawing_stages.js", "inside_drawing.js",
)  # fmt: skip
SETTINGS = {
    "n_mfcc": (5, 13, 20, 40),
    "n_fft": (512, 1024, 2048, 4096),
    "hop_length": (256, 512, 1024, 2048),
}
WITH_SETTINGS = ("frames", "mfcc")
"""Stages of the drawing that can be computed with other settings than the model's."""
_drawing = st.components.v2.component(
    "way",
    html='<section class="way"></section>',
    css=read("inside_drawing.css"),
    js=read(*FILES),
)


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, its settings here."""
    if state.part == "Shuffled":
        inside_shuffled.show(analysed, left)
        return
    start_step, segment, zoom = start_of(analysed)
    try:
        data = inside_pictures.way_of(
            analysed, segment, choose_frames(analysed), choose_sequences(analysed)
        )
    except GenreError as error:
        with left:
            interface.show_error(error)
        return
    with left:
        draw(analysed, data, start_step, zoom)


def draw(analysed: AnalysedSong, data: dict[str, Any], start_step: int, zoom: str) -> None:
    """Draw the way, and take over where the visitor goes from it."""
    classifier = analysed.classifier
    words = way_words(classifier.features, len(classifier.network.config.dense_layers))
    identity = analysed.song.digest
    version = hashlib.sha256(repr((data["key"], start_step, words)).encode())
    _drawing(
        key="way",
        data={
            "way": data["way"],
            "words": words,
            "identity": identity,
            "startStep": start_step,
            "zoom": zoom,
            "version": version.hexdigest(),
        },
        on_zoom_change=keep_zoom,
        on_step_change=keep_step,
        on_window_change=lambda: keep_window(analysed),
        on_open_change=go_on,
    )


def choose_frames(analysed: AnalysedSong) -> MfccConfig | None:
    """Choose the settings of frames and MFCCs where the drawing shows these; None for no MFCCs."""
    usual = analysed.classifier.features
    if not isinstance(usual, MfccConfig):
        return None
    chosen = {name: getattr(usual, name) for name in SETTINGS}
    if state.zoom in WITH_SETTINGS:
        for place, (name, stops) in zip(st.columns(3), SETTINGS.items(), strict=True):
            options = sorted({*stops, chosen[name]})
            chosen[name] = place.selectbox(
                name,
                options,
                index=options.index(chosen[name]),
                key=f"mfcc_{name}_{analysed.classifier.card.name}",
                persist_state="session",
            )
        st.caption(
            _("Samples of a frame: n_fft. From one to the next: hop_length. Numbers of it: n_mfcc.")
        )
    return MfccConfig(sr=usual.sr, segment_seconds=usual.segment_seconds, **chosen)


def choose_sequences(analysed: AnalysedSong) -> bool | None:
    """Choose whether the last recurrent layer hands on every step, where it is zoomed."""
    config = analysed.classifier.network.config
    if state.zoom.split("/")[0] != f"recurrent_{len(config.units)}":
        return None
    return st.toggle(
        "return_sequences",
        value=config.pooling != "last",
        key=f"sequences_{analysed.classifier.card.name}",
        help=_("Whether the last layer returns its state for every step, or the last state only."),
    )


def start_of(analysed: AnalysedSong) -> tuple[int, int, str]:
    """Return step, segment and zoom of the drawing; were they to change, it would be sent again."""
    moment = inside_caches.moment_of(analysed)
    began = state.way_start
    if began is None or began[0] != analysed.key:
        zoom = began[3] if began else state.zoom
        state.way_start = began = (analysed.key, moment.index, moment.segment, zoom)
    return began[1:]


def keep_zoom() -> None:
    """Keep what the visitor zoomed to, for the link."""
    state.zoom = str(state.way.zoom or "")[: session.MAX_ZOOM]


def keep_step() -> None:
    """Choose the step at which the sound stopped, or which the visitor chose."""
    if isinstance(state.way.step, int):
        state.step = state.way.step


def keep_window(analysed: AnalysedSong) -> None:
    """Show the part of the song that plays now."""
    if isinstance(state.way.window, int) and state.way_start:
        key, step, _segment, zoom = state.way_start
        state.way_start = (key, step, state.way.window, zoom)


def go_on() -> None:
    """Go from the drawing to another scene, with the layer, unit and step of what was clicked."""
    place = state.way.open
    scene = place.get("scene") if isinstance(place, dict) else None
    if scene not in session.SCENES:
        return
    parts.go_to(scene)
    parts.keep_place(place)
