"""Which earlier result is compared with, and what a change is said to have brought."""

from dataclasses import replace

import pytest

from genre.reading.comparison_rules import brought, difference, musicnn_brought
from genre.recipes.config import PRESETS, TrainConfig
from tests.support.readings import earlier, result, tracks

QUICK = PRESETS["quick"]
LONGER = replace(QUICK, epochs=30)
EAR = PRESETS["ear"]


def right(n_right, n=40):
    """The same tracks each time, so many of them right; keys do not have the prediction."""
    wrong = [replace(a, given="pop") for a in tracks("jazz", "jazz", n - n_right, start=n_right)]
    return [*tracks("jazz", "jazz", n_right), *wrong]


def compared(*others, n_right=30, **values):
    return difference(result(right(n_right), name="this", earlier=others, **values))


def test_difference_says_how_much_and_whether_by_chance():
    found = compared(earlier("before", LONGER, right(10)))
    small = compared(earlier("before", LONGER, right(29)))

    assert found.values["difference"].value == pytest.approx(0.5)
    assert (found.values["other"], found.values["settings"]) == ("before", ("epochs",))
    assert not found.values["is_chance"]
    assert small.values["is_chance"]
    assert small.priority < found.priority


def test_difference_needs_an_evaluation_and_a_recipe():
    before = earlier("before", LONGER, right(10))
    assert difference(result(earlier=(before,))) is None
    assert compared(before)
    assert compared(before, recipe=None) is None
    assert compared(before, recipe=replace(QUICK, permute_genres=True)) is None  # a control
    unknown = earlier("before", LONGER, right(10), source="")
    assert compared(unknown, source="") is None  # of which data is not known
    assert compared(before, source="gtzan-subset") is None
    assert compared(earlier("b", LONGER, right(10), source="gtzan-subset")) is None


def test_difference_needs_twenty_tracks_of_five_artists():
    few = result(right(19, 19), earlier=(earlier("before", LONGER, right(9, 19)),))
    enough = result(right(20, 20), earlier=(earlier("before", LONGER, right(9, 20)),))
    by_four = [replace(a, artist="ABCD"[i % 4]) for i, a in enumerate(right(30))]
    of_four = result(by_four, earlier=(earlier("before", LONGER, right(10)),))

    assert difference(enough)
    assert difference(few) is None
    assert difference(of_four) is None


@pytest.mark.parametrize(
    "other",
    [
        earlier("twin", QUICK, right(10)),
        earlier("this", LONGER, right(10)),
        earlier("leaky", replace(QUICK, split="course"), right(10), is_leak_free=False),
        earlier("elsewhere", LONGER, right(10), source="other music"),
        earlier("control", replace(LONGER, permute_genres=True), right(10)),
    ],
    ids=lambda other: other.name,
)
def test_difference_is_not_from_what_says_nothing(other):
    """The same settings, itself, a figure with leakage, other data, a control."""
    assert compared(other) is None


def test_difference_of_two_leaky_results_needs_one_split():
    leaky = replace(QUICK, split="course")
    by_track = replace(LONGER, split="track")
    values = {"recipe": leaky, "is_leak_free": False}

    assert compared(earlier("before", by_track, right(10), is_leak_free=False), **values) is None
    same = earlier("before", replace(leaky, epochs=30), right(10), is_leak_free=False)
    assert compared(same, **values)


def test_difference_of_two_results_without_leakage_may_have_two_splits():
    assert compared(earlier("before", replace(LONGER, split="track"), right(10)))


def test_difference_prefers_own_runs_then_the_nearest_then_the_latest():
    far = replace(QUICK, epochs=30, units_1=32)
    others = (
        earlier("latest", far, right(10)),
        earlier("near", LONGER, right(11)),
        earlier("older", LONGER, right(12)),
        earlier("recorded", LONGER, right(13), kind="recorded"),
        earlier("model", LONGER, right(14), kind="model"),
    )
    assert compared(*others).values["other"] == "near"
    assert compared(*others[2:]).values["other"] == "older"
    assert compared(*others[3:]).values["other"] == "recorded"
    assert compared(*others, kind="model").values["other"] == "model"


@pytest.mark.parametrize(
    ("changed", "is_near"),
    [
        ({"epochs": 30, "units_1": 32, "units_2": 32}, True),
        ({"epochs": 30, "units_1": 32, "units_2": 32, "dropout": 0.1}, False),
    ],
)
def test_near_are_recipes_that_differ_in_three_settings_at_most(changed, is_near):
    near = replace(QUICK, **changed)
    pair = (earlier("b", replace(near, batch_size=8), right(30)), earlier("a", near, right(20)))

    assert bool(compared(pair[1])) is is_near
    found = brought(result(earlier=pair), "batch_size", lambda old, new: old != new)
    assert bool(found) is is_near


def test_difference_without_a_near_run_is_from_the_model_with_most_tracks():
    course = replace(PRESETS["course"], split="artist")
    others = (
        earlier("far", course, right(10)),
        earlier("small", course, right(10, 25), kind="model"),
        earlier("large", course, right(10), kind="model"),
        earlier("ear", EAR, right(40, 80), kind="model"),
    )
    found = compared(*others)

    assert found.values["other"] == "large"
    assert found.values["settings"] == ()
    assert compared(others[0]) is None


def test_difference_leaves_out_what_could_not_be_learnt():
    figures = result(
        right(30), tracks("metal", "pop", 10), absent_genres={"train": ["metal"]},
        earlier=(earlier("before", LONGER, right(10), tracks("metal", "pop", 10)),),
    )  # fmt: skip
    assert difference(figures).values["difference"].n_tracks == 40


def test_difference_says_where_musicnn_may_know_the_artists():
    ear = earlier("ear", EAR, right(10), kind="model", source="gtzan-subset-musicnn")
    found = compared(ear, source="gtzan-subset")

    assert found.values["knows_artists"]
    assert not compared(earlier("before", LONGER, right(10))).values["knows_artists"]


def more(old, new):
    return new > old


def test_change_has_brought_the_difference_of_two_runs_that_differ_in_it_alone():
    others = (
        earlier("long", LONGER, right(30)),
        earlier("short", QUICK, right(20)),
        earlier("other", replace(LONGER, units_1=32), right(40)),
    )
    found = brought(result(right(20), earlier=others), "epochs", more)

    assert (found["before"], found["after"], found["kind"]) == ("short", "long", "run")
    assert (found["from_value"], found["to_value"]) == (15, 30)
    assert found["difference"].value == pytest.approx(0.25)
    assert brought(result(right(20), earlier=others), "dropout", more) == {}


def test_change_is_looked_up_near_this_recipe_on_this_data():
    pair = (earlier("long", LONGER, right(30)), earlier("short", QUICK, right(20)))
    course = TrainConfig(preset="course")

    assert brought(result(recipe=course, earlier=pair), "epochs", more) == {}
    assert brought(result(source="others", earlier=pair), "epochs", more) == {}
    models = tuple(replace(one, kind="model") for one in pair)
    assert brought(result(earlier=models), "epochs", more) == {}
    assert brought(result(earlier=pair), "epochs", more)


def test_change_prefers_own_runs_to_recorded_ones():
    own = (earlier("d", LONGER, right(10)), earlier("c", QUICK, right(20)))
    of_program = (earlier("b", LONGER, right(30)), earlier("a", QUICK, right(20)))
    recorded = tuple(replace(one, kind="recorded") for one in of_program)

    assert brought(result(earlier=(*recorded, *own)), "epochs", more)["after"] == "d"
    assert brought(result(earlier=recorded), "epochs", more)["kind"] == "recorded"


def test_change_of_split_has_two_accuracies_and_no_difference():
    leaky = earlier("course", replace(QUICK, split="course"), right(40), is_leak_free=False)
    honest = earlier("artist", QUICK, right(20))
    found = brought(result(earlier=(leaky, honest)), "split", lambda old, new: new == "artist")

    assert found["difference"] is None
    assert (found["accuracy_before"], found["accuracy_after"]) == (1.0, 0.5)


def test_change_of_split_is_shown_though_no_track_is_shared():
    leaky = earlier("course", replace(QUICK, split="course"), right(40), is_leak_free=False)
    others = tracks("jazz", "jazz", 20, start=100)
    found = brought(
        result(earlier=(leaky, earlier("artist", QUICK, others))), "split", lambda old, new: True
    )
    assert {found["before"], found["after"]} == {"course", "artist"}


def test_change_of_settings_says_nothing_without_a_recipe():
    pair = (earlier("long", LONGER, right(30)), earlier("short", QUICK, right(20)))
    assert brought(result(recipe=None, earlier=pair), "epochs", more) == {}


def test_musicnn_has_brought_the_difference_of_two_models():
    mfcc = earlier("starter", LONGER, right(20), kind="model")
    ear = earlier("ear", EAR, right(30), kind="model")

    found = musicnn_brought(result(earlier=(mfcc, ear)))
    assert (found["before"], found["after"]) == ("starter", "ear")
    assert found["difference"].value == pytest.approx(0.25)
    assert musicnn_brought(result(earlier=(mfcc,))) == {}
    assert musicnn_brought(result(earlier=(mfcc, ear), source="others")) == {}


def test_what_was_brought_is_of_no_control_and_of_models_without_leakage_alone():
    pair = (earlier("long", LONGER, right(30)), earlier("short", QUICK, right(20)))
    controls = tuple(replace(one, recipe=replace(one.recipe, permute_genres=True)) for one in pair)
    assert brought(result(earlier=controls), "epochs", more) == {}
    mfcc = earlier("starter", LONGER, right(20), kind="model")
    ear = earlier("ear", EAR, right(30), kind="model")
    assert musicnn_brought(result(earlier=(mfcc, replace(ear, kind="run")))) == {}
    assert musicnn_brought(result(earlier=(mfcc, replace(ear, is_leak_free=False)))) == {}
    assert compared(mfcc, recipe=EAR).values["knows_artists"]
