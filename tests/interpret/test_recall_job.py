"""One recall task at a time, in real processes."""

import json
import time

import pytest

from genre.errors import RunError
from genre.interpret.recall_job import RecallRunner
from genre.interpret.recall_task import VERSION, RecallTask
from tests.support.command import replace_command

START = {"event": "start", "version": VERSION, "cell": "lstm", "gap": 10, "seed": 0, "command": "x"}
BATCH = {"event": "batch", "batch": 10, "accuracy": 0.5, "longest_gap": 10, "seconds": 1.0}
END = {"event": "end", "n_recalled": 990, "n_tested": 1000, "seconds": 2.0}
TASK = RecallTask("lstm", 10)
PATIENT_SECONDS = 240


@pytest.fixture
def runner():
    made = RecallRunner()
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
        runner.start(RecallTask("lstm", 50))
    assert runner.task == TASK

    runner.stop()
    runner.start(RecallTask("simple_rnn", 50))
    assert runner.is_busy and runner.task.gap == 50


@pytest.mark.parametrize("events", [[], [START, BATCH]], ids=["nothing", "a batch"])
def test_task_that_ended_early_is_reported_once_and_frees_the_runner(runner, tell, events):
    tell(*events, seconds=0)
    runner.start(TASK)
    with pytest.raises(RunError, match=r"the memory test ended before it was done.*again"):
        poll_until(runner, lambda run: False)
    assert runner.poll() is None and not runner.is_busy


def test_task_whose_process_cannot_start_raises_one_sentence(runner, monkeypatch):
    def refuse(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("genre.system.processes.subprocess.Popen", refuse)
    with pytest.raises(RunError, match=r"cannot be started \(Cannot allocate memory\)"):
        runner.start(TASK)
    assert not runner.is_busy


@pytest.mark.slow
def test_real_task_is_followed_in_its_process(runner):
    runner.start(RecallTask("simple_rnn", 1000))
    run = poll_until(runner, lambda run: run and run.batches)
    assert run.task.gap == 1000 and run.longest_gaps[0] == 10
    assert run.command == "python -m genre memory-test --cell simple_rnn --gap 1000 --seed 0"
