"""All rules in a row: their order, how many, and what is said to try next."""

from dataclasses import replace

import pytest

from genre.models.confidence import Thresholds
from genre.reading.certainty_rules import calibration
from genre.reading.comparison_rules import difference
from genre.reading.learning_rules import validation_gap
from genre.reading.read import MOST, RULES, read_result
from genre.recipes.config import PRESETS
from tests.reading.test_comparison_rules import EAR, LONGER, QUICK, right
from tests.support.readings import earlier, result, rows, tracks

WRONG = (tracks("jazz", "metal", 20, artist="Nina", confidence=0.95), tracks("metal", "jazz", 20))
RISING = rows([1.5, 1.2, 1.0, 1.02, 1.05, 1.07, 1.1])
FALLING = rows([2 - 0.1 * i for i in range(8)])


PATIENT = replace(QUICK, patience=3)
SURE = [tracks("jazz", "jazz", 70, confidence=0.95), tracks("pop", "jazz", 30, confidence=0.95)]
SPEAKS = {
    "not_above_guessing": result(*WRONG),
    "stopped": result(history=rows([1.0, 0.9]), is_stopped=True),
    "unlearnt_genre": result(*WRONG, absent_genres={"train": ["jazz"]}),
    "confused_pair": result(*WRONG),
    "validation_gap": result(*WRONG, history=rows([1.0], val_accuracy=0.9), n_validation=400),
    "overfitting": result(history=RISING),
    "still_improving": result(history=FALLING),
    "one_artist": result(*WRONG),
    "difference": result(right(30), earlier=(earlier("before", LONGER, right(10)),)),
    "calibration": result(*SURE),
    "genre_extremes": result(*SURE),
    "mostly_unsure": result(tracks("jazz", "jazz", 80, confidence=0.5), thresholds=Thresholds()),
    "early_stopping": result(history=FALLING, recipe=PATIENT),
}
"""Figures of which each rule has something to say."""


def rules_of(figures):
    return [finding.rule for finding in read_result(figures)]


def next_of(figures):
    return next(f.values for f in read_result(figures) if f.rule == "next_step")


def test_every_rule_finds_what_is_called_as_it_is():
    assert set(SPEAKS) == set(RULES)
    for name, figures in SPEAKS.items():
        assert RULES[name](figures).rule == name


ORDER = (
    *("not_above_guessing", "stopped", "unlearnt_genre", "confused_pair", "validation_gap"),
    *("overfitting", "still_improving", "one_artist", "difference", "calibration"),
    *("genre_extremes", "mostly_unsure", "early_stopping"),
)


def test_findings_are_in_the_order_of_their_use():
    """What makes the other figures doubtful comes first, what may be chance last."""
    found = {name: RULES[name](figures).priority for name, figures in SPEAKS.items()}
    chance = difference(result(right(30), earlier=(earlier("before", LONGER, right(29)),)))
    half = tracks("jazz", "jazz", 20), tracks("jazz", "pop", 20)
    gap = validation_gap(result(*half, history=rows([1.0], val_accuracy=0.65), n_validation=400))
    reliable = calibration(
        result(
            tracks("jazz", "jazz", 320, confidence=0.8), tracks("jazz", "pop", 80, confidence=0.8)
        )
    )

    assert sorted(found, key=lambda name: -found[name]) == list(ORDER)
    assert len(set(found.values())) == len(found)
    least = [finding.priority for finding in (chance, reliable, gap) if finding]
    assert len(least) == 3
    assert found["mostly_unsure"] > least[0] > found["early_stopping"] > least[1] > least[2]


def test_reading_has_the_most_useful_first_and_at_most_five():
    figures = result(
        *WRONG, history=RISING, n_validation=400,
        earlier=(earlier("before", LONGER, *WRONG),),
    )  # fmt: skip
    said = [f for rule in RULES.values() if (f := rule(figures))]
    findings = read_result(figures)

    assert len(said) >= 6
    assert len(findings) == MOST
    assert findings[-1].rule == "next_step"
    first = [finding.priority for finding in findings[:-1]]
    assert first == sorted((finding.priority for finding in said), reverse=True)[:4]
    assert findings[0].rule == "not_above_guessing"


def test_reading_without_a_next_step_has_place_for_five():
    figures = result(*WRONG, history=RISING, n_validation=400, recipe=None)
    found = rules_of(figures)

    assert "next_step" not in found
    assert len(found) == MOST


def test_reading_of_nothing_says_nothing():
    assert read_result(result(recipe=None)) == ()
    assert read_result(result()) == ()


def test_control_is_read_for_guessing_and_overfitting_alone():
    control = replace(QUICK, permute_genres=True)
    figures = result(*WRONG, history=RISING, recipe=control, is_leak_free=False)

    assert rules_of(figures) == ["not_above_guessing", "overfitting"]


def test_leak_comes_before_everything_else():
    leaky = replace(QUICK, split="course")
    pair = (
        earlier("leaky", leaky, right(40), is_leak_free=False),
        earlier("honest", QUICK, right(20)),
    )
    figures = result(*WRONG, history=FALLING, recipe=leaky, is_leak_free=False, is_stopped=True)

    assert next_of(figures) == {"step": "split_by_artist", "brought": {}}
    known = next_of(replace(figures, earlier=pair))["brought"]
    assert (known["accuracy_before"], known["accuracy_after"]) == (1.0, 0.5)


def test_leak_of_unknown_artists_asks_for_their_names():
    nobody = [replace(answer, artist=None) for group in WRONG for answer in group]
    figures = result(nobody, is_leak_free=False)

    assert next_of(figures)["step"] == "name_artists"


def test_leak_is_not_said_before_the_test():
    figures = result(history=FALLING, is_leak_free=False)
    assert next_of(figures)["step"] == "more_epochs"


def test_stopped_run_is_to_be_resumed():
    figures = result(*WRONG, history=FALLING, is_stopped=True)
    assert next_of(figures) == {"step": "resume", "n": 15, "brought": {}}


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({"history": FALLING}, {"step": "more_epochs", "n": 30}),
        ({"history": RISING}, {"step": "early_stopping"}),
        (
            {"history": RISING, "recipe": replace(QUICK, patience=3)},
            {"step": "more_dropout", "n": 0.4},
        ),
        ({"absent_genres": {"train": ["jazz"]}}, {"step": "more_artists", "genres": ("jazz",)}),
        ({}, {"step": "cross_validation", "genres": ("jazz",)}),
        ({"is_cross_validated": True}, {"step": "more_artists", "genres": ("jazz",)}),
    ],
    ids=["falling", "rising", "rising and patient", "unlearnt", "one artist", "folds"],
)
def test_next_step_follows_from_a_finding(values, step):
    said = dict(next_of(result(*WRONG, **values)))
    assert said.pop("brought") == {}
    assert said == step


@pytest.mark.parametrize(("dropout", "is_advised"), [(0.45, True), (0.5, False)])
def test_next_step_is_more_dropout_up_to_a_half(dropout, is_advised):
    recipe = replace(PATIENT, dropout=dropout)
    said = next_of(result(*WRONG, history=RISING, recipe=recipe))

    assert (said["step"] == "more_dropout") is is_advised


def test_next_step_is_a_temperature_where_confidence_alone_is_wrong():
    sure = [tracks("jazz", "jazz", 70, confidence=0.95), tracks("pop", "jazz", 30, confidence=0.95)]
    unsure = [tracks("jazz", "jazz", 50, confidence=0.5), tracks("pop", "pop", 50, confidence=0.5)]

    assert next_of(result(*unsure))["is_too_sure"] is False
    folds = result(*sure, is_cross_validated=True)
    assert next_of(folds)["step"] == "temperature"
    assert next_of(folds)["is_too_sure"] is True


def test_next_step_that_brought_nothing_before_comes_last():
    """More epochs are asked for by the loss, and were of no use in the earlier pair."""
    pair = (earlier("long", LONGER, right(20)), earlier("short", QUICK, right(20)))
    helped = (earlier("long", LONGER, right(38)), earlier("short", QUICK, right(20)))
    figures = result(*WRONG, history=FALLING)

    assert next_of(replace(figures, earlier=pair))["step"] == "cross_validation"
    known = next_of(replace(figures, earlier=helped))
    assert known["step"] == "more_epochs"
    assert known["brought"]["difference"].value == pytest.approx(0.45)


def test_next_step_that_helped_before_comes_first():
    """Dropout has helped; early stopping, which is named before it, was not tried."""
    more = replace(QUICK, dropout=0.5)
    pair = (earlier("more", more, right(38)), earlier("less", QUICK, right(20)))

    assert next_of(result(*WRONG, history=RISING))["step"] == "early_stopping"
    assert next_of(result(*WRONG, history=RISING, earlier=pair))["step"] == "more_dropout"


def test_next_step_of_early_stopping_says_what_it_brought():
    pair = (earlier("patient", PATIENT, right(38)), earlier("plain", QUICK, right(20)))
    said = next_of(result(*WRONG, history=RISING, earlier=pair))

    assert said["step"] == "early_stopping"
    assert (said["brought"]["before"], said["brought"]["after"]) == ("plain", "patient")


def test_next_step_is_more_artists_where_one_is_mixed_up():
    figures = result(
        tracks("jazz", "metal", 4, by=["Nina", "Nina", "Nina", "Miles"]),
        tracks("jazz", "jazz", 16, start=4),
        tracks("metal", "metal", 20),
        tracks("pop", "pop", 20),
    )
    said = next_of(figures)
    assert (said["step"], said["genres"]) == ("more_artists", ("jazz",))


def test_musicnn_comes_after_what_a_finding_asks_for():
    models = (
        earlier("starter", PRESETS["recommended"], right(20), kind="model"),
        earlier("ear", EAR, right(38), kind="model"),
    )
    plain = [tracks("jazz", "jazz", 30), tracks("pop", "pop", 30)]

    assert next_of(result(*plain, earlier=models))["step"] == "musicnn"
    assert next_of(result(*plain, history=RISING, earlier=models))["step"] == "early_stopping"
    reads_it = result(*plain, earlier=models, recipe=EAR)
    assert "musicnn" not in [f.values.get("step") for f in read_result(reads_it)]
    assert read_result(result(earlier=models)) == ()  # which was not tested
