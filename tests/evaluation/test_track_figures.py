"""Rounds of folds: every count is one of tracks, whatever the number of predictions for each."""

import json
from dataclasses import astuple, replace

import numpy as np
import pytest

from genre.evaluation.cv_results import read_result
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import wilson_interval
from genre.evaluation.track_figures import PredictionArrays, confusion_counts
from genre.evaluation.track_predictions import TrackPrediction, track_weights
from genre.paths import ROOT

GENRES = ("jazz", "rock")


def predict(name, genre, *probabilities, artist=None):
    """One prediction of a track for each probability of jazz, as rounds of folds give them."""
    return [
        TrackPrediction(name, artist, genre, GENRES[int(p < 0.5)], (p, 1 - p), 2, 1)
        for p in probabilities
    ]


ROUNDS = (
    *predict("a", "jazz", 0.9, 0.8, 0.3),
    *predict("b", "jazz", 0.9, 0.9, 0.9),
    *predict("c", "rock", 0.4, 0.2, 0.6),
)
"""Three tracks in three rounds: two thirds of a, all of b and two thirds of c are right."""


def close(one, other):
    return astuple(one) == pytest.approx(astuple(other))


@pytest.fixture(scope="module")
def stored():
    """A result that comes with the program: 430 tracks in three rounds of folds."""
    return read_result(ROOT / "docs" / "results" / "crossval-ear.json")


def test_track_of_several_rounds_weighs_as_one():
    arrays = PredictionArrays.of(ROUNDS, GENRES)

    assert track_weights(ROUNDS).sum() == pytest.approx(3)
    assert close(arrays.accuracy, wilson_interval(7 / 3, 3))
    np.testing.assert_allclose(confusion_counts(ROUNDS, GENRES), [[5 / 3, 1 / 3], [1 / 3, 2 / 3]])
    assert arrays.coverage[0].accuracy.n == 3
    confident = next(point for point in arrays.coverage if point.probability == 0.7)
    assert confident.coverage == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)  # a third of c, of a: 0.3
    assert sum(b.n_tracks for b in arrays.reliability) == pytest.approx(3)


def test_rounds_that_agree_give_the_figures_of_one():
    once = tuple(predict("a", "jazz", 0.9)) + tuple(predict("b", "rock", 0.8))
    one, three = (PredictionArrays.of(of, GENRES) for of in (once, once * 3))

    assert one.accuracy == three.accuracy
    assert one.coverage == three.coverage
    assert [b.accuracy for b in one.reliability] == [b.accuracy for b in three.reliability]
    np.testing.assert_array_equal(
        confusion_counts(once, GENRES), confusion_counts(once * 3, GENRES)
    )
    assert confusion_counts(once * 3, GENRES).dtype == int


def test_stored_result_counts_its_tracks_and_agrees_with_itself(stored):
    evaluation = stored.evaluation
    matrix, points = evaluation.confusion_matrix, evaluation.coverage

    assert matrix.sum() == pytest.approx(evaluation.track_accuracy.n) == 430
    assert np.trace(matrix) / matrix.sum() == pytest.approx(evaluation.track_accuracy.value)
    assert points[0].accuracy.n == 430
    assert all(point.accuracy.n == pytest.approx(430 * point.coverage, abs=1) for point in points)
    assert sum(b.n_tracks for b in evaluation.reliability) == pytest.approx(430)
    assert sum(counts["n"] for counts in stored.certainty.values()) == pytest.approx(430, abs=1)


def test_matrix_of_an_earlier_version_is_counted_again(stored):
    document = json.loads(json.dumps(stored.document))
    document["confusion_matrix"] = (3 * stored.evaluation.confusion_matrix).round().tolist()

    again = Evaluation.from_dict(document)

    np.testing.assert_allclose(again.confusion_matrix, stored.evaluation.confusion_matrix)


def test_intervals_of_an_earlier_version_are_measured_where_answers_allow_it(stored):
    measures = stored.evaluation.measures
    rows = tuple(replace(genre, intervals={}) for genre in measures.per_genre)
    bare = replace(measures, intervals={}, per_genre=rows)

    again = replace(stored.evaluation, measures=bare).with_intervals().measures

    assert set(again.intervals) == {"macro_f1", "expected_calibration_error"}
    for name, (low, high) in again.intervals.items():
        assert low < getattr(measures, name) < high
        assert (low, high) == pytest.approx(measures.intervals[name], abs=0.005)
    unsaved = replace(stored.evaluation, measures=bare, predictions=())
    assert unsaved.with_intervals() is unsaved
