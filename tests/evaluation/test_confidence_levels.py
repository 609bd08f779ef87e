"""Thresholds of the confidence levels, chosen on predictions whose shares are known."""

import numpy as np
import pytest

from genre.evaluation.confidence_levels import LEAST_TRACKS, choose_thresholds, count_levels
from genre.evaluation.track_predictions import TrackPrediction
from genre.models.confidence import Thresholds


def predict(probability, *, n, n_right, name="track", rounds=1):
    """Return ``n`` predictions of one probability, of which ``n_right`` are right."""
    return [
        TrackPrediction(
            f"{name} {probability} {i}",
            None,
            "jazz",
            "jazz" if i < n_right else "rock",
            (probability, 1 - probability),
            1,
            1,
        )
        for i in range(n)
        for _ in range(rounds)
    ]


@pytest.fixture
def predictions():
    """96% right at 0.9, 76% at 0.8 (together 86%), 64% at 0.6 and 52% at 0.5 (together 58%)."""
    return [
        prediction
        for probability, n_right in ((0.9, 96), (0.8, 76), (0.6, 64), (0.5, 52))
        for prediction in predict(probability, n=100, n_right=n_right)
    ]


def test_choose_thresholds_takes_the_lowest_with_which_each_level_is_right_often_enough(
    predictions,
):
    assert choose_thresholds(predictions) == Thresholds(clearly=0.8, probably=0.6)


def test_choose_thresholds_in_another_order_is_the_same(predictions):
    shuffled = [predictions[i] for i in np.random.default_rng(0).permutation(len(predictions))]
    assert choose_thresholds(shuffled) == choose_thresholds(predictions)


def test_choose_thresholds_of_a_model_that_is_seldom_right_says_never():
    assert choose_thresholds(predict(0.95, n=100, n_right=41)) == Thresholds(None, None)


def test_choose_thresholds_of_a_model_that_is_right_in_seven_of_ten_never_says_clearly():
    assert choose_thresholds(predict(0.95, n=100, n_right=70)) == Thresholds(None, 0.95)


@pytest.mark.parametrize("rounds", [1, 3])
def test_choose_thresholds_counts_tracks_not_rounds(rounds):
    few = predict(0.9, n=LEAST_TRACKS - 1, n_right=LEAST_TRACKS - 1, rounds=rounds)
    wrong = predict(0.5, n=50, n_right=0, rounds=rounds)
    enough = predict(0.9, n=1, n_right=1, name="another", rounds=rounds)
    assert choose_thresholds([*few, *wrong]).clearly is None
    assert choose_thresholds([*few, *enough, *wrong]).clearly == 0.9


def test_choose_thresholds_of_finer_probabilities_is_reached_by_those_it_was_chosen_on():
    surely = predict(0.90049, n=30, n_right=30)
    thresholds = choose_thresholds(surely)
    assert thresholds.clearly == 0.9
    assert count_levels(surely, thresholds) == {"clearly": {"n": 30, "n_right": 30}}


def test_choose_thresholds_of_no_predictions_says_never():
    assert choose_thresholds([]) == Thresholds(None, None)


def test_count_levels_counts_each_prediction_once(predictions):
    assert count_levels(predictions, Thresholds(clearly=0.8, probably=0.6)) == {
        "clearly": {"n": 200, "n_right": 172},
        "probably": {"n": 100, "n_right": 64},
        "unsure": {"n": 100, "n_right": 52},
    }
