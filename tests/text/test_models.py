"""What is said of saved models: their names in a list, and what each reads."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from genre.audio.feature_config import MusicnnConfig
from genre.audio.tags import Tag
from genre.network.config import NetworkConfig
from genre.text import models as model_text
from tests.text.test_song import LEAK_FREE, LEAKY, card

MFCC = card()
MUSICNN = replace(
    MFCC,
    name="ear",
    features=MusicnnConfig(),
    network=NetworkConfig(n_steps=7, n_values=200, n_genres=3),
)


def view(*tags, has_tags=True):
    return SimpleNamespace(tags=[[0.5]] if has_tags else None, strongest_tags=tags)


@pytest.mark.parametrize(
    ("figures", "label"),
    [
        ([LEAKY, LEAK_FREE], "mine · 50% of 430 tracks"),
        ([LEAKY], "mine · not measured"),
        ([], "mine · not measured"),
    ],
)
def test_model_label_names_accuracy_on_unseen_artists_alone(figures, label):
    assert model_text.model_label("mine", card(*figures)) == label


def test_models_of_different_features_are_told_apart_by_what_they_read():
    said = model_text.what_models_read(
        [(MUSICNN, view(Tag("soul", 0.42), Tag("60s", 0.1))), (MFCC, view(has_tags=False))]
    )

    assert said.startswith("ear reads what musicnn, a network trained on listeners' tags")
    assert "starter reads MFCCs: the timbre of each segment" in said
    assert said.endswith("The tags that stand out here: soul 42%, 60s 10%.")
    assert "weights" not in said


def test_models_of_the_same_features_are_said_to_differ_in_their_network():
    silent = view(has_tags=False)
    said = model_text.what_models_read([(MFCC, silent), (replace(MFCC, name="course"), silent)])

    assert said.startswith("starter and course read MFCCs")
    assert said.endswith("They differ in their network, its weights, or both.")
    assert "tags" not in said


def test_one_model_alone_differs_from_nothing():
    said = model_text.what_models_read([(MUSICNN, view())])

    assert said.count(".") == 1
