"""The film's lanes: what their values stand for, which units, and the running prediction."""

import base64
import json

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.errors import ParameterError
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.trace import MAX_COLUMNS, trace_song
from genre.scenes.gate_lanes import (
    FEW,
    MANY,
    ROWS,
    gate_lanes,
    order_units,
    running_band,
    running_columns,
    running_lane,
)
from tests.interpret.test_trace import make_network, make_steps


def make_trace(n_segments=4, **settings):
    return trace_song(make_network(**settings), make_steps(n_segments), MfccConfig())


def read(lane):
    """The values of a lane as they were before they became bytes."""
    return lane.low + lane.values.astype(float) / 255 * (lane.high - lane.low)


def check(lane, columns, name):
    reach = lane.high - lane.low
    np.testing.assert_allclose(read(lane), columns, rtol=0, atol=reach / 500)
    assert lane.low == (0 if "gate" in name else -lane.high)
    assert lane.is_on


def test_one_unit_has_a_curve_for_each_gate_and_state():
    trace = make_trace()
    layer = trace.layers[1]
    lanes = gate_lanes(trace, layer, [3], 12.5, pulls=np.array([0, 0, 0, -0.5, 2.0]))

    assert [lane.title for lane in lanes] == list(ROWS.values())
    for lane, name in zip(lanes, ROWS, strict=True):
        check(lane, layer.columns[name][:, [3]].T, name)
        assert (lane.style, lane.rows) == ("curves", ("unit 3",))
    assert [lane.group for lane in lanes] == ["unit 3", "", "", "", ""]
    assert [lane.pulls for lane in lanes] == [(-0.5,), (), (), (), ()]
    assert lanes[0].most_pull == 2.0


def test_few_units_are_one_after_the_other_and_many_have_one_quantity():
    trace = make_trace(units=(70, 70))
    layer = trace.layers[0]
    few = gate_lanes(trace, layer, [2, 0], 12.5)
    assert [lane.group for lane in few if lane.group] == ["unit 2", "unit 0"] and len(few) == 10

    units = np.arange(FEW + 1)[::-1]
    (many,) = gate_lanes(trace, layer, units, 12.5, quantity="cell", pulls=np.arange(70.0))
    check(many, layer.columns["cell"][:, units].T, "cell")
    assert many.style == "curves" and many.pulls == (4, 3, 2, 1, 0)


def test_more_units_are_a_heat_map_for_each_quantity():
    trace = make_trace(units=(70, 70))
    lanes = gate_lanes(trace, trace.layers[0], np.arange(MANY + 1), 12.5, pulls=np.ones(70))

    assert [lane.style for lane in lanes] == ["heat"] * 5
    assert all(len(lane.rows) == len(lane.pulls) == MANY + 1 for lane in lanes)
    assert not any(lane.group for lane in lanes)


def test_units_that_are_not_there_are_refused():
    trace = make_trace()
    for units in ([], [5], [-1]):
        with pytest.raises(ParameterError, match=r"units=.*from 0 to 4"):
            gate_lanes(trace, trace.layers[1], units, 12.5)


def test_units_are_sorted_by_pull_memory_activity_and_number():
    layer = make_trace().layers[1]
    pulls = np.array([0.1, 0.5, -3.0, 0.4, 0.0])

    assert order_units(layer, "pull", pulls).tolist() == [1, 3, 0, 4, 2]
    assert order_units(layer, "memory").tolist() == np.argsort(-layer.mean_forget).tolist()
    assert order_units(layer, "activity").tolist() == np.argsort(-layer.activity).tolist()
    assert order_units(layer, "index").tolist() == [0, 1, 2, 3, 4]
    assert order_units(layer, "pull").tolist() == layer.most_active.tolist()


def test_simple_rnn_shows_its_states_by_activity():
    trace = make_trace(cell="simple_rnn")
    layer = trace.layers[1]

    assert order_units(layer, "memory").tolist() == layer.most_active.tolist()
    for units in ([0], np.arange(5)):
        lanes = gate_lanes(trace, layer, units, 12.5)
        assert [lane.title for lane in lanes] == ["Hidden state"]


def test_recording_repeated_to_fill_a_segment_is_shown_once():
    trace = make_trace(1)
    lanes = gate_lanes(trace, trace.layers[0], [0], 1.0)

    assert all(one.values.shape[1] == 9 for one in lanes)  # 26 columns are three seconds


# The running prediction


def make_running(n_segments=3, features=None, **settings):
    network = make_network(**settings)
    steps = make_steps(n_segments, n_steps=network.config.n_steps)
    return predict_prefixes(network, steps, features or MfccConfig())


def test_running_band_has_the_prediction_after_the_step_that_sounds():
    running = make_running()
    band = json.loads(json.dumps(running_band("So far", running, np.array([True, False, True]))))

    values = np.frombuffer(base64.b64decode(band["values"]), np.uint8).reshape(3, -1, 4) / 255
    n = band["perSegment"]
    assert n * band["columnSeconds"] == pytest.approx(3.0)
    for column in range(n):
        end = (column + 1) * band["columnSeconds"]
        step = min(int(np.ceil(end / (3 / 26) - 1e-6)), 26) - 1
        np.testing.assert_allclose(values[:, column], running.probabilities[:, step], atol=1 / 500)
    assert list(base64.b64decode(band["audible"])) == [1, 0, 1]


def test_running_prediction_of_overlapping_steps_begins_with_the_first():
    running = make_running(features=MusicnnConfig(), n_steps=7)
    columns = running_columns(running)

    n_first = int(0.96 / (3 / columns.shape[1]))  # the first window is over by then
    for column in (0, n_first - 1):
        np.testing.assert_array_equal(columns[:, column], running.probabilities[:, 0])
    assert not np.array_equal(columns[:, n_first + 2], running.probabilities[:, 0])
    np.testing.assert_array_equal(columns[:, -1], running.probabilities[:, -1])


def test_running_prediction_of_a_long_song_is_bounded_and_ends_with_each_segments():
    running = make_running(400)
    columns = running_columns(running)

    assert columns.shape[:2] == (400, MAX_COLUMNS // 400)
    np.testing.assert_array_equal(columns[:, -1], running.probabilities[:, -1])


def test_running_lane_is_one_genre_in_percent():
    running = make_running()
    lane = running_lane("jazz, with it", running, 2, "jazz")

    columns = running_columns(running)[..., 2].reshape(1, -1)
    np.testing.assert_allclose(read(lane), 100 * columns, atol=0.2)
    assert (lane.unit, lane.digits, lane.rows) == ("%", 0, ("jazz",))
    assert lane.column_seconds * lane.values.shape[1] == pytest.approx(9.0)
