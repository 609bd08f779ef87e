"""What the page Experiments keeps between clicks: all runs, models, differences, costs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import streamlit as st

from app_pages.caches import HOUR
from app_pages.compare_caches import Stamp
from genre import paths
from genre.compare.leaderboard import LeaderboardEntry, entries_fingerprint
from genre.errors import GenreError
from genre.experiments.index import RunIndex, recorded_runs
from genre.experiments.predictions import model_entries
from genre.experiments.records import RunRecord
from genre.experiments.records import Stamp as RunStamp
from genre.experiments.selection import SelectionCost, selection_cost_of
from genre.language import _, current
from genre.runs.damaged import DamagedEntry
from genre.sweeps.files import STATE_FILE, SWEEP_FILE
from genre.sweeps.store import runs_of_sweeps
from genre.text import experiments as experiments_text

Key = tuple[tuple[str, RunStamp], ...]


def all_runs() -> tuple[list[RunRecord], list[DamagedEntry]]:
    """Return the runs, the latest first, and those that cannot be read; each is read once."""
    index = _index(os.fsencode(paths.RUNS))
    with st.spinner(_("Reading the runs")) if index.is_new else contextlib.nullcontext():
        return index.read()


def again(records: list[RunRecord]) -> list[RunRecord]:
    """Return some runs as they are now."""
    return _index(os.fsencode(paths.RUNS)).again(records)


@st.cache_resource(max_entries=1, ttl=HOUR, show_spinner=False)
def recorded() -> list[RunRecord]:
    """Return the runs that come with the program."""
    return recorded_runs(paths.RECORDED)


@st.cache_resource(max_entries=2, show_spinner=False)
def _index(folder: bytes) -> RunIndex:
    return RunIndex(Path(os.fsdecode(folder)))


def sweeps_of_runs() -> dict[str, str]:
    """Return the sweep of each run that is part of one, by the run's name."""
    names = (SWEEP_FILE, STATE_FILE)  # not that of its process, which writes every second
    files = [file for name in names for file in sorted(paths.SWEEPS.glob(f"*/{name}"))]
    stamp = tuple((ascii(str(file)), _modified(file)) for file in files)
    return _sweeps_of_runs(os.fsencode(paths.SWEEPS), stamp)


@st.cache_data(max_entries=2, show_spinner=False)
def _sweeps_of_runs(folder: bytes, stamp: Stamp) -> dict[str, str]:
    return runs_of_sweeps(Path(os.fsdecode(folder)))


def _modified(file: Path) -> int:
    """Return when a file was written last; 0 if it is just being exchanged."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def key_of(records: list[RunRecord]) -> Key:
    """Return what the caches know some runs by."""
    return tuple((ascii(record.name), record.stamp) for record in records)


def models() -> list[LeaderboardEntry]:
    """Return the saved models whose predictions for tracks are here."""
    nowhere = paths.MODELS / ".no-runs"
    return _models(current(), entries_fingerprint(paths.MODELS, nowhere, paths.RESULTS))


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def _models(language: str, stamp: Stamp) -> list[LeaderboardEntry]:
    return model_entries(paths.MODELS, paths.RESULTS)


def shared_lines(first: RunRecord, other: RunRecord | LeaderboardEntry) -> list[str] | GenreError:
    """Return the paired difference of a run and another or a model, in sentences."""
    if isinstance(other, RunRecord):
        key: tuple[Any, ...] = key_of([other])
    else:
        nowhere = paths.MODELS / ".no-runs"
        key = (other.reference, entries_fingerprint(paths.MODELS, nowhere, paths.RESULTS))
    return _shared_lines(current(), key_of([first]), key, first, other)


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def _shared_lines(
    language: str,
    first: Key,
    other: tuple[Any, ...],
    _first: RunRecord,
    _other: RunRecord | LeaderboardEntry,
) -> list[str] | GenreError:
    try:
        return experiments_text.shared_lines(_first, _other)
    except GenreError as error:
        return error


def selection_cost(records: list[RunRecord]) -> SelectionCost | GenreError | None:
    """Return what choosing the best of some runs costs, measured once until one changes."""
    with st.spinner(_("Choosing on halves of the tracks")):
        return _selection_cost(current(), key_of(records), records)


@st.cache_data(max_entries=32, ttl=HOUR, show_spinner=False)
def _selection_cost(
    language: str, key: Key, _records: list[RunRecord]
) -> SelectionCost | GenreError | None:
    try:
        return selection_cost_of(_records)
    except GenreError as error:
        return error
