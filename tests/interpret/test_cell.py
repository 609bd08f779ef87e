"""One step of a cell against the formulas themselves."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.interpret.cell import forget_example, lstm_step, rnn_step, write_formulas
from tests.interpret.test_trace import make_network, make_steps


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture
def lstm():
    network = make_network()
    return network, network.trace(make_steps(3))


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("step", [0, 1, 25])
def test_lstm_step_numbers_follow_the_formulas(lstm, layer, step):
    n = lstm_step(*lstm, layer=layer, segment=1, step=step)

    np.testing.assert_allclose(n.forget_gate, sigmoid(n.forget_sum), atol=1e-5)
    np.testing.assert_allclose(n.input_gate, sigmoid(n.input_sum), atol=1e-5)
    np.testing.assert_allclose(n.output_gate, sigmoid(n.output_sum), atol=1e-5)
    np.testing.assert_allclose(n.candidate, np.tanh(n.candidate_sum), atol=1e-5)
    np.testing.assert_allclose(n.kept, n.previous_cell * n.forget_gate, atol=1e-6)
    np.testing.assert_allclose(n.added, n.candidate * n.input_gate, atol=1e-6)
    np.testing.assert_allclose(n.cell, n.kept + n.added, atol=1e-5)
    np.testing.assert_allclose(n.hidden, n.output_gate * np.tanh(n.cell), atol=1e-5)


def test_lstm_step_starts_from_the_state_before(lstm):
    before = lstm_step(*lstm, layer=2, segment=2, step=6)
    after = lstm_step(*lstm, layer=2, segment=2, step=7)

    np.testing.assert_array_equal(after.previous_cell, before.cell)
    np.testing.assert_array_equal(after.previous_hidden, before.hidden)
    below = lstm_step(*lstm, layer=1, segment=2, step=7)
    np.testing.assert_array_equal(after.inputs, below.hidden)
    np.testing.assert_array_equal(below.inputs, lstm[1].scaled[2, 7])


def test_lstm_step_first_of_a_segment_has_zero_state(lstm):
    first = lstm_step(*lstm, layer=1, segment=2, step=0)

    assert not first.previous_cell.any() and not first.previous_hidden.any()
    assert not first.kept.any() and first.added.any()


def test_rnn_step_is_a_dense_layer_and_a_tanh():
    network = make_network(cell="simple_rnn")
    trace = network.trace(make_steps(3))
    before, n = (rnn_step(network, trace, layer=2, segment=1, step=s) for s in (8, 9))

    weights = {name.split(".")[2]: w for name, w in network.weights.items() if "_2.f" in name}
    sums = (
        n.inputs @ weights["kernel"] + before.hidden @ weights["recurrent_kernel"] + weights["bias"]
    )
    np.testing.assert_allclose(n.sums, sums, atol=1e-5)
    np.testing.assert_allclose(n.hidden, np.tanh(n.sums), atol=1e-5)


def test_formulas_are_written_with_the_units_own_numbers(lstm):
    n = lstm_step(*lstm, layer=2, segment=0, step=5)
    formulas = write_formulas(n, 3)

    assert [f.part for f in formulas] == [
        *("forget", "forget", "input", "input", "input", "cell", "output", "output")
    ]
    named = {f.formula.split(" =")[0]: f for f in formulas}
    assert named["C_t"].result == pytest.approx(n.cell[3])
    assert named["h_t"].result == pytest.approx(n.hidden[3])
    shown = f"{n.previous_cell[3]:.3f} × {n.forget_gate[3]:.3f}".replace("-", "−")
    assert named["C^f_t"].numbers == shown
    assert all("{" not in f.numbers for f in formulas)


def test_forget_example_forgets_the_middle_value():
    example = forget_example()

    assert example.previous_cell.tolist() == [1, 2, 4] and example.forget_gate.tolist() == [1, 0, 1]
    assert example.kept.tolist() == [1, 0, 4]
    assert forget_example([2.0], [0.25]).kept.tolist() == [0.5]


@pytest.mark.parametrize(
    ("cell", "gate", "message"),
    [
        ([1, 2], [1], r"cell of 2 numbers and a forget gate of 1"),
        ([1, 2], [1, 1.5], r"from 0 \(forget\) to 1 \(keep\)"),
        ([1, 2], [1, float("nan")], r"from 0 \(forget\) to 1 \(keep\)"),
        ([1, float("inf")], [1, 0], "finite numbers"),
    ],
)
def test_forget_example_out_of_range_is_refused(cell, gate, message):
    with pytest.raises(ParameterError, match=message):
        forget_example(cell, gate)


def test_step_missing_layer_or_unit_is_named(lstm):
    network, trace = lstm
    for layer, segment, step in ((3, 0, 0), (1, 3, 0), (1, 0, 26), (1, -1, 0)):
        with pytest.raises(ParameterError, match=r"2 layers, 3 segments and 26 steps"):
            lstm_step(network, trace, layer=layer, segment=segment, step=step)
    with pytest.raises(ParameterError, match=r"unit=5.*layer 2 has 5.*0 to 4"):
        write_formulas(lstm_step(network, trace, layer=2, segment=0, step=0), 5)
    with pytest.raises(ParameterError, match=r"made of LSTM cells, expected simple recurrent"):
        rnn_step(network, trace, layer=1, segment=0, step=0)
