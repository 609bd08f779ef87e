"""What the drawings of Inside show of a song, kept for all: its way, its order shuffled, one cell.

The caches are keyed as those of `inside_caches`; what has words in it, by their language as well.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import inside_caches
from app_pages.caches import HOUR
from app_pages.inside_caches import AnalysedSong
from genre.audio.feature_config import MfccConfig
from genre.audio.signal import encode_wav
from genre.interpret.cell import cell_series, stretch_of
from genre.interpret.held import LayerRun, most_steps, run_layer
from genre.interpret.sequence import Shuffled, play_shuffled, shuffle_steps
from genre.interpret.way import trace_way, window_size
from genre.language import current
from genre.network.config import Direction
from genre.network.held import HeldGate
from genre.scenes.cell_picture import picture_data
from genre.scenes.cell_text import beside_label, unit_label
from genre.scenes.way_picture import way_data


def way_of(
    analysed: AnalysedSong, segment: int, shown: MfccConfig | None, sequences: bool | None
) -> dict[str, Any]:
    """Return what is drawn of a song's way around a segment, and what it depends on.

    Parameters
    ----------
    analysed : AnalysedSong
    segment : int
    shown : MfccConfig or None
        The settings of the frames; None, or its own, for the model's.
    sequences : bool or None
        Whether the last layer returns sequences; None, or as it does, for the model's.
    """
    classifier = analysed.classifier
    config, features = classifier.network.config, classifier.features
    n_window, _stride = window_size(features, config, len(analysed.result.steps))
    shown = None if shown == features.frames else shown
    sequences = None if sequences == (config.pooling != "last") else sequences
    of = (*analysed.key, current(), segment // n_window * n_window, shown, sequences)
    return {"key": of, "way": _way(of, analysed)}


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)  # 3 MB each
def _way(of: tuple[Any, ...], _analysed: AnalysedSong) -> dict[str, Any]:
    *_key, segment, shown, sequences = of
    way = trace_way(
        _analysed.result,
        _analysed.classifier,
        segment=segment,
        shown=shown,
        returns_sequences=sequences,
    )
    return way_data(way, _analysed.result.prediction)


def shuffled_of(analysed: AnalysedSong, seed: int) -> Shuffled:
    """Return what a model predicts for the steps of a song in another order."""
    return _shuffled(analysed.key, seed, analysed)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)  # 3 MB each of 20 minutes
def _shuffled(key: tuple[str, str, int], seed: int, _analysed: AnalysedSong) -> Shuffled:
    result = _analysed.result
    network, audible = _analysed.classifier.network, result.prediction.audible
    return shuffle_steps(network, result.steps, audible=audible, seed=seed)


def shuffled_sound_of(analysed: AnalysedSong, seed: int) -> bytes:
    """Return the beginning of a song in that order, as a WAV."""
    return _shuffled_sound(analysed.key, seed, analysed)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)  # 1.3 MB each
def _shuffled_sound(key: tuple[str, str, int], seed: int, _analysed: AnalysedSong) -> bytes:
    order = shuffled_of(_analysed, seed).order
    signal = play_shuffled(_analysed.result.beginning, order, _analysed.classifier.features)
    return encode_wav(signal)


def cell_of(
    analysed: AnalysedSong, segment: int, layer: int, unit: int, direction: Direction
) -> tuple[dict[str, Any], range]:
    """Return the picture of a unit over the stretch of a segment, and that stretch."""
    stretch = stretch_of(segment, analysed.result.steps.shape)
    return _cell(analysed.key, stretch, layer, unit, direction, analysed), stretch


def lstm_beside(
    analysed: AnalysedSong, segment: int, layer: int, unit: int
) -> dict[str, dict[str, Any]]:
    """Return a unit of an LSTM that reads the same steps as ``beside``; nothing if none does."""
    other = inside_caches.with_cell(analysed, "lstm")
    if other is None or other.result.steps.shape != analysed.result.steps.shape:
        return {}
    units = other.classifier.network.config.units
    layer = min(layer, len(units))
    unit = min(unit, units[layer - 1] - 1)
    drawn, _stretch = cell_of(other, segment, layer, unit, "forward")
    title = beside_label(other.classifier.card.name, unit_label(unit, layer, "forward"))
    return {"beside": {**drawn, "title": title}}


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)  # up to 0.8 MB each
def _cell(
    key: tuple[str, str, int],
    stretch: range,
    layer: int,
    unit: int,
    direction: Direction,
    _analysed: AnalysedSong,
) -> dict[str, Any]:
    network = _analysed.classifier.network
    trace = network.trace(_analysed.result.steps[stretch.start : stretch.stop])
    series = cell_series(network, trace, layer=layer, unit=unit, direction=direction)
    return picture_data(series)


def run_of(
    analysed: AnalysedSong, segment: int, layer: int, direction: Direction, held: HeldGate | None
) -> tuple[LayerRun, range]:
    """Return what a layer does over the stretch of a segment, a gate held or not; the stretch."""
    limit = most_steps(analysed.classifier.network)
    stretch = stretch_of(segment, analysed.result.steps.shape, limit)
    return _run(analysed.key, stretch, layer, direction, held, analysed), stretch


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)  # up to 4 MB each
def _run(
    key: tuple[str, str, int],
    stretch: range,
    layer: int,
    direction: Direction,
    held: HeldGate | None,
    _analysed: AnalysedSong,
) -> LayerRun:
    classifier = _analysed.classifier
    return run_layer(
        classifier.network,
        _analysed.result.steps[stretch.start : stretch.stop],
        classifier.features,
        layer=layer,
        direction=direction,
        held=() if held is None else (held,),
    )
