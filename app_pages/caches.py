"""Caches that all visitors share: examples, models, songs, datasets and runs.

Each is bounded in number and time, and in bytes by the 20 minutes that are read of a song.  A song
is known by the digest of its content, never by its name; a model by its name and when its folder
was written.  What one page alone needs is in `compare_caches` and `inside_caches`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any, NoReturn, TypeVar

import plotly.graph_objects as go
import streamlit as st

from app_pages import listening
from app_pages.songs import Song
from genre import paths
from genre.audio.kept_songs import NotKeptError
from genre.audio.song_facts import FactsJob, SongFacts, known_facts
from genre.charts.parts import FinishedFigure, enlarge, legible
from genre.datasets.load import load_dataset
from genre.datasets.summary import describe_dataset
from genre.errors import GenreError
from genre.language import _, current, use
from genre.models.card_file import CARD_FILE
from genre.models.classifier import Classifier, load_classifier
from genre.models.names import shown_name
from genre.models.registry import model_folder, read_card
from genre.models.song_analysis import (
    FirstImpression,
    SongAnalysis,
    SongView,
    analyze_in_stages,
)
from genre.recipes.config import TrainConfig
from genre.runs.duration import StepCost, same_cost
from genre.runs.reference_runs import EarlierRun, best_earlier_run
from genre.runs.store import list_runs
from genre.system.warm_worker import WarmWorker
from genre.text import models as model_text
from genre.text.genres import capital_name
from genre.text.song import about_example

HOUR = 3600
Figure = Callable[[], go.Figure]
Kept = TypeVar("Kept")
Stages = Iterator[FirstImpression | SongAnalysis | GenreError]


def example(name: str, language: str = "") -> Song:
    """Return one of the project's own example songs, called as a language does."""
    return _example(name, language or current())


@st.cache_data(max_entries=40, ttl=HOUR, show_spinner=False)
def _example(name: str, language: str) -> Song:
    with use(language):
        called = _("{genre} example").format(genre=capital_name(name))
        return Song.of(called, paths.SAMPLES / f"{name}.ogg", about_example(name))


def classifier(name: str) -> Classifier:
    """Return a saved model, loaded once for all visitors until its folder changes."""
    return _classifier(name, stamp(name))


def stamp(name: str) -> int:
    """Return when a model's folder was last written."""
    card = model_folder(name, paths.MODELS) / CARD_FILE
    return card.stat().st_mtime_ns if card.exists() else 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _classifier(name: str, stamp: int) -> Classifier:
    return load_classifier(name, paths.MODELS)


def model_label(name: str) -> str:
    """Return a model's name with its accuracy, read once until its folder changes."""
    return _model_label(current(), name, stamp(name))


@st.cache_data(max_entries=256, ttl=HOUR, show_spinner=False)
def _model_label(language: str, name: str, stamp: int) -> str:
    try:
        card = read_card(name, paths.MODELS)
    except GenreError:  # said in full where the model is used
        card = None
    return model_text.model_label(name, card)


def model_name(name: str) -> str:
    """Return what a model is called, read once until its folder changes."""
    return _model_name(name, stamp(name))


@st.cache_data(max_entries=256, ttl=HOUR, show_spinner=False)
def _model_name(name: str, stamp: int) -> str:
    try:
        return shown_name(read_card(name, paths.MODELS))
    except GenreError:
        return name


def analysis(song: Song, chosen: Classifier) -> SongAnalysis | GenreError:
    """Return a song as a model read it, or what is wrong with it; decoded once for all pages."""
    key, begin = key_of(song, chosen), partial(_begin, song, chosen)
    try:
        if _is_kept(_analysis, key):
            return _analysis(*key, begin)
        with listening.turn():
            return _analysis(*key, begin)
    except NotKeptError as error:
        return error


def _begin(song: Song, chosen: Classifier) -> Stages:
    return analyze_in_stages(song.content, chosen)


@st.cache_resource(max_entries=32, ttl=HOUR, show_spinner=False)
def _analysis(
    digest: str, model: str, stamp: int, _begin: Callable[[], Stages]
) -> SongAnalysis | GenreError:
    try:
        *_first, last = _begin()
    except NotKeptError:  # it may be uploaded again
        raise
    except GenreError as error:  # kept as well: a bad file is not decoded again at every click
        last = error
    if isinstance(last, GenreError):
        last.add_note(current())  # its sentence is in this language
    return last


def view(song: Song, chosen: Classifier) -> SongView | GenreError:
    """Return what is drawn of a song, or what is wrong with it: of more songs than `analysis`."""
    if not _is_kept(_view, key_of(song, chosen)):
        analysis(song, chosen)
    return read(song, chosen)


def read(song: Song, chosen: Classifier) -> SongView | GenreError:
    """Return what `view` does, at once: without waiting in the queue, and without showing it."""
    key = key_of(song, chosen)
    try:
        return _view(*key, partial(_analysis, *key, partial(_begin, song, chosen)))
    except NotKeptError as error:
        return error


def view_in_stages(
    song: Song, chosen: Classifier
) -> Iterator[FirstImpression | SongView | GenreError]:
    """Yield a first impression of a long song that is not kept yet, then what `view` returns."""
    key = key_of(song, chosen)
    if not _is_kept(_view, key):
        with listening.turn():
            try:
                stages = _begin(song, chosen)
                first = next(stages)
            except NotKeptError as error:
                yield error
                return
            except GenreError as error:
                stages = iter([error])
            else:
                if isinstance(first, FirstImpression):
                    yield first
                else:
                    stages = iter([first])
            _view(*key, partial(_analysis, *key, partial(iter, stages)))
    yield view(song, chosen)


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False)
def _view(
    digest: str, model: str, stamp: int, _analyse: Callable[[], SongAnalysis | GenreError]
) -> SongView | GenreError:
    outcome = _analyse()
    return outcome if isinstance(outcome, GenreError) else outcome.view


@st.cache_resource(max_entries=128, ttl=HOUR, show_spinner=False)
def figure(
    of: tuple[Any, ...], ink: str, height: int | None, screen: int, _make: Figure
) -> FinishedFigure:
    """Return a figure, drawn once for all visitors who look at the same in the same colours.

    Parameters
    ----------
    of : tuple
        What is drawn: the chart's key, and whatever it depends on.
    ink : str
        The colour of its text.
    height : int, optional
        In pixels; without, the figure's own.
    screen : int
        Height of the screen to fill; 0 where it is not to.
    """
    made = _make()
    if height:
        made.update_layout(height=height)
    made = legible(made, ink)
    return FinishedFigure(enlarge(made, screen) if screen else made)


def kept(cache: Callable[..., Kept], key: tuple[str, str, int]) -> Kept:
    """Return what is in a cache; waits for what is being computed.

    Raises
    ------
    LookupError
        If it is not there.
    """

    def compute() -> NoReturn:
        raise LookupError  # is not kept in place of it

    return cache(*key, compute)


def _is_kept(cache: Any, key: tuple[str, str, int]) -> bool:
    """Tell whether something is in its cache; an error in another language is forgotten."""
    try:
        outcome = kept(cache, key)
    except LookupError:
        return False
    if isinstance(outcome, GenreError) and current() not in outcome.__notes__:
        cache.clear(*key, None)
        return False
    return True


def key_of(song: Song, chosen: Classifier) -> tuple[str, str, int]:
    """Return what the caches know a song by, as a model read it."""
    return song.digest, chosen.card.name, stamp(chosen.card.name)


def poll_facts(song: Song) -> tuple[SongFacts | None, int]:
    """Return a song's tempo and key, known or found in the background, started once.

    Returns
    -------
    facts : SongFacts or None
        None while they are being looked for.
    n_before : int
        How many other songs come first.

    Raises
    ------
    AudioError
        If they cannot be found.
    """
    if known := _known_facts().get(song.digest):
        return known, 0
    job = _facts_job(song.digest, song)
    return job.poll(), job.n_before


@st.cache_resource(show_spinner=False)
def _known_facts() -> dict[str, SongFacts]:
    return known_facts()


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False, on_release=lambda job: job.stop())
def _facts_job(digest: str, _song: Song) -> FactsJob:
    return FactsJob(_song.content)


@st.cache_data(max_entries=8, ttl=HOUR, show_spinner=False)
def overview(name: str) -> dict[str, Any]:
    """Return what is in a bundled dataset."""
    return asdict(describe_dataset(load_dataset(name)))


@st.cache_resource(show_spinner=False, on_release=lambda worker: worker.stop())
def warm_worker() -> WarmWorker:
    """Return the one that keeps a process with TensorFlow ready for the next run."""
    return WarmWorker()


def earlier_run(data: str, config: TrainConfig, besides: str = "") -> EarlierRun | None:
    """Return the best earlier run on the same data, to draw pale behind another one."""
    return _earlier_run(os.fsencode(data), config, besides, len(list_runs(paths.RUNS)))


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def _earlier_run(data: bytes, config: TrainConfig, besides: str, n_runs: int) -> EarlierRun | None:
    return best_earlier_run(os.fsdecode(data), config, besides=besides, folder=paths.RUNS)


def step_cost(config: TrainConfig) -> StepCost | None:
    """Return what a step of a recipe costs here; None until the warm worker has measured it."""
    answer = warm_worker().measure(same_cost(config).to_dict())
    return StepCost(**answer) if answer else None
