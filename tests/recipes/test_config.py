"""Recipes: the course's to the letter, bounds that hold, JSON and back."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.errors import ParameterError
from genre.recipes.config import PRESETS, TrainConfig, preset
from genre.recipes.prepare import prepare_datasets

BOUNDED = [f for f in fields(TrainConfig) if f.metadata["low"] is not None]
CHOSEN = [f for f in fields(TrainConfig) if f.metadata["choices"]]


def name_of(field) -> str:
    return field.name


def test_preset_course_is_reference():
    assert preset("course").to_dict() == {
        "preset": "course",
        "features": "mfcc",
        "window_frames": 60,
        "hop_frames": 20,
        "n_mfcc": 13,
        "deltas": False,
        "texture_frames": 0,
        "level": False,
        "cell": "lstm",
        "units_1": 64,
        "units_2": 64,
        "bidirectional": False,
        "pooling": "last",
        "dense_units": 64,
        "scaling": False,
        "input_dropout": 0.0,
        "between_dropout": 0.0,
        "dropout": 0.3,
        "label_smoothing": 0.0,
        "teacher": 0.0,
        "teacher_features": "own",
        "weight_decay": 0.0,
        "learning_rate": 1e-4,
        "epochs": 30,
        "batch_size": 32,
        "schedule": "constant",
        "warmup_epochs": 0,
        "patience": 0,
        "segments_per_track": 0,
        "balance_genres": False,
        "altered": 0.0,
        "roll": False,
        "mask": 0.0,
        "shift": 0.0,
        "gain": 0.0,
        "warp": 0.0,
        "speed": 0.0,
        "mixup": 0.0,
        "temperature": 1.0,
        "split": "course",
        "test_share": 0.25,
        "validation_share": 0.2,
        "evaluation": "held-out",
        "n_folds": 5,
        "permute_genres": False,
        "whole_segments_only": True,
        "seed": 0,
    }


def test_courses_network_has_references_parameters():
    shape = preset("course").network_config(10)

    assert shape.n_parameters == 57_802
    assert (shape.n_steps, shape.n_values) == (130, 13)
    assert preset("course").feature_config == MfccConfig()


def test_preset_course_is_the_only_leaky_one():
    assert {name for name, config in PRESETS.items() if config.split == "course"} == {"course"}
    assert TrainConfig().split == "artist"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_and_know_their_names(name):
    config = preset(name)

    assert config.preset == name
    shape = config.network_config(10)
    assert (shape.n_steps, shape.n_values) == (
        config.feature_config.n_steps,
        config.feature_config.n_values,
    )
    assert shape.n_parameters > 0


def test_quick_is_recommended_recipe_with_fewer_epochs():
    quick, recommended = preset("quick"), preset("recommended")

    assert quick.epochs < recommended.epochs
    assert quick == replace(recommended, preset="quick", epochs=quick.epochs)


def test_unknown_preset_is_answered_with_known_ones():
    with pytest.raises(
        ParameterError, match=r"no preset 'best'\. Choose one of course, recommended, quick"
    ):
        preset("best")


@pytest.mark.parametrize("field", BOUNDED, ids=name_of)
def test_settings_at_either_bound_are_allowed(field):
    for bound in (field.metadata["low"], field.metadata["high"]):
        value = type(field.default)(bound)
        assert getattr(TrainConfig(**{field.name: value}), field.name) == value


@pytest.mark.parametrize("field", BOUNDED, ids=name_of)
@pytest.mark.parametrize("side", ["low", "high"])
def test_beyond_bound_is_refused_with_both(field, side):
    kind = type(field.default)
    step = 1 if kind is int else 1e-7
    beyond = kind(field.metadata[side]) + (step if side == "high" else -step)

    with pytest.raises(ParameterError, match=rf"^{field.name}=.* was given, expected .* to .*"):
        TrainConfig(**{field.name: beyond})


@pytest.mark.parametrize("field", [f for f in BOUNDED if type(f.default) is float], ids=name_of)
def test_setting_that_is_not_a_number_is_refused(field):
    with pytest.raises(ParameterError, match=rf"^{field.name}=nan was given"):
        TrainConfig(**{field.name: float("nan")})


def test_refusal_reads_like_sentence():
    with pytest.raises(
        ParameterError,
        match=r"^dropout=1 was given, expected 0 to 0\.9\. Choose a value in between\.$",
    ):
        TrainConfig(dropout=1.0)


@pytest.mark.parametrize("field", CHOSEN, ids=name_of)
def test_setting_outside_its_choices_is_refused(field):
    for choice in field.metadata["choices"]:
        assert getattr(TrainConfig(**{field.name: choice}), field.name) == choice
    choices = ", ".join(field.metadata["choices"])
    with pytest.raises(
        ParameterError, match=rf"{field.name}='none' was.*expected one of {choices}"
    ):
        TrainConfig(**{field.name: "none"})


@pytest.mark.parametrize("field", fields(TrainConfig), ids=name_of)
def test_value_of_another_kind_is_refused(field):
    wrong = 1 if isinstance(field.default, str) else "1"

    with pytest.raises(ParameterError, match=rf"^{field.name}={wrong!r} was given, expected"):
        TrainConfig(**{field.name: wrong})


@pytest.mark.parametrize(
    ("name", "value"), [("epochs", 2.5), ("epochs", True), ("roll", 1), ("seed", None)]
)
def test_setting_of_a_similar_type_is_refused(name, value):
    with pytest.raises(
        ParameterError, match=rf"{name}={value} was given, expected a value such as"
    ):
        TrainConfig(**{name: value})


def test_whole_number_may_stand_for_any():
    assert TrainConfig(mixup=1).mixup == 1


@pytest.mark.parametrize("field", fields(TrainConfig), ids=name_of)
def test_settings_have_each_an_explanation(field):
    assert field.metadata["about"].endswith(".")


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_recipes_survive_json(data):
    values = {}
    for field in BOUNDED:
        low, high = field.metadata["low"], field.metadata["high"]
        numbers = st.integers if type(field.default) is int else st.floats
        values[field.name] = data.draw(numbers(type(field.default)(low), type(field.default)(high)))
    for field in CHOSEN:
        values[field.name] = data.draw(st.sampled_from(field.metadata["choices"]))
    if values["features"] == "musicnn":
        for name in ("texture_frames", "shift", "gain", "warp", "speed"):
            del values[name]
    config = TrainConfig(**values)

    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("name", ["deltas", "texture_frames", "shift", "gain", "warp", "speed"])
def test_change_to_mfccs_with_musicnn_is_refused_in_one_sentence(name):
    value = True if name == "deltas" else 0.1 if name != "texture_frames" else 5

    with pytest.raises(
        ParameterError, match=rf"^{name} was given with features=musicnn, .* MFCCs only\."
    ):
        TrainConfig(features="musicnn", **{name: value})


def test_recipe_of_musicnn_features_has_their_shape():
    config = TrainConfig(features="musicnn", window_frames=100, hop_frames=29)

    assert config.feature_config == MusicnnConfig(window_frames=100, hop_frames=29)
    shape = config.network_config(10)
    assert (shape.n_steps, shape.n_values) == (4, 200)


def test_recipe_written_before_there_was_a_choice_reads_mfccs():
    kept = preset("course").to_dict()
    for name in ("features", "window_frames", "hop_frames", "evaluation", "n_folds"):
        del kept[name]

    assert TrainConfig.from_dict(kept) == preset("course")


def test_unknown_settings_are_named_beside_known_ones():
    with pytest.raises(
        ParameterError,
        match=r"unknown settings lr, momentum in a recipe\. Choose from preset, features",
    ):
        TrainConfig.from_dict({"momentum": 0.9, "lr": 1e-3})


def test_control_keeps_number_of_tracks_of_each_genre_and_little_else(two_genres):
    config = replace(PRESETS["course"], permute_genres=True, split="track")

    data, _ = prepare_datasets(two_genres, config)
    again, _ = prepare_datasets(two_genres, config)
    other, _ = prepare_datasets(two_genres, replace(config, seed=1))

    genres = [track.genre for track in data.tracks]
    assert sorted(genres) == sorted(track.genre for track in two_genres.tracks)
    n_kept = sum(a == b.genre for a, b in zip(genres, two_genres.tracks, strict=True))
    assert 6 <= n_kept <= 18  # of 24
    assert [track.genre for track in again.tracks] == genres
    assert [track.genre for track in other.tracks] != genres
    assert [track.digest for track in data.tracks] == [t.digest for t in two_genres.tracks]
