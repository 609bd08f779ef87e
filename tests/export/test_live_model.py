"""What the browser's engine is given of a model holds all that the model is."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from genre.audio.mfcc import hann, mel_filters
from genre.errors import ModelError
from genre.export import live_model
from genre.export.live_model import can_listen, export_live_model
from genre.models.classifier import load_classifier


def read_arrays(exported):
    """The arrays of an export, as its header says where they are."""
    values = np.frombuffer(base64.b64decode(exported["values"]), "<f4")
    found, ends = {}, []
    for place in exported["arrays"]:
        end = place["first"] + int(np.prod(place["shape"]))
        found[place["name"]] = values[place["first"] : end].reshape(place["shape"])
        ends.append((place["first"], end))
    assert [first for first, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert ends[-1][1] == len(values)
    return found


@pytest.mark.parametrize("name", ["course", "starter", "simple-rnn"])
def test_export_holds_every_weight_and_setting(name):
    classifier = load_classifier(name)
    exported = export_live_model(classifier).to_dict()
    arrays = read_arrays(exported)

    for weight, array in classifier.network.weights.items():
        assert np.array_equal(arrays.pop(weight), array)
    assert np.array_equal(arrays.pop("window"), hann(2048))
    assert set(arrays) == {"mel"}
    assert exported["genres"] == list(classifier.genres)
    assert exported["network"] == classifier.network.config.to_dict()
    settings = classifier.features.to_dict()
    assert {key: exported["features"][key] for key in settings} == settings
    assert exported["features"]["segment_samples"] == 66_150
    assert len(exported["values"]) < 500_000


def test_mel_filters_without_zeros_are_the_filters():
    exported = export_live_model(load_classifier("starter")).to_dict()
    slopes, at = read_arrays(exported)["mel"], 0
    filters = np.zeros((128, 1025), "f4")
    for band, (first, n) in enumerate(zip(*exported["mel"].values(), strict=True)):
        filters[band, first : first + n] = slopes[at : at + n]
        at += n

    assert np.array_equal(filters.T, mel_filters(22_050, 2048))
    assert at == len(slopes) < 3000


def test_model_of_musicnn_is_refused_in_a_sentence():
    ear = load_classifier("ear")

    assert not can_listen(ear) and can_listen(load_classifier("starter"))
    with pytest.raises(ModelError, match=r"ear reads values of musicnn, expected MFCCs.*starter"):
        export_live_model(ear)


@pytest.mark.parametrize("limit", ["MAX_PARAMETERS", "MAX_OPERATIONS"])
def test_model_too_large_to_keep_up_is_refused(monkeypatch, limit):
    monkeypatch.setattr(live_model, limit, 50_000)

    with pytest.raises(ModelError, match=r"starter has 74,954 parameters .* smaller model"):
        export_live_model(load_classifier("starter"))


def test_operations_grow_with_smaller_hops():
    classifier = load_classifier("course")
    fine = replace(
        classifier,
        card=replace(classifier.card, features=replace(classifier.features, hop_length=64)),
    )

    assert live_model.operations_per_second(fine) > 4 * live_model.operations_per_second(classifier)
