"""A song as one model reads it, and what the scenes of Inside work out of it, kept for all.

The caches are keyed by `AnalysedSong.key`: the song's digest, the model's name, and when its
folder was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from app_pages import caches
from app_pages.caches import HOUR
from app_pages.songs import Song, current_song
from genre import paths
from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.errors import GenreError
from genre.interpret import memory_run
from genre.interpret.gradient_paths import GradientPaths, Source, measure_paths
from genre.interpret.memory_job import MemoryRunner
from genre.interpret.memory_run import MemoryRun
from genre.interpret.occlusion import OcclusionRun, Part, occlude_values
from genre.interpret.position import Position, find_position
from genre.interpret.pull import SongPulls, unit_pulls
from genre.interpret.running_prediction import RunningPrediction, predict_prefixes
from genre.interpret.silence import SilencedSecond, silence_second, silence_seconds
from genre.interpret.slopes import SlopeProduct, multiply_slopes
from genre.interpret.trace import SongTrace, trace_song
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.registry import list_models
from genre.models.song_analysis import SongAnalysis
from genre.network.config import Cell

state = st.session_state
EXAMPLE = "jazz"
"""What is shown until a song is chosen."""
BUNDLED = {"lstm": "starter", "simple_rnn": "simple-rnn"}
"""The bundled model of each cell."""
N_SLOPE_SEGMENTS = 16


@dataclass(frozen=True, slots=True)
class AnalysedSong:
    """A song as one model reads it."""

    song: Song
    classifier: Classifier
    result: SongAnalysis

    @property
    def key(self) -> tuple[str, str, int]:
        """The key of the caches."""
        name = self.classifier.card.name
        return self.song.digest, name, caches.stamp(name)


def song_to_show() -> tuple[Song, str]:
    """Return the current song, else an example, and a sentence on that choice."""
    if song := current_song():
        return song, ""
    if state.songs:
        return state.songs[0], _("This is your first song. Open another one on Classify.")
    song = caches.example(EXAMPLE)
    return song, _("{name}, {about}. Choose a song above.").format(name=song.name, about=song.about)


def analyse(song: Song, classifier: Classifier) -> AnalysedSong | GenreError:
    """Return a song as a model reads it, or what is wrong with it; computed once for all pages."""
    result = caches.analysis(song, classifier)
    return result if isinstance(result, GenreError) else AnalysedSong(song, classifier, result)


def with_cell(analysed: AnalysedSong, cell: Cell) -> AnalysedSong | None:
    """Return the song as read by a model of such cells, the chosen one if it is; None if none."""
    if analysed.classifier.network.config.cell == cell:
        return analysed
    if BUNDLED[cell] not in list_models(paths.MODELS):
        return None
    try:
        other = analyse(analysed.song, caches.classifier(BUNDLED[cell]))
    except GenreError:  # a damaged model is reported where it is chosen
        return None
    is_such = isinstance(other, AnalysedSong) and other.classifier.network.config.cell == cell
    return other if is_such else None


def moment_of(analysed: AnalysedSong) -> Position:
    """Return the chosen step, within this song."""
    moment = find_position(state.step, analysed.result.steps.shape, analysed.classifier.features)
    state.step = moment.index
    return moment


def trace_of(analysed: AnalysedSong) -> SongTrace:
    """Return what every unit did over a song."""
    return _trace(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _trace(key: tuple[str, str, int], _analysed: AnalysedSong) -> SongTrace:
    classifier = _analysed.classifier
    return trace_song(classifier.network, _analysed.result.steps, classifier.features)


def pulls_of(analysed: AnalysedSong) -> SongPulls:
    """Return the pull of each unit of the last layer on each genre."""
    return _pulls(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _pulls(key: tuple[str, str, int], _analysed: AnalysedSong) -> SongPulls:
    result = _analysed.result
    network, audible = _analysed.classifier.network, result.prediction.audible
    return unit_pulls(network, result.steps, audible=audible)


def paths_of(analysed: AnalysedSong, source: Source, layer: int) -> GradientPaths:
    """Return how much the end of a segment depends on each earlier step, by each path."""
    return _paths(analysed.key, source, layer, analysed)


@st.cache_resource(max_entries=32, ttl=HOUR, show_spinner=False)
def _paths(
    key: tuple[str, str, int], source: Source, layer: int, _analysed: AnalysedSong
) -> GradientPaths:
    classifier, steps = _analysed.classifier, _analysed.result.steps
    seconds = classifier.features.step_seconds
    return measure_paths(
        classifier.network, steps, step_seconds=seconds, source=source, layer=layer
    )


def slopes_of(analysed: AnalysedSong, layer: int) -> SlopeProduct:
    """Return what the slopes of tanh leave of a gradient in a simple RNN."""
    return _slopes(analysed.key, layer, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _slopes(key: tuple[str, str, int], layer: int, _analysed: AnalysedSong) -> SlopeProduct:
    network = _analysed.classifier.network
    return multiply_slopes(network.trace(_analysed.result.steps[:N_SLOPE_SEGMENTS]), layer=layer)


def predictions_of(analysed: AnalysedSong) -> RunningPrediction:
    """Return what the network would predict after each step."""
    return _predictions(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _predictions(key: tuple[str, str, int], _analysed: AnalysedSong) -> RunningPrediction:
    classifier = _analysed.classifier
    return predict_prefixes(classifier.network, _analysed.result.steps, classifier.features)


def silenced_of(analysed: AnalysedSong, second: int) -> SilencedSecond:
    """Return what is predicted without a second of the song.

    Raises
    ------
    NotKeptError
        If the song was swept away.
    """
    return _silenced(analysed.key, second, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _silenced(key: tuple[str, str, int], second: int, _analysed: AnalysedSong) -> SilencedSecond:
    classifier, result = _analysed.classifier, _analysed.result
    return silence_second(
        samples_of(_analysed),
        result.steps,
        predictions_of(_analysed),
        second=second,
        audible=result.prediction.audible,
        network=classifier.network,
        features=classifier.features,
    )


def occlusion_of(analysed: AnalysedSong, by: Part) -> OcclusionRun:
    """Return what silencing each part changes, as far as it is computed."""
    return _occlusion(analysed.key, by, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _occlusion(key: tuple[str, str, int], by: Part, _analysed: AnalysedSong) -> OcclusionRun:
    prediction, classifier = _analysed.result.prediction, _analysed.classifier
    asked = {
        "audible": prediction.audible,
        "genre": prediction.genres.index(prediction.genre),
        "network": classifier.network,
        "steps": _analysed.result.steps,
        "features": classifier.features,
    }
    if by != "second":
        return OcclusionRun(partial(occlude_values, **asked))
    return OcclusionRun(partial(silence_seconds, partial(samples_of, _analysed), **asked))


def samples_of(analysed: AnalysedSong) -> Signal:
    """Return a song's samples as its model reads them; raises `AudioError` if it was swept away."""
    return load_audio(analysed.song.content, sr=analysed.classifier.features.sr)


@st.cache_resource(show_spinner=False, on_release=lambda tests: tests.stop())
def memory_tests() -> MemoryRunner:
    """Return what runs memory tests in a background process, one at a time."""
    return MemoryRunner()


@st.cache_resource(max_entries=1, ttl=HOUR, show_spinner=False)
def recorded_runs() -> tuple[MemoryRun, ...]:
    """Return the memory tests that are part of the project."""
    return memory_run.recorded_runs()
