"""Intervals by a bootstrap over artists: as wide as they must be, and the same each time."""

import numpy as np
import pytest

from genre.evaluation.bootstrap import LEAST_ARTISTS, draw_artists, measure_intervals
from genre.evaluation.metrics import N_BINS, measure_predictions

GENRES = ("blues", "jazz", "rock")


def made_up(n=600, seed=3):
    """Tracks whose probabilities are right as often as they say."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(3, 0.5), n)
    y = np.array([rng.choice(3, p=p) for p in probabilities])
    return y, probabilities


def intervals_of(y, probabilities, artists=None, weights=None):
    n = len(y)
    return measure_intervals(
        y,
        probabilities.argmax(axis=1),
        probabilities,
        artists=np.arange(n) if artists is None else artists,
        weights=np.ones(n) if weights is None else weights,
        n_bins=N_BINS,
    )


def test_each_interval_holds_the_measured_value():
    y, probabilities = made_up()
    measures = measure_predictions(y, probabilities, GENRES)

    assert set(measures.intervals) == {"macro_f1", "log_loss", "expected_calibration_error"}
    for name, (low, high) in measures.intervals.items():
        assert 0 <= low < getattr(measures, name) < high
    for genre in measures.per_genre:
        assert set(genre.intervals) == {"precision", "recall", "f1"}
        for name, (low, high) in genre.intervals.items():
            assert 0 <= low < getattr(genre, name) < high <= 1


def test_interval_of_a_mean_over_many_tracks_is_that_of_normal_distribution():
    y, probabilities = made_up()
    losses = -np.log(np.clip(probabilities[np.arange(len(y)), y], np.finfo(np.float32).eps, 1))

    low, high = intervals_of(y, probabilities)[0]["log_loss"]

    error = losses.std() / np.sqrt(len(y))
    assert (low, high) == pytest.approx(
        (losses.mean() - 1.96 * error, losses.mean() + 1.96 * error), abs=0.2 * error
    )


def test_tracks_of_one_artist_are_drawn_together():
    y, probabilities = made_up(60)
    ten_each = np.repeat(y, 10), np.repeat(probabilities, 10, axis=0)

    (low, high), (again_low, again_high) = (
        intervals_of(*ten_each, artists=np.repeat(np.arange(60), 10))[0]["macro_f1"],
        intervals_of(y, probabilities)[0]["macro_f1"],
    )

    assert (low, high) == pytest.approx((again_low, again_high))
    alone = intervals_of(*ten_each)[0]["macro_f1"]
    assert alone[1] - alone[0] < 0.5 * (high - low)


def test_rounds_of_folds_make_no_interval_narrower():
    y, probabilities = made_up(80)
    artists = np.arange(80)

    once = intervals_of(y, probabilities, artists)
    thrice = intervals_of(
        np.tile(y, 3), np.tile(probabilities, (3, 1)), np.tile(artists, 3), np.full(240, 1 / 3)
    )

    assert thrice[0]["macro_f1"] == pytest.approx(once[0]["macro_f1"])
    assert thrice[0]["expected_calibration_error"] == pytest.approx(
        once[0]["expected_calibration_error"]
    )


def test_same_predictions_have_the_same_intervals():
    y, probabilities = made_up(50)

    assert intervals_of(y, probabilities) == intervals_of(y, probabilities)
    np.testing.assert_array_equal(draw_artists(7, n_draws=9), draw_artists(7, n_draws=9))
    assert (draw_artists(7, n_draws=9).sum(axis=1) == 7).all()


def test_too_few_artists_have_no_interval():
    y, probabilities = made_up(40)
    artists = np.arange(40) % (LEAST_ARTISTS - 1)

    assert intervals_of(y, probabilities, artists) == ({}, [{}, {}, {}])


def test_genre_that_is_never_right_has_no_interval():
    y = np.array([0, 1] * 10)
    probabilities = np.tile([0.8, 0.1, 0.1], (20, 1))

    overall, (blues, jazz, rock) = intervals_of(y, probabilities)

    assert set(overall) == {"macro_f1", "log_loss", "expected_calibration_error"}
    assert "precision" in blues
    assert jazz == rock == {}
