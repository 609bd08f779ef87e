"""Where a visit to Inside is, also in its link, and what is kept of a song looked into.

The names in ``st.session_state`` stand in the table of `resources`.  Caches are keyed by
`Hearing.key`: the song's digest, the model's name, and when its folder was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from app_pages import resources
from app_pages.resources import HOUR, Song

if TYPE_CHECKING:
    from genre.errors import GenreError
    from genre.interpret.gradients import MemoryCurve
    from genre.interpret.occlusion import Ribbon
    from genre.interpret.position import Moment
    from genre.interpret.recall_job import RecallRunner
    from genre.interpret.recall_task import RecallRun
    from genre.interpret.running_prediction import RunningVerdict
    from genre.interpret.sequence import SongSequence
    from genre.interpret.trace import SongTrace
    from genre.interpret.unrolled import SlopeProduct
    from genre.models.prediction import Classifier
    from genre.models.song_analysis import SongAnalysis
    from genre.network.config import Cell

state = st.session_state
SAMPLE = "jazz"
DEFAULTS: dict[str, Any] = {
    "scene": "sequence",
    "part": "",
    "step": 12,  # some way into a segment: there is a past to look at
    "frame": 60,
    "layer": 1,
    "unit": 0,
}
TWINS = {"lstm": "starter", "simple_rnn": "simple-rnn"}
"""The bundled model of each cell."""
N_SLOPE_SEGMENTS = 16


@dataclass(frozen=True, slots=True)
class Hearing:
    """A song as one model reads it."""

    song: Song
    classifier: Classifier
    analysis: SongAnalysis

    @property
    def key(self) -> tuple[str, str, int]:
        """What the caches know it by."""
        name = self.classifier.card.name
        return self.song.digest, name, resources.stamp(name)


def place() -> dict[str, Any]:
    """Return where this visit is: as it left the page, or as the link says."""
    from genre.text.inside_scenes import SCENES

    if "place" not in state:
        state.place = dict(DEFAULTS)
        for name, default in DEFAULTS.items():
            given = st.query_params.get(name, "")
            if isinstance(default, str):
                state.place[name] = given or default
            elif given.isdecimal() and len(given) < 9:
                state.place[name] = int(given)
    if state.place["scene"] not in SCENES:
        state.place["scene"] = DEFAULTS["scene"]
    scene = SCENES[state.place["scene"]]
    if state.place["part"] not in scene.parts:
        state.place["part"] = next(iter(scene.parts))
    return state.place


def hold(name: str) -> str:
    """Give a widget the value that the place has; return the widget's key."""
    key = f"at_{name}"
    state[key] = state.place[name]
    return key


def keep(name: str) -> None:
    """Take the place's value from its widget."""
    state.place[name] = state[f"at_{name}"]


def write_link() -> None:
    """Have the link lead to this place."""
    for name, default in DEFAULTS.items():
        value = state.place[name]
        if value == default:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def song_to_show() -> tuple[Song, str]:
    """Return the song in hand, else a sample, and what to say of the choice."""
    if song := resources.song_in_hand():
        return song, ""
    if songs := state.get("songs"):
        return songs[0], "The first of your songs; open another one on Classify."
    song = resources.sketch(SAMPLE)
    return song, f"{song.name}, {song.about}, until you choose a song above."


def hear(song: Song, classifier: Classifier) -> Hearing | GenreError:
    """Return a song as a model reads it, or what is wrong with it; worked out once."""
    analysis = resources.analysis(song, classifier)
    if resources.went_wrong(analysis):
        return analysis
    return Hearing(song, classifier, analysis)


def with_cell(hearing: Hearing, cell: Cell) -> Hearing | None:
    """Return the song as read by a model of such cells, the chosen one if it is; None if none."""
    from genre.errors import GenreError
    from genre.models.registry import list_models

    if hearing.classifier.network.config.cell == cell:
        return hearing
    if TWINS[cell] not in list_models(resources.MODELS):
        return None
    try:
        other = hear(hearing.song, resources.classifier(TWINS[cell]))
    except GenreError:  # a damaged model is spoken of where it is chosen
        return None
    is_such = isinstance(other, Hearing) and other.classifier.network.config.cell == cell
    return other if is_such else None


def moment_of(hearing: Hearing) -> Moment:
    """Return the step that the place names, within this song."""
    from genre.interpret.position import find_moment

    moment = find_moment(
        state.place["step"], hearing.analysis.steps.shape, hearing.classifier.features
    )
    state.place["step"] = moment.index
    return moment


def sequence_of(hearing: Hearing, n_mfcc: int, n_fft: int, hop_length: int) -> SongSequence:
    """Return a song as two series."""
    return _sequence(hearing.song.digest, n_mfcc, n_fft, hop_length, hearing.analysis)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _sequence(
    digest: str, n_mfcc: int, n_fft: int, hop_length: int, _analysis: SongAnalysis
) -> SongSequence:
    from genre.interpret.sequence import describe_sequence

    return describe_sequence(
        _analysis.beginning,
        n_mfcc=n_mfcc,
        n_fft=n_fft,
        hop_length=hop_length,
        n_samples=_analysis.n_samples,
    )


def trace_of(hearing: Hearing) -> SongTrace:
    """Return what every unit did over a song."""
    return _trace(hearing.key, hearing)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)
def _trace(key: tuple[str, str, int], _hearing: Hearing) -> SongTrace:
    from genre.interpret.trace import trace_song

    classifier = _hearing.classifier
    return trace_song(classifier.network, _hearing.analysis.steps, classifier.features)


def memory_of(hearing: Hearing) -> MemoryCurve:
    """Return how far back the end of a segment depends on what came."""
    return _memory(hearing.key, hearing)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _memory(key: tuple[str, str, int], _hearing: Hearing) -> MemoryCurve:
    from genre.interpret.gradients import measure_memory
    from genre.interpret.trace import step_seconds

    classifier = _hearing.classifier
    seconds = step_seconds(classifier.features)
    return measure_memory(classifier.network, _hearing.analysis.steps, step_seconds=seconds)


def slopes_of(hearing: Hearing, layer: int) -> SlopeProduct:
    """Return what the slopes of tanh leave of a gradient in a simple RNN."""
    return _slopes(hearing.key, layer, hearing)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def _slopes(key: tuple[str, str, int], layer: int, _hearing: Hearing) -> SlopeProduct:
    from genre.interpret.unrolled import multiply_slopes

    network = _hearing.classifier.network
    return multiply_slopes(network.trace(_hearing.analysis.steps[:N_SLOPE_SEGMENTS]), layer=layer)


def verdict_of(hearing: Hearing) -> RunningVerdict:
    """Return what the network would answer after each step."""
    return _verdict(hearing.key, hearing)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)
def _verdict(key: tuple[str, str, int], _hearing: Hearing) -> RunningVerdict:
    from genre.interpret.running_prediction import run_verdict

    classifier = _hearing.classifier
    seconds = classifier.features.segment_seconds
    return run_verdict(classifier.network, _hearing.analysis.steps, segment_seconds=seconds)


def ribbon_of(hearing: Hearing, by: Literal["second", "mfcc"]) -> Ribbon:
    """Return what silencing each part would have changed, as far as it is computed."""
    return _ribbon(hearing.key, by, hearing)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)
def _ribbon(key: tuple[str, str, int], by: Literal["second", "mfcc"], _hearing: Hearing) -> Ribbon:
    from genre.interpret.occlusion import start_ribbon

    prediction, classifier = _hearing.analysis.prediction, _hearing.classifier
    return start_ribbon(
        by,
        classifier.network,
        _hearing.analysis.steps,
        classifier.features,
        audible=prediction.audible,
        genre=prediction.genres.index(prediction.genre),
    )


@st.cache_resource(show_spinner=False, on_release=lambda desk: desk.stop())
def memory_desk() -> RecallRunner:
    """Return where memory tests are run, one at a time."""
    from genre.interpret.recall_job import RecallRunner

    return RecallRunner()


@st.cache_resource(max_entries=1, ttl=HOUR, show_spinner=False)
def recorded_runs() -> tuple[RecallRun, ...]:
    """Return the memory tests that ship with the project."""
    from genre.interpret.recall_task import recorded_runs

    return recorded_runs()
