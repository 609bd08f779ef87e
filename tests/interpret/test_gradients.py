"""Backpropagation through time against TensorFlow's."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.interpret.gradients import (
    MAX_ROWS,
    MemoryCurve,
    measure_memory,
    prediction_gradient,
    state_jacobian,
)
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps
from tests.support.lazy import LazyModule

keras, tf = LazyModule("keras"), LazyModule("tensorflow")


def keras_model(network):
    """Return the network after its scaling in Keras: from steps to (outputs, logits)."""
    config, weights = network.config, network.weights
    inputs = keras.Input((None, config.n_values))
    x = inputs
    cell = keras.layers.LSTM if config.cell == "lstm" else keras.layers.SimpleRNN
    layers = {}
    for number, units in enumerate(config.units, start=1):
        layers[f"recurrent_{number}.forward"] = layer = cell(units, return_sequences=True)
        x = layer(x)
    outputs = x
    if config.pooling == "last":
        x = x[:, -1]
    else:
        mean = keras.layers.GlobalAveragePooling1D()(outputs)
        largest = keras.layers.GlobalMaxPooling1D()(outputs)
        of_steps = keras.layers.GlobalAveragePooling1D()(inputs)
        beside = {"mean_max": [largest], "mean_shortcut": [of_steps]}.get(config.pooling)
        x = keras.layers.Concatenate()([mean, *beside]) if beside else mean
    layers["dense"] = keras.layers.Dense(config.dense_units, activation="relu")
    layers["output"] = keras.layers.Dense(config.n_genres)
    model = keras.Model(inputs, [outputs, layers["output"](layers["dense"](x))])
    for prefix, layer in layers.items():
        names = ("kernel", "recurrent_kernel", "bias")
        layer.set_weights([weights[f"{prefix}.{n}"] for n in names if f"{prefix}.{n}" in weights])
    return model


def assert_close(ours, theirs, axes):
    """Within 1e-4 of the size of all that is derived by the same step."""
    size = np.linalg.norm(theirs, axis=axes)
    assert size.min() > 0
    assert (np.linalg.norm(ours - theirs, axis=axes) / size).max() < 1e-4


def check_state(network, steps):
    """Along a few random directions of the last state: all of its units take part in each."""
    trace = network.trace(steps)
    units = network.config.units[1]
    directions = np.random.default_rng(5).normal(0, 1, (3, units)).astype("f4")
    scaled, model = tf.constant(trace.scaled), keras_model(network)
    jacobian = state_jacobian(network, trace)
    for direction in directions:
        with tf.GradientTape() as tape:
            tape.watch(scaled)
            last = tf.reduce_sum(model(scaled)[0][:, -1] * direction)
        ours = np.einsum("u,sutv->stv", direction, jacobian)
        assert_close(ours, tape.gradient(last, scaled).numpy(), axes=-1)


def check_prediction(network, steps, genre):
    trace = network.trace(steps)
    with tf.GradientTape() as tape:
        scaled = tf.constant(trace.scaled)
        tape.watch(scaled)
        wanted = tf.nn.log_softmax(keras_model(network)(scaled)[1])[:, genre]
    theirs = tape.gradient(wanted, scaled).numpy()
    assert_close(prediction_gradient(network, trace, genre), theirs, axes=-1)


@pytest.mark.tensorflow
@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
def test_state_gradients_equal_tensorflow(cell):
    check_state(make_network(cell=cell), make_steps(3))


@pytest.mark.tensorflow
@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
@pytest.mark.parametrize("pooling", ["last", "mean", "mean_max", "mean_shortcut"])
def test_prediction_gradients_equal_tensorflow(cell, pooling):
    check_prediction(make_network(cell=cell, pooling=pooling), make_steps(3), genre=2)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["starter", "simple-rnn"])
def test_bundled_model_gradients_on_a_song_equal_tensorflow(name):
    classifier = load_classifier(name)
    steps = analyze_song(JAZZ, classifier).steps[:2]

    check_state(classifier.network, steps)
    check_prediction(classifier.network, steps, genre=5)


def test_memory_curve_is_the_mean_norm_by_distance():
    network, steps = make_network(), make_steps(4)
    curve = measure_memory(network, steps, step_seconds=0.1)
    jacobian = state_jacobian(network, network.trace(steps))  # (4, units, 26, 6)

    norms = [np.linalg.norm(jacobian[:, :, 25 - d].reshape(4, -1), axis=1).mean() for d in (0, 7)]
    np.testing.assert_allclose(curve.norm[[0, 7]], norms, rtol=1e-5)
    assert curve.distance.tolist() == list(range(26)) and curve.n_segments == 4
    assert curve.relative[0] == 1


def test_memory_curve_of_a_long_song_uses_segments_from_all_of_it():
    network, steps = make_network(units=(7, 256)), make_steps(10, n_steps=4)
    curve = measure_memory(network, steps, step_seconds=0.1)

    assert curve.n_segments == MAX_ROWS // 256 == 2
    expected = measure_memory(network, steps[[0, 5]], step_seconds=0.1)
    np.testing.assert_allclose(curve.norm, expected.norm, rtol=1e-5)


def test_memory_curve_tenth_is_the_first_distance_below_it():
    def tenth(*norms):
        return MemoryCurve(np.arange(len(norms)), np.array(norms), 1, 0.1).tenth

    assert tenth(10.0, 5.0, 0.9, 2.0, 0.1) == 4
    assert tenth(10.0, 5.0, 2.0) is None
    assert tenth(0.0, 0.0) == 0


def test_gradients_of_a_bidirectional_network_are_refused():
    with pytest.raises(ParameterError, match=r"both ways.*reads forwards"):
        measure_memory(make_network(bidirectional=True), make_steps(1), step_seconds=0.1)
