"""The run on the page Train, and whether one trains."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import streamlit as st

from app_pages import access, caches, session
from genre import paths
from genre.errors import GenreError, RunError
from genre.language import N_, _, current
from genre.runs.damaged import FILES, DamagedEntry, damage_of, list_damaged
from genre.runs.files import read_status
from genre.runs.labels import read_label
from genre.runs.reader import RunReader, RunView
from genre.runs.store import find_run, list_runs
from genre.system.installed import check_training
from genre.text import training as training_text

state = st.session_state
N_LATEST = 8
"""Runs that are looked at to see whether one trains."""
NOT_HERE = N_("There is no such run here. Open it by its whole link.")
IMPORT_IT = N_(
    "If it was trained elsewhere, import its experiment below, or start it again: the link has its "
    "settings and its data."
)
MAX_LIVE = 4
"""Runs that train or wait at a time, where strangers come."""


def keep_worker_warm() -> None:
    """Have a process ready for the next run, unless one trains: it needs the cores more."""
    if keeps_worker_warm():
        caches.warm_worker().warm_up()


def keeps_worker_warm() -> bool:
    """Tell whether a process is kept ready now."""
    with contextlib.suppress(RunError):  # without TensorFlow; Start says so
        check_training()
        return os.environ.get("GENRE_LAB_WARM_WORKER") != "0" and not any_run_is_live()
    return False


def any_run_is_live() -> bool:
    """Tell whether one of the latest runs trains, or waits."""
    return n_live_runs() > 0


def is_queue_full() -> bool:
    """Tell whether no further run may wait, where strangers come: each would wait for hours."""
    return access.is_public() and n_live_runs() >= MAX_LIVE


def n_live_runs() -> int:
    """Return how many of the latest runs train, or wait."""
    n_live = 0
    for run in list_runs(paths.RUNS)[-N_LATEST:]:
        with contextlib.suppress(GenreError):  # a damaged run does neither
            n_live += read_status(run).is_live
    return n_live


def damaged_runs() -> list[DamagedEntry]:
    """Return the runs that cannot be read; each is looked at again when a file of it changes."""
    return list_damaged(paths.RUNS, lambda run: _damage(current(), os.fsencode(run), _stamp(run)))


def _stamp(run: Path) -> tuple[int, ...]:
    """Return when each file of a run was written last."""
    files = (run / name for name in FILES)
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)


@st.cache_data(max_entries=1000, ttl=caches.HOUR, show_spinner=False)
def _damage(language: str, run: bytes, stamp: tuple[int, ...]) -> str:
    return damage_of(Path(os.fsdecode(run)))


def open_run() -> Path | None:
    """Return the run that this visit or its link names, and write it into the link."""
    if not state.run:
        return None
    try:
        name = Path(state.run).name
        run = find_run(name, paths.RUNS)
        if access.is_public() and run.name != name:  # the end of a name can be guessed
            raise RunError
    except RunError as error:
        said = _(NOT_HERE) if access.is_public() else str(error)  # which names the latest ones
        if access.is_local():
            said = f"{said} {_(IMPORT_IT)}"
        st.warning(said, icon=":material/link_off:")
        state.reader, run = None, None  # its name stays in the link: it may be imported yet
    session.write_link("train")  # the link lost it while another page was open
    return run


def show_run(name: str) -> None:
    """Open a run from now on; none, where the name is empty."""
    state.run = name
    if state.reader and state.reader.run.name != name:
        state.reader = None


def run_label(name: str) -> str:
    """Return what to call a run in a list."""
    return training_text.run_label(name, read_label(paths.RUNS / name).label)


def view_of(run: Path) -> RunView:
    """Return what is known of a run now, reading only what is new to this visit."""
    if state.reader is None or state.reader.run != run:
        state.reader = RunReader(run)
    return state.reader.read()
