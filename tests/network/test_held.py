"""Gates held at a value, against an LSTM written again in Keras's operations."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.network.config import NetworkConfig
from genre.network.forward import HeldGate
from genre.network.held import GATES, held_columns
from tests.network.test_forward import SMALL, make_network, make_segments
from tests.support.lazy import LazyModule

keras = LazyModule("keras")

FORWARD = {"pooling": "mean", "scaling": True}
SETTINGS = [
    FORWARD,
    {"pooling": "mean_shortcut", "scaling": False},
    {"pooling": "last", "bidirectional": True},
    {"pooling": "mean_max", "bidirectional": True},
]
HELD = [
    HeldGate(layer, gate, value, unit)
    for layer in (1, 2)
    for gate in GATES
    for value, unit in ((0.0, None), (0.3, None), (1.0, 2), (0.0, 4))
]


def network_of(settings):
    return make_network(NetworkConfig(**SMALL | settings))


def lstm_in_keras(x, weights, units, held, *, backward):
    """One LSTM layer step by step, written here: states of every step, the cell and the hidden."""
    ops = keras.ops
    kernel, recurrent, bias = (ops.convert_to_tensor(one) for one in weights)
    h = c = ops.zeros((x.shape[0], units))
    cells, hiddens = {}, {}
    steps = range(x.shape[1])
    for t in reversed(steps) if backward else steps:
        sums = ops.matmul(x[:, t], kernel) + ops.matmul(h, recurrent) + bias
        i, f, new, o = ops.split(sums, 4, axis=1)
        gates = {"input": ops.sigmoid(i), "forget": ops.sigmoid(f), "output": ops.sigmoid(o)}
        for one in held:
            chosen = np.zeros(units, bool)
            chosen[slice(None) if one.unit is None else one.unit] = True
            gates[one.gate] = ops.where(chosen, np.float32(one.value), gates[one.gate])
        c = gates["forget"] * c + gates["input"] * ops.tanh(new)
        h = gates["output"] * ops.tanh(c)
        cells[t], hiddens[t] = c, h
    return [ops.stack([of[t] for t in steps], axis=1) for of in (cells, hiddens)]


def network_in_keras(network, X, held):
    """Cells of every layer and direction, and the probabilities, by Keras's operations alone."""
    ops, config, weights = keras.ops, network.config, network.weights
    x = ops.convert_to_tensor(X)
    if config.scaling:
        x = (x - weights["normalization.mean"]) / ops.sqrt(weights["normalization.variance"])
    scaled, cells = x, []
    for layer, units in enumerate(config.units, start=1):
        outputs = []
        for direction in config.directions:
            prefix = f"recurrent_{layer}.{direction}"
            own = [weights[f"{prefix}.{name}"] for name in ("kernel", "recurrent_kernel", "bias")]
            ours = [h for h in held if h.layer == layer and h.direction in (None, direction)]
            cell, hidden = lstm_in_keras(x, own, units, ours, backward=direction == "backward")
            cells.append(cell)
            outputs.append(hidden)
        x = ops.concatenate(outputs, axis=-1)
    if config.pooling == "last":
        pooled = [outputs[0][:, -1], *(one[:, 0] for one in outputs[1:])]
    else:
        more = {"mean_max": lambda: [ops.max(x, axis=1)], "mean_shortcut": lambda: [
            ops.mean(scaled, axis=1)]}  # fmt: skip
        pooled = [ops.mean(x, axis=1), *more.get(config.pooling, list)()]
    x = ops.concatenate(pooled, axis=-1)
    x = ops.relu(ops.matmul(x, weights["dense.kernel"]) + weights["dense.bias"])
    x = ops.softmax(ops.matmul(x, weights["output.kernel"]) + weights["output.bias"])
    return [ops.convert_to_numpy(cell) for cell in cells], ops.convert_to_numpy(x)


def check_against_keras(network, held):
    X = make_segments(3, 26)
    cells, probabilities = network_in_keras(network, X, held)
    trace = network.trace(X, held)

    found = [one.cell for layer in trace.layers for one in layer]
    assert len(found) == len(cells)
    for one, expected in zip(found, cells, strict=True):
        np.testing.assert_allclose(one, expected, atol=1e-5)
    np.testing.assert_allclose(trace.probabilities, probabilities, atol=1e-5)
    np.testing.assert_allclose(network.predict_proba(X, held), probabilities, atol=1e-5)
    return probabilities


@pytest.mark.tensorflow
@pytest.mark.parametrize("held", HELD, ids=str)
def test_held_gate_equals_keras(held):
    network = network_of(FORWARD)
    probabilities = check_against_keras(network, [held])

    assert np.abs(probabilities - network.predict_proba(make_segments(3, 26))).max() > 1e-4


@pytest.mark.tensorflow
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_nothing_and_several_gates_held_equal_keras_in_every_kind_of_network(settings):
    network = network_of(settings)
    check_against_keras(network, [])
    check_against_keras(network, [HeldGate(1, "forget", 1.0), HeldGate(2, "output", 0.5, unit=1)])
    for direction in network.config.directions:
        check_against_keras(network, [HeldGate(2, "input", 0.2, direction=direction)])


@pytest.mark.tensorflow
@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("layer", [1, 2])
def test_trained_network_with_a_gate_held_equals_keras(layer, gate):
    starter = load_classifier("starter")
    X = analyze_song("samples/jazz.ogg", starter).steps
    for unit in (None, 5):
        held = [HeldGate(layer, gate, 0.0, unit)]
        cells, probabilities = network_in_keras(starter.network, X, held)
        trace = starter.network.trace(X, held)
        for one, expected in zip((one[0].cell for one in trace.layers), cells, strict=True):
            np.testing.assert_allclose(one, expected, atol=1e-5)
        np.testing.assert_allclose(trace.probabilities, probabilities, atol=1e-5)


@pytest.mark.parametrize("held", HELD, ids=str)
def test_held_gate_is_its_value_and_the_others_are_their_own(held):
    network, X = network_of({"bidirectional": True}), make_segments(2, 26)
    before, after = network.trace(X), network.trace(X, [held])
    units = slice(None) if held.unit is None else held.unit

    for one in after.layers[held.layer - 1]:
        gate = getattr(one, f"{held.gate}_gate")
        assert (gate[:, :, units] == np.float32(held.value)).all()
    for one, other in zip(before.layers[0], after.layers[0], strict=True):
        if held.layer == 2:
            np.testing.assert_array_equal(one.hidden, other.hidden)
        else:
            assert not np.array_equal(one.hidden, other.hidden)


def test_held_direction_leaves_the_other_alone():
    network, X = network_of({"bidirectional": True}), make_segments(2, 26)
    trace = network.trace(X, [HeldGate(1, "forget", 0.0, direction="backward")])
    forward, backward = trace.layers[0]

    np.testing.assert_array_equal(forward.cell, network.trace(X).layers[0][0].cell)
    assert not backward.forget_gate.any()


def test_forget_gate_shut_leaves_nothing_of_the_step_before():
    network, X = network_of({}), make_segments(2, 26)
    one = network.trace(X, [HeldGate(1, "forget", 0.0)]).layers[0][0]
    np.testing.assert_allclose(one.cell, one.input_gate * one.candidate, atol=1e-7)


def test_later_of_two_held_gates_wins():
    columns = held_columns(
        [HeldGate(1, "output", 0.0), HeldGate(1, "output", 1.0, unit=3)], 1, "forward", 7
    )
    assert columns == ((slice(21, 28), 0.0), (slice(24, 25), 1.0))


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"gate": "candidate"}, "gate='candidate' was given, expected input, forget or output"),
        ({"value": 1.5}, r"held at 1\.5, expected a number from 0 \(shut\) to 1 \(open\)"),
        ({"value": -0.1}, r"held at -0\.1"),
        ({"value": float("nan")}, "held at nan"),
    ],
)
def test_gates_that_cannot_be_held_are_refused(held, message):
    with pytest.raises(ParameterError, match=message):
        HeldGate(**{"layer": 1, "gate": "forget", "value": 0.0} | held)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"layer": 3}, "layer 3 was to be held, this network has 2 recurrent layers"),
        ({"layer": 0}, "layer 0 was to be held"),
        ({"layer": 2, "unit": 5}, "unit 5 was to be held, layer 2 has 5 units"),
        ({"unit": -1}, "unit -1 was to be held"),
        ({"direction": "backward"}, "backward direction was to be held.*only reads forward"),
    ],
)
def test_gates_that_a_network_lacks_are_refused(held, message):
    one, network = HeldGate(**{"layer": 1, "gate": "forget", "value": 0.0} | held), network_of({})
    for use in (network.trace, network.predict_proba):
        with pytest.raises(ParameterError, match=message):
            use(make_segments(1, 26), [one])


def test_simple_cells_have_no_gates():
    with pytest.raises(ParameterError, match="simple recurrent cells, which have no gates"):
        network_of({"cell": "simple_rnn"}).trace(make_segments(1, 26), [HeldGate(1, "input", 1.0)])
