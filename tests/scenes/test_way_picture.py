"""The data of the drawing: unpacked again, they are the numbers of the way; and they are small."""

import base64
import json

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.interpret.way import trace_way
from genre.models.classifier import load_classifier
from genre.models.prediction import Prediction
from genre.models.song_analysis import analyze_song
from genre.scenes.way_picture import MAX_WEIGHTS, packed, way_data
from tests.interpret.test_trace import JAZZ, make_steps
from tests.interpret.test_way import made_up


def unpack(data):
    values = np.frombuffer(base64.b64decode(data["values"]), "<i2").astype(float)
    low, high = (np.array(data[end]) for end in ("low", "high"))  # of all, or of each value
    return low + (values.reshape(data["shape"]) + 32_768) / 65_535 * (high - low)


def predicted(network, steps):
    probabilities = network.predict_proba(steps)
    genres = tuple("abcdefghij"[: network.config.n_genres])
    audible = np.ones(len(steps), bool)
    return Prediction(genres, probabilities, audible, 3.0 * len(steps), 3.0, False, False, "made")


@pytest.mark.parametrize("name", ["starter", "course", "simple-rnn", "ear"])
def test_unpacked_data_are_the_numbers_of_the_way(name):
    classifier = load_classifier(name)
    song = analyze_song(JAZZ, classifier)
    way = trace_way(song, classifier)
    data = json.loads(json.dumps(way_data(way, song.prediction), allow_nan=False))

    for mine, its in (
        (data["steps"], way.steps),
        (data["scaled"], way.trace.scaled),
        (data["pooled"], way.heads.pooled),
        (data["logits"], way.heads.logits),
        (data["probabilities"], way.heads.probabilities),
        (data["sound"]["bands"], way.sound.bands),
        *zip(data["dense"], way.heads.dense, strict=True),
        *(
            (mine["hidden"], its)
            for mine, its in zip(data["layers"], way.trace.outputs, strict=True)
        ),
    ):
        assert (np.abs(unpack(mine) - its) <= np.ptp(its) / 100_000 + 1e-6).all()
    if name != "simple-rnn":
        gate = unpack(data["layers"][1]["directions"][0]["forget_gate"])
        np.testing.assert_allclose(gate, way.trace.layers[1][0].forget_gate, atol=1e-5)
    samples = np.frombuffer(base64.b64decode(data["sound"]["samples"]), np.int8)
    by = data["sound"]["loudest"]
    np.testing.assert_allclose(samples / 127 * by, way.sound.samples, atol=by / 250)
    assert len(json.dumps(data)) < 3_000_000
    assert data["verdict"]["genre"] == song.prediction.genre
    assert [tuple(stage["shape"]) for stage in data["stages"]] == [s.shape for s in way.stages]


def test_products_of_the_sent_weights_are_the_logits():
    classifier = load_classifier("starter")
    song = analyze_song(JAZZ, classifier)
    data = way_data(trace_way(song, classifier), song.prediction)
    values = unpack(data["pooled"])
    *hidden, output = data["weights"]["layers"]
    for layer in hidden:
        values = np.maximum(values @ unpack(layer["kernel"]) + unpack(layer["bias"]), 0)
    logits = values @ unpack(output["kernel"]) + unpack(output["bias"])

    np.testing.assert_allclose(logits, unpack(data["logits"]), atol=5e-3)
    scaled = (unpack(data["steps"]) - data["weights"]["mean"]) / data["weights"]["deviation"]
    np.testing.assert_allclose(scaled, unpack(data["scaled"]), atol=5e-4)


@pytest.mark.parametrize(("n_steps", "units", "dense"), [(26, (64, 64), 4096), (2600, (300,), 8)])
def test_data_of_any_network_are_bounded(n_steps, units, dense):
    features = MfccConfig(segment_seconds=60.0)
    steps = make_steps(20, n_steps=n_steps)
    song, classifier = made_up(steps, features, units=units, dense_units=(dense, dense))
    prediction = predicted(classifier.network, steps)
    data = way_data(trace_way(song, classifier, segment=7), prediction)

    assert len(json.dumps(data)) < 3_000_000
    assert ("layers" in data["weights"]) == (dense * dense <= MAX_WEIGHTS)
    drawn = data["layers"][0]["hidden"]["shape"][1]
    assert drawn == -(-n_steps // data["stride"]) == len(data["prefixes"])


def test_array_of_one_value_is_packed():
    np.testing.assert_allclose(unpack(packed(np.full((2, 3), 0.5))), 0.5, atol=1e-4)
    np.testing.assert_allclose(unpack(packed(np.full((2, 3), 0.5), by_value=True)), 0.5, atol=1e-4)
