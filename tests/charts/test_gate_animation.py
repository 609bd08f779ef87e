"""The film of a song: what its bytes stand for."""

import base64
import json

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.charts.gate_animation import animate_gates
from genre.errors import ParameterError
from genre.interpret.trace import trace_song
from tests.interpret.test_trace import make_network, make_steps

ENVELOPE = np.array([[-0.25, 0.5], [-0.1, 0.2]], np.float32)


def make_film(network=None, n_segments=4, seconds=12.5, **options):
    network = network or make_network()
    trace = trace_song(network, make_steps(n_segments), MfccConfig())
    return trace, animate_gates(trace, ENVELOPE, seconds, **options)


def test_picture_can_be_read_back_into_trace():
    trace, film = make_film(order="index")

    assert len(film.pictures) == 10
    for one in film.pictures:
        columns = trace.layers[one.layer - 1].columns[one.quantity].T
        read = one.low + one.values.astype(float) / 255 * (one.high - one.low)
        np.testing.assert_allclose(read, columns, rtol=0, atol=(one.high - one.low) / 500)
        assert one.low == (0 if "gate" in one.quantity else -one.high)


def test_units_come_in_order_asked_for_and_no_more_of_them():
    trace, film = make_film(order="memory", n_units=3)
    forget = trace.layers[0].mean_forget
    assert film.pictures[0].units == tuple(np.argsort(-forget)[:3])
    assert film.pictures[0].values.shape == (3, 4 * 26)

    trace, film = make_film(order="activity", n_units=3)
    assert film.pictures[-1].units == tuple(trace.layers[1].most_active[:3])
    with pytest.raises(ParameterError, match="n_units=0"):
        make_film(n_units=0)


def test_simple_rnn_shows_its_states_by_activity():
    trace, film = make_film(make_network(cell="simple_rnn"))

    assert [one.title for one in film.pictures] == [
        "Hidden state, layer 1",
        "Hidden state, layer 2",
    ]
    assert film.pictures[1].units == tuple(trace.layers[1].most_active)


def test_bidirectional_layer_has_pictures_for_each_direction():
    _, film = make_film(make_network(bidirectional=True))

    assert [one.title for one in film.pictures if one.quantity == "cell"] == [
        "Cell, layer 1",
        "Cell, layer 1, read backwards",
        "Cell, layer 2",
        "Cell, layer 2, read backwards",
    ]


def test_recording_repeated_to_fill_a_segment_is_shown_once():
    _, film = make_film(n_segments=1, seconds=1.0)

    assert all(one.values.shape[1] == 9 for one in film.pictures)  # 26 columns are three seconds


def test_player_is_handed_plain_values():
    _, film = make_film()
    plain = json.loads(json.dumps(film.to_dict()))

    waveform = np.frombuffer(base64.b64decode(plain["waveform"]), np.int8).reshape(-1, 2)
    assert waveform.tolist() == [[-64, 127], [-25, 51]]
    first = plain["pictures"][0]
    values = np.frombuffer(base64.b64decode(first["values"]), np.uint8)
    np.testing.assert_array_equal(values.reshape(len(first["units"]), -1), film.pictures[0].values)
    for table in plain["colours"].values():
        assert len(base64.b64decode(table)) == 3 * 256
    state = np.frombuffer(base64.b64decode(plain["colours"]["state"]), np.uint8).reshape(-1, 3)
    assert (state[127] > 235).all()  # zero is pale, between red and blue
    assert state[0][0] > state[0][2] and state[255][2] > state[255][0]
