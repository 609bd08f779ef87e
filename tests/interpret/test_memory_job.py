"""One memory test at a time, in real processes."""

import json
import time

import pytest

from genre.errors import RunError
from genre.interpret import memory_job
from genre.interpret.memory_job import MemoryRunner
from genre.interpret.memory_run import VERSION
from genre.interpret.memory_test import MemoryTask
from tests.support.command import replace_command

START = {
    "event": "start", "version": VERSION, "task": "recall", "cell": "lstm", "length": 10, "seed": 0,
    "command": "x",
}  # fmt: skip
BATCH = {"event": "batch", "batch": 10, "right": 0.5, "longest": 10, "seconds": 1.0}
END = {"event": "end", "n_right": 990, "n_tested": 1000, "seconds": 2.0, "cpu_seconds": 1.0}
TASK = MemoryTask("recall", "lstm", 10)
PATIENT_SECONDS = 240


@pytest.fixture
def runner():
    made = MemoryRunner()
    yield made
    made.stop()


@pytest.fixture
def tell(monkeypatch):
    """Let the processes be ones that write some events and then sleep, or end."""

    def replace(*events, seconds=60):
        lines = "".join(json.dumps(event) + "\n" for event in events)
        script = f"import time; print({lines!r}, end='', flush=True); time.sleep({seconds})"
        replace_command(monkeypatch, script)

    return replace


def poll_until(runner, what):
    end = time.monotonic() + PATIENT_SECONDS
    while not what(run := runner.poll()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return run


def test_task_is_followed_while_it_runs_and_stopped(runner, tell):
    assert runner.poll() is None and not runner.is_busy
    tell(START, BATCH)
    runner.start(TASK)
    assert runner.is_busy and runner.task == TASK
    run = poll_until(runner, bool)
    assert run.batches == (10,) and not run.is_finished

    process = runner._job._process
    runner.stop()
    assert process.poll() is not None
    assert runner.poll() is None and runner.task is None and not runner.is_busy


def test_task_ended_frees_the_runner_and_keeps_its_result(runner, tell):
    tell(START, BATCH, END)
    runner.start(TASK)
    process = runner._job._process
    assert poll_until(runner, bool).outcome.value == 0.99
    assert process.poll() is not None and not runner.is_busy
    assert runner.poll().outcome.value == 0.99 and runner.task == TASK


def test_second_task_is_refused_until_the_first_has_ended(runner, tell):
    tell(START, BATCH)
    runner.start(TASK)
    with pytest.raises(RunError, match=r"runs already.*one at a time.*or stop it"):
        runner.start(MemoryTask("recall", "lstm", 50))
    assert runner.task == TASK

    runner.stop()
    runner.start(MemoryTask("order", "simple_rnn", 50))
    assert runner.is_busy and runner.task.length == 50


@pytest.mark.parametrize("events", [[], [START, BATCH]], ids=["nothing", "a batch"])
def test_task_that_ended_early_is_reported_once_and_frees_the_runner(runner, tell, events):
    tell(*events, seconds=0)
    runner.start(TASK)
    with pytest.raises(RunError, match=r"the memory test ended before it was done.*again"):
        poll_until(runner, lambda run: False)
    assert runner.poll() is None and not runner.is_busy


def test_task_that_takes_too_long_is_stopped_and_reported(runner, tell, monkeypatch):
    monkeypatch.setattr(memory_job, "MOST_SECONDS", 1)
    tell(START, BATCH)
    runner.start(TASK)
    process = runner._job._process
    with pytest.raises(RunError, match=r"took over 1 s and was stopped.*shorter"):
        poll_until(runner, lambda run: False)
    assert process.poll() is not None and not runner.is_busy


def test_task_is_told_when_to_stop(runner, monkeypatch):
    words = []

    def look(given, **_):
        words.extend(given)
        raise OSError(11, "enough seen")

    monkeypatch.setattr(memory_job, "OwnedJob", look)
    with pytest.raises(RunError, match="enough seen"):
        runner.start(TASK)
    assert words[-2:] == ["--max-seconds", str(memory_job.TRAINING_SECONDS)]
    assert memory_job.TRAINING_SECONDS < memory_job.MOST_SECONDS


def test_task_whose_process_cannot_start_raises_one_sentence(runner, monkeypatch):
    def refuse(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("genre.system.processes.subprocess.Popen", refuse)
    with pytest.raises(RunError, match=r"cannot be started \(Cannot allocate memory\)"):
        runner.start(TASK)
    assert not runner.is_busy


@pytest.mark.slow
def test_real_task_is_followed_in_its_process(runner):
    runner.start(MemoryTask("order", "simple_rnn", 1000))
    run = poll_until(runner, lambda run: run and run.batches)
    assert run.task.length == 1000 and run.longest[0] == 1000
    words = "--task order --cell simple_rnn --length 1000 --seed 0"
    assert run.command == f"python -m genre memory-test {words}"
