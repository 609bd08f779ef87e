"""Every setting of a recipe can be seen and changed on the page, and every stop is a recipe."""

from dataclasses import fields, replace

from app_pages import train_settings
from genre.recipes.config import PRESETS, TrainConfig

SETTINGS = {f.name: f for f in fields(TrainConfig) if f.name != "preset"}
SLIDERS = [setting for setting in train_settings.ALL if setting.stops]


def test_settings_are_all_shown_once():
    assert sorted(setting.name for setting in train_settings.ALL) == sorted(SETTINGS)


def test_settings_labels_are_unique():
    labels = [setting.label for setting in train_settings.ALL]
    assert len(set(labels)) == len(labels)


def test_stops_any_preset_make_a_recipe():
    for setting in SLIDERS:
        only = SETTINGS[setting.name].metadata["only"]
        for recipe in (r for r in PRESETS.values() if only in (None, r.features)):
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
