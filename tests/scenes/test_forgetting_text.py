"""What the scene on forgetting says, which follows from its numbers."""

from dataclasses import replace

import numpy as np
import pytest

from genre.evaluation.intervals import wilson_interval
from genre.interpret.gradient_paths import PATHS, GradientPaths, measure_paths
from genre.interpret.memory_test import BATCHES, MemoryTask
from genre.interpret.slopes import multiply_slopes
from genre.scenes import forgetting_text as wording
from tests.interpret.test_memory_test import make_run
from tests.interpret.test_trace import make_network, make_steps


def make_paths(cell, hidden, mixed, left=0.17, kind="lstm"):
    """Paths of 26 steps, on whose way the shares change evenly from all by the cell."""
    way = np.linspace(0, 1, 26)
    shares = {"cell": 1 - way * (1 - cell), "hidden": way * hidden, "mixed": way * mixed}
    total = left**way
    norms = {"total": total} | {path: np.abs(share) * total for path, share in shares.items()}
    return GradientPaths(kind, "input", 2, norms, shares, 9, 0.116)


def test_paths_of_an_lstm_say_what_carried_how_much():
    lines = wording.path_lines(make_paths(0.08, 0, 0.92), "starter")

    assert lines[0] == (
        "LSTM (starter): 25 steps back (2.9 s), 17% of the last step's influence is left."
    )
    assert lines[1].startswith(
        "Of that, 8% came by the cell alone, 0% by hidden states alone and 92% by both in turns."
    )
    assert "both paths in turns: cells held it" in lines[2]
    assert "the forget gates would leave 1%" in lines[3]  # 8% of 17%
    assert lines[4] == "Up to 13 steps back the cell alone carries most."


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.9, 0.0, 0.1), "stayed in cells all the way"),
        ((0.1, 0.8, 0.1), "through a hidden state at every step"),
        ((0.2, 0.0, 0.8), "both paths in turns"),
        ((-0.1, 0.0, 1.1), "both paths in turns"),
    ],
)
def test_conclusion_is_the_path_that_carried_most(shares, said):
    said_of_all = "\n".join(wording.path_lines(make_paths(*shares), "it"))

    assert said in said_of_all
    others = {"stayed in cells", "at every step, as", "paths in turns"} - {
        part for part in ("stayed in cells", "at every step, as", "paths in turns") if part in said
    }
    n_conclusions = sum(part in said_of_all for part in others)
    assert n_conclusions == (1 if said.startswith("through") else 0)
    assert "-" not in said_of_all


def test_paths_of_a_simple_rnn_and_of_one_step_have_no_split():
    steps = make_steps(2)
    simple = measure_paths(make_network(cell="simple_rnn"), steps, step_seconds=0.1)
    lines = wording.path_lines(simple, "it")
    assert len(lines) == 2 and "one path: through the hidden state" in lines[1]
    one = measure_paths(make_network(), steps[:, :1], step_seconds=0.3)
    assert wording.path_lines(one, "it") == [
        "LSTM (it): 0 steps back (0.0 s), 100% of the last step's influence is left."
    ]


def test_sentences_hold_for_a_measured_network():
    paths = measure_paths(make_network(), make_steps(3), step_seconds=0.1)
    said = "\n".join(wording.path_lines(paths, "it"))

    assert f"{paths.relative()[-1]:.1g}"[:1] in said
    largest = max(PATHS, key=lambda path: paths.shares[path][-1])
    assert wording._LARGEST[largest] in said


def test_slope_line_gives_the_product_as_small_as_it_is():
    network = make_network(cell="simple_rnn")
    product = multiply_slopes(network.trace(make_steps(1)), layer=1)
    line = wording.slope_line(replace(product, median=np.geomspace(1, 5e-18, 26)))

    assert "25 steps back the slopes alone leave 5 · 10⁻¹⁸ of a gradient" in line
    assert "-" not in line and f"{product.largest_state:.2f}" in line


def test_answers_count_the_runs_that_learnt():
    runs = [make_run(seed=seed, right=share) for seed, share in enumerate((0.99, 0.95, 0.94))]
    runs += [make_run(length=1000), make_run(cell="simple_rnn")]

    assert wording.answer_lines(runs, "recall", (100, 1000)) == [
        "Simple RNN: 100 steps in 0 of 1 runs.",
        "LSTM: 100 steps in 2 of 3 runs, 1,000 steps in 0 of 1 runs.",
    ]
    assert wording.answer_lines(runs, "order", (100,)) == []


def test_promise_is_the_limit_and_what_recorded_runs_took():
    runs = [replace(make_run(), cpu_seconds=seconds) for seconds in (3.2, 9.8)]

    assert wording.promise_line(runs, 120) == (
        "Recorded runs took 3 to 10 s of a processor; yours ends within 120 s."
    )
    assert wording.promise_line([], 120) == "It ends within 120 s."


def test_run_says_progress_and_result():
    run = replace(make_run("order", batches=(20, 60)), outcome=None)
    assert wording.run_line(run) == "LSTM, Two in order, 100 steps: 60 batches, 50% right."
    begun = replace(run, batches=(), right=(), longest=(), at=())
    assert wording.run_line(begun) == "LSTM, Two in order, 100 steps: 0 batches, 0% right."
    done = replace(run, right=(0.5, 0.96), outcome=wilson_interval(970, 1000))
    said = wording.run_line(done)
    assert "learnt after 60 batches and 7 s. 97% of 1,000" in said and "guessing gets 25%" in said
    assert "not learnt in 60 batches" in wording.run_line(make_run("order", batches=(20, 60)))


def test_time_left_is_never_more_than_the_limit():
    assert wording.left_line(None, 80, 110) == "At most 110 s left."
    assert wording.left_line((14, 30), 80, 110) == "About 14 s left, at most 35 s."
    assert wording.left_line((200, 400), 80, 110) == "About 80 s left, at most 110 s."
    assert wording.left_line((5, 9), -3, -1) == "About 0 s left, at most 0 s."


def test_budget_names_seeds_and_parameters():
    runs = [make_run(seed=seed) for seed in range(5)] + [make_run(cell="simple_rnn")]
    low, high = (MemoryTask("recall", cell, 100).n_parameters for cell in ("simple_rnn", "lstm"))

    line = wording.budget_line(runs)
    assert line.startswith("Up to 5 seeds each") and f"{low:,} to {high:,} parameters" in line
    assert f"{BATCHES:,} batches at most" in line and wording.budget_line([]) == ""
