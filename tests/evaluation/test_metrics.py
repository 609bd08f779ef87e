"""Measures beside accuracy: values worked out by hand, and laws that must hold."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.evaluation.metrics import (
    Measures,
    calibration_error,
    coverage_curve,
    measure_predictions,
    reliability_bins,
)

GENRES = ("blues", "jazz", "rock")
Y = np.array([0, 0, 1, 1])
P = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.3, 0.6, 0.1], [0.5, 0.1, 0.4]])
"""Blues right and taken for jazz; jazz right and, as the last of three, taken for blues."""


def test_measures_of_four_tracks_equal_those_computed_by_hand():
    measures = measure_predictions(Y, P, GENRES)

    assert (measures.top_2.value, measures.top_2.n) == (0.75, 4)
    assert measures.log_loss == pytest.approx(-np.log([0.8, 0.3, 0.6, 0.1]).mean())
    blues, jazz, rock = measures.per_genre
    assert (blues.precision, blues.recall, blues.f1, blues.n) == (0.5, 0.5, 0.5, 2)
    assert (jazz.precision, jazz.recall, jazz.n) == (0.5, 0.5, 2)
    assert (rock.precision, rock.recall, rock.n) == (None, None, 0)
    assert measures.macro_f1 == pytest.approx(0.5)  # rock has no tracks: it does not count
    # sure 0.8: right; twice 0.6: one right; 0.5: wrong
    error = (abs(1 - 0.8) + 2 * abs(0.5 - 0.6) + abs(0 - 0.5)) / 4
    assert measures.expected_calibration_error == pytest.approx(error)


def test_genre_never_predicted_has_no_precision_and_counts_as_zero():
    measures = measure_predictions(
        np.array([0, 2]), np.array([[0.9, 0.1, 0], [0.9, 0.1, 0]]), GENRES
    )

    rock = measures.per_genre[2]
    assert (rock.precision, rock.recall, rock.f1) == (None, 0.0, 0.0)
    assert measures.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    assert math.isfinite(measures.log_loss)  # though the truth was given a probability of 0


def test_macro_f1_where_absent_genre_is_predicted_does_not_count_that_genre():
    probabilities = np.array([[0.9, 0.1, 0], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7]])
    measures = measure_predictions(np.array([0, 1, 1]), probabilities, GENRES)

    rock = measures.per_genre[2]
    assert (rock.precision, rock.recall, rock.n) == (0.0, None, 0)  # predicted once, never true
    assert measures.macro_f1 == pytest.approx((1 + 2 / 3) / 2)


def test_bins_include_their_upper_edge():
    bins = reliability_bins(np.zeros(3, int), np.array([[1, 0], [0.6, 0.4], [0.5, 0.5]]), n_bins=10)

    assert [(b.low, b.high, b.accuracy.n) for b in bins] == [
        *((0.4, 0.5, 1), (0.5, 0.6, 1), (0.9, 1.0, 1)),
    ]


def test_calibration_error_of_calibrated_predictions_is_zero():
    y = np.array([0] * 8 + [1] * 2)

    assert calibration_error(reliability_bins(y, np.tile([0.8, 0.2], (10, 1)))) == pytest.approx(0)


def test_coverage_counts_the_predictions_that_are_confident_enough():
    points = {point.probability: point for point in coverage_curve(Y, P)}

    assert (points[0.0].coverage, points[0.0].accuracy.value) == (1, 0.5)
    assert (points[0.6].coverage, points[0.6].accuracy.n) == (0.75, 3)
    assert points[0.65].accuracy.value == 1
    assert max(points) == 0.8


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60))
def test_measures_stay_within_their_bounds(seed, n):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(3, 0.3), n).astype(np.float32)
    y = rng.integers(3, size=n)

    measures = measure_predictions(y, probabilities, GENRES)
    curve, bins = coverage_curve(y, probabilities), reliability_bins(y, probabilities)

    assert 0 <= measures.macro_f1 <= 1
    assert 0 <= measures.expected_calibration_error <= 1
    right = (probabilities.argmax(axis=1) == y).mean()
    assert measures.top_2.value >= right
    assert sum(b.accuracy.n for b in bins) == n
    assert all(b.low < b.probability <= b.high + 1e-6 for b in bins)
    assert curve[0].coverage == 1
    assert curve[0].accuracy.value == pytest.approx(right)
    assert all(a.coverage >= b.coverage > 0 for a, b in itertools.pairwise(curve))


def test_measures_survive_json():
    measures = measure_predictions(Y, P, GENRES)

    values = json.loads(json.dumps(measures.to_dict(), allow_nan=False))

    assert Measures.from_dict(values) == measures
