"""A recipe as a link and back, whatever somebody types into it."""

from dataclasses import fields

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genre.errors import ParameterError
from genre.recipes.command import changes_of
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.link import from_query, to_query, with_changes

SETTINGS = [f for f in fields(TrainConfig) if f.name != "preset"]


def values_of(setting):
    """Every value that a setting may have."""
    about = setting.metadata
    if about["choices"]:
        return st.sampled_from(about["choices"])
    if isinstance(setting.default, bool):
        return st.booleans()
    if isinstance(setting.default, int):
        return st.integers(about["low"], about["high"])
    return st.floats(about["low"], about["high"])


def possible(preset, changes) -> TrainConfig:
    """A preset with changes, unless they change MFCCs that it does not read."""
    try:
        return with_changes(preset, changes)
    except ParameterError:
        assume(changes.get("features", PRESETS[preset].features) != "musicnn")
        raise


@given(st.sampled_from(sorted(PRESETS)), st.data())
@settings(max_examples=80, deadline=None)
def test_recipe_of_random_settings_comes_back_from_its_link(preset, data):
    names = data.draw(st.sets(st.sampled_from([f.name for f in SETTINGS])))
    changes = {f.name: data.draw(values_of(f), f.name) for f in SETTINGS if f.name in names}
    config = possible(preset, changes)

    assert from_query(to_query(preset, config)) == (preset, config, [])


@pytest.mark.parametrize(
    ("preset", "setting"),
    [(p, f) for p in PRESETS for f in SETTINGS if p != "ear" or f.metadata["only"] != "mfcc"],
    ids=lambda value: getattr(value, "name", value),
)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_setting_changed_comes_back_from_its_link(preset, setting, data):
    config = possible(preset, {setting.name: data.draw(values_of(setting))})
    assert from_query(to_query(preset, config)) == (preset, config, [])


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_link_is_its_name(preset):
    assert to_query(preset, PRESETS[preset]) == {"preset": preset}


def test_link_without_recipe_is_recommended_one():
    assert from_query({"run": "20260101", "model": "starter"}) == (
        "recommended",
        PRESETS["recommended"],
        [],
    )


def test_unknown_preset_is_said_and_rest_is_used():
    preset, config, [problem] = from_query({"preset": "best", "epochs": "3"})
    assert (preset, config.epochs) == ("recommended", 3)
    assert problem.startswith("there is no preset 'best'. recommended is used")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epochs", "many"),
        ("epochs", ""),
        ("epochs", "0"),
        ("epochs", "-3"),
        ("epochs", "1.5"),
        ("epochs", "9" * 400),
        ("epochs", "9" * 5000),
        ("learning_rate", "nan"),
        ("learning_rate", "inf"),
        ("learning_rate", "1e999"),
        ("learning_rate", "0,001"),
        ("deltas", "true"),
        ("deltas", "<script>alert(1)</script>"),
        ("cell", "transformer"),
        ("split", "none"),
        ("seed", "-1"),
        ("batch_size", "١٢٣٤٥٦"),
    ],
)
def test_link_with_invalid_settings_is_one_sentence_and_the_preset(name, text):
    preset, config, problems = from_query({"preset": "quick", name: text, "dropout": "0.25"})

    assert preset == "quick"
    assert changes_of(config, PRESETS["quick"]) == {"dropout": 0.25}
    assert len(problems) == 1
    assert name in problems[0]
    assert problems[0].endswith("The preset's value is used.")
    assert len(problems[0]) < 250


def test_link_with_settings_that_exclude_each_other_is_one_sentence_and_the_preset():
    preset, config, [problem] = from_query({"preset": "quick", "features": "musicnn"})

    assert (preset, config) == ("quick", PRESETS["quick"])
    assert "can be applied to MFCCs only" in problem
    assert problem.endswith("The preset's values are used.")


def test_presets_name_of_any_length_is_short_sentence():
    [problem] = from_query({"preset": "x" * 10_000})[2]
    assert len(problem) < 250


@given(st.dictionaries(st.sampled_from([f.name for f in fields(TrainConfig)]), st.text()))
@settings(max_examples=100, deadline=None)
def test_link_of_any_text_gives_a_recipe(query):
    preset, config, problems = from_query(query)
    assert preset in PRESETS
    assert len(changes_of(config, PRESETS[preset])) + len(problems) <= len(query)


def test_changed_recipe_is_custom_and_one_changed_back_is_preset():
    assert with_changes("quick", {"epochs": 3}).preset == "custom"
    assert with_changes("quick", {"epochs": PRESETS["quick"].epochs}) is PRESETS["quick"]


@pytest.mark.parametrize("name", ["preset", *(f.name for f in SETTINGS)])
def test_link_with_any_value_gives_a_recipe_and_says_what_is_wrong(name):
    for value in (
        "",
        "9" * 40,
        "9" * 400,
        "1e400",
        "-inf",
        "nan",
        "[[",
        "null",
        "a\ud800",
        "x" * 9999,
    ):
        _, config, problems = from_query({"preset": "quick", name: value})

        assert isinstance(config, TrainConfig)
        assert len(problems) == 1, value
        assert len(problems[0]) < 400
