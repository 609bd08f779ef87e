"""The trace of a song against Keras, and what is kept of it."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.errors import ParameterError
from genre.interpret.half_life import MAX_HALF_LIFE_STEPS, half_life, rank_memory
from genre.interpret.trace import MAX_COLUMNS, QUANTITIES, trace_song
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.network.config import NetworkConfig
from genre.network.forward import Network
from tests.support.lazy import LazyModule

keras = LazyModule("keras")

JAZZ = "samples/jazz.ogg"


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def jazz(starter):
    return analyze_song(JAZZ, starter)


def make_network(n_steps=26, seed=440, **settings):
    """Return a small network with random weights and steps of six values."""
    shape = {"n_values": 6, "n_genres": 4, "units": (7, 5), "dense_units": 8} | settings
    config = NetworkConfig(n_steps=n_steps, **shape)
    rng = np.random.default_rng(seed)
    weights = {n: rng.normal(0, 0.5, s).astype("f4") for n, s in config.weight_shapes().items()}
    if config.scaling:
        weights["normalization.variance"] = rng.uniform(0.2, 9, config.n_values).astype("f4")
    return Network(config, weights)


def make_steps(n_segments, n_steps=26, n_values=6, seed=880):
    return np.random.default_rng(seed).normal(0, 2, (n_segments, n_steps, n_values)).astype("f4")


def keras_states(network, scaled):
    """Return each layer's outputs at every step and its last hidden and cell state."""
    inputs = keras.Input((None, network.config.n_values))
    shown, x = [], inputs
    for number, units in enumerate(network.config.units, start=1):
        layer = keras.layers.LSTM(units, return_sequences=True, return_state=True)
        sequence, hidden, cell = layer(x)
        prefix = f"recurrent_{number}.forward"
        names = ("kernel", "recurrent_kernel", "bias")
        layer.set_weights([network.weights[f"{prefix}.{name}"] for name in names])
        shown.append([sequence, hidden, cell])
        x = sequence
    states = keras.Model(inputs, shown)(scaled)
    return [[tensor.numpy() for tensor in layer] for layer in states]


@pytest.mark.tensorflow
def test_hidden_and_cell_states_of_the_starter_on_a_song_equal_keras(starter, jazz):
    trace = starter.network.trace(jazz.steps[:3])

    for one, (sequence, hidden, cell) in zip(
        trace.layers, keras_states(starter.network, trace.scaled), strict=True
    ):
        np.testing.assert_allclose(one[0].hidden, sequence, rtol=0, atol=1e-5)
        np.testing.assert_allclose(one[0].hidden[:, -1], hidden, rtol=0, atol=1e-5)
        np.testing.assert_allclose(one[0].cell[:, -1], cell, rtol=0, atol=1e-5)


@pytest.mark.tensorflow
def test_cell_states_at_every_step_equal_keras_that_stops_there(starter, jazz):
    trace = starter.network.trace(jazz.steps[:2])
    for k in (1, 9, 26):
        for one, (_, _, cell) in zip(
            trace.layers, keras_states(starter.network, trace.scaled[:, :k]), strict=True
        ):
            np.testing.assert_allclose(one[0].cell[:, k - 1], cell, rtol=0, atol=1e-5)


def test_trace_of_a_short_song_keeps_every_step(starter, jazz):
    song = trace_song(starter.network, jazz.steps, starter.features)
    trace = starter.network.trace(jazz.steps)

    assert song.columns_per_segment == 26 and song.n_columns == 26 * len(jazz.steps)
    for kept, one in zip(song.layers, (trace.layers[0][0], trace.layers[1][0]), strict=True):
        assert set(kept.columns) == set(QUANTITIES)
        for name, columns in kept.columns.items():
            np.testing.assert_array_equal(columns, getattr(one, name).reshape(-1, 64))
    np.testing.assert_array_equal(song.probabilities, starter.predict_proba(jazz.steps))


def test_columns_are_means_within_one_segment():
    network, steps = make_network(n_steps=13), make_steps(300, n_steps=13)
    song = trace_song(network, steps, MfccConfig(), max_columns=1200)
    hidden = network.trace(steps).layers[1][0].hidden  # (300, 13, 5)

    assert song.columns_per_segment == 4 and song.n_columns == 1200
    bounds = [0, 3, 6, 9, 13]
    for i in range(4):
        expected = hidden[:, bounds[i] : bounds[i + 1]].mean(axis=1)
        np.testing.assert_allclose(
            song.layers[1].columns["hidden"][i::4], expected, rtol=0, atol=1e-6
        )
    assert song.segment_starts.tolist() == [3.0 * i for i in range(300)]
    assert song.column_seconds == 0.75


def test_trace_of_the_longest_song_has_bounded_columns():
    network = make_network()
    song = trace_song(network, make_steps(400), MfccConfig())

    assert song.n_columns == MAX_COLUMNS
    assert all(len(c) == MAX_COLUMNS for layer in song.layers for c in layer.columns.values())


def test_trace_in_batches_equals_the_whole():
    network, steps = make_network(), make_steps(150)
    song, trace = trace_song(network, steps, MfccConfig()), network.trace(steps)

    for kept, one in zip(song.layers, (trace.layers[0][0], trace.layers[1][0]), strict=True):
        np.testing.assert_allclose(kept.activity, one.hidden.std(axis=(0, 1)), rtol=1e-4)
        geometric = np.exp(np.log(one.forget_gate).mean(axis=(0, 1)))
        np.testing.assert_allclose(kept.mean_forget, geometric, rtol=1e-5)
        assert kept.activity[kept.most_active[0]] == kept.activity.max()


def test_trace_of_a_bidirectional_layer_has_both_directions():
    network = make_network(bidirectional=True)
    song = trace_song(network, make_steps(2), MfccConfig())

    kept = [(layer.layer, layer.direction) for layer in song.layers]
    assert kept == [(1, "forward"), (1, "backward"), (2, "forward"), (2, "backward")]
    backward = network.trace(make_steps(2)).layers[1][1].hidden
    np.testing.assert_array_equal(song.layers[3].columns["hidden"], backward.reshape(-1, 5))


def test_trace_of_a_simple_rnn_has_hidden_states_only():
    song = trace_song(make_network(cell="simple_rnn"), make_steps(2), MfccConfig())

    assert [set(layer.columns) for layer in song.layers] == [{"hidden"}, {"hidden"}]
    with pytest.raises(ParameterError, match=r"no forget gate.*Choose a model of LSTM cells"):
        rank_memory(song, song.layers[0])


def test_trace_without_segments_is_refused():
    with pytest.raises(ParameterError, match=r"without a segment.*at least one"):
        trace_song(make_network(), make_steps(0), MfccConfig())


# Memory


def test_half_life_leaves_half():
    forget = np.array([0.5, 0.9, 0.99])

    np.testing.assert_allclose(forget ** half_life(forget), 0.5)


def test_half_life_of_gates_at_0_and_1_is_finite():
    assert half_life(np.array([1.0, 1 - 1e-9])).tolist() == [MAX_HALF_LIFE_STEPS] * 2
    assert 0 < half_life(np.array([0.0]))[0] < 0.01


def test_units_are_sorted_by_half_life(starter, jazz):
    song = trace_song(starter.network, jazz.steps, starter.features)
    memory = rank_memory(song, song.layers[1])

    assert sorted(memory.units) == list(range(64)) and memory.layer == 2
    assert (np.diff(memory.half_life_steps) <= 0).all()
    np.testing.assert_array_equal(song.layers[1].mean_forget[memory.units], memory.forget)
    step = starter.features.step_seconds
    assert step == pytest.approx(5 * 512 / 22_050)
    np.testing.assert_allclose(memory.half_life_seconds, memory.half_life_steps * step)
    assert memory.n_beyond_segment == sum(memory.half_life_steps > 26)
