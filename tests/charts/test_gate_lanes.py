"""The gates of a song as lanes: what their values stand for, and in which order units come."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.charts.gate_lanes import ROWS, gate_lanes
from genre.errors import ParameterError
from genre.interpret.trace import trace_song
from tests.interpret.test_trace import make_network, make_steps


def make_lanes(network=None, n_segments=4, seconds=12.5, **options):
    network = network or make_network()
    trace = trace_song(network, make_steps(n_segments), MfccConfig())
    return trace, gate_lanes(trace, seconds, **options)


def test_picture_can_be_read_back_into_trace():
    trace, lanes = make_lanes(order="index")

    assert len(lanes) == 10
    quantities = [(layer, name) for layer in trace.layers for name in ROWS]
    for one, (layer, name) in zip(lanes, quantities, strict=True):
        assert one.title == f"{ROWS[name]}, layer {layer.layer}"
        read = one.low + one.values.astype(float) / 255 * (one.high - one.low)
        columns = layer.columns[name].T
        np.testing.assert_allclose(read, columns, rtol=0, atol=(one.high - one.low) / 500)
        assert one.low == (0 if "gate" in name else -one.high)
        assert one.is_on


def test_units_come_in_order_asked_for_and_no_more_of_them():
    trace, lanes = make_lanes(order="memory", n_units=3)
    forget = trace.layers[0].mean_forget
    assert lanes[0].rows == tuple(f"unit {unit}" for unit in np.argsort(-forget)[:3])
    assert lanes[0].values.shape == (3, 4 * 26)

    trace, lanes = make_lanes(order="activity", n_units=3)
    assert lanes[-1].rows == tuple(f"unit {u}" for u in trace.layers[1].most_active[:3])
    with pytest.raises(ParameterError, match="n_units=0"):
        make_lanes(n_units=0)


def test_simple_rnn_shows_its_states_by_activity():
    trace, lanes = make_lanes(make_network(cell="simple_rnn"))

    assert [one.title for one in lanes] == [
        "Hidden state, layer 1",
        "Hidden state, layer 2",
    ]
    assert lanes[1].rows == tuple(f"unit {unit}" for unit in trace.layers[1].most_active)


def test_bidirectional_layer_has_pictures_for_each_direction():
    _, lanes = make_lanes(make_network(bidirectional=True))

    assert [one.title for one in lanes if one.title.startswith("Cell")] == [
        "Cell, layer 1",
        "Cell, layer 1, read backwards",
        "Cell, layer 2",
        "Cell, layer 2, read backwards",
    ]


def test_recording_repeated_to_fill_a_segment_is_shown_once():
    _, lanes = make_lanes(n_segments=1, seconds=1.0)

    assert all(one.values.shape[1] == 9 for one in lanes)  # 26 columns are three seconds
