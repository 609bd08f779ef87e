"""The paths of a gradient against finite differences, and against TensorFlow's stop_gradient."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.interpret.gradient_paths import (
    MAX_ROWS,
    PATHS,
    GradientPaths,
    measure_paths,
    split_jacobian,
)
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps
from tests.support.lazy import LazyModule

tf = LazyModule("tensorflow")
NAMES = ("kernel", "recurrent_kernel", "bias")


def weights_of(network, layer, dtype="f8"):
    return [network.weights[f"recurrent_{layer}.forward.{name}"].astype(dtype) for name in NAMES]


def run_layers(network, x, held=None, path="total"):
    """Both LSTM layers in double precision, the stopped states taken from ``held``."""

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    states = []
    for number in (1, 2):
        kernel, recurrent_kernel, bias = weights_of(network, number)
        c = h = np.zeros((len(x), len(recurrent_kernel)))
        cells, outputs = [], []
        for t in range(x.shape[1]):
            if t and path == "cell":
                h = held[number - 1][1][:, t - 1]
            if t and path == "hidden":
                c = held[number - 1][0][:, t - 1]
            i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            cells.append(c)
            outputs.append(h)
        x = np.stack(outputs, axis=1)
        states.append((np.stack(cells, axis=1), x))
    return states


@pytest.mark.parametrize("path", ["total", "cell", "hidden"])
def test_paths_are_those_of_finite_differences(path):
    network = make_network()
    trace = network.trace(make_steps(2))
    x = trace.scaled.astype("f8")
    held = run_layers(network, x)
    ours = split_jacobian(network, trace)[path]
    rng = np.random.default_rng(4)
    for t in (24, 23, 20, 3):
        along = np.zeros_like(x)
        along[:, t] = 1e-5 * rng.normal(size=x[:, t].shape)
        high, low = (run_layers(network, x + s * along, held, path)[1][1][:, -1] for s in (1, -1))
        expected = (high - low) / 2
        found = np.einsum("suv,sv->su", ours[:, :, t], along[:, t])
        if path == "hidden" and t == 3:  # nothing is left, as double precision has it
            assert np.abs(found).max() < 1e-16
        else:
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_cell_alone_is_the_product_of_the_forget_gates():
    network = make_network()
    trace = network.trace(make_steps(2))
    for layer in (1, 2):
        alone = split_jacobian(network, trace, source="cell", layer=layer)["cell"]
        forget = trace.layers[layer - 1][0].forget_gate
        for t in (25, 24, 10, 0):
            kept = forget[:, t + 1 :].prod(axis=1)  # (n_segments, units)
            expected = np.eye(kept.shape[1]) * kept[:, np.newaxis]
            np.testing.assert_allclose(alone[:, :, t], expected, rtol=1e-4, atol=1e-30)


@pytest.mark.parametrize("source", ["input", "cell", "hidden"])
def test_parts_add_up_and_so_do_shares(source):
    network, steps = make_network(), make_steps(3)
    parts = split_jacobian(network, network.trace(steps), source=source)
    summed = sum(parts[path] for path in PATHS)
    size = np.abs(parts["total"]).max(axis=(0, 1, 3))
    assert (np.abs(summed - parts["total"]).max(axis=(0, 1, 3)) <= 1e-6 * size + 1e-30).all()

    paths = measure_paths(network, steps, step_seconds=0.1, source=source)
    np.testing.assert_allclose(sum(paths.shares[path] for path in PATHS), 1, atol=1e-4)
    no_step = 1 + (source == "hidden")
    assert not paths.norms["hidden"][:no_step].any() and paths.norms["hidden"][no_step] > 0
    assert not paths.norms["mixed"][: no_step + 1].any() and paths.norms["mixed"][no_step + 1] > 0


def test_simple_rnn_has_one_path():
    network, steps = make_network(cell="simple_rnn"), make_steps(2)
    paths = measure_paths(network, steps, step_seconds=0.1)

    assert paths.shares["hidden"][1:] == pytest.approx(np.ones(25))
    assert not paths.norms["cell"][1:].any() and not paths.norms["mixed"].any()
    within = measure_paths(network, steps, step_seconds=0.1, source="hidden", layer=2)
    slope = 1 - np.square(network.trace(steps).layers[1][0].hidden[:, -1])
    recurrent = weights_of(network, 2)[1].T
    expected = np.linalg.norm(slope[..., np.newaxis] * recurrent, axis=(1, 2)).mean()
    assert within.norms["total"][1] == pytest.approx(expected, rel=1e-5)


def run_in_tensorflow(network, x, path):
    """The layers by hand, with `tf.stop_gradient` where a path does not lead; all states."""

    def before(state, is_stopped):
        return tf.stop_gradient(state) if is_stopped else state

    layers, below = [], tf.unstack(x, axis=1)
    for number, units in enumerate(network.config.units, start=1):
        kernel, recurrent_kernel, bias = weights_of(network, number, "f4")
        c = h = tf.zeros((len(x), units))
        cells, outputs = [], []
        for t in range(len(below)):
            h = before(h, path == "cell")
            sums = below[t] @ kernel + h @ recurrent_kernel + bias
            i, f, g, o = tf.split(sums, 4, axis=1)
            c = tf.sigmoid(f) * before(c, path == "hidden") + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            cells.append(c)
            outputs.append(h)
        below = outputs
        layers.append((cells, outputs))
    return layers


@pytest.mark.tensorflow
@pytest.mark.parametrize("path", ["total", "cell", "hidden"])
def test_bundled_model_paths_on_a_song_equal_tensorflow(path):
    classifier = load_classifier("starter")
    network = classifier.network
    trace = network.trace(analyze_song(JAZZ, classifier).steps[:2])
    ours = split_jacobian(network, trace)[path]
    x = tf.constant(trace.scaled)
    direction = np.random.default_rng(3).normal(size=64).astype("f4")
    with tf.GradientTape() as tape:
        tape.watch(x)
        layers = run_in_tensorflow(network, x, path)
        wanted = tf.reduce_sum(layers[1][1][-1] * direction)
    expected = tape.gradient(wanted, x).numpy()
    np.testing.assert_allclose(layers[1][1][-1], trace.outputs[1][:, -1], atol=1e-5)
    found = np.einsum("u,sutv->stv", direction, ours)
    n = 25 if path == "hidden" else 26  # what no step lies between is counted with the cell's
    size = np.linalg.norm(expected, axis=-1)[:, :n]
    assert (np.linalg.norm(found - expected, axis=-1)[:, :n] <= 2e-4 * size + 1e-20).all()


@pytest.mark.tensorflow
@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("source", ["cell", "hidden"])
def test_gradients_within_a_layer_equal_tensorflow(source, layer):
    network = make_network()
    trace = network.trace(make_steps(2))
    ours = split_jacobian(network, trace, source=source, layer=layer)["total"]
    x = tf.constant(trace.scaled)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        cells, outputs = run_in_tensorflow(network, x, "total")[layer - 1]
        last = tf.reduce_sum((cells if source == "cell" else outputs)[-1][:, 2])
    for t in (24, 20, 12):
        if source == "cell":
            expected = tape.gradient(last, cells[t]).numpy()
        else:  # h_t with c_t held fixed: by h_t's own output, past the gates of the step after it
            expected = tape.gradient(last, outputs[t]).numpy()
        np.testing.assert_allclose(
            ours[:, 2, t], expected, rtol=0, atol=1e-4 * np.abs(expected).max()
        )


def test_starter_on_a_song_hands_its_memory_on_by_both_paths():
    """What docs/decisions.md says of the paths."""
    classifier = load_classifier("starter")
    steps = analyze_song(JAZZ, classifier).steps
    paths = measure_paths(classifier.network, steps, step_seconds=0.116)

    ends = {path: paths.relative(path)[25] for path in ("total", *PATHS)}
    assert ends["total"] == pytest.approx(0.17, abs=0.02)
    assert ends["cell"] == pytest.approx(0.05, abs=0.01)
    assert ends["hidden"] < 1e-15
    assert paths.shares["mixed"][25] > 0.9 and paths.shares["cell"][4] > 0.6


def test_long_song_uses_segments_from_all_of_it():
    network, steps = make_network(units=(7, 256)), make_steps(10, n_steps=4)
    paths = measure_paths(network, steps, step_seconds=0.1)

    assert paths.n_segments == MAX_ROWS // 256 == 2 and paths.layer == 2
    expected = measure_paths(network, steps[[0, 5]], step_seconds=0.1)
    np.testing.assert_allclose(paths.norms["total"], expected.norms["total"], rtol=1e-5)


def test_tenth_is_the_first_distance_below_it():
    def tenth(*norms):
        return GradientPaths("lstm", "input", 1, {"total": np.array(norms)}, {}, 1, 0.1).tenth

    assert tenth(10.0, 5.0, 0.9, 2.0, 0.1) == 4
    assert tenth(10.0, 5.0, 2.0) is None
    assert tenth(0.0, 0.0) == 0


@pytest.mark.parametrize(
    ("settings", "asked", "message"),
    [
        ({"bidirectional": True}, {}, r"both ways.*reads forwards"),
        ({"cell": "simple_rnn"}, {"source": "cell"}, r"no cell state.*hidden state"),
        ({}, {"source": "hidden", "layer": 3}, r"layer=3.*1 to 2"),
        ({}, {"source": "gate"}, r"source='gate'.*input, cell, hidden"),
    ],
)
def test_what_cannot_be_differentiated_is_refused(settings, asked, message):
    with pytest.raises(ParameterError, match=message):
        measure_paths(make_network(**settings), make_steps(1), step_seconds=0.1, **asked)
