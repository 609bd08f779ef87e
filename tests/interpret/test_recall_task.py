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
        ([{"event": "start"}], r"no run of the memory test \(KeyError\)"),
        ([[1, 2]], r"no run of the memory test \(TypeError\)"),
        ([{**START, "gap": -3}], "no run of the memory test"),
    ],
)
def test_recall_file_invalid_is_refused(tmp_path, events, message):
    with pytest.raises(RunError, match=message):
        read_recall_run(write_run(tmp_path / "run.jsonl", *events))
    with pytest.raises(RunError, match="FileNotFoundError"):
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
