"""Saved models: there whole or not at all, and nothing altered is ever loaded."""

import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from genre.datasets.types import Track
from genre.errors import ModelError
from genre.models import registry
from genre.models.card import Figure, ModelCard
from genre.models.confidence import Thresholds
from genre.models.registry import (
    check_new_name,
    list_models,
    load_model,
    read_card,
    save_model,
    validate_name,
)
from genre.system import folders

LEAK_FREE = Figure("artists whole", "tracks", 0.55, 0.5, 0.6, 430, True, "python -m genre crossval")
LEAKY = Figure("segments at random", "segments", 0.7, 0.6, 0.8, 300, False, "python -m genre train")
FULL_DISK = OSError(28, "No space left on device")


@pytest.fixture
def card(bass_or_hiss) -> ModelCard:
    """A card with everything in it."""
    return replace(
        bass_or_hiss.card,
        recipe={"epochs": 3, "preset": "quick"},
        data={"name": "gtzan-subset", "n_tracks": 2, "n_segments": 4},
        figures=(LEAKY, LEAK_FREE),
        certainty={"clearly": {"n": 10, "n_right": 9}},
        heard={"ab" * 32: "blues.00001", "cd" * 32: "<b>my & song</b>"},
        command="python -m genre train",
        versions={"keras": "3"},
        created="2025-01-01T00:00:00+00:00",
    )


@pytest.fixture
def keras_file(tmp_path) -> Path:
    """What Keras is said to have written."""
    path = tmp_path / "any.keras"
    path.write_bytes(b"not looked into" * 100)
    return path


@pytest.fixture
def saved(tmp_path, bass_or_hiss, card, keras_file) -> Path:
    """A folder of models with one in it, named ``ear``."""
    folder = tmp_path / "models"
    save_model(bass_or_hiss.network, card, keras_file, folder=folder)
    return folder


def rewrite_card(folder: Path, **changes) -> None:
    path = folder / "ear" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_model_saved_and_loaded_is_the_same(saved, bass_or_hiss, card, keras_file):
    network, loaded = load_model("ear", saved)

    assert loaded == card
    assert network.config == bass_or_hiss.network.config
    for name, array in bass_or_hiss.network.weights.items():
        np.testing.assert_array_equal(network.weights[name], array)
    assert (saved / "ear" / "model.keras").read_bytes() == keras_file.read_bytes()
    assert sorted(path.name for path in saved.rglob("*")) == [
        *("card.json", "ear", "model.keras", "weights.npz")
    ]


def test_model_without_keras_file_is_whole(tmp_path, bass_or_hiss):
    save_model(bass_or_hiss.network, bass_or_hiss.card, folder=tmp_path)

    assert read_card("ear", tmp_path) == bass_or_hiss.card


def test_models_are_listed_starter_first(tmp_path, bass_or_hiss):
    for name in ("zebra", "starter", "alpha"):
        save_model(bass_or_hiss.network, replace(bass_or_hiss.card, name=name), folder=tmp_path)
    (tmp_path / "no model").mkdir()
    (tmp_path / "a file").touch()

    assert list_models(tmp_path) == ["starter", "alpha", "zebra"]
    assert list_models(tmp_path / "nowhere") == []


def test_name_that_is_taken_is_refused_and_its_model_kept(saved, bass_or_hiss, card):
    with pytest.raises(ModelError, match=r"a model named ear exists\. Choose another name"):
        save_model(bass_or_hiss.network, replace(card, about="other"), folder=saved)

    assert read_card("ear", saved).about == card.about


def test_model_is_replaced_when_that_is_asked_for(saved, bass_or_hiss, card):
    save_model(bass_or_hiss.network, replace(card, about="other"), folder=saved, replace=True)

    assert read_card("ear", saved).about == "other"
    assert {path.name for path in saved.iterdir()} == {"ear"}
    assert not (saved / "ear" / "model.keras").exists()  # the old one's would be another network


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../up", "a/b", "a\\b", "/abs", "~", "-x", ".hidden", "_x"),
        *("Caps", "two words", "x" * 65, "x" * 300, "<b>x</b>", "[x](y)", "a\nb", "a\n", "é"),
        *("con:", "a\0b", "%2e%2e", "$HOME"),
    ],
    ids=ascii,
)
def test_name_that_no_folder_can_have_is_refused(saved, bass_or_hiss, card, name):
    message = r"is not a valid name for a model\. Use 1 to 64 lower-case letters, digits"

    with pytest.raises(ModelError, match=message):
        save_model(bass_or_hiss.network, replace(card, name=name), folder=saved)
    with pytest.raises(ModelError, match=message):
        read_card(name, saved)
    assert {path.name for path in saved.iterdir()} == {"ear"}
    assert {path.name for path in saved.parent.iterdir()} == {"any.keras", "models"}


@pytest.mark.parametrize("name", ["a", "9", "x" * 64, "my-model_2.1", "a..b"])
def test_plain_names_are_fine(name):
    assert validate_name(name) == name


def test_model_that_is_not_there_is_answered_with_those_that_are(saved):
    with pytest.raises(ModelError, match=r"there is no model named nose\. Saved here: ear\."):
        load_model("nose", saved)


def test_missing_model_in_an_empty_folder_names_none(tmp_path):
    with pytest.raises(ModelError, match=r"no model named ear\. Saved here: none\."):
        load_model("ear", tmp_path)


@pytest.mark.parametrize("file", ["weights.npz", "model.keras"])
def test_missing_file_is_named(saved, file):
    (saved / "ear" / file).unlink()

    with pytest.raises(ModelError, match=rf"{file} of the model ear is missing\. Restore"):
        load_model("ear", saved)


@pytest.mark.parametrize("file", ["weights.npz", "model.keras"])
@pytest.mark.parametrize("damage", ["altered", "cut short", "emptied"])
def test_corrupt_file_is_named(saved, file, damage):
    path = saved / "ear" / file
    content = bytearray(path.read_bytes())
    if damage == "altered":
        content[len(content) // 2] ^= 1
    path.write_bytes(content[: {"cut short": len(content) // 2, "emptied": 0}.get(damage)])

    with pytest.raises(ModelError, match=rf"{file} of the model ear is corrupt\. Re"):
        load_model("ear", saved)


def test_folder_without_a_card_is_not_a_model(saved):
    (saved / "ear" / "card.json").unlink()

    assert list_models(saved) == []
    with pytest.raises(ModelError, match=r"there is no model named ear"):
        load_model("ear", saved)


def test_what_to_do_about_a_model_depends_on_where_it_comes_from(saved, tmp_path, monkeypatch):
    (saved / "ear" / "weights.npz").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"corrupt\. Restore the model's folder from a copy"):
        read_card("ear", saved)

    monkeypatch.setattr(registry, "MODELS", tmp_path / "own")
    monkeypatch.setattr(registry, "MODELS_BUNDLED", saved)
    with pytest.raises(ModelError, match=r"corrupt\. It comes with the program: install"):
        read_card("ear", tmp_path / "own")


def test_name_is_refused_where_nothing_can_be_saved(saved, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert check_new_name("other", saved) == "other"
    assert check_new_name("ear", saved, replace=True) == "ear"
    for name, folder, message in (
        ("ear", saved, r"a model named ear exists"),
        ("Other!", saved, r"not a valid name"),
        ("other", tmp_path / "file", r"other could not be saved \("),
    ):
        with pytest.raises(ModelError, match=message):
            check_new_name(name, folder)


def test_card_of_another_version_is_refused_by_name(saved):
    rewrite_card(saved, version=99)

    with pytest.raises(ModelError, match=r"has version 99, this program reads version 1\. Train"):
        load_model("ear", saved)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "5", '"card"', "{}", '{"version": 1}', "[" * 100_000]
)
def test_card_that_is_none_is_refused(saved, content):
    (saved / "ear" / "card.json").write_text(content)

    with pytest.raises(
        ModelError, match=r"card of ear cannot be read .*Restore the model's folder"
    ):
        load_model("ear", saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": None},
        {"sha256": ["weights.npz"]},
        {"genres": None},
        {"features": None},
        {"features": {"n_mfcc": 0}},
        {"features": {"segment_seconds": float("inf")}},
        {"network": {}},
        {"figures": [{}]},
        {"figures": "none"},
        {"genres": ["hiss", "bass"]},
        {"genres": ["bass", "bass"]},
        {"genres": ["", "hiss"]},
        {"genres": [1, 2]},
        {"certainty": {"surely": {"n": 1, "n_right": 1}}},
        {"certainty": ["clearly"]},
        {"heard": {"ab": 1}},
        {"heard": ["ab"]},
        {"surprise": "more than a card holds"},
    ],
    ids=str,
)
def test_card_that_makes_no_sense_is_refused(saved, changes):
    rewrite_card(saved, **changes)

    with pytest.raises(ModelError, match=r"card of ear cannot be read"):
        load_model("ear", saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 0.61},
        {"value": float("nan")},
        {"low": -0.1},
        {"high": 1.1},
        {"low": None},
        {"value": "0.55"},
        {"n": 0},
        {"n": 43.0},
        {"unit": "songs"},
    ],
    ids=str,
)
def test_figure_that_cannot_be_is_refused(saved, changes):
    with pytest.raises(ModelError, match=r"^a figure .*expected .*\. Measure it again\."):
        replace(LEAK_FREE, **changes)

    rewrite_card(saved, figures=[asdict(LEAK_FREE) | changes])
    with pytest.raises(
        ModelError, match=r"^the card of ear cannot be read \(a figure .*(1|segments)\)\. R"
    ):
        read_card("ear", saved)


@pytest.mark.parametrize("unit", ["tracks", "segments"])
@pytest.mark.parametrize("share", [0, 1, 0.0, 1.0])
def test_figure_may_be_at_either_end(share, unit):
    assert Figure("", unit, share, share, share, 1, True, "").value == share


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"genres": ("hiss", "bass")}, r"genres are \('hiss', 'bass'\), .*alphabetical.*sorted\."),
        ({"genres": ("bass", "bass")}, r"expected distinct names"),
        ({"genres": ("", "hiss")}, r"expected distinct names"),
        ({"genres": (1, 2)}, r"genres are \(1, 2\), expected distinct names"),
        ({"certainty": None}, r"certainty is None, expected for any of clearly, probably, uns"),
        ({"certainty": {"surely": {"n": 2, "n_right": 1}}}, r"any of clearly.*result of crossval"),
        ({"certainty": {"clearly": {"n": 2}}}, r"n and n_right"),
        ({"certainty": {"clearly": {"n": 2, "n_right": 3}}}, r"n_right at most n"),
        ({"certainty": {"clearly": {"n": 2, "n_right": -1}}}, r"n_right at most n"),
        ({"certainty": {"clearly": {"n": 2.0, "n_right": 1}}}, r"n_right at most n"),
        ({"certainty": {"clearly": {"n": 2, "n_right": 1, "n_wrong": 1}}}, r"n_right at most n"),
        ({"certainty": {"clearly": 2}}, r"n and n_right"),
        ({"heard": {"ab": None}}, r"heard is {'ab': None}, expected .* as text\. List what"),
        ({"heard": {1: "x"}}, r"heard is {1: 'x'}, expected"),
        ({"heard": ["ab"]}, r"heard is \['ab'\], expected"),
    ],
    ids=str,
)
def test_card_says_only_what_can_be(card, changes, message):
    with pytest.raises(ModelError, match=message):
        replace(card, **changes)


def test_long_value_is_cut_short_in_sentence(card):
    with pytest.raises(ModelError) as said:
        replace(card, heard=["<b>" * 10_000] * 10_000)

    assert len(str(said.value)) < 500


def test_card_without_figures_and_digests_is_valid(card):
    said = {word: {"n": 0, "n_right": 0} for word in ("clearly", "probably", "unsure")}

    assert replace(card, certainty=said, heard={}, figures=()).certainty == said


@pytest.mark.parametrize(
    "changes",
    [
        {"genres": ["bass", "hiss", "more"]},
        {"features": {"n_mfcc": 12}},
        {"features": {"n_mfcc": 13, "hop_length": 256}},
    ],
    ids=str,
)
def test_card_whose_parts_do_not_fit_is_refused(saved, changes):
    """Else the fault would show only when a song is classified."""
    rewrite_card(saved, **changes)

    with pytest.raises(ModelError, match=r"features and genres of ear do not fit its network"):
        load_model("ear", saved)


def test_card_cannot_leave_out_weights_or_point_elsewhere(saved):
    card = json.loads((saved / "ear" / "card.json").read_text())
    digests = card["sha256"]

    rewrite_card(saved, sha256={})
    with pytest.raises(ModelError, match=r"weights\.npz of the model ear is corrupt"):
        load_model("ear", saved)

    rewrite_card(saved, sha256=digests | {"../../any.keras": digests["model.keras"]})
    with pytest.raises(ModelError, match=r"any\.keras', expected one of weights"):
        load_model("ear", saved)


def test_weights_of_another_network_are_refused(saved, bass_or_hiss):
    """Also where the digest is right: a model may come from anyone."""
    path = saved / "ear" / "weights.npz"
    registry.save_weights(path, dict(bass_or_hiss.network.weights) | {"more": np.zeros(3)})
    card = json.loads((saved / "ear" / "card.json").read_text())
    rewrite_card(saved, sha256=card["sha256"] | {"weights.npz": registry._sha256(path)})

    with pytest.raises(ModelError, match=r'the weights have extra arrays, "more"'):
        load_model("ear", saved)


@pytest.mark.parametrize("step", ["weights", "keras", "rename"])
def test_full_disk_leaves_no_half_model(tmp_path, bass_or_hiss, keras_file, monkeypatch, step):
    def refuse(*args, **kwargs):
        raise FULL_DISK

    place = {
        "weights": (registry, "save_weights"),
        "keras": (shutil, "copyfile"),
        "rename": (os, "rename"),
    }
    monkeypatch.setattr(*place[step], refuse)
    folder = tmp_path / "models"

    with pytest.raises(
        ModelError, match=r"ear could not be saved \(No space left on device\)\. Free some space"
    ):
        save_model(bass_or_hiss.network, bass_or_hiss.card, keras_file, folder=folder)

    assert list(folder.iterdir()) == []


def test_failed_replacement_leaves_old_model(saved, bass_or_hiss, card, monkeypatch):
    """Where the system knows no exchange of folders: elsewhere nothing is moved twice."""
    rename = os.rename
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)

    def refuse_the_new(source, target):
        is_new = Path(source).parent.name.startswith(".saving-")
        if is_new and Path(target) == saved / "ear":
            raise FULL_DISK
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse_the_new)

    with pytest.raises(ModelError, match=r"could not be saved"):
        save_model(bass_or_hiss.network, replace(card, about="new"), folder=saved, replace=True)

    assert load_model("ear", saved)[1] == card
    assert {path.name for path in saved.iterdir()} == {"ear"}


def test_program_killed_while_saving_leaves_nothing_that_is_listed(saved, bass_or_hiss, card):
    """What a kill leaves: the folder that everything is first written to."""
    shutil.copytree(saved / "ear", saved / ".saving-abc" / "nose")

    assert list_models(saved) == ["ear"]
    assert [path.name for path in saved.iterdir()] == ["ear"]
    save_model(bass_or_hiss.network, replace(card, name="nose"), folder=saved)
    assert list_models(saved) == ["ear", "nose"]


def test_folder_that_cannot_be_made_is_named(tmp_path, bass_or_hiss):
    (tmp_path / "models").write_text("a file where the folder should be")

    with pytest.raises(ModelError, match=r"ear could not be saved \(.*exists\).*permissions"):
        save_model(bass_or_hiss.network, bass_or_hiss.card, folder=tmp_path / "models")


@pytest.mark.parametrize(
    ("track", "was_trained_on"),
    [
        (Track("renamed", "blues", digest="ab" * 32), True),
        (Track("blues.00001", "blues", digest="an excerpt has another"), True),
        (Track("blues.00001", "blues"), True),
        (Track("<b>my & song</b>", "rock", digest="ef" * 32), False),  # a name proves nothing
        (Track("blues.00002", "blues", digest="ef" * 32), False),
        (Track("blues.000011", "blues"), False),
        (Track("", "blues"), False),
    ],
)
def test_model_knows_the_tracks_it_was_trained_on(card, track, was_trained_on):
    assert card.was_trained_on(track) == was_trained_on


def test_track_names_of_another_dataset_do_not_count_as_trained_on(card):
    """Everyone has a track named 01; only GTZAN's names are the same everywhere."""
    card = replace(card, heard={"ab" * 32: "01"})

    assert not card.was_trained_on(Track("01", "rock", digest="ef" * 32))


def test_leak_free_figure_is_quoted_or_none(card):
    assert card.leak_free_figure == LEAK_FREE
    assert replace(card, figures=(LEAKY,)).leak_free_figure is None
    assert replace(card, figures=(replace(LEAK_FREE, unit="segments"),)).leak_free_figure is None
    assert str(LEAK_FREE) == "55% of 430 tracks (95% interval 50% to 60%; artists whole)"


def test_renamed_folder_is_renamed_model(saved):
    (saved / "ear").rename(saved / "renamed")

    assert load_model("renamed", saved)[1].name == "renamed"


ROBUST = {
    "n_tracks": 89,
    "command": "python -m genre robustness",
    "alterations": {"telephone": {"n": 267, "n_same": 144, "n_right": 160}},
}


def test_card_keeps_what_robustness_measured(card, tmp_path, bass_or_hiss):
    measured = replace(card, name="robust", robustness=ROBUST)
    save_model(bass_or_hiss.network, measured, folder=tmp_path)
    assert read_card("robust", tmp_path).robustness == ROBUST


@pytest.mark.parametrize(
    "changes",
    [
        {"n_tracks": -1},
        {"n_tracks": "89"},
        {"command": None},
        {"alterations": None},
        {"alterations": {"telephone": None}},
        {"alterations": {"telephone": {"n": 0, "n_same": 0, "n_right": 0}}},
        {"alterations": {"telephone": {"n": 3, "n_same": 4, "n_right": 1}}},
        {"alterations": {"telephone": {"n": 3, "n_same": 1, "n_right": 4}}},
        {"alterations": {"telephone": {"n": 3, "n_same": 1}}},
        {"alterations": {"telephone": {"n": 3.0, "n_same": 1, "n_right": 1}}},
    ],
    ids=str,
)
def test_card_with_robustness_that_cannot_be_is_refused(card, changes):
    with pytest.raises(ModelError, match=r"robustness is .*expected nothing, or n_tracks"):
        replace(card, robustness=ROBUST | changes)


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ({"kind": "x"}, r"features of the kind 'x' were given, expected mfcc or musicnn"),
        ({"sr": 0}, r"sr=0, expected a whole number from 1 up"),
        ({"odd": 1}, r"unknown feature settings \['odd'\]; known are \[.*'texture_frames'\]"),
    ],
)
def test_card_with_bad_features_says_what_is_wrong_with_them(saved, features, reason):
    """Also where the reason is one sentence, without what to do."""
    rewrite_card(saved, features=features)
    with pytest.raises(ModelError, match=rf"card of ear cannot be read \({reason}\)\. Restore"):
        read_card("ear", saved)


def test_card_without_thresholds_is_never_clearly_sure(saved):
    document = json.loads((saved / "ear" / "card.json").read_text())
    del document["thresholds"]
    (saved / "ear" / "card.json").write_text(json.dumps(document))
    assert read_card("ear", saved).thresholds == Thresholds(clearly=None, probably=0.65)
