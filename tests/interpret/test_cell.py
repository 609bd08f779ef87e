"""One unit's numbers against the formulas themselves."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.interpret.cell import MAX_STEPS, cell_series, rnn_step, step_before, stretch_of
from tests.interpret.test_trace import make_network, make_steps


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def lstm():
    network = make_network(bidirectional=True)
    return network, network.trace(make_steps(3))


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize(("layer", "unit"), [(1, 0), (1, 6), (2, 4)])
def test_lstm_numbers_follow_the_formulas_at_every_step(lstm, layer, unit, direction):
    one = cell_series(*lstm, layer=layer, unit=unit, direction=direction)
    v = one.values

    for gate in ("forget_gate", "input_gate", "output_gate"):
        np.testing.assert_allclose(v[gate], sigmoid(one.sums(gate)), atol=1e-5)
    np.testing.assert_allclose(v["candidate"], np.tanh(one.sums("candidate")), atol=1e-5)
    kept = one.before("cell") * v["forget_gate"]
    np.testing.assert_allclose(v["cell"], kept + v["candidate"] * v["input_gate"], atol=1e-5)
    np.testing.assert_allclose(v["hidden"], v["output_gate"] * np.tanh(v["cell"]), atol=1e-5)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_parts_of_a_sum_are_inputs_and_states_through_their_weights(lstm, direction):
    network, trace = lstm
    one = cell_series(network, trace, layer=2, unit=3, direction=direction)
    prefix, column = f"recurrent_2.{direction}", 2 * 5 + 3  # the candidate is the third of four
    kernel, recurrent, bias = (
        network.weights[f"{prefix}.{name}"] for name in ("kernel", "recurrent_kernel", "bias")
    )
    hidden = trace.layers[1][direction == "backward"].hidden[2]
    last = hidden[8] if direction == "backward" else hidden[6]  # what was read before step 7

    from_inputs, from_hidden = one.from_inputs["candidate"], one.from_hidden["candidate"]
    x = trace.outputs[0][2, 7]
    assert from_inputs[2, 7] == pytest.approx(x @ kernel[:, column], abs=1e-5)
    assert from_hidden[2, 7] == pytest.approx(last @ recurrent[:, column], abs=1e-5)
    assert one.bias["candidate"] == bias[column]
    first = 25 if direction == "backward" else 0
    assert not one.before("cell")[:, first].any() and not from_hidden[:, first].any()


def test_states_and_gates_of_all_units_come_with_it(lstm):
    _, trace = lstm
    one = cell_series(*lstm, layer=1, unit=2, direction="backward")

    np.testing.assert_array_equal(one.states, trace.layers[0][1].cell)
    np.testing.assert_array_equal(one.gates, trace.layers[0][1].forget_gate)
    np.testing.assert_array_equal(one.values["cell"], one.states[:, :, 2])


def test_simple_cell_is_a_sum_and_a_tanh():
    network = make_network(cell="simple_rnn")
    trace = network.trace(make_steps(3))
    one = cell_series(network, trace, layer=2, unit=3)
    step = rnn_step(network, trace, layer=2, segment=1, step=9)

    np.testing.assert_allclose(one.values["hidden"], np.tanh(one.sums("hidden")), atol=1e-5)
    np.testing.assert_array_equal(one.states, trace.layers[1][0].hidden)
    assert one.gates is None and "cell" not in one.values
    assert step.sums[3] == pytest.approx(one.sums("hidden")[1, 9], abs=1e-5)
    np.testing.assert_array_equal(step.previous_hidden, trace.layers[1][0].hidden[1, 8])
    np.testing.assert_allclose(step.hidden, np.tanh(step.sums), atol=1e-5)
    np.testing.assert_array_equal(step.inputs, trace.layers[0][0].hidden[1, 9])


def test_what_is_missing_is_named(lstm):
    network, trace = lstm
    with pytest.raises(ParameterError, match=r"unit=5.*layer 2 has 5.*0 to 4"):
        cell_series(network, trace, layer=2, unit=5)
    with pytest.raises(ParameterError, match=r"layer 3 was asked for, there are 2 layers"):
        cell_series(network, trace, layer=3, unit=0)
    one_way = make_network()
    with pytest.raises(ParameterError, match=r"backward direction.*only reads forward"):
        cell_series(one_way, one_way.trace(make_steps(1)), layer=1, unit=0, direction="backward")
    with pytest.raises(ParameterError, match=r"made of LSTM cells, expected simple recurrent"):
        rnn_step(network, trace, layer=1, segment=0, step=0)
    simple = make_network(cell="simple_rnn")
    with pytest.raises(ParameterError, match=r"segment 1, step 26.*1 segments and 26 steps"):
        rnn_step(simple, simple.trace(make_steps(1)), layer=1, segment=1, step=26)


def test_step_before_of_many_units_starts_from_zero():
    values = np.arange(1, 13).reshape(2, 3, 2)

    assert step_before(values, "forward").tolist() == [
        [[0, 0], [1, 2], [3, 4]],
        [[0, 0], [7, 8], [9, 10]],
    ]
    assert step_before(values, "backward")[1].tolist() == [[9, 10], [11, 12], [0, 0]]


@pytest.mark.parametrize("n_steps", [7, 26, 130, 10_000])
def test_stretches_cover_a_song_without_overlap(n_steps):
    shape = (400, n_steps, 80)
    stretches = {(one.start, one.stop) for one in (stretch_of(s, shape) for s in range(400))}
    covered = [s for start, stop in sorted(stretches) for s in range(start, stop)]

    assert covered == list(range(400))
    for start, stop in stretches:
        assert (stop - start) * n_steps <= max(MAX_STEPS, n_steps)
        assert all(stretch_of(s, shape) == range(start, stop) for s in (start, stop - 1))
