"""Backpropagation through time against TensorFlow's."""

import numpy as np
import pytest

from genre.interpret.gradients import state_jacobian
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps
from tests.support.lazy import LazyModule

keras, tf = LazyModule("keras"), LazyModule("tensorflow")


def keras_model(network):
    """Return the recurrent layers in Keras: from steps to the last layer's outputs."""
    config, weights = network.config, network.weights
    inputs = keras.Input((None, config.n_values))
    x = inputs
    cell = keras.layers.LSTM if config.cell == "lstm" else keras.layers.SimpleRNN
    layers = {}
    for number, units in enumerate(config.units, start=1):
        layers[f"recurrent_{number}.forward"] = layer = cell(units, return_sequences=True)
        x = layer(x)
    model = keras.Model(inputs, x)
    for prefix, layer in layers.items():
        names = ("kernel", "recurrent_kernel", "bias")
        layer.set_weights([weights[f"{prefix}.{name}"] for name in names])
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
    jacobian = state_jacobian(network, trace)["total"]
    for direction in directions:
        with tf.GradientTape() as tape:
            tape.watch(scaled)
            last = tf.reduce_sum(model(scaled)[:, -1] * direction)
        ours = np.einsum("u,sutv->stv", direction, jacobian)
        assert_close(ours, tape.gradient(last, scaled).numpy(), axes=-1)


@pytest.mark.tensorflow
@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
def test_state_gradients_equal_tensorflow(cell):
    check_state(make_network(cell=cell), make_steps(3))


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["starter", "simple-rnn"])
def test_bundled_model_gradients_on_a_song_equal_tensorflow(name):
    classifier = load_classifier(name)
    steps = analyze_song(JAZZ, classifier).steps[:2]

    check_state(classifier.network, steps)
