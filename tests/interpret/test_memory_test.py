"""The memory tests: their rules, equal networks, and what is read of a run."""

import json
import shlex
from dataclasses import replace
from typing import get_args

import pytest

from genre.__main__ import main
from genre.errors import ParameterError, RunError
from genre.evaluation.intervals import wilson_interval
from genre.interpret.memory_run import (
    VERSION,
    MemoryRun,
    alike,
    parse_events,
    read_records,
    recorded_runs,
    seconds_left,
)
from genre.interpret.memory_test import (
    ASKED_LENGTHS,
    BATCHES,
    LENGTHS,
    N_SEEDS,
    CellName,
    MemoryTask,
    TaskName,
    recorded_tasks,
)
from tests.support.damage import damaged_files, damaged_objects, put, written

START = {
    "event": "start", "version": VERSION, "task": "order", "cell": "lstm", "length": 50,
    "seed": 0, "command": "python",
}  # fmt: skip
BATCH = {"event": "batch", "batch": 20, "right": 0.5, "longest": 20, "seconds": 1.5}
END = {"event": "end", "n_right": 500, "n_tested": 1000, "seconds": 2.5, "cpu_seconds": 2.0}


def make_run(
    task="recall", cell="lstm", length=100, batches=(20, 40), seed=0, n_right=970, right=0.5
):
    n = len(batches)
    task = MemoryTask(task, cell, length, seed)
    outcome = wilson_interval(n_right, 1000)
    at = tuple(1 + 0.1 * batch for batch in batches)
    return MemoryRun(task, "python", tuple(batches), (right,) * n, (length,) * n, at, outcome, 3.0)


def lines(*events, tail=""):
    return "".join(json.dumps(event) + "\n" for event in events) + tail


@pytest.mark.parametrize("task", get_args(TaskName))
def test_cells_have_as_many_parameters_within_one_percent(task):
    counts = [MemoryTask(task, cell, 100).n_parameters for cell in get_args(CellName)]

    assert max(counts) <= 1.01 * min(counts)
    assert counts[1] == counts[2]


def test_recorded_are_all_cells_and_seeds_with_and_without_curriculum():
    tasks = recorded_tasks()

    assert len(set(tasks)) == len(tasks)
    plain = {(t.task, t.length) for t in tasks if t.task != "growing"}
    assert plain == {(task, n) for task in ("recall", "order", "adding") for n in LENGTHS}
    assert {t.length for t in tasks if t.task == "growing"} == set(ASKED_LENGTHS) <= set(LENGTHS)
    for task, length in {(t.task, t.length) for t in tasks}:
        runs = [(t.cell, t.seed) for t in tasks if (t.task, t.length) == (task, length)]
        assert sorted(runs) == sorted(
            (c, seed) for c in get_args(CellName) for seed in range(N_SEEDS)
        )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("copy", "lstm", 10), r"task='copy'.*recall, order, adding, growing"),
        (("recall", "gru", 10), r"cell='gru'.*simple_rnn, lstm, open_lstm"),
        (("recall", "lstm", 5), r"length=5.*from 10 to 2000"),
        (("recall", "lstm", 10, -1), r"seed=-1"),
        (("recall", "lstm", 12.5), r"length=12\.5.*whole number"),
    ],
)
def test_task_out_of_range_is_refused(values, message):
    with pytest.raises(ParameterError, match=message):
        MemoryTask(*values)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cell", "lstm", "--length", "9999"], "length=9999"),
        (["--cell", "lstm"], "neither --record nor --cell and --length"),
    ],
)
def test_bad_command_is_refused_before_tensorflow_is_loaded(words, message, capsys):
    assert main(["memory-test", *words]) == 2
    assert message in capsys.readouterr().err


def test_run_half_written_is_read_so_far():
    run = parse_events(lines(START, BATCH, tail='{"event": "ba'), "it")

    assert (run.batches, run.right, run.longest, run.at) == ((20,), (0.5,), (20,), (1.5,))
    assert run.task == MemoryTask("order", "lstm", 50) and not run.is_finished
    assert parse_events('{"ev', "it") is None
    ended = parse_events(lines(START, BATCH, END), "it")
    assert ended.outcome.value == 0.5 and 0.46 < ended.outcome.low < 0.48
    assert ended.cpu_seconds == 2


def test_learnt_is_what_was_right_in_full_length():
    def learnt_after(*batches):
        events = [{**BATCH, "batch": n, "right": a, "longest": on} for n, a, on in batches]
        return parse_events(lines(START, *events), "it").learnt_after

    assert learnt_after((10, 0.99, 40), (20, 0.7, 50), (30, 0.96, 50), (40, 0.99, 50)) == 30
    assert learnt_after((10, 0.99, 40), (20, 0.7, 50)) is None


def test_record_is_read_back_and_a_torn_last_line_left_out(tmp_path):
    run = make_run()
    path = tmp_path / "recall.jsonl"
    path.write_text(json.dumps(run.to_record()) + '\n{"version": 2, "ta')

    assert read_records(path) == (replace(run, at=()),)
    with pytest.raises(RunError, match="has not ended"):
        replace(run, outcome=None).to_record()


def test_time_left_is_by_its_own_pace_and_the_batches_of_runs_like_it():
    like_it = [make_run(batches=(20, n)) for n in (100, 200, 400)]
    run = make_run(batches=(20, 60))  # 0.1 s a batch

    assert seconds_left(run, like_it) == pytest.approx((14.0, (BATCHES - 60) / 10))
    assert seconds_left(make_run(batches=(20, 300)), like_it)[0] == pytest.approx(10.0)
    late = make_run(batches=(20, 500))  # longer than any: it may take all
    assert seconds_left(late, like_it) == pytest.approx(((BATCHES - 500) / 10,) * 2)
    assert seconds_left(make_run(batches=(20,)), like_it) is None


def test_runs_alike_differ_in_their_seed_only():
    runs = [make_run(seed=3), make_run(length=30), make_run(cell="simple_rnn"), make_run("order")]
    assert alike(runs, MemoryTask("recall", "lstm", 100)) == runs[:1]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([{**START, "version": 1}], rf"version 1, expected {VERSION}"),
        ([{"event": "start"}], r"no run of a memory test \(its first line has no version"),
        ([[1, 2]], r"no run of a memory test \(its first line is \[1, 2\]"),
        ([{**START, "length": -3}], "no run of a memory test"),
        ([START, {**END, "n_right": 1001}], "more right than was tested"),
    ],
)
def test_events_invalid_are_refused(events, message):
    with pytest.raises(RunError, match=message):
        parse_events(lines(*events), "it")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"right": [0.5]}, "columns of different lengths"),
        ({"n_right": 1001}, "more right than was tested"),
        ({"version": 1}, "version 1"),
        ({"cell": "gru"}, "cell of line 1"),
    ],
)
def test_record_invalid_is_refused(tmp_path, change, message):
    path = tmp_path / "recall.jsonl"
    path.write_text(json.dumps(make_run().to_record() | change) + "\n")
    with pytest.raises(RunError, match=message):
        read_records(path)
    with pytest.raises(RunError, match="it is missing"):
        read_records(tmp_path / "missing.jsonl")


def test_recorded_runs_are_those_of_the_command():
    runs = recorded_runs()

    assert runs and {run.task for run in runs} <= set(recorded_tasks())
    assert len({run.task for run in runs}) == len(runs)
    for run in runs:
        words = shlex.split(run.command)
        assert words == ["python", "-m", "genre", "memory-test", *run.task.options()]
        assert run.is_finished and run.outcome.n == 1000 and run.batches[-1] <= BATCHES


@pytest.mark.parametrize("place", range(3), ids=["start", "batch", "end"])
def test_events_with_any_wrong_value_are_read_or_refused(place):
    events = [START, BATCH, END]
    for _, event in damaged_objects(events[place]):
        content = b"".join(map(written, [*events[:place], event, *events[place + 1 :]]))
        try:
            run = parse_events(content.decode(errors="replace"), "it")
        except RunError as error:
            assert len(str(error)) < 400
        else:
            assert run.cpu_seconds >= 0 and all(0 <= share <= 1 for share in run.right)
            run.command.encode()


def test_record_of_any_content_is_read_or_refused(tmp_path):
    path = tmp_path / "recall.jsonl"
    for _, record in damaged_objects(make_run().to_record()):
        path.write_bytes(written(record))
        try:
            [run] = read_records(path)
        except RunError as error:
            assert len(str(error)) < 400
        else:
            assert run.outcome.n > 0
    for _kind, content in damaged_files(written(make_run().to_record())):
        put(path, content)
        try:
            read_records(path)
        except RunError as error:
            assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"event": "batch", "batch": 20}, "line 2 has no right, longest, seconds"),
        (BATCH | {"right": "most"}, "right of line 2 is 'most', expected a number"),
        ([], r"line 2 is \[\], expected an object"),
    ],
)
def test_refused_says_what_is_wrong_in_which_line(event, reason):
    with pytest.raises(RunError, match=reason):
        parse_events(lines(START, event), "it")
