"""One memory test at a time, with real processes in place of the training."""

import json
import subprocess
import sys

import pytest

from genre.errors import RunError
from genre.interpret import recall_job
from genre.interpret.recall_job import MemoryDesk
from genre.interpret.recall_task import VERSION, MemoryJob, MemoryTest

START = {"event": "start", "version": VERSION, "cell": "lstm", "gap": 10, "seed": 0, "command": "x"}
BATCH = {"event": "batch", "batch": 10, "accuracy": 0.5, "longest_gap": 10, "seconds": 1.0}
END = {"event": "end", "n_recalled": 990, "n_tested": 1000, "seconds": 2.0}


@pytest.fixture
def jobs(monkeypatch, tmp_path):
    """Memory tests that are processes which write nothing by themselves."""
    begun = []

    def start(test):
        folder = tmp_path / str(len(begun))
        folder.mkdir()
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        begun.append((process, folder / "run.jsonl"))
        return MemoryJob(process, folder / "run.jsonl")

    monkeypatch.setattr(recall_job, "start_memory_test", start)
    yield begun
    for process, _ in begun:
        process.kill()
        process.communicate()


def write(path, *events):
    path.write_text("".join(json.dumps(event) + "\n" for event in events))


def test_a_test_is_followed_to_its_end_and_stays_on_view(jobs):
    desk = MemoryDesk()
    assert desk.poll() is None and not desk.is_busy
    desk.start(MemoryTest("lstm", 10))
    [(process, path)] = jobs
    assert desk.poll() is None and desk.is_busy

    write(path, START, BATCH)
    assert desk.poll().batches == (10,)
    write(path, START, BATCH, END)
    assert desk.poll().outcome.value == 0.99

    assert not desk.is_busy and process.poll() is not None and not path.exists()
    assert desk.poll().outcome.value == 0.99


def test_a_second_one_is_refused_until_the_first_has_ended(jobs):
    desk = MemoryDesk()
    desk.start(MemoryTest("lstm", 10))
    with pytest.raises(RunError, match=r"runs already.*one at a time.*or stop it"):
        desk.start(MemoryTest("lstm", 50))
    assert len(jobs) == 1

    desk.stop()
    assert jobs[0][0].poll() is not None and desk.poll() is None
    desk.start(MemoryTest("simple_rnn", 50))
    assert len(jobs) == 2 and desk.is_busy


def test_one_that_died_is_told_once_and_frees_the_desk(jobs):
    desk = MemoryDesk()
    desk.start(MemoryTest("lstm", 10))
    jobs[0][0].kill()
    jobs[0][0].wait()

    with pytest.raises(RunError, match=r"ended before it was done.*again"):
        desk.poll()
    assert desk.poll() is None and not desk.is_busy
