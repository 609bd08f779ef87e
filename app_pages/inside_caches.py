"""A song as one model reads it, and what the scenes of Inside work out of it, kept for all.

The caches are keyed by `AnalysedSong.key`: the song's digest, the model's name, and when its
folder was written.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app_pages import caches
from app_pages.caches import HOUR
from app_pages.songs import Song, current_song
from genre import paths
from genre.errors import GenreError
from genre.interpret import recall_task
from genre.interpret.gradients import MemoryCurve, measure_memory
from genre.interpret.occlusion import OcclusionRun, Part, start_occlusion
from genre.interpret.position import Position, find_position
from genre.interpret.recall_job import RecallRunner
from genre.interpret.recall_task import RecallRun
from genre.interpret.running_prediction import RunningPrediction, predict_prefixes
from genre.interpret.sequence import SongSequence, describe_sequence, describe_steps
from genre.interpret.trace import SongTrace, trace_song
from genre.interpret.unrolled import SlopeProduct, multiply_slopes
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
        return state.songs[0], "This is your first song. Open another one on Classify."
    song = caches.example(EXAMPLE)
    return song, f"{song.name}, {song.about}. Choose a song above."


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


def sequence_of(analysed: AnalysedSong, n_mfcc: int, n_fft: int, hop_length: int) -> SongSequence:
    """Return a song as two series."""
    return _sequence(analysed.song.digest, n_mfcc, n_fft, hop_length, analysed.result)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _sequence(
    digest: str, n_mfcc: int, n_fft: int, hop_length: int, _song: SongAnalysis
) -> SongSequence:
    return describe_sequence(
        _song.beginning,
        n_mfcc=n_mfcc,
        n_fft=n_fft,
        hop_length=hop_length,
        n_samples=_song.n_samples,
    )


def steps_of(analysed: AnalysedSong) -> SongSequence:
    """Return a song as samples, and as the steps that the model reads."""
    return _steps(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _steps(key: tuple[str, str, int], _analysed: AnalysedSong) -> SongSequence:
    result, features = _analysed.result, _analysed.classifier.features
    return describe_steps(result.beginning, result.steps, features, n_samples=result.n_samples)


def trace_of(analysed: AnalysedSong) -> SongTrace:
    """Return what every unit did over a song."""
    return _trace(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _trace(key: tuple[str, str, int], _analysed: AnalysedSong) -> SongTrace:
    classifier = _analysed.classifier
    return trace_song(classifier.network, _analysed.result.steps, classifier.features)


def memory_of(analysed: AnalysedSong) -> MemoryCurve:
    """Return how much the end of a segment depends on each earlier step."""
    return _memory(analysed.key, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _memory(key: tuple[str, str, int], _analysed: AnalysedSong) -> MemoryCurve:
    classifier = _analysed.classifier
    seconds = classifier.features.step_seconds
    return measure_memory(classifier.network, _analysed.result.steps, step_seconds=seconds)


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


def occlusion_of(analysed: AnalysedSong, by: Part) -> OcclusionRun:
    """Return what silencing each part changes, as far as it is computed."""
    return _occlusion(analysed.key, by, analysed)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _occlusion(key: tuple[str, str, int], by: Part, _analysed: AnalysedSong) -> OcclusionRun:
    prediction, classifier = _analysed.result.prediction, _analysed.classifier
    return start_occlusion(
        by,
        classifier.network,
        _analysed.result.steps,
        classifier.features,
        audible=prediction.audible,
        genre=prediction.genres.index(prediction.genre),
    )


@st.cache_resource(show_spinner=False, on_release=lambda tests: tests.stop())
def recall_tests() -> RecallRunner:
    """Return what runs recall tests in a background process, one at a time."""
    return RecallRunner()


@st.cache_resource(max_entries=1, ttl=HOUR, show_spinner=False)
def recorded_runs() -> tuple[RecallRun, ...]:
    """Return the recall tests that are part of the project."""
    return recall_task.recorded_runs()
