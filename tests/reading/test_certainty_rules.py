"""The rules on how sure a result is: where each speaks, and where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from genre.models.confidence import Thresholds
from genre.reading.certainty_rules import calibration, mostly_unsure, not_above_guessing
from tests.support.readings import result, tracks


def right_of_40(n_right, **values):
    """Of 40 tracks of one genre and 20 of another, this many of each are right in proportion."""
    groups = [tracks("jazz", "jazz", n_right), tracks("jazz", "pop", 40 - n_right)]
    return result(*groups, tracks("metal", "pop", 20), **values)


@pytest.mark.parametrize(
    ("n_right", "is_found", "is_below"), [(40, True, False), (36, True, False), (20, True, True)]
)
def test_guessing_is_compared_with_the_interval(n_right, is_found, is_below):
    """Always predicting jazz is right for two thirds: 40 of 60 is as good, 20 is worse."""
    found = not_above_guessing(right_of_40(n_right))

    assert bool(found) is is_found
    assert found.values["is_below"] is is_below
    assert found.values["chance"] == pytest.approx(2 / 3)
    assert found.values["genre"] == "jazz"


def test_guessing_is_not_said_of_an_interval_above_it():
    better = result(
        tracks("jazz", "jazz", 30), tracks("metal", "metal", 18), tracks("metal", "pop", 2)
    )
    assert not_above_guessing(better) is None
    assert not_above_guessing(result()) is None


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [(0.95, "too_sure"), (0.6, "not_sure_enough"), (0.8, "reliable"), (0.88, None)],
)
def test_confidence_is_compared_with_what_is_right(confidence, verdict):
    """80 of 100 are right; their interval is some 8 points to each side."""
    figures = result(
        tracks("jazz", "jazz", 320 if verdict == "reliable" else 80, confidence=confidence),
        tracks("jazz", "pop", 80 if verdict == "reliable" else 20, confidence=confidence),
    )
    found = calibration(figures)

    assert (found and found.values["verdict"]) == verdict
    if found:
        assert found.values["confidence"] == pytest.approx(confidence)
        assert found.values["accuracy"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("confidence", "n", "verdict"),
    [
        (0.86, 800, "too_sure"),  # 6 points, 3 to 9
        (0.84, 800, "reliable"),  # 4 points, 1 to 7: of no use to know
        (0.74, 800, "not_sure_enough"),
        (0.76, 800, "reliable"),
        (0.8, 125, "reliable"),  # 7 points to each side
        (0.8, 40, None),  # 12 points to each side
        (0.88, 40, None),
    ],
)
def test_confidence_is_off_by_five_points_or_reliable_within_ten(confidence, n, verdict):
    right, wrong = round(0.8 * n), n - round(0.8 * n)
    figures = result(
        tracks("jazz", "jazz", right, confidence=confidence),
        tracks("jazz", "pop", wrong, confidence=confidence),
    )
    found = calibration(figures)

    assert (found and found.values["verdict"]) == verdict


def test_certainty_is_not_said_of_what_has_counts_alone():
    figures = result(tracks("jazz", "pop", 80, confidence=0.5), thresholds=Thresholds())
    counts = replace(figures, evaluation=replace(figures.evaluation, predictions=()))
    nothing = replace(counts.evaluation, confusion_matrix=np.zeros((3, 3)))

    assert calibration(counts) is mostly_unsure(counts) is None
    assert calibration(replace(figures, evaluation=None)) is None
    assert mostly_unsure(replace(figures, evaluation=None)) is None
    assert not_above_guessing(counts)
    assert not_above_guessing(replace(counts, evaluation=nothing)) is None


def test_confidence_draws_artists_not_tracks():
    """The same 100 tracks by five artists may be right by chance."""
    artists = ["A", "B", "C", "D", "E"]
    figures = result(
        tracks("jazz", "jazz", 80, by=artists[:4], confidence=0.95),
        tracks("jazz", "pop", 20, artist="E", confidence=0.95),
    )
    assert calibration(figures) is None


def test_confidence_needs_artists_and_a_figure_without_leakage():
    groups = tracks("jazz", "jazz", 40), tracks("jazz", "pop", 60)
    assert calibration(result(*groups))
    assert calibration(result(*groups, is_leak_free=False)) is None
    assert calibration(result(tracks("jazz", "pop", 60, by=["A", "B", "C", "D"]))) is None


@pytest.mark.parametrize(("n_unsure", "is_found"), [(61, True), (59, False)])
def test_unsure_is_said_of_more_than_half_with_its_interval(n_unsure, is_found):
    """61 of 100 is 51% or more, 59 of 100 49%."""
    figures = result(
        tracks("jazz", "jazz", n_unsure, confidence=0.5),
        tracks("pop", "pop", 100 - n_unsure, confidence=0.9),
        thresholds=Thresholds(),
    )
    found = mostly_unsure(figures)

    assert bool(found) is is_found
    if found:
        assert found.values == {
            "n": 61, "n_tracks": 100, "threshold": 0.65, "n_sure": 39, "n_right": 39,
        }  # fmt: skip


def test_unsure_needs_thresholds_and_a_figure_without_leakage():
    figures = result(tracks("jazz", "jazz", 80, confidence=0.5), thresholds=Thresholds())

    assert mostly_unsure(figures).values["n_sure"] == 0
    assert mostly_unsure(replace(figures, thresholds=None)) is None
    assert mostly_unsure(replace(figures, is_leak_free=False)) is None
