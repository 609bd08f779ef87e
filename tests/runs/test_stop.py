"""Stopping a run before it has learnt anything: at once, and nothing is lost."""

import time

import psutil
import pytest

from genre.recipes.config import PRESETS
from genre.runs import store
from genre.runs.files import RunStatus, read_control, read_events, read_status, write_status
from genre.runs.stop import BEFORE_FITTING, stop_run
from genre.runs.store import create_run, new_run, start_run
from genre.system import jobs
from tests.support.command import replace_command


@pytest.fixture
def slow_run(tmp_path, monkeypatch):
    """A run whose process takes for ever to load its libraries."""
    run = new_run(PRESETS["quick"], tmp_path)
    create_run(run, PRESETS["quick"], "gtzan-subset")
    replace_command(monkeypatch, "import time; time.sleep(600)")
    start_run(run)
    yield run
    stop_run(run)


def test_run_stopped_while_it_starts_ends_at_once(slow_run):
    process = psutil.Process(read_status(slow_run).pid)
    stop_run(slow_run)

    assert read_status(slow_run) == RunStatus("stopped", "asked to")
    assert read_events(slow_run)[0][-1]["phase"] == "stopped"
    process.wait(10)


def test_run_that_takes_long_to_start_is_not_dead_while_its_process_lives(slow_run, monkeypatch):
    monkeypatch.setattr(jobs, "START_SECONDS", -1.0)
    status = read_status(slow_run)
    assert (status.state, status.is_live) == ("queued", True)

    psutil.Process(status.pid).kill()
    end = time.time() + 10
    while read_status(slow_run).is_live and time.time() < end:
        time.sleep(0.05)
    assert read_status(slow_run).reason == "killed"


def test_run_that_learns_is_only_asked_to_stop(tmp_path):
    run = tmp_path / "run"
    create_run(run, PRESETS["quick"], "gtzan-subset")
    learning = RunStatus("fitting").stamped()
    assert learning.state not in BEFORE_FITTING
    write_status(run, learning)
    stop_run(run)

    assert read_status(run) == learning
    assert read_control(run).stop


def test_process_started_for_a_run_may_begin_with_it(tmp_path):
    run = tmp_path / "run"
    create_run(run, PRESETS["quick"], "gtzan-subset")
    write_status(run, RunStatus("queued").stamped())
    store.prepare_resume(run)
