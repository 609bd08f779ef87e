"""The process that waits with TensorFlow loaded: warm, handed over, orphaned, dead."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from genre import language
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.runs.duration import StepCost
from genre.runs.files import history_of, read_events, read_status
from genre.runs.store import create_run, restart_lost, start_run, steer_run
from genre.system.warm_worker import READY, WarmWorker
from tests.support.live_runs import (
    PATIENT_SECONDS,
    RECIPE,
    end_process,
    has_ended,
    n_epochs,
    wait_for,
)

pytestmark = pytest.mark.slow
SERVER = """
import sys, time
from pathlib import Path
from genre.system.warm_worker import WarmWorker

worker = WarmWorker()
worker.warm_up()
print(worker.pid, flush=True)
while not worker.is_warm:
    time.sleep(0.05)
print("warm", flush=True)
for line in sys.stdin:
    print(bool(worker.hand_over(Path(line.strip()))), flush=True)
"""


def becomes(what):
    """Wait until something is true."""
    end = time.time() + PATIENT_SECONDS
    while time.time() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def worker():
    """A worker that is not warm yet."""
    keeper = WarmWorker()
    keeper.warm_up()
    yield keeper
    keeper.stop()


@pytest.fixture
def server():
    """A process that keeps a warm worker, as the page's server does; its worker's number."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        pid = int(process.stdout.readline())
        yield process, psutil.Process(pid)
        process.kill()
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def test_worker_run_equals_a_cold_run_and_uses_up_the_worker(worker, make_run, finished_run):
    assert not worker.is_warm
    assert becomes(lambda: worker.is_warm)
    run = make_run("warm")
    start_run(run, worker=worker)
    assert not worker.is_warm

    status, events = wait_for(has_ended, run)
    assert status.state == "finished"
    assert history_of(events) == history_of(read_events(finished_run)[0])
    models = [r / "model" / "weights.npz" for r in (run, finished_run)]
    assert models[0].read_bytes() == models[1].read_bytes()


def test_worker_given_a_run_before_loading_trains_it(worker, make_run):
    run = make_run("early", epochs=1)
    pid = worker.pid
    start_run(run, worker=worker)
    assert read_status(run).state == "queued"
    status, _ = wait_for(lambda status, events: status.pid, run)
    assert status.pid == pid
    assert wait_for(has_ended, run)[0].state == "finished"


def test_worker_resumes_a_killed_run(worker, make_run, finished_run):
    run = make_run("killed")
    start_run(run)
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 2, run)
    os.kill(status.pid, signal.SIGKILL)
    wait_for(has_ended, run)

    start_run(run, resume=True, worker=worker)
    _, events = wait_for(lambda status, events: status.state == "finished", run)
    # Its last epoch may have been written a moment before its checkpoint was kept.
    assert [event["epoch"] >= 1 for event in events if event["event"] == "resumed"] == [True]
    assert history_of(events) == history_of(read_events(finished_run)[0])


def test_worker_speaks_the_language_of_whoever_starts_the_run(worker, tmp_path):
    run = tmp_path / "runs" / "korean"
    create_run(run, RECIPE, str(tmp_path / "no-data"))
    with language.use("ko"):
        start_run(run, worker=worker)
    status, _ = wait_for(has_ended, run)

    assert status.state == "failed"
    assert "데이터셋이 없습니다" in status.reason


def test_worker_warmed_up_twice_is_one_and_after_a_run_a_new_one(worker, make_run):
    first = worker.pid
    worker.warm_up()
    assert worker.pid == first

    run = make_run("taken", epochs=1)
    assert worker.hand_over(run)
    assert not worker.hand_over(run)  # it is nobody's any more
    worker.warm_up()
    assert worker.pid != first
    assert wait_for(has_ended, run)[0].state == "finished"


def test_worker_killed_makes_a_run_start_its_own_process(worker, make_run):
    process = psutil.Process(worker.pid)
    pid = process.pid
    process.kill()
    process.wait()
    run = make_run("alone", epochs=1)
    start_run(run, worker=worker)

    assert not worker.is_warm
    status, _ = wait_for(lambda status, events: status.pid, run)
    assert status.pid != pid
    assert wait_for(has_ended, run)[0].state == "finished"


def test_run_of_a_worker_killed_before_it_begins_gets_its_own_process(worker, make_run):
    process = psutil.Process(worker.pid)
    process.suspend()  # it takes nothing any more, and is there all the same
    run = make_run("lost", epochs=1)
    start_run(run, worker=worker)
    assert read_status(run).state == "queued"

    process.kill()
    wait_for(lambda status, events: status.pid not in (0, process.pid), run)
    assert wait_for(has_ended, run)[0].state == "finished"


def test_run_deleted_before_its_worker_is_lost_is_not_made_again(worker, make_run):
    process = psutil.Process(worker.pid)
    process.suspend()
    run = make_run("deleted")
    lost = threading.Event()
    assert worker.hand_over(run, on_lost=lambda *given: (restart_lost(*given), lost.set()))
    shutil.rmtree(run)
    process.kill()
    assert lost.wait(PATIENT_SECONDS)
    assert not run.exists()


def test_worker_measures_recipes_before_it_takes_a_run(worker, make_run):
    recipe = PRESETS["quick"].to_dict()
    assert worker.measure(recipe) is None  # it still loads
    assert becomes(lambda: worker.measure(recipe))
    cost = StepCost(**worker.measure(recipe))
    assert cost.batch_seconds > 0
    assert becomes(lambda: worker.measure(recipe | {"units_1": 70_000}) == {})

    run = make_run("measured", epochs=1)
    pid = worker.pid
    start_run(run, worker=worker)
    status, _ = wait_for(has_ended, run)
    assert (status.state, status.pid) == ("finished", pid)
    assert StepCost(**worker.measure(recipe)) == cost  # known without a worker, too


def test_worker_stopped_ends(worker):
    process = psutil.Process(worker.pid)
    worker.stop()
    assert becomes(lambda: not process.is_running())
    assert not worker.hand_over(Path("nowhere"))
    worker.stop()


def test_worker_idle_ends_with_its_killed_server(server):
    process, worker = server
    assert process.stdout.readline() == "warm\n"
    process.kill()
    process.wait()
    assert becomes(lambda: not worker.is_running())


def test_worker_loading_ends_with_its_server(server):
    process, worker = server
    process.kill()
    process.wait()
    assert becomes(lambda: not worker.is_running())


def test_worker_with_a_run_outlives_its_server(server, make_run):
    process, worker = server
    assert process.stdout.readline() == "warm\n"
    run = make_run("outlives", epochs=1000)
    process.stdin.write(f"{run}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "True\n"
    wait_for(lambda status, events: n_epochs(events) >= 1, run)

    process.kill()
    process.wait()
    n_before = n_epochs(read_events(run)[0])
    status, _ = wait_for(lambda status, events: n_epochs(events) > n_before + 1, run)
    assert status.pid == worker.pid
    steer_run(run, stop=True)
    assert wait_for(has_ended, run)[0].state == "stopped"
    assert becomes(lambda: not worker.is_running())


def test_worker_whose_run_was_deleted_ends(worker, make_run):
    run = make_run("gone")
    shutil.rmtree(run)
    process = psutil.Process(worker.pid)
    assert worker.hand_over(run)
    assert becomes(lambda: not process.is_running())


def test_worker_output_does_not_mark_it_as_warm(monkeypatch, tmp_path):
    """Its first line alone says so, and only that one."""
    talker = tmp_path / "talker"
    talker.write_text("#!/bin/sh\necho some warning of a library\nsleep 60\n")
    talker.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(talker))
    keeper = WarmWorker()
    keeper.warm_up()
    time.sleep(0.5)
    assert not keeper.is_warm
    keeper.stop()
    assert READY not in b"some warning of a library\n"


def test_worker_run_writes_its_log_in_the_run_folder(worker, make_run):
    run = make_run("log", epochs=1)
    start_run(run, worker=worker)
    wait_for(has_ended, run)
    assert (run / "log.txt").exists()
    end_process(run)
