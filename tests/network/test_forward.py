"""The NumPy forward pass against Keras, member by member of the family."""

import functools
import warnings
from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.errors import ModelError, ParameterError
from genre.network.config import NetworkConfig, Pooling
from genre.network.forward import BATCH_SEGMENTS, Network, apply_head
from tests.support.lazy import LazyModule

keras, tf = LazyModule("keras"), LazyModule("tensorflow")

N_VALUES = 6
SMALL = {"n_steps": 26, "n_values": N_VALUES, "n_genres": 4, "units": (7, 5), "dense_units": 8}
FAMILY = {
    " ".join(
        [cell, "both ways" if both else "forward", pooling, "scaled" if scaling else "bare"]
    ): NetworkConfig(**SMALL, cell=cell, bidirectional=both, pooling=pooling, scaling=scaling)
    for cell, (both, pooling, scaling) in product(
        ["lstm", "simple_rnn"],
        [
            (False, "last", True),
            (False, "mean", False),
            (False, "mean_max", True),
            (True, "last", False),
            (True, "mean", True),
            (True, "mean_max", False),
            (False, "mean_shortcut", True),
            (True, "mean_shortcut", False),
        ],
    )
}
FAMILY |= {
    "one layer, no dense": NetworkConfig(**SMALL | {"units": (7,), "dense_units": ()}),
    "three layers, two dense": NetworkConfig(
        **SMALL | {"units": (7, 5, 6), "dense_units": (8, 3)}, cell="simple_rnn", pooling="mean"
    ),
}
EVERY_MEMBER = pytest.mark.parametrize("config", FAMILY.values(), ids=FAMILY)


def make_weights(config, seed=440):
    """Return random weights, large enough for every gate to matter."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in config.weight_shapes().items():
        weights[name] = rng.normal(0, 0.5, shape).astype(np.float32)
    if config.scaling:
        weights["normalization.mean"] *= 10
        weights["normalization.variance"] = rng.uniform(0.2, 9, config.n_values).astype(np.float32)
    return weights


def make_network(config, seed=440):
    return Network(config, make_weights(config, seed))


def make_segments(n_segments, n_steps, n_values=N_VALUES, seed=880):
    shape = (n_segments, n_steps, n_values)
    return np.random.default_rng(seed).normal(0, 2, shape).astype(np.float32)


def keras_model(config, weights):
    """Build the stock Keras model with these weights, and one that shows its states.

    Returns
    -------
    model : keras.Model
        From segments to probabilities.
    states : keras.Model
        From segments to, for each recurrent layer, Keras's list of its outputs at every
        step and its last states.
    """
    recurrent = {"lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[config.cell]

    def recurrent_layer(number, **options):
        layer = recurrent(config.units[number - 1], name=f"recurrent_{number}", **options)
        return keras.layers.Bidirectional(layer, name=layer.name) if config.bidirectional else layer

    inputs = keras.Input((None, config.n_values))
    scaled = inputs
    if config.scaling:
        scaled = keras.layers.Normalization(name="normalization")(scaled)
    x, steps, n_layers = scaled, scaled, len(config.units)
    for number in range(1, n_layers + 1):
        is_sequence = number < n_layers or config.pooling != "last"
        x = recurrent_layer(number, return_sequences=is_sequence)(x)
    if config.pooling != "last":
        pools = [keras.layers.GlobalAveragePooling1D()(x)]
        if config.pooling == "mean_max":
            pools.append(keras.layers.GlobalMaxPooling1D()(x))
        if config.pooling == "mean_shortcut":
            pools.append(keras.layers.GlobalAveragePooling1D()(steps))
        x = keras.layers.Concatenate()(pools) if len(pools) > 1 else pools[0]
    for name, units in config.dense_layers.items():
        x = keras.layers.Dense(units, activation="relu", name=name)(x)
    x = keras.layers.Dropout(0.3, name="dropout")(x)
    x = keras.layers.Dense(config.n_genres, activation="softmax", name="output")(x)
    model = keras.Model(inputs, x)

    opened, shown, x = [], [], scaled
    for number in range(1, n_layers + 1):
        opened.append(recurrent_layer(number, return_sequences=True, return_state=True))
        shown.append(opened[-1](x))
        x = shown[-1][0]
    states = keras.Model(inputs, shown)

    if config.scaling:
        layer = model.get_layer("normalization")
        layer.adapt_mean.assign(weights["normalization.mean"])
        layer.adapt_variance.assign(weights["normalization.variance"])
        layer.finalize_state()
    for layer in [*model.layers, *opened]:
        names = [name for name in weights if name.startswith(f"{layer.name}.")]
        if layer.name != "normalization" and names:
            layer.set_weights([weights[name] for name in names])
    return model, states


@functools.cache
def compiled_model(config):
    """Return both models of the reference in one function, traced once for all lengths."""
    model, states = keras_model(config, make_weights(config))
    signature = tf.TensorSpec((None, None, config.n_values), tf.float32)
    is_one = len(config.units) == 1  # whose list Keras unpacks

    def both(X):
        return model(X), [states(X)] if is_one else states(X)

    compute = tf.function(both, input_signature=[signature])
    return lambda X: tf.nest.map_structure(lambda tensor: tensor.numpy(), compute(X))


@pytest.mark.tensorflow
@EVERY_MEMBER
def test_probabilities_equal_keras(config):
    network, reference = make_network(config), compiled_model(config)

    for n_segments, n_steps in product([1, 3, 33], [1, 5, 26, 130]):
        X = make_segments(n_segments, n_steps)
        expected, _ = reference(X)
        found = network.predict_proba(X)
        assert found.shape == (n_segments, config.n_genres)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)


@pytest.mark.tensorflow
def test_reference_network_equals_keras():
    config = NetworkConfig(n_steps=130, n_values=13, n_genres=10)
    weights = {name: 0.2 * array for name, array in make_weights(config).items()}
    model, _ = keras_model(config, weights)
    X = make_segments(10, 130, 13)

    found = Network(config, weights).predict_proba(X)

    assert sum(np.prod(weight.shape) for weight in model.trainable_weights) == config.n_parameters
    np.testing.assert_allclose(found, model(X), atol=1e-5, rtol=0)


@pytest.mark.tensorflow
@EVERY_MEMBER
def test_states_of_both_layers_equal_keras(config):
    network, reference = make_network(config), compiled_model(config)
    X = make_segments(3, 26)

    for n_steps in (1, 2, 13, 26):
        trace = network.trace(X[:, :n_steps])
        _, layers = reference(X[:, :n_steps])
        for (outputs, *last), traced, handed_on in zip(
            layers, trace.layers, trace.outputs, strict=True
        ):
            np.testing.assert_allclose(handed_on, outputs, atol=1e-5)
            hidden = np.concatenate([one.hidden for one in traced], axis=-1)
            np.testing.assert_array_equal(hidden, handed_on)
            ours = []  # as Keras lists them: hidden, then cell, direction by direction
            for one in traced:
                end = -1 if one.direction == "forward" else 0
                ours += [one.hidden[:, end]]
                ours += [one.cell[:, end]] if config.cell == "lstm" else []
            for mine, theirs in zip(ours, last, strict=True):
                np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.tensorflow
@EVERY_MEMBER
def test_summary_equals_that_of_keras(config):
    model, _ = keras_model(config, make_weights(config))

    rows = {name: (shape, parameters) for name, shape, parameters in config.summary()}

    pooled = rows.pop("pooling", None)
    assert list(rows) == [layer.name for layer in model.layers if layer.name in rows]
    for name, row in rows.items():
        layer = model.get_layer(name)
        shape = tuple(config.n_steps if size is None else size for size in layer.output.shape[1:])
        assert row == (shape, layer.count_params())
    if config.pooling == "last":
        assert pooled is None
    else:
        assert pooled == (tuple(model.get_layer("dense").input.shape[1:]), 0)


@EVERY_MEMBER
def test_trace_leads_to_predicted_probabilities(config):
    network, X = make_network(config), make_segments(3, 26)

    trace = network.trace(X)

    assert [one.direction for one in trace.layers[0]] == list(config.directions)
    assert [outputs.shape[2] for outputs in trace.outputs] == list(config.output_widths)
    assert trace.scaled.shape == X.shape
    assert trace.pooled.shape == (3, config.n_pooled)
    assert [one.shape for one in trace.dense] == [
        (3, units) for units in config.dense_layers.values()
    ]
    assert all(one.min() == 0 < one.max() for one in trace.dense)  # relu
    odds = np.exp(trace.logits)
    np.testing.assert_allclose(
        trace.probabilities, odds / odds.sum(axis=1, keepdims=True), rtol=1e-5
    )
    np.testing.assert_array_equal(trace.probabilities, network.predict_proba(X))


@EVERY_MEMBER
def test_head_on_all_outputs_gives_trace_again(config):
    network, X = make_network(config), make_segments(3, 26)
    trace = network.trace(X)

    head = apply_head(network, trace.outputs[-1], trace.scaled)

    assert len(head.dense) == len(config.dense_layers)
    for name in ("pooled", "logits", "probabilities"):
        np.testing.assert_array_equal(getattr(head, name), getattr(trace, name))
    for dense, traced in zip(head.dense, trace.dense, strict=True):
        np.testing.assert_array_equal(dense, traced)


@pytest.mark.parametrize("pooling", get_args(Pooling))
@pytest.mark.parametrize("n_steps", [1, 13])
def test_head_on_prefix_answers_as_if_it_were_all(pooling, n_steps):
    network = make_network(NetworkConfig(**SMALL, pooling=pooling))
    X = make_segments(3, 26)

    trace = network.trace(X)

    head = apply_head(network, trace.outputs[1][:, :n_steps], trace.scaled[:, :n_steps])
    early = head.probabilities

    np.testing.assert_allclose(early, network.predict_proba(X[:, :n_steps]), atol=1e-6)


def test_pooling_last_of_both_directions_takes_the_state_after_all_steps():
    network = make_network(NetworkConfig(**SMALL, bidirectional=True))
    trace = network.trace(make_segments(3, 26))
    forward, backward = trace.layers[1]

    np.testing.assert_array_equal(trace.pooled[:, :5], forward.hidden[:, -1])
    np.testing.assert_array_equal(trace.pooled[:, 5:], backward.hidden[:, 0])


@EVERY_MEMBER
def test_probabilities_sum_to_one_and_depend_on_every_step(config):
    network, X = make_network(config), make_segments(1, 6)
    changed = np.repeat(X, 6, axis=0)
    changed[range(6), range(6)] += 1  # segment ``i`` differs in step ``i``

    probabilities = network.predict_proba(changed)

    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert (np.abs(probabilities - network.predict_proba(X)).max(axis=1) > 1e-6).all()


@EVERY_MEMBER
def test_huge_inputs_give_neither_warnings_nor_nan(config):
    network = make_network(config)
    signs = np.sign(make_segments(3, 26))

    for size in (1e3, 1e20, np.finfo(np.float32).max):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            probabilities = network.predict_proba(signs * np.float32(size))
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


@pytest.fixture
def constant_value():
    """Settings whose scaling is on, weights by which the third value never varied, segments."""
    config = NetworkConfig(**SMALL, scaling=True)
    weights = make_weights(config)
    weights["normalization.variance"][2] = 0
    X = make_segments(3, 26)
    X[..., 2] = weights["normalization.mean"][2]
    X[0, 0, 2] += 1e-3
    return config, weights, X


def test_scaling_of_value_that_never_varied_divides_by_smallest_deviation(constant_value):
    config, weights, X = constant_value

    scaled = Network(config, weights).trace(X).scaled

    deviation = np.sqrt(weights["normalization.variance"])
    deviation[2] = 1e-7
    expected = (X - weights["normalization.mean"]) / deviation
    assert expected[0, 0, 2] > 1000
    np.testing.assert_allclose(scaled, expected, rtol=1e-5)


@pytest.mark.tensorflow
def test_scaling_of_value_that_never_varied_equals_keras(constant_value):
    config, weights, X = constant_value
    layer = keras_model(config, weights)[0].get_layer("normalization")

    scaled = Network(config, weights).trace(X).scaled

    np.testing.assert_allclose(scaled, layer(X), rtol=1e-6)


@given(
    order=st.integers(1, 2 * BATCH_SEGMENTS).flatmap(lambda n: st.permutations(range(n))),
    config=st.sampled_from(list(FAMILY.values())),
    seed=st.integers(0, 2**32 - 1),
)
def test_segments_in_another_order_give_same_in_that_order(order, config, seed):
    network, X = make_network(config), make_segments(len(order), 3, seed=seed)

    np.testing.assert_allclose(
        network.predict_proba(X[order]), network.predict_proba(X)[order], atol=1e-6
    )


@EVERY_MEMBER
def test_segments_predicted_together_equal_each_alone(config):
    network, X = make_network(config), make_segments(2 * BATCH_SEGMENTS + 5, 4)

    together = network.predict_proba(X)
    network.predict_proba(1 - X)

    alone = np.concatenate([network.predict_proba(X[[i]]) for i in range(len(X))])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_large_predictions_are_made_in_bounded_batches(monkeypatch):
    network, sizes = make_network(NetworkConfig(**SMALL)), []
    trace = Network._trace
    monkeypatch.setattr(
        Network, "_trace", lambda self, X, held: sizes.append(len(X)) or trace(self, X, held)
    )

    network.predict_proba(make_segments(300, 2))

    assert sizes == [128, 128, 44]


@EVERY_MEMBER
def test_prediction_of_no_segments_has_no_rows(config):
    probabilities = make_network(config).predict_proba(np.empty((0, 26, N_VALUES)))

    assert probabilities.shape == (0, 4)
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((2, 26, 5)), r"\(2, 26, 5\), expected \(n_segments, n_steps, 6\).*features"),
        (np.zeros((26, 6)), r"shape \(26, 6\), expected \(n_segments, n_steps, 6\)"),
        (np.zeros((2, 0, 6)), r"shape \(2, 0, 6\).*at least one step"),
        (np.full((2, 26, 6), np.nan), r"not finite in float32.*Check the recording"),
        (np.full((2, 26, 6), 1e300), r"not finite in float32"),
    ],
    ids=["other values", "one segment alone", "no steps", "nan", "beyond float32"],
)
@pytest.mark.parametrize("ask", [Network.predict_proba, Network.trace], ids=["predict", "trace"])
def test_input_that_is_not_segments_is_refused(X, message, ask):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ParameterError, match=message):
            ask(make_network(NetworkConfig(**SMALL)), X)


def test_weights_of_another_network_are_refused():
    weights = make_weights(NetworkConfig(**SMALL))

    with pytest.raises(ModelError, match=r'lack "recurrent_1\.backward\.bias"'):
        Network(NetworkConfig(**SMALL, bidirectional=True), weights)
    with pytest.raises(ModelError, match=r'"dense\.bias" is float64 of shape \(8,\), expected'):
        Network(NetworkConfig(**SMALL), {**weights, "dense.bias": np.zeros(8)})
