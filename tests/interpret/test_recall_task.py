"""The recall task: its rules, a real run, and what is read of it."""

import json
import shlex

import numpy as np
import pytest

from genre.__main__ import main
from genre.errors import ParameterError, RunError
from genre.interpret.recall_task import (
    BATCHES,
    GAPS,
    N_SYMBOLS,
    N_TESTED,
    RecallTask,
    read_recall_run,
    recorded_runs,
)
from tests.support.damage import damaged_files, damaged_objects, put, written

START = {
    "event": "start", "version": 1, "cell": "lstm", "gap": 50, "seed": 0, "command": "python",
}  # fmt: skip
BATCH = {"event": "batch", "batch": 10, "accuracy": 0.5, "longest_gap": 20, "seconds": 1.5}
END = {"event": "end", "n_recalled": 500, "n_tested": 1000, "seconds": 2.5}


def write_run(path, *events, tail=""):
    path.write_text("".join(json.dumps(event) + "\n" for event in events) + tail)
    return path


def test_sequences_mark_the_first_symbol_only():
    from genre.training.recall_task import draw_sequences

    X, y = draw_sequences(np.random.default_rng(0), 200, 7)

    assert X.shape == (200, 8, N_SYMBOLS + 1)
    assert (X[..., :N_SYMBOLS].sum(axis=2) == 1).all()
    assert (X[:, 0, N_SYMBOLS] == 1).all() and not X[:, 1:, N_SYMBOLS].any()
    np.testing.assert_array_equal(X[:, 0, :N_SYMBOLS].argmax(axis=1), y)
    assert set(y) == set(range(N_SYMBOLS))
    others = X[:, 1:, :N_SYMBOLS].argmax(axis=2)
    assert (others == y[:, np.newaxis]).mean() < 2 / N_SYMBOLS  # they give nothing away


@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
def test_recall_of_a_short_gap_is_learnt_and_read_back(tmp_path, cell):
    out = tmp_path / "run.jsonl"
    assert main(["memory-test", "--cell", cell, "--gap", "2", "--out", str(out)]) == 0
    run = read_recall_run(out)

    assert run.task == RecallTask(cell, 2, 0) and run.is_finished
    assert run.outcome.n == N_TESTED and run.outcome.value > 0.95
    assert run.command == f"python -m genre memory-test --cell {cell} --gap 2 --seed 0"
    assert run.batches[-1] < BATCHES  # it ended once it had learnt
    assert set(run.longest_gaps) == {2} and run.accuracies[0] < run.accuracies[-1]


def test_recall_run_half_written_is_read_so_far(tmp_path):
    path = write_run(tmp_path / "run.jsonl", START, BATCH, tail='{"event": "ba')
    run = read_recall_run(path)

    assert (run.batches, run.accuracies, run.longest_gaps) == ((10,), (0.5,), (20,))
    assert not run.is_finished and run.seconds == 1.5
    assert read_recall_run(write_run(tmp_path / "none.jsonl", tail='{"ev')) is None
    ended = read_recall_run(write_run(path, START, BATCH, END))
    assert ended.outcome.value == 0.5 and 0.46 < ended.outcome.low < 0.48


def test_recall_gap_is_learnt_when_recalled_in_full_length(tmp_path):
    def learnt_after(*batches):
        events = [
            {**BATCH, "batch": n, "accuracy": accuracy, "longest_gap": gap}
            for n, accuracy, gap in batches
        ]
        return read_recall_run(write_run(tmp_path / "run.jsonl", START, *events)).learnt_after

    assert learnt_after((10, 0.99, 40), (20, 0.7, 50), (30, 0.96, 50), (40, 0.99, 50)) == 30
    assert learnt_after((10, 0.99, 40), (20, 0.7, 50)) is None


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([{**START, "version": 2}], r"version 2, expected 1"),
        ([{"event": "start"}], r"no run of the memory test \(its first line has no version"),
        ([[1, 2]], r"no run of the memory test \(its first line is \[1, 2\]"),
        ([{**START, "gap": -3}], "no run of the memory test"),
    ],
)
def test_recall_file_invalid_is_refused(tmp_path, events, message):
    with pytest.raises(RunError, match=message):
        read_recall_run(write_run(tmp_path / "run.jsonl", *events))
    with pytest.raises(RunError, match="it is missing"):
        read_recall_run(tmp_path / "missing.jsonl")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("gru", 10), r"cell='gru'.*lstm or simple_rnn"),
        (("lstm", 0), r"gap=0.*from 1 to 2000"),
        (("lstm", 10, -1), r"seed=-1"),
        (("lstm", 2.5), r"gap=2\.5.*whole number"),
    ],
)
def test_recall_task_out_of_range_is_refused(values, message):
    with pytest.raises(ParameterError, match=message):
        RecallTask(*values)


def test_recall_bad_gap_is_refused_before_tensorflow_is_loaded(capsys):
    assert main(["memory-test", "--cell", "lstm", "--gap", "9999"]) == 2
    assert "gap=9999" in capsys.readouterr().err


def test_recorded_recall_runs_have_both_cells_at_each_gap():
    runs = recorded_runs()

    assert {(run.task.cell, run.task.gap) for run in runs} == {
        (cell, gap) for cell in ("lstm", "simple_rnn") for gap in GAPS
    }
    for run in runs:
        assert run.is_finished
        words = shlex.split(run.command)
        assert words[:4] == ["python", "-m", "genre", "memory-test"]
        assert words[words.index("--gap") + 1] == str(run.task.gap)


@pytest.mark.parametrize("place", range(3), ids=["start", "batch", "end"])
def test_recall_run_with_any_wrong_value_is_read_or_refused(tmp_path, place):
    events, path = [START, BATCH, END], tmp_path / "run.jsonl"
    for _, event in damaged_objects(events[place]):
        path.write_bytes(b"".join(map(written, [*events[:place], event, *events[place + 1 :]])))
        try:
            run = read_recall_run(path)
        except RunError as error:
            assert len(str(error)) < 400
        else:
            assert run.seconds >= 0 and all(0 <= share <= 1 for share in run.accuracies)
            run.command.encode()


def test_recall_run_of_any_content_is_refused(tmp_path):
    for kind, content in damaged_files(written(START)):
        put(tmp_path / "run.jsonl", content)
        if content is not None and b"\n" not in content:  # half a line: it has not begun
            assert read_recall_run(tmp_path / "run.jsonl") is None, kind
        else:
            with pytest.raises(RunError, match=r"no run of the memory test|of version"):
                read_recall_run(tmp_path / "run.jsonl")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"event": "batch", "batch": 10}, "line 2 has no accuracy, longest_gap, seconds"),
        (BATCH | {"accuracy": "most"}, "accuracy of line 2 is 'most', expected a number"),
        (END | {"n_recalled": 1001}, "line 2 has recalled more than was tested"),
        ([], r"line 2 is \[\], expected an object"),
    ],
)
def test_recall_run_refused_says_what_is_wrong_in_which_line(tmp_path, event, reason):
    with pytest.raises(RunError, match=reason):
        read_recall_run(write_run(tmp_path / "run.jsonl", START, event))
