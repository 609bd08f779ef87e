"""Sweeps of tiny runs, on data of two genres."""

import os
import signal
import time

import pytest

from genre.paths import HOME_VARIABLE
from genre.runs.store import list_runs
from genre.sweeps.files import read_job, read_state, read_sweep, write_state
from genre.sweeps.spec import SweepSpec
from genre.sweeps.store import create_sweep
from tests.support.live_runs import PATIENT_SECONDS, end_process

TINY = {
    "texture_frames": 10,
    "units_1": 12,
    "units_2": 8,
    "dense_units": 8,
    "epochs": 4,
    "batch_size": 4,
    "n_mfcc": 13,
    "deltas": False,
    "speed": 0.0,
    "warp": 0.0,
}
"""Changes of the preset quick for a run of seconds."""


EPOCHS = 40
"""Enough for a test to see a run at work."""


@pytest.fixture
def make_sweep(tmp_path, pack):
    """Make a sweep of two learning rates and two seeds, in a folder of its own."""

    def make(folder=tmp_path / "sweeps", state=None, **changes):
        values = {
            "label": "Two rates",
            "data": pack,
            "preset": "quick",
            "changes": TINY,
            "settings": {"learning_rate": (1e-3, 1e-2)},
            "seeds": (0, 1),
        }
        sweep = read_sweep(create_sweep(SweepSpec(**values | changes), folder))
        if state:
            write_state(sweep, state)
        return sweep

    return make


@pytest.fixture
def at_home(make_sweep, tmp_path, monkeypatch, request):
    """A sweep whose process and runs have a folder of their own; all of them end with the test."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    sweep = make_sweep(changes={**TINY, "epochs": EPOCHS}, **getattr(request, "param", {}))
    yield sweep
    status = read_job(sweep.folder)
    if status.is_live and status.pid:
        os.kill(status.pid, signal.SIGKILL)
    for run in list_runs(tmp_path / "runs"):
        end_process(run)


def wait_until(what, sweep):
    """Wait until something is true of a sweep's trials and its process."""
    end, before = time.time() + PATIENT_SECONDS, ()
    while time.time() < end:
        trials, status = read_state(sweep).trials, read_job(sweep.folder)
        if trials != before:  # patience is for each step
            end, before = time.time() + PATIENT_SECONDS, trials
        if what(trials, status):
            return trials, status
        time.sleep(0.1)
    log = (sweep.folder / "job.log").read_text()
    raise AssertionError(f"waited in vain: {trials}, {status}\n{log}")


def learns(number):
    """Whether a trial's run has finished an epoch and has more to go."""
    return lambda trials, status: status.run == trials[number].run and status.epoch >= 1
