"""The memory tests trained: what is drawn, what is learnt, what stops it, what is recorded."""

import json
import time

import numpy as np
import pytest

from genre.__main__ import main
from genre.cli import memory_test as command
from genre.interpret.memory_run import parse_events, read_records
from genre.interpret.memory_test import BATCHES, N_SYMBOLS, N_TESTED, MemoryTask


def draw(task, n=300, length=40, seed=0):
    from genre.training.memory_test import draw_sequences

    return draw_sequences(MemoryTask(task, "lstm", length), np.random.default_rng(seed), n, length)


def test_recall_marks_the_first_symbol_only():
    X, y = draw("recall")

    assert X.shape == (300, 40, N_SYMBOLS + 1)
    assert (X[..., :N_SYMBOLS].sum(axis=2) == 1).all()
    assert (X[:, 0, N_SYMBOLS] == 1).all() and not X[:, 1:, N_SYMBOLS].any()
    np.testing.assert_array_equal(X[:, 0, :N_SYMBOLS].argmax(axis=1), y)
    assert set(y) == set(range(N_SYMBOLS))
    others = X[:, 1:, :N_SYMBOLS].argmax(axis=2)
    assert (others == y[:, np.newaxis]).mean() < 2 / N_SYMBOLS  # they give nothing away


def test_order_has_two_symbols_at_their_places():
    X, y = draw("order")

    is_asked = X[..., :2].any(axis=2)
    assert (is_asked.sum(axis=1) == 2).all() and (X.sum(axis=2) == 1).all()
    first, second = is_asked.argmax(axis=1), 39 - is_asked[:, ::-1].argmax(axis=1)
    assert set(first) == set(range(4, 8)) and set(second) == set(range(20, 24))
    rows = np.arange(300)
    np.testing.assert_array_equal(2 * X[rows, first, 1] + X[rows, second, 1], y)
    assert set(y) == {0, 1, 2, 3}


def test_adding_asks_for_the_mean_of_two_numbers_of_the_first_half():
    X, y = draw("adding")

    assert (X[..., 1].sum(axis=1) == 2).all() and not X[:, 20:, 1].any()
    assert X[..., 0].min() >= 0 and X[..., 0].max() < 1
    np.testing.assert_allclose((X[..., 0] * X[..., 1]).sum(axis=1) / 2, y, rtol=1e-6)


def run_command(tmp_path, *words):
    out = tmp_path / "run.jsonl"
    assert main(["memory-test", *words, "--out", str(out)]) == 0
    return parse_events(out.read_text(), "it")


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "open_lstm"])
def test_short_order_is_learnt_and_read_back(tmp_path, cell):
    run = run_command(tmp_path, "--task", "order", "--cell", cell, "--length", "10")

    assert run.task == MemoryTask("order", cell, 10) and run.is_finished
    assert run.outcome.n == N_TESTED and run.outcome.value > 0.9
    assert run.command.endswith(f"--task order --cell {cell} --length 10 --seed 0")
    assert run.learnt_after == run.batches[-1] < BATCHES  # it ended once it had learnt
    assert set(run.longest) == {10} and run.right[0] < run.right[-1]
    assert list(run.at) == sorted(run.at)


def test_curriculum_grows_to_the_full_length(tmp_path):
    run = run_command(tmp_path, "--task", "growing", "--cell", "simple_rnn", "--length", "20")

    assert sorted(set(run.longest)) == [10, 20]
    assert run.outcome.value > 0.9


def test_training_out_of_time_is_tested_as_it_is():
    from genre.training.memory_test import train_memory_test

    events = []
    task = MemoryTask("recall", "lstm", 1000)
    train_memory_test(task, events.append, command="x", until=time.monotonic())

    assert [event["event"] for event in events] == ["start", "batch", "end"]
    assert events[1]["batch"] == 1 and events[2]["n_tested"] == N_TESTED


def test_seeds_share_what_is_compiled_and_start_anew():
    from genre.training.memory_test import _compiled, train_memory_test

    def train(seed):
        events = []
        task = MemoryTask("order", "simple_rnn", 10, seed)
        train_memory_test(task, events.append, command="x")
        return [(e.get("batch"), e.get("right"), e.get("n_right")) for e in events]

    first = train(0)
    before = _compiled.cache_info().misses
    assert train(1) != first and train(0) == first
    assert _compiled.cache_info().misses == before


def test_record_goes_on_where_it_was_stopped(tmp_path, monkeypatch, capsys):
    tasks = [MemoryTask("order", "simple_rnn", 10, seed) for seed in range(2)]
    monkeypatch.setattr(command, "recorded_tasks", lambda: tasks[:1])
    assert main(["memory-test", "--record", "--out", str(tmp_path)]) == 0
    path = tmp_path / "order.jsonl"
    [first] = read_records(path)
    path.write_text(path.read_text() + '{"version": 2, "tas')  # killed while it wrote

    monkeypatch.setattr(command, "recorded_tasks", lambda: tasks)
    assert main(["memory-test", "--record", "--out", str(tmp_path)]) == 0
    assert "1 runs are there, 1 are missing" in capsys.readouterr().err
    assert [run.task for run in read_records(path)] == tasks
    assert read_records(path)[0] == first
    assert all(json.loads(line) for line in path.read_text().splitlines())
