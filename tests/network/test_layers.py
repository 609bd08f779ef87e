"""The recurrent layers against their textbook formulas, one step at a time."""

import warnings

import numpy as np
import pytest

from genre.network.layers import LayerWeights, run_lstm, run_simple_rnn

UNITS = 3
DIRECTIONS = ("forward", "backward")
RUNS = {"lstm": (run_lstm, 4 * UNITS), "simple_rnn": (run_simple_rnn, UNITS)}
EVERY_RUN = pytest.mark.parametrize(("run", "n_columns"), RUNS.values(), ids=RUNS)
EVERY_DIRECTION = pytest.mark.parametrize("direction", DIRECTIONS)


@pytest.fixture
def rng():
    return np.random.default_rng(440)


def make_layer(rng, n_columns, n_inputs=5):
    shapes = [(n_inputs, n_columns), (UNITS, n_columns), (n_columns,)]
    return LayerWeights(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


def make_segments(rng, n_segments=4, n_steps=9, n_inputs=5):
    return rng.normal(size=(n_segments, n_steps, n_inputs)).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@EVERY_DIRECTION
def test_lstm_gates_follow_their_formulas(rng, direction):
    weights, X = make_layer(rng, 4 * UNITS), make_segments(rng)

    trace = run_lstm(X, weights, direction)

    assert trace.direction == direction
    hidden = cell = np.zeros((len(X), UNITS))
    order = range(X.shape[1]) if direction == "forward" else reversed(range(X.shape[1]))
    for step in order:
        sums = X[:, step] @ weights.kernel + hidden @ weights.recurrent_kernel + weights.bias
        i, f, c, o = (sums[:, k * UNITS : (k + 1) * UNITS] for k in range(4))
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
        hidden = sigmoid(o) * np.tanh(cell)
        for traced, formula in [
            (trace.input_gate, sigmoid(i)),
            (trace.forget_gate, sigmoid(f)),
            (trace.candidate, np.tanh(c)),
            (trace.output_gate, sigmoid(o)),
            (trace.cell, cell),
            (trace.hidden, hidden),
        ]:
            assert traced.shape == (4, 9, UNITS)
            assert traced.dtype == np.float32
            np.testing.assert_allclose(traced[:, step], formula, atol=1e-6)


@EVERY_DIRECTION
def test_simple_rnn_follows_its_formula_and_has_no_gates(rng, direction):
    weights, X = make_layer(rng, UNITS), make_segments(rng)

    trace = run_simple_rnn(X, weights, direction)

    assert trace.direction == direction
    assert trace.cell is trace.input_gate is trace.forget_gate is trace.output_gate is None
    assert trace.candidate is None
    assert trace.hidden.dtype == np.float32
    hidden = np.zeros((len(X), UNITS))
    order = range(X.shape[1]) if direction == "forward" else reversed(range(X.shape[1]))
    for step in order:
        sums = X[:, step] @ weights.kernel + hidden @ weights.recurrent_kernel + weights.bias
        hidden = np.tanh(sums)
        np.testing.assert_allclose(trace.hidden[:, step], hidden, atol=1e-6)


@EVERY_RUN
def test_backward_layer_equals_forward_on_reversed_steps(rng, run, n_columns):
    weights, X = make_layer(rng, n_columns), make_segments(rng)

    backward = run(X, weights, "backward").hidden
    of_reverse = run(X[:, ::-1], weights, "forward").hidden

    np.testing.assert_allclose(backward, of_reverse[:, ::-1], atol=1e-6)


@EVERY_RUN
def test_step_does_not_depend_on_later_ones(rng, run, n_columns):
    weights, X = make_layer(rng, n_columns), make_segments(rng)
    changed = X.copy()
    changed[:, 5:] += 1

    before, after = (run(segments, weights, "forward").hidden for segments in (X, changed))

    np.testing.assert_array_equal(after[:, :5], before[:, :5])
    assert (after[:, 5:] != before[:, 5:]).any(axis=(1, 2)).all()


@EVERY_RUN
@EVERY_DIRECTION
def test_layer_changes_neither_input_nor_weights(rng, run, n_columns, direction):
    weights, X = make_layer(rng, n_columns), make_segments(rng)
    for array in (X, weights.kernel, weights.recurrent_kernel, weights.bias):
        array.flags.writeable = False

    first, second = (run(X, weights, direction).hidden for _ in range(2))

    np.testing.assert_array_equal(first, second)


@EVERY_RUN
@pytest.mark.parametrize("size", [1e3, 1e10, 1e30])
def test_huge_inputs_saturate_without_warnings(rng, run, n_columns, size):
    weights, X = make_layer(rng, n_columns), np.float32(size) * make_segments(rng)

    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        hidden = run(X, weights, "forward").hidden

    assert np.isfinite(hidden).all()
    assert np.abs(hidden).max() <= 1
