"""Every setting of a recipe can be seen and changed on the page, and every stop is a recipe."""

from dataclasses import fields, replace

import pytest

from app_pages import train_knobs
from genre.recipes.config import PRESETS, TrainConfig

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
