"""Every setting of a recipe can be seen and changed on the page, and every stop is a recipe."""

from dataclasses import fields, replace

import pytest

from app_pages import train_settings
from genre.audio.feature_config import FeatureConfig
from genre.datasets.types import SegmentSet
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.prepare import prepare_datasets

SETTINGS = {f.name: f for f in fields(TrainConfig) if f.name != "preset"}
SLIDERS = [setting for setting in train_settings.ALL if setting.stops]


def test_settings_are_all_shown_once():
    assert sorted(setting.name for setting in train_settings.ALL) == sorted(SETTINGS)


def test_settings_labels_are_unique():
    labels = [setting.label for setting in train_settings.ALL]
    assert len(set(labels)) == len(labels)


def test_stops_any_preset_make_a_recipe():
    for setting in SLIDERS:
        for recipe in PRESETS.values():
            for stop in setting.stops:
                config = replace(recipe, **{setting.name: stop})
                assert config.network_config(10).summary(), setting.name


def test_stops_rise_and_are_written_differently():
    assert len(SLIDERS) > 20
    for setting in SLIDERS:
        assert list(setting.stops) == sorted(set(setting.stops)), setting.name
        assert len({train_settings.written(stop) for stop in setting.stops}) == len(setting.stops)


def test_presets_values_are_stops():
    for setting in SLIDERS:
        values = {getattr(recipe, setting.name) for recipe in PRESETS.values()}
        # A test share of 0.25 is added to the stops when it is set.
        assert values <= set(setting.stops) or setting.name == "test_share", setting.name


def test_settings_without_stops_are_switches_or_choices():
    for setting in train_settings.ALL:
        if not setting.stops:
            one = SETTINGS[setting.name]
            assert one.metadata["choices"] or isinstance(one.default, bool)


def test_choices_and_presets_have_labels():
    choices = {choice for f in SETTINGS.values() for choice in f.metadata["choices"]}
    assert choices == set(train_settings.CHOICES)
    assert set(PRESETS) == set(train_settings.PRESETS)


@pytest.fixture(scope="module")
def twenty_mfccs(two_genres):
    """`two_genres` with 20 coefficients, few enough for networks of 512 units."""
    wide = two_genres.frames.repeat(2, axis=2)[:, :, :20]
    return SegmentSet(
        frames=wide,
        n_frames=two_genres.n_frames,
        track_index=two_genres.track_index,
        tracks=two_genres.tracks,
        features=FeatureConfig(n_mfcc=20),
        name="made up",
    )


# One step of 10 frames costs a tenth; a slider of epochs would train for its length alone.
SHORT = {"epochs": 1, "texture_frames": 13, "units_1": 4, "units_2": 4, "dense_units": 4}
ENDS = [(setting.name, end) for setting in SLIDERS for end in (setting.stops[0], setting.stops[-1])]
OTHERS = [
    (name, value)
    for name, f in SETTINGS.items()
    # The fault-filtered partition is of GTZAN's tracks alone.
    for value in (f.metadata["choices"] or ((False, True) if isinstance(f.default, bool) else ()))
    if value != "fault-filtered"
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), ENDS + OTHERS, ids=lambda value: str(value))
def test_train_each_end_of_each_slider_trains_an_epoch(twenty_mfccs, name, value):
    from genre.training.trainer import train  # loads TensorFlow

    config = replace(PRESETS["quick"], **(SHORT | {name: value}))
    data, split = prepare_datasets(twenty_mfccs, config)
    n_epochs = []
    result = train(
        data,
        split,
        config,
        on_event=lambda event: n_epochs.append(1) if event["event"] == "epoch" else None,
        should_stop=lambda: len(n_epochs) >= 1,
    )

    assert result.network.predict_proba(data.X(config.features)[:2]).shape == (2, 2)
    assert len(result.history) == 1
