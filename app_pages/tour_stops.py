"""What each stop of the tour shows: its numbers on the song, computed once for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from app_pages import caches, compare_caches, inside_caches, song_player, train_runs
from app_pages.inside_caches import BUNDLED, AnalysedSong
from genre import language, paths
from genre.audio.signal import encode_wav
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.registry import list_models
from genre.recipes.config import PRESETS
from genre.runs.reader import RunView
from genre.tour import memory_reveals, recorded_reveals, song_reveals
from genre.tour.reveal import Reveal
from genre.tour.song_reveals import Heard

state = st.session_state
COURSE, EAR = "course", "ear"
TRAINING_STOP = 8
SOUNDING_STOPS = (1, 3)
PRESET = "quick"


def model_of(chosen: Classifier) -> Classifier:
    """Return the chosen model if it is a forward LSTM on MFCCs, else the bundled one that is."""
    config = chosen.network.config
    is_fit = chosen.features.kind == "mfcc" and config.cell == "lstm" and not config.bidirectional
    if is_fit or BUNDLED["lstm"] not in list_models(paths.MODELS):
        return chosen
    try:
        return caches.classifier(BUNDLED["lstm"])
    except GenreError:  # a damaged model is reported where it is chosen
        return chosen


def reveal(number: int, analysed: AnalysedSong) -> Reveal | GenreError:
    """Return what holds at a stop, or why that cannot be found."""
    try:
        if number == TRAINING_STOP:
            return reveal_training()
        make, of = REVEALS[number](analysed)
        return _reveal(number, language.current(), of, make)
    except GenreError as error:
        return error


@st.cache_resource(max_entries=128, ttl=caches.HOUR, show_spinner=False)
def _reveal(number: int, code: str, of: tuple[Any, ...], _make: Callable[[], Reveal]) -> Reveal:
    return _make()


def heard(analysed: AnalysedSong) -> Heard:
    """Return a song as the package's reveals read it."""
    return Heard(analysed.result, analysed.classifier)


Material = tuple[Callable[[], Reveal], tuple[Any, ...]]
"""What makes a reveal, and all that it depends on."""


def _on_song(make: Callable[[Heard], Reveal]) -> Callable[[AnalysedSong], Material]:
    return lambda analysed: (lambda: make(heard(analysed)), analysed.key)


def _forgetting(analysed: AnalysedSong) -> Material:
    simple = inside_caches.with_cell(analysed, "simple_rnn")
    other = heard(simple) if simple else None
    key = (*analysed.key, *(simple.key if simple else ()))
    return partial(memory_reveals.reveal_forgetting, heard(analysed), other), key


def _ear(analysed: AnalysedSong) -> Material:
    two = [_read_by(analysed, name) for name in (COURSE, EAR)]
    return (
        partial(song_reveals.reveal_ear, heard(two[0]), heard(two[1])),
        (*two[0].key, *two[1].key),
    )


def _read_by(analysed: AnalysedSong, name: str) -> AnalysedSong:
    """Return the song as another model reads it; raises what is wrong with it."""
    found = inside_caches.analyse(analysed.song, caches.classifier(name))
    if isinstance(found, GenreError):
        raise found
    return found


def _memory(analysed: AnalysedSong) -> Material:
    runs = inside_caches.recorded_runs()
    return partial(recorded_reveals.reveal_memory, runs), ()


def _leakage(analysed: AnalysedSong) -> Material:
    study = compare_caches.recorded_leakage()
    if isinstance(study, GenreError):
        raise study
    return partial(recorded_reveals.reveal_leakage, study), compare_caches.leakage_stamp()


REVEALS: dict[int, Callable[[AnalysedSong], Material]] = {
    1: _on_song(song_reveals.reveal_waveform),
    2: _on_song(song_reveals.reveal_frames),
    3: _on_song(song_reveals.reveal_order),
    4: _forgetting,
    5: _on_song(memory_reveals.reveal_valve),
    6: _memory,
    7: _on_song(memory_reveals.reveal_decision),
    9: _leakage,
    10: _ear,
}


def open_view() -> RunView | None:
    """Return the run of this visit, if there is one that can be read."""
    if not state.get("run"):
        return None
    try:
        return train_runs.view_of(Path(paths.RUNS) / Path(state.run).name)
    except GenreError:  # said on Train
        return None


def is_training() -> bool:
    """Tell whether the run of this visit trains now."""
    view = open_view()
    return view is not None and view.status.is_live


def reveal_training() -> Reveal:
    """Return what this visit's run shows, or, before it has two epochs, the recorded one."""
    view = open_view()
    if view and len([row for row in view.history if row.get("val_accuracy") is not None]) >= 2:
        return recorded_reveals.reveal_training(
            [dict(row) for row in view.history],
            view.name,
            n_epochs=view.config.epochs,
            is_recorded=False,
        )
    return recorded_reveals.reveal_training(
        recorded_reveals.recorded_history(PRESET),
        PRESET,
        n_epochs=PRESETS[PRESET].epochs,
        is_recorded=True,
    )


def sounds(number: int, analysed: AnalysedSong) -> list[dict[str, str]]:
    """Return what can be heard at a stop: label, and address of a WAV."""
    if number not in SOUNDING_STOPS:
        return []
    in_order, shuffled = _sounds(analysed.key, analysed)
    if number == 1:
        return [{"label": _("Hear the beginning"), "url": address(in_order)}]
    return [
        {"label": _("Hear it in order"), "url": address(in_order)},
        {"label": _("Hear it shuffled"), "url": address(shuffled)},
    ]


def address(content: bytes) -> str:
    """Return where the browser finds a WAV."""
    return song_player.address_of(content, "audio/wav")


@st.cache_resource(max_entries=8, ttl=caches.HOUR, show_spinner=False)
def _sounds(key: tuple[str, str, int], _analysed: AnalysedSong) -> tuple[bytes, bytes]:
    in_order, shuffled = song_reveals.hear_shuffled(heard(_analysed))
    return encode_wav(in_order), encode_wav(shuffled)
