"""The predictions for each track: averages, counts by leakage, and their files."""

import json

import numpy as np
import pytest

from genre.errors import DatasetError
from genre.evaluation.track_predictions import (
    TrackPrediction,
    accuracy_by_seen_track,
    predictions_from_dict,
    predictions_in_cell,
    predictions_to_dict,
    track_probabilities,
)

GENRES = ("blues", "rock")
ANSWERS = (
    TrackPrediction("a", "Ann", "blues", "blues", (0.876, 0.124), 10, 7, 1),
    TrackPrediction("b", None, "rock", "blues", (0.6, 0.4), 2, 1, 0),
    TrackPrediction("c", "Cy", "rock", "blues", (0.7, 0.3), 1, 0, None),
)


def test_median_ignores_an_outlier_and_a_vote_counts_predictions():
    segments = np.array([[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]])
    index = np.zeros(3, int)

    by = {a: track_probabilities(segments, index, average=a)[1][0] for a in ("median", "vote")}

    np.testing.assert_allclose(by["median"], [0.6, 0.4])
    np.testing.assert_allclose(by["vote"], [2 / 3, 1 / 3])
    assert track_probabilities(segments, index)[1][0].argmax() == 1  # the mean is carried away


@pytest.mark.parametrize("average", ["mean", "median", "vote"])
def test_tracks_probabilities_sum_to_one(average):
    rng = np.random.default_rng(1)
    segments = rng.dirichlet(np.full(4, 0.1), 50)

    tracks, of_track = track_probabilities(segments, rng.integers(9, size=50), average=average)

    assert len(tracks) == len(of_track) == 9
    np.testing.assert_allclose(of_track.sum(axis=1), 1)


def test_segments_of_seen_and_unseen_tracks_are_counted_apart():
    counted = accuracy_by_seen_track(ANSWERS)

    assert (counted.track_seen.value, counted.track_seen.n) == (0.7, 10)
    assert (counted.track_unseen.value, counted.track_unseen.n) == (0.5, 2)


def test_matrix_cell_tracks_are_sorted_by_confidence():
    assert [a.track_id for a in predictions_in_cell(ANSWERS, "rock", "blues")] == ["c", "b"]
    assert predictions_in_cell(ANSWERS, "blues", "rock") == ()


def test_answers_survive_json():
    values = json.loads(json.dumps(predictions_to_dict(ANSWERS, GENRES)))

    assert predictions_from_dict(values, GENRES) == ANSWERS


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("given", [0, 0, -1], "-1 is not an index"),
        ("given", [0, 0, 2], "out of range"),
        ("given", [0, 0], "shorter"),
        ("probabilities", [[1], [1], [1]], "1 probabilities for 2 genres"),
        ("track_id", 3, "not iterable"),
    ],
)
def test_answers_that_make_no_sense_are_refused_by_name(column, value, said):
    values = predictions_to_dict(ANSWERS, GENRES) | {column: value}

    with pytest.raises(DatasetError, match=rf"predictions per track cannot be read.*{said}"):
        predictions_from_dict(values, GENRES)


def test_missing_column_is_named():
    values = predictions_to_dict(ANSWERS, GENRES)
    del values["n_siblings"]

    with pytest.raises(DatasetError, match="n_siblings"):
        predictions_from_dict(values, GENRES)
