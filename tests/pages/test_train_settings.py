"""Every setting of a recipe can be seen and changed on the page, and every stop is a recipe."""

from dataclasses import fields, replace

import pytest

from app_pages import train_knobs
from genre.datasets.types import SegmentSet
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.prepare import prepare_datasets

SETTINGS = {f.name: f for f in fields(TrainConfig) if f.name != "preset"}
SLIDERS = [knob for knob in train_knobs.ALL if knob.stops]


def test_every_setting_has_one_knob():
    assert sorted(knob.name for knob in train_knobs.ALL) == sorted(SETTINGS)


def test_no_two_knobs_are_called_alike():
    labels = [knob.label for knob in train_knobs.ALL]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("knob", SLIDERS, ids=lambda knob: knob.name)
def test_every_stop_is_a_recipe_whatever_the_preset(knob):
    for recipe in PRESETS.values():
        for stop in knob.stops:
            config = replace(recipe, **{knob.name: stop})
            assert config.network_config(10).summary()


@pytest.mark.parametrize("knob", SLIDERS, ids=lambda knob: knob.name)
def test_stops_rise_and_each_is_written_differently(knob):
    assert list(knob.stops) == sorted(set(knob.stops))
    assert len({train_knobs.written(stop) for stop in knob.stops}) == len(knob.stops)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("knob", SLIDERS, ids=lambda knob: knob.name)
def test_every_presets_value_is_a_stop(knob, preset):
    value = getattr(PRESETS[preset], knob.name)
    assert value in knob.stops or knob.name == "test_share"  # 0.25 joins the stops when it is set


def test_a_knob_without_stops_is_a_switch_or_a_choice():
    for knob in train_knobs.ALL:
        if not knob.stops:
            setting = SETTINGS[knob.name]
            assert setting.metadata["choices"] or isinstance(setting.default, bool)


def test_every_choice_and_every_preset_has_its_words():
    choices = {choice for f in SETTINGS.values() for choice in f.metadata["choices"]}
    assert choices == set(train_knobs.CHOICES)
    assert set(PRESETS) == set(train_knobs.PRESETS)


@pytest.fixture(scope="module")
def twenty_mfccs(two_genres):
    """`two_genres` with 20 coefficients, few enough for networks of 512 units."""
    from genre.audio.feature_config import FeatureConfig

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
ENDS = [(knob.name, end) for knob in SLIDERS for end in (knob.stops[0], knob.stops[-1])]
OTHERS = [
    (name, value)
    for name, f in SETTINGS.items()
    # The fault-filtered partition is of GTZAN's tracks alone.
    for value in (f.metadata["choices"] or ((False, True) if isinstance(f.default, bool) else ()))
    if value != "fault-filtered"
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), ENDS + OTHERS, ids=lambda value: str(value))
def test_each_end_of_each_slider_trains_an_epoch(twenty_mfccs, name, value):
    from genre.training.trainer import train

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
