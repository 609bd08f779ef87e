"""The run on show, and what is kept of runs between clicks.

The names in ``st.session_state`` stand in the table of `resources`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources
from app_pages.resources import HOUR

if TYPE_CHECKING:
    from genre.recipes.config import TrainConfig
    from genre.runs.reader import RunView
    from genre.runs.reference_runs import EarlierRun
    from genre.system.warm_worker import WarmWorker

N_LATEST = 8
"""Runs that are looked at to see whether one trains."""


@st.cache_resource(show_spinner=False, on_release=lambda worker: worker.stop())
def warm_worker() -> WarmWorker:
    """Return the one that keeps a process with TensorFlow ready for the next run."""
    from genre.system.warm_worker import WarmWorker

    return WarmWorker()


def keep_worker_warm() -> None:
    """Have a process ready for the next run, unless one trains: it needs the cores more."""
    if os.environ.get("GENRE_LAB_WARM_WORKER") == "0":
        return
    if not any_run_is_live():
        warm_worker().warm_up()


def any_run_is_live() -> bool:
    """Tell whether one of the latest runs trains, or waits."""
    from genre.errors import GenreError
    from genre.runs.files import read_status
    from genre.runs.store import list_runs

    for run in list_runs(resources.RUNS)[-N_LATEST:]:
        with contextlib.suppress(GenreError):  # a damaged run holds up nothing
            if read_status(run).is_live:
                return True
    return False


def run_on_show() -> Path | None:
    """Return the run that this visit looks at, as the session or the link says."""
    from genre.errors import RunError
    from genre.runs.store import find_run

    name = st.session_state.setdefault("run", st.query_params.get("run", ""))
    if not name:
        return None
    try:
        run = find_run(Path(name).name, resources.RUNS)
        st.query_params["run"] = run.name  # the link lost it while another page was open
        return run
    except RunError as error:
        st.warning(str(error), icon=":material/link_off:")
        show_run("")
        return None


def show_run(name: str) -> None:
    """Look at a run from now on; at none, where the name is empty."""
    state = st.session_state
    state.run = name
    if state.get("reader") and state.reader.run.name != name:
        del state["reader"]
    if name:
        st.query_params["run"] = name
    else:
        st.query_params.pop("run", None)


def view_of(run: Path) -> RunView:
    """Return what is known of a run now, reading only what is new to this visit."""
    from genre.runs.reader import RunReader

    state = st.session_state
    if state.get("reader") is None or state.reader.run != run:
        state.reader = RunReader(run)
    return state.reader.read()


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def ghost_of(data: str, config: TrainConfig, run: str, n_runs: int) -> EarlierRun | None:
    """Return the run to draw pale behind another one; ``n_runs`` tells when to look again."""
    from genre.runs.reference_runs import best_earlier_run

    return best_earlier_run(data, config, besides=run, folder=resources.RUNS)


def speed(is_busy: bool) -> float | None:
    """Return how fast the latest run trained here, looked up anew when one begins or ends."""
    from genre.runs.store import list_runs

    return _speed(len(list_runs(resources.RUNS)), is_busy)


@st.cache_data(max_entries=4, ttl=HOUR, show_spinner=False)
def _speed(n_runs: int, is_busy: bool) -> float | None:
    """Return how fast the latest run trained here; the arguments tell when to look again."""
    from genre.runs.duration import measured_speed

    return measured_speed(resources.RUNS)
