"""What the song player is handed: bytes that can be read back into what they stand for."""

import base64
import json

import numpy as np
import pytest

from genre.audio.song_facts import PITCH_CLASSES, SongFacts
from genre.charts.colours import DIVERGING, GENRE_COLOURS
from genre.charts.lanes import (
    MAX_ROWS,
    chroma_lane,
    feature_lane,
    heat_lane,
    onset_lane,
    song_data,
    waveform_data,
)
from genre.charts.waveform_picture import N_BARS, waveform_picture
from genre.models.song_analysis import SongView
from tests.support.predictions import GENRES, make_prediction

ENVELOPE = np.array([[-0.25, 0.5], [-0.1, 0.2]], np.float32)


def unpack(text, dtype=np.uint8):
    return np.frombuffer(base64.b64decode(text), dtype)


def make_view(columns, *, n_segments=4, silent=(), envelope=ENVELOPE):
    prediction = make_prediction(n_segments, silent=silent, seconds=3.0 * n_segments)
    return SongView(prediction, envelope, np.asarray(columns, np.float32), 0.5, "MFCC", "digest")


def test_shares_waveform_and_tags_are_read_back():
    prediction = make_prediction(4, silent=(2,))
    data = json.loads(json.dumps(song_data(prediction, ENVELOPE, ["jazz", "piano", "", "soul"])))

    shares = unpack(data["shares"]).reshape(4, 10) / 255
    np.testing.assert_allclose(shares, prediction.segment_probabilities, atol=1 / 500)
    assert unpack(data["audible"]).tolist() == [1, 1, 0, 1]
    assert unpack(data["waveform"], np.int8).reshape(-1, 2).tolist() == [[-64, 127], [-25, 51]]
    assert data["genres"] == list(GENRES)
    assert data["colours"] == list(GENRE_COLOURS.values())
    assert data["tags"] == ["jazz", "piano", "", "soul"]
    assert (data["seconds"], data["segmentSeconds"]) == (prediction.seconds, 3.0)


def test_waveform_of_silence_is_flat():
    with np.errstate(all="raise"):
        data = waveform_data(np.zeros((3, 2), np.float32), 2.0)
    assert not unpack(data["waveform"]).any()


def test_lane_of_features_scales_each_row_by_itself_and_has_the_first_at_the_bottom():
    rng = np.random.default_rng(440)
    columns = rng.normal(0, 1, (500, 13)) * np.r_[100, np.ones(12)] - np.r_[300, np.zeros(12)]
    columns[:, 5] = 7  # and one that never moves
    with np.errstate(all="raise"):
        lane = feature_lane(make_view(columns))
    read = lane.low + lane.values / 255 * (lane.high - lane.low)

    assert lane.rows[0] == "MFCC 12" and lane.rows[-1] == "MFCC 0"
    np.testing.assert_allclose(read.mean(axis=1), 0, atol=0.05)
    np.testing.assert_allclose(np.delete(read, 7, axis=0).std(axis=1), 1, atol=0.06)
    np.testing.assert_allclose(read[7], 0, atol=0.02)
    assert not lane.is_on


def test_many_rows_are_averaged_to_as_many_as_can_be_told_apart():
    columns = np.tile(np.arange(200.0), (30, 1)) + np.arange(30)[:, np.newaxis]
    lane = feature_lane(make_view(columns))

    assert lane.values.shape == (MAX_ROWS, 30) and len(lane.rows) == MAX_ROWS
    assert lane.rows[0] == "MFCC 199"


def test_lane_of_chroma_has_c_at_the_bottom_and_its_own_length():
    rows = tuple((round(i / 12, 3),) * 300 for i in range(12))
    lane = chroma_lane(SongFacts(200.0, 120.0, chroma_over_time=rows))

    assert lane.rows == PITCH_CLASSES[::-1]
    np.testing.assert_allclose(lane.values[:, 0] / 255, np.arange(12)[::-1] / 12, atol=1 / 400)
    assert lane.column_seconds * 300 == pytest.approx(120)


def test_lane_of_onsets_is_one_row_over_what_was_analysed():
    lane = onset_lane(SongFacts(200.0, 120.0, onsets_over_time=(0.0, 1.0, 0.5, 0.25)))

    assert lane.values.tolist() == [[0, 255, 128, 64]]
    assert lane.column_seconds == 30


def test_values_all_the_same_are_a_lane_of_one_colour():
    with np.errstate(all="raise"):
        lane = heat_lane("Flat", np.full((2, 5), 3.0), ("a", "b"), (3.0, 3.0), 1.0)
    assert not lane.values.any()


def test_lane_is_plain_values_with_a_table_of_colours():
    values = np.array([[-1.0, 0.0, 1.0]])
    lane = heat_lane("States", values, ("unit 0",), (-1.0, 1.0), 0.1, colours=DIVERGING)
    plain = json.loads(json.dumps(lane.to_dict()))

    assert unpack(plain["values"]).tolist() == [0, 128, 255]
    table = unpack(plain["colours"]).reshape(256, 3)
    assert (table[127] > 235).all()  # zero is pale, between red and blue
    assert table[0][0] > table[0][2] and table[255][2] > table[255][0]


def test_picture_for_a_table_has_the_colours_of_the_segments():
    edge = np.linspace(0.1, 1, 3000, dtype=np.float32)
    envelope = np.stack([-edge, edge], axis=1)
    view = make_view(np.zeros((4, 13)), n_segments=10, silent=(0,), envelope=envelope)
    head, content = waveform_picture(view).split(",")
    picture = base64.b64decode(content).decode()

    assert head == "data:image/svg+xml;base64"
    assert picture.count("<rect") == N_BARS
    best = view.prediction.segment_probabilities.argmax(axis=1)
    colours = list(GENRE_COLOURS.values())
    for segment in range(1, 10):
        assert picture.count(colours[best[segment]]) >= N_BARS // 10
    assert picture.count("#808080") == N_BARS // 10  # silent
