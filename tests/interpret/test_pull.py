"""What units say about genres: the parts of the score, and the gradient of TensorFlow."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.errors import ParameterError
from genre.interpret.pull import score_gradient, segment_pulls, unit_pulls
from genre.interpret.trace import trace_song
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps
from tests.support.lazy import LazyModule

tf = LazyModule("tensorflow")
POOLINGS = ["last", "mean", "mean_max", "mean_shortcut"]


def score_of(logits):
    return logits - logits.mean(axis=-1, keepdims=True)


def without_biases(network):
    """Change a network so that nothing is added between pooling and logits."""
    for name in (*network.config.dense_layers, "output"):
        network.weights[f"{name}.bias"][:] = 0
    return network


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_pulls_of_all_units_are_the_score(pooling, bidirectional):
    network = without_biases(make_network(pooling=pooling, bidirectional=bidirectional))
    trace = network.trace(make_steps(3))
    pulls = segment_pulls(network, trace)  # (3, width, 4)

    assert pulls.shape == (3, network.config.output_widths[-1], 4)
    rest = 0.0
    if pooling == "mean_shortcut":  # the steps themselves reach the dense layer too
        shortcut = network.config.output_widths[-1]
        rest = (score_gradient(network, trace) * trace.pooled[..., np.newaxis])[:, shortcut:].sum(1)
        assert np.abs(rest).max() > 0.1
    np.testing.assert_allclose(pulls.sum(axis=1) + rest, score_of(trace.logits), atol=1e-4)


def test_pull_without_dense_layer_is_weight_times_value():
    network = make_network(dense_units=())
    trace = network.trace(make_steps(2))
    kernel = network.weights["output.kernel"]
    by_hand = trace.pooled[..., np.newaxis] * (kernel - kernel.mean(axis=1, keepdims=True))

    np.testing.assert_allclose(segment_pulls(network, trace), by_hand, atol=1e-6)


def test_song_pulls_are_the_mean_over_voting_segments_and_by_direction():
    network, steps = make_network(bidirectional=True), make_steps(200)
    audible = np.arange(200) % 3 > 0
    pulls = unit_pulls(network, steps, audible=audible)
    each = segment_pulls(network, network.trace(steps[audible]))
    np.testing.assert_allclose(pulls.values, each.mean(axis=0), atol=1e-5)

    layers = trace_song(network, steps[:2], MfccConfig()).layers
    assert [pulls.reach(layer) for layer in layers] == [False, False, True, True]
    assert pulls.of(layers[0], 1) is None
    np.testing.assert_array_equal(pulls.of(layers[2], 1), pulls.values[:5, 1])
    np.testing.assert_array_equal(pulls.of(layers[3], 1), pulls.values[5:, 1])


def test_pulls_of_a_silent_song_are_refused():
    with pytest.raises(ParameterError, match=r"no segment.*has a vote"):
        unit_pulls(make_network(), make_steps(2), audible=np.zeros(2, bool))


def tensorflow_gradient(network, trace):
    """The gradient of each genre's score by the pooled values, by TensorFlow."""
    pooled = tf.constant(trace.pooled)
    with tf.GradientTape() as tape:
        tape.watch(pooled)
        x = pooled
        for name in network.config.dense_layers:
            kernel, bias = (network.weights[f"{name}.{part}"] for part in ("kernel", "bias"))
            x = tf.keras.activations.relu(x @ kernel + bias)
        logits = x @ network.weights["output.kernel"] + network.weights["output.bias"]
        scores = logits - tf.reduce_mean(logits, axis=-1, keepdims=True)
    jacobian = tape.batch_jacobian(scores, pooled).numpy()  # (n_segments, n_genres, n_pooled)
    np.testing.assert_allclose(logits, trace.logits, atol=1e-4)
    return jacobian.swapaxes(1, 2)


@pytest.mark.tensorflow
@pytest.mark.parametrize("dense_units", [8, (9, 6), ()], ids=str)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_gradient_equals_tensorflow(pooling, dense_units):
    network = make_network(pooling=pooling, dense_units=dense_units)
    trace = network.trace(make_steps(3))

    theirs = tensorflow_gradient(network, trace)
    np.testing.assert_allclose(score_gradient(network, trace), theirs, atol=1e-5)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", ["starter", "simple-rnn", "course"])
def test_pulls_of_a_bundled_model_on_a_song_equal_tensorflow(name):
    classifier = load_classifier(name)
    network, song = classifier.network, analyze_song(JAZZ, classifier)
    trace = network.trace(song.steps)
    width = network.config.output_widths[-1]
    theirs = tensorflow_gradient(network, trace)[:, :width] * trace.pooled[:, :width, np.newaxis]

    ours = unit_pulls(network, song.steps, audible=song.prediction.audible).values
    np.testing.assert_allclose(ours, theirs[song.prediction.audible].mean(axis=0), atol=1e-5)
