"""Sweeps that were killed with the machine go on as a server starts, and no others."""

import os
import signal
from dataclasses import replace

import pytest

from genre.paths import HOME_VARIABLE, ROOT
from genre.runs.files import read_events, read_status
from genre.runs.store import list_runs
from genre.sweeps import takeover
from genre.sweeps.files import SweepStatus, job_of, read_job, read_state, write_state
from genre.sweeps.store import start_sweep, with_trial
from genre.sweeps.takeover import take_over_sweeps
from genre.system.lock import FolderLock
from tests.support.live_runs import has_ended, n_epochs, wait_for
from tests.support.real_server import running_server
from tests.sweeps.conftest import EPOCHS, wait_until

GONE = SweepStatus("sweeping", pid=2**30, process_started=1.0, heartbeat=1.0)


@pytest.mark.parametrize("at_home", [{"settings": {"learning_rate": (1e-3,)}}], indirect=True)
@pytest.mark.tensorflow
@pytest.mark.slow
def test_sweep_and_run_killed_with_the_machine_go_on_as_a_server_starts(at_home, tmp_path):
    sweep, runs = at_home, tmp_path / "runs"
    start_sweep(sweep.folder)

    def learns(trials, status):
        run = runs / trials[0].run
        is_at_work = trials[0].state == "training" and run.exists()
        return is_at_work and n_epochs(read_events(run)[0]) >= 3  # of two there is a checkpoint

    trials, status = wait_until(learns, sweep)
    first = runs / trials[0].run
    os.killpg(status.pid, signal.SIGKILL)
    os.killpg(read_status(first).pid, signal.SIGKILL)
    wait_until(lambda trials, status: status.state == "failed", sweep)
    wait_for(has_ended, first)
    assert read_status(first).reason == "killed"
    write_state(sweep, with_trial(read_state(sweep), replace(trials[0], n_killed=1)))  # once before

    with running_server(ROOT, environment={HOME_VARIABLE: str(tmp_path)}):  # nobody visits it
        trials, status = wait_until(lambda trials, status: status.state == "finished", sweep)
    assert [trial.state for trial in trials] == ["done"] * 2
    assert sorted(run.name for run in list_runs(runs)) == sorted(trial.run for trial in trials)
    assert [e["event"] for e in read_events(first)[0]].count("resumed") == 1
    for trial in trials:
        epochs = [e["epoch"] for e in read_events(runs / trial.run)[0] if e["event"] == "epoch"]
        assert sorted(set(epochs)) == [*range(1, EPOCHS + 1)]
        assert len(epochs) - EPOCHS <= (trial == trials[0])  # the one whose checkpoint was begun
    assert trials[0].n_killed == 2  # at the third time it counts as failed


@pytest.fixture
def started(monkeypatch):
    """The sweeps that were given a process, which none of them has."""
    found = []
    monkeypatch.setattr(takeover, "start_process", lambda folder, **_: found.append(folder))
    return found


def take_over(sweep, tmp_path):
    return take_over_sweeps(sweep.folder.parent, tmp_path / "runs")


def test_sweep_without_its_process_is_begun_once(make_sweep, tmp_path, started):
    sweep = make_sweep()
    job_of(sweep.folder).write(GONE)
    assert take_over(sweep, tmp_path) == started == [sweep.folder]
    assert read_job(sweep.folder).is_live
    assert take_over(sweep, tmp_path) == []  # a second server at the same moment
    assert started == [sweep.folder]


def test_sweep_that_was_about_to_stop_is_stopped(make_sweep, tmp_path, started):
    sweep = make_sweep()
    job_of(sweep.folder).write(GONE)
    job_of(sweep.folder).stop_file.touch()
    assert take_over(sweep, tmp_path) == started == []
    assert read_job(sweep.folder).state == "stopped"
    assert not job_of(sweep.folder).is_stop_wanted()
    assert {trial.state for trial in read_state(sweep).trials} == {"waiting"}


@pytest.mark.parametrize("state", ["finished", "stopped", "spent", "failed"])
def test_sweep_that_has_ended_is_left(make_sweep, tmp_path, started, state):
    sweep = make_sweep()
    job_of(sweep.folder).write(replace(GONE, state=state))
    assert take_over(sweep, tmp_path) == started == []
    assert read_job(sweep.folder).state == state


def test_sweeps_that_never_began_are_advanced_now_or_are_damaged_are_left(
    make_sweep, tmp_path, started
):
    never, now, damaged = make_sweep(label="a"), make_sweep(label="b"), make_sweep(label="c")
    job_of(now.folder).write(GONE)
    (damaged.folder / "job.json").write_text("{")
    lock = FolderLock(now.folder)
    assert lock.acquire()
    assert take_over(never, tmp_path) == started == []
    lock.release()
    assert take_over(never, tmp_path) == [now.folder]
