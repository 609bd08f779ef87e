"""The rules on training: where each speaks, and where it does not."""

from dataclasses import replace

import pytest

from genre.reading.learning_rules import (
    early_stopping,
    overfitting,
    still_improving,
    stopped,
    validation_gap,
)
from genre.recipes.config import PRESETS
from genre.splits.split_plan import GenreSides
from tests.support.readings import result, rows, tracks

PATIENT = replace(PRESETS["quick"], patience=3)


def held_out(n_right, n=40, **values):
    """A test with this many right of 40 tracks, all of one genre."""
    groups = tracks("jazz", "jazz", n_right), tracks("jazz", "pop", n - n_right)
    return result(*groups, **{"n_validation": 400} | values)


@pytest.mark.parametrize(
    ("val_accuracy", "n_right", "found"),
    [
        (0.8, 20, "more than chance"),
        (0.65, 20, "chance"),
        (0.55, 20, None),
        (0.2, 20, "more than chance"),
    ],
)
def test_gap_is_more_than_chance_may_be_chance_or_is_small(val_accuracy, n_right, found):
    figures = held_out(n_right, history=rows([1.0], val_accuracy=val_accuracy))
    said = validation_gap(figures)

    assert (said and ("chance" if said.values["is_chance"] else "more than chance")) == found
    if said:
        assert (said.values["validation"], said.values["test"]) == (val_accuracy, 0.5)


def test_gap_counts_tracks_and_not_segments():
    """As segments, 400 and 400, this would be far from chance."""
    figures = held_out(20, history=rows([1.0], val_accuracy=0.68))
    assert validation_gap(figures).values["is_chance"]


def test_gap_says_what_the_test_would_be_without_genres_that_validation_lacks():
    figures = result(
        tracks("jazz", "pop", 20), tracks("pop", "pop", 18), tracks("pop", "metal", 2),
        history=rows([1.0], val_accuracy=0.9), n_validation=200,
        absent_genres={"validation": ["jazz", "disco"]},
    )  # fmt: skip
    values = validation_gap(figures).values

    assert values["absent"] == ("jazz",)  # disco is not tested either
    assert values["without"] == pytest.approx(0.9)


def test_gap_says_what_the_test_would_be_in_the_mix_of_validation():
    groups = tracks("jazz", "pop", 20), tracks("pop", "pop", 20)
    history = rows([1.0], val_accuracy=0.9)
    counts = ((1, 0, 0), (0, 0, 0), (0, 0, 9))
    figures = result(*groups, history=history, n_validation=400, validation_counts=counts)
    alike = replace(figures, validation_counts=((5, 0, 0), (0, 0, 0), (0, 0, 5)))

    assert validation_gap(figures).values["mixed"] == pytest.approx(0.9)
    assert "mixed" not in validation_gap(alike).values  # explains nothing of it


def side(genre, n_tracks, n_artists):
    return GenreSides(genre, {"validation": n_tracks}, {"validation": n_artists})


@pytest.mark.parametrize(("n", "is_named"), [(5, True), (4, False)])
def test_gap_names_one_artist_with_a_quarter_of_validation(n, is_named):
    sides = (side("jazz", n, 1), side("pop", 20 - n, 9), side("metal", 0, 0))
    figures = held_out(10, history=rows([1.0], val_accuracy=0.95), sides=sides)
    values = validation_gap(figures).values

    assert (values.get("alone"), values.get("n_alone")) == (
        ("jazz", 5) if is_named else (None, None)
    )


@pytest.mark.parametrize(("share", "is_named"), [(60, False), (68, True)])
def test_gap_names_the_mix_of_genres_where_it_closes_a_third(share, is_named):
    """From 50% to 90%: a third of it is closed at 63%."""
    groups = tracks("jazz", "pop", 20), tracks("pop", "pop", 20)
    counts = ((100 - share, 0, 0), (0, 0, 0), (0, 0, share))
    history = rows([1.0], val_accuracy=0.9)
    figures = result(*groups, history=history, n_validation=400, validation_counts=counts)

    assert ("mixed" in validation_gap(figures).values) is is_named


def test_gap_of_many_tracks_is_said_though_it_is_small():
    figures = held_out(500, 1000, history=rows([1.0], val_accuracy=0.58), n_validation=10_000)
    assert validation_gap(figures).values["is_chance"] is False


def test_gap_names_no_reason_that_cannot_be_counted():
    figures = held_out(20, history=rows([1.0], val_accuracy=0.9))
    lacking = replace(figures, absent_genres={"validation": ["jazz"]})  # the one that is tested
    odd = replace(figures, validation_counts=((1, 0), (0, 1)))  # of other genres than the test

    for one in (figures, lacking, odd, replace(figures, recipe=None)):
        assert set(validation_gap(one).values) == {"validation", "test", "is_chance"}


def test_gap_is_not_said_of_what_has_counts_alone():
    figures = held_out(20, history=rows([1.0], val_accuracy=0.9))
    counts = replace(figures.evaluation, predictions=())

    assert validation_gap(figures)
    assert validation_gap(replace(figures, evaluation=counts)) is None


def test_gap_is_that_of_the_weights_that_were_tested():
    history = (*rows([1.0], val_accuracy=0.5), rows([1.0, 3.0], val_accuracy=0.95)[1])

    assert validation_gap(held_out(20, history=history)).values["validation"] == 0.95
    assert validation_gap(held_out(20, history=history, recipe=PATIENT)) is None


def test_gap_says_nothing_without_validation():
    assert validation_gap(held_out(20)) is None
    unknown = held_out(20, history=rows([1.0], val_accuracy=0.9), n_validation=0)
    assert validation_gap(unknown) is None
    assert validation_gap(result(history=rows([1.0]))) is None


RISING = [1.5, 1.2, 1.0, 1.02, 1.05, 1.07, 1.1]


def test_overfitting_is_a_loss_that_rises_while_that_of_training_falls():
    found = overfitting(result(history=rows(RISING)))

    assert (found.values["epoch"], found.values["lowest"]) == (3, 1.0)
    assert found.values["end"] == pytest.approx((1.05 + 1.07 + 1.1) / 3)
    assert found.values["loss_then"] == pytest.approx(1.98)
    assert found.values["loss_end"] == pytest.approx(1.95)  # the mean of the last three
    assert not found.values["keeps_best"]
    assert overfitting(result(history=rows(RISING), recipe=PATIENT)).values["keeps_best"]


@pytest.mark.parametrize(
    "losses",
    [
        [1.5, 1.2, 1.0, 1.01, 1.02, 1.03, 1.04],  # by 3% alone
        [1.5, 1.2, 1.0, 1.1, 1.05, 1.1, 1.06],  # up and down
        [1.5, 1.3, 1.2, 1.0, 1.1, 1.2, 1.3],  # through three epochs
    ],
    ids=["little", "noise", "few"],
)
def test_overfitting_is_not_a_loss_that_rises_little_by_noise_or_briefly(losses):
    assert overfitting(result(history=rows(losses))) is None


def test_overfitting_is_not_where_training_gets_worse_as_well():
    worse = [2 + 0.1 * i for i in range(len(RISING))]
    assert overfitting(result(history=rows(RISING, worse))) is None


def test_improving_is_a_loss_that_falls_in_the_last_quarter():
    found = still_improving(result(history=rows([2 - 0.1 * i for i in range(8)])))

    assert (found.values["n"], found.values["before"]) == (4, pytest.approx(1.6))
    assert found.values["end"] == pytest.approx(1.3)


@pytest.mark.parametrize(
    "losses",
    [
        [1.0, 0.996, 0.992, 0.988],  # by 1.2%
        [1.0, 0.8, 1.0, 0.85],  # up and down, by 8%
        [1.0, 0.9, 0.8],  # three epochs
        [2.0, 1.5, 1.2, 1.0, 1.0, 1.0, 1.0, 1.0],  # not any more
    ],
    ids=["little", "noise", "few", "over"],
)
def test_improving_is_not_a_loss_that_falls_little_by_noise_or_no_longer(losses):
    assert still_improving(result(history=rows(losses))) is None


@pytest.mark.parametrize(("noise", "is_found"), [(0.06, True), (0.09, False)])
def test_slopes_are_told_from_noise_by_two_and_a_half_standard_errors(noise, is_found):
    """3.5 and 2.1 standard errors below 0; the same above it, after a lowest one."""
    falling = [1.0, 0.9 - noise, 0.8 + noise, 0.7]

    assert bool(still_improving(result(history=rows(falling)))) is is_found
    rising = [0.7, *(2 - loss for loss in falling)]
    assert bool(overfitting(result(history=rows(rising)))) is is_found


def test_what_ended_a_run_is_not_said_without_its_recipe():
    history = rows([1.0, 0.9])
    assert stopped(result(history=history, is_stopped=True, recipe=None)) is None
    assert early_stopping(result(history=history, recipe=None)) is None
    assert early_stopping(result(recipe=PATIENT)) is None  # before its first epoch


def test_improving_is_a_fall_of_two_percent_or_more():
    assert still_improving(result(history=rows([1.0, 0.992, 0.984, 0.975])))
    assert still_improving(result(history=rows([1.0, 0.995, 0.99, 0.985]))) is None


def test_stopped_is_said_before_the_last_epoch():
    history = rows([1.0, 0.9])
    found = stopped(result(history=history, is_stopped=True))

    assert found.values == {"n": 2, "n_epochs": 15}
    assert stopped(result(history=history)) is None
    assert stopped(result(is_stopped=True)) is None  # in its first epoch: the page says so
    whole = replace(PRESETS["quick"], epochs=2)
    assert stopped(result(history=history, is_stopped=True, recipe=whole)) is None


def test_early_stopping_names_the_epoch_whose_weights_are_kept():
    history = rows([1.0, 0.8, 0.9, 0.9, 0.9])
    found = early_stopping(result(history=history, recipe=PATIENT))

    assert found.values == {"n": 5, "n_epochs": 15, "best": 2}
    assert early_stopping(result(history=history)) is None
    assert early_stopping(result(history=history, recipe=PATIENT, is_stopped=True)) is None
    whole = replace(PATIENT, epochs=5)
    assert early_stopping(result(history=history, recipe=whole)) is None
