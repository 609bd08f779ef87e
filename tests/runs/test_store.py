"""A run's files: states, steering, the queue, and what a reader meets when things go wrong."""

import errno
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from genre.cli.runs import train_in_run
from genre.errors import AudioError, DatasetError, ParameterError, RunError
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.runs import store
from genre.runs.files import (
    Control,
    RunStatus,
    history_of,
    read_config,
    read_control,
    read_events,
    read_status,
    write_status,
)
from genre.runs.queue import QUEUE_SECONDS, runs_before
from genre.runs.reader import RunReader
from genre.runs.store import (
    create_run,
    delete_run,
    find_run,
    list_runs,
    new_run,
    start_new_run,
    start_run,
    steer_run,
)
from genre.system import processes
from genre.system.jobs import START_SECONDS
from genre.system.lock import FolderLock
from genre.training import run as training_run
from tests.support.command import replace_command
from tests.support.live_runs import has_ended, wait_for


@pytest.fixture
def run(tmp_path):
    """A run that was made and not started."""
    path = new_run(PRESETS["quick"], tmp_path / "runs")
    create_run(path, PRESETS["quick"], "gtzan-subset")
    return path


@pytest.fixture
def other_process():
    """Another live process."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def status_of(process, state):
    return RunStatus(state, "", process.pid, psutil.Process(process.pid).create_time(), time.time())


def test_run_created_keeps_its_settings(run):
    assert read_config(run) == (PRESETS["quick"], "gtzan-subset")
    assert read_status(run).state == "queued"
    assert read_control(run) == Control()
    assert list_runs(run.parent) == [run]


def test_run_in_an_existing_folder_is_refused(run):
    with pytest.raises(RunError, match=r"exists. Choose another name"):
        create_run(run, PRESETS["quick"], "gtzan-subset")


def test_names_sort_by_time(tmp_path):
    names = []
    for _ in range(3):
        names.append(new_run(PRESETS["course"], tmp_path).name)
        time.sleep(0.002)
    assert names == sorted(names)


def test_steering_changes_what_is_named_and_keeps_the_rest(run):
    steer_run(run, pause=True)
    steer_run(run, learning_rate=3e-3)

    assert read_control(run) == Control(pause=True, learning_rate=3e-3)
    assert read_control(run).applied_to(PRESETS["quick"]).learning_rate == 3e-3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": 5.0}, r"learning_rate=5.*1e-06 to 1"),
        ({"epochs": 0}, r"epochs=0.*1 to 1000"),
        ({"learning_rate": float("nan")}, "learning_rate"),
    ],
)
def test_steering_out_of_range_is_refused(run, changes, message):
    with pytest.raises(ParameterError, match=message):
        steer_run(run, **changes)
    assert read_control(run) == Control()


def test_run_killed_is_read_as_failed(run, other_process):
    write_status(run, status_of(other_process, "fitting"))
    assert read_status(run).state == "fitting"

    other_process.kill()
    other_process.wait()
    assert read_status(run).state == "failed"
    assert read_status(run).reason == "killed"


def test_run_never_started_is_read_as_failed(run):
    write_status(run, RunStatus("queued", heartbeat=time.time() - 300))
    assert read_status(run).reason == "its process never started"


def test_run_finished_without_a_process_stays_finished(run):
    write_status(run, RunStatus("finished", pid=999_999, process_started=1.0))
    assert read_status(run).state == "finished"


def test_events_half_written_line_is_read_next_time(run):
    events = run / "events.jsonl"
    events.write_bytes(b'{"event": "extract", "n_done": 1, "n_tracks": 2}\n{"event": "ex')
    first, place = read_events(run)
    events.write_bytes(events.read_bytes() + b'tract", "n_done": 2, "n_tracks": 2}\n')
    second, end = read_events(run, place)

    assert [e["n_done"] for e in first] == [1]
    assert [e["n_done"] for e in second] == [2]
    assert read_events(run, end) == ([], end)


def test_epoch_repeated_counts_once():
    events = [
        {"event": "epoch", "epoch": 1, "loss": 2.0, "time": 1.0},
        {"event": "epoch", "epoch": 2, "loss": 1.5, "time": 2.0},
        {"event": "resumed", "epoch": 1},
        {"event": "epoch", "epoch": 2, "loss": 1.4, "time": 9.0},
    ]
    assert history_of(events) == [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.4}]


def test_runs_wait_in_the_order_they_were_made(tmp_path, other_process):
    paths = [tmp_path / f"{i}-run" for i in range(4)]
    for path in paths:
        create_run(path, PRESETS["quick"], "gtzan-subset")
    write_status(paths[0], status_of(other_process, "queued"))
    write_status(paths[1], status_of(other_process, "fitting"))
    write_status(paths[2], status_of(other_process, "queued"))
    write_status(paths[3], RunStatus("finished"))

    assert [len(runs_before(path)) for path in paths] == [1, 1, 2, 3]


def test_queue_behind_a_paused_run_says_so(tmp_path, other_process):
    first, second = tmp_path / "1-run", tmp_path / "2-run"
    for path in (first, second):
        create_run(path, PRESETS["quick"], "gtzan-subset")
    write_status(second, status_of(other_process, "queued"))

    for state in ("fitting", "paused"):
        write_status(first, status_of(other_process, state))
        view = RunReader(second).read()
        assert (view.n_before, view.is_held_up) == (1, state == "paused")


def test_queue_run_whose_process_never_reports_loses_its_place(tmp_path):
    first, second = tmp_path / "1-run", tmp_path / "2-run"
    for path in (first, second):
        create_run(path, PRESETS["quick"], "gtzan-subset")
    assert (len(runs_before(first)), len(runs_before(second))) == (0, 1)

    write_status(first, RunStatus("queued", heartbeat=time.time() - START_SECONDS - 1))
    assert len(runs_before(second)) == 0


def test_run_without_process_keeps_its_place_for_a_moment(tmp_path):
    lost, waiting = tmp_path / "1-lost", tmp_path / "2-waiting"
    for path in (lost, waiting):
        create_run(path, PRESETS["quick"], "gtzan-subset")
    assert len(runs_before(waiting)) == 1

    write_status(lost, RunStatus("queued", heartbeat=time.time() - QUEUE_SECONDS - 1))
    assert runs_before(waiting) == []
    assert read_status(lost).is_live  # its process may still come

    write_status(lost, RunStatus("queued").stamped())
    assert len(runs_before(waiting)) == 1


TRAIN = """
import sys
from pathlib import Path
from genre.training import run as training_run

training_run._carry_out = lambda run, data, resume: "finished"
training_run.run_training(Path(sys.argv[3]))
"""
"""In place of `train`: a run's own process, but for what takes TensorFlow."""


def test_queued_run_without_process_does_not_hold_up_the_next(tmp_path, monkeypatch):
    lost = new_run(PRESETS["quick"], tmp_path)
    create_run(lost, PRESETS["quick"], "gtzan-subset")
    write_status(lost, RunStatus("queued", heartbeat=time.time() - QUEUE_SECONDS + 3))
    replace_command(monkeypatch, TRAIN)
    run = start_new_run(PRESETS["quick"], "gtzan-subset", tmp_path)

    assert lost.name < run.name
    status, _ = wait_for(has_ended, run)
    assert status.state == "finished"
    assert status.pid not in (0, os.getpid())
    assert read_status(lost).state == "queued"


def test_run_resumed_while_killed_process_still_holds_its_lock_waits_for_it(run, monkeypatch):
    write_status(run, RunStatus("failed", "killed"))
    dying = FolderLock(run)
    assert dying.acquire()
    monkeypatch.setattr(training_run, "_carry_out", lambda run, data, resume: "finished")
    with ThreadPoolExecutor(1) as pool:
        resumed = pool.submit(training_run.run_training, run, resume=True)
        time.sleep(3 * training_run.POLL_SECONDS)
        assert not resumed.done()
        dying.release()
        assert resumed.result(60).state == "finished"


def test_run_another_process_is_at_work_on_is_left_to_it(run):
    working = FolderLock(run)
    assert working.acquire()
    write_status(run, RunStatus("fitting").stamped())
    assert training_run.run_training(run).state == "fitting"


def test_new_run_that_cannot_start_leaves_no_folder(tmp_path, monkeypatch):
    def refuse(*arguments, **settings):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(processes.subprocess, "Popen", refuse)
    with pytest.raises(RunError, match=r"could not be started \(Resource temporarily"):
        start_new_run(PRESETS["quick"], "gtzan-subset", tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_new_run_with_song_that_cannot_be_read_leaves_no_folder(tmp_path):
    with pytest.raises(AudioError):
        start_new_run(PRESETS["quick"], "gtzan-subset", tmp_path / "runs", song=b"no song")
    assert list((tmp_path / "runs").iterdir()) == []


def test_new_run_on_full_disk_leaves_no_folder(tmp_path, monkeypatch):
    def refuse(path, document):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "write_json", refuse)
    with pytest.raises(RunError, match=r"could not be written \(No space left on device\)"):
        start_new_run(PRESETS["quick"], "gtzan-subset", tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_run_finished_is_not_resumed(run):
    write_status(run, RunStatus("finished"))
    message = rf"the run {run.name} is finished: there is nothing to resume. Start a new run"
    with pytest.raises(RunError, match=message):
        start_run(run, resume=True)
    with pytest.raises(RunError, match=message):
        train_in_run(str(run), PRESETS["quick"], "gtzan-subset", resume=True)
    assert read_status(run) == RunStatus("finished")


def test_run_resumed_on_full_disk_is_refused_in_one_sentence(run, monkeypatch):
    def refuse(path, document):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_status(run, RunStatus("stopped"))
    monkeypatch.setattr(store, "write_json", refuse)
    with pytest.raises(RunError, match=r"could not be written \(No space.*Free some space"):
        start_run(run, resume=True)


@pytest.mark.parametrize("name", ["x" * 3000, "a\0b", "x/" * 3000], ids=["long", "NUL", "deep"])
def test_name_that_no_folder_can_have_is_refused_in_a_short_sentence(run, name):
    with pytest.raises(RunError, match="there is no run by the name") as refused:
        find_run(name, run.parent)
    assert len(str(refused.value)) < 250


def test_queue_corrupt_run_is_skipped(run, tmp_path):
    damaged = run.parent / "00000000-damaged"
    damaged.mkdir()
    (damaged / "config.json").write_text("{")
    (damaged / "status.json").write_text("{")

    assert len(runs_before(run)) == 0
    with pytest.raises(RunError, match=r"status.json of the run 00000000-damaged cannot be read"):
        read_status(damaged)


def test_run_of_another_version_is_refused_by_name(run):
    (run / "status.json").write_text(json.dumps({"version": 99}))
    with pytest.raises(RunError, match=r"version 99, this program reads version 1"):
        read_status(run)


def test_run_is_found_by_the_end_of_its_name(run):
    assert find_run(run.name[-4:], run.parent) == run
    assert find_run(str(run)) == run
    with pytest.raises(RunError, match=rf"no run by the name 'nothing'.*{run.name}"):
        find_run("nothing", run.parent)


def test_run_training_is_neither_started_nor_deleted(run):
    write_status(run, RunStatus("fitting").stamped())
    with pytest.raises(RunError, match=r"is at work already. Stop it first"):
        start_run(run)
    with pytest.raises(RunError, match=r"is at work. Stop it before"):
        delete_run(run)
    assert run.exists()


def test_run_ended_can_be_deleted(run):
    write_status(run, RunStatus("stopped"))
    delete_run(run)
    assert list_runs(run.parent) == []


def test_run_lock_ends_with_its_process(tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from genre.system.lock import FolderLock; "
        "turn = FolderLock(Path(sys.argv[1])); print(turn.acquire(), flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "True\n"
    assert not FolderLock(tmp_path).acquire()

    other.kill()
    other.wait()
    other.stdout.close()
    assert FolderLock(tmp_path).acquire()


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b", "..", "a/" * 3000, "\udce9"])
def test_run_by_a_name_that_no_run_has_is_refused_in_one_sentence(run, name):
    with pytest.raises(RunError, match="there is no run by the name") as failure:
        find_run(name, run.parent)
    assert len(str(failure.value)) < 300


def test_split_that_cannot_be_is_not_started(tmp_path):
    for genre, n in (("loud", 4), ("quiet", 2)):
        (tmp_path / "music" / genre).mkdir(parents=True)
        for i in range(n):
            (tmp_path / "music" / genre / f"{genre}{i}.wav").write_bytes(b"no sound")

    with pytest.raises(DatasetError, match="too few tracks of quiet 2"):
        start_new_run(PRESETS["quick"], str(tmp_path / "music"), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
