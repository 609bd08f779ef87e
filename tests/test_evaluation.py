"""How right a classifier is: known intervals, tracks not segments, nothing heard before."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from genre.dataset import SegmentSet, Track
from genre.errors import DatasetError
from genre.evaluation import (
    evaluate,
    evaluate_probabilities,
    track_probabilities,
    wilson_interval,
)
from genre.features import FeatureConfig
from genre.network import NetworkConfig
from genre.prediction import Classifier
from genre.registry import ModelCard

GENRES = ("blues", "jazz", "rock")


@dataclass(frozen=True)
class Echo:
    """Stands in for a network: the frames already are the probabilities."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X[:, 0]


def make_data(rows: dict[str, list[list[float]]], *, n_mfcc: int = 3) -> SegmentSet:
    """From ``genre/track`` to the probabilities of its segments."""
    frames = [probabilities for track in rows.values() for probabilities in track]
    return SegmentSet(
        frames=np.array(frames, np.float32)[:, np.newaxis],
        n_frames=np.ones(len(frames), int),
        track_index=np.repeat(np.arange(len(rows)), [len(track) for track in rows.values()]),
        tracks=tuple(
            Track(path.split("/")[1], path.split("/")[0], digest=f"digest of {path}")
            for path in rows
        ),
        features=FeatureConfig(n_mfcc=n_mfcc),
        name="made up",
    )


def make_classifier(genres=GENRES, *, heard=()) -> Classifier:
    shape = NetworkConfig(n_steps=130, n_values=len(genres), n_genres=len(genres))
    card = ModelCard(
        *("echo", "", genres, FeatureConfig(n_mfcc=len(genres)), shape),
        heard={f"digest of {path}": path.split("/")[1] for path in heard},
    )
    return Classifier(Echo(), card)


@pytest.fixture
def four_tracks() -> SegmentSet:
    """A blues and a rock track that are right, a jazz and a blues track taken for rock."""
    return make_data(
        {
            "blues/b1": [[0.9, 0.1, 0.0], [0.4, 0.1, 0.5]],
            "jazz/j1": [[0.1, 0.3, 0.6]],
            "rock/r1": [[0.2, 0.2, 0.6], [0.1, 0.2, 0.7], [0.0, 0.9, 0.1]],
            "blues/b2": [[0.3, 0.3, 0.4]],
        }
    )


@pytest.mark.parametrize(
    ("n_correct", "n", "low", "high"),
    [
        (50, 100, 0.4038, 0.5962),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),  # the same
    ],
)
def test_wilsons_interval_is_as_published(n_correct, n, low, high):
    accuracy = wilson_interval(n_correct, n)

    assert (accuracy.value, accuracy.n) == (n_correct / n, n)
    assert (accuracy.low, accuracy.high) == (
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )


@settings(deadline=None, max_examples=100)
@given(n=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilsons_interval_is_scipys(n, share):
    n_correct = round(share * n)

    accuracy = wilson_interval(n_correct, n)

    expected = binomtest(n_correct, n).proportion_ci(method="wilson")
    assert accuracy.low == pytest.approx(expected.low, abs=1e-6)
    assert accuracy.high == pytest.approx(expected.high, abs=1e-6)
    assert 0 <= accuracy.low <= accuracy.value + 1e-12
    assert accuracy.value - 1e-12 <= accuracy.high <= 1


def test_of_nothing_nothing_is_known():
    accuracy = wilson_interval(0, 0)

    assert np.isnan(accuracy.value)
    assert (accuracy.low, accuracy.high, accuracy.n) == (0, 1, 0)


def test_an_accuracy_is_told_with_its_interval_and_number():
    assert str(wilson_interval(50, 100)) == "50% (95 % interval 40% to 60%, n = 100)"


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), n_tracks=st.integers(1, 20))
def test_a_tracks_probabilities_are_the_mean_of_its_segments(seed, n, n_tracks):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(4), n).astype(np.float32)
    track_index = rng.integers(n_tracks, size=n)

    tracks, mean = track_probabilities(probabilities, track_index)

    assert tracks.tolist() == sorted(set(track_index.tolist()))
    for track, of_track in zip(tracks, mean, strict=True):
        own = [p for p, i in zip(probabilities, track_index, strict=True) if i == track]
        np.testing.assert_allclose(of_track, sum(own) / len(own), atol=1e-6)


def test_tracks_and_segments_are_counted_apart(four_tracks):
    evaluation = evaluate(make_classifier(), four_tracks)

    assert (evaluation.track_accuracy.value, evaluation.track_accuracy.n) == (0.5, 4)
    assert (evaluation.segment_accuracy.value, evaluation.segment_accuracy.n) == (3 / 7, 7)
    assert evaluation.confusion_matrix.tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 1]]
    assert evaluation.about == "not seen in training"
    assert evaluation.n_left_out == 0


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_each_row_of_the_confusion_matrix_counts_a_genres_tracks(seed):
    rng = np.random.default_rng(seed)
    genre_of = ["blues", "jazz", *rng.choice(GENRES, 10)]
    data = make_data(
        {
            f"{genre}/{i}": rng.dirichlet(np.ones(3), rng.integers(1, 4)).tolist()
            for i, genre in enumerate(genre_of)
        }
    )

    evaluation = evaluate(make_classifier(), data)

    rows = evaluation.confusion_matrix.sum(axis=1)
    assert rows.tolist() == [genre_of.count(genre) for genre in GENRES]
    right = np.trace(evaluation.confusion_matrix) / len(genre_of)
    assert evaluation.track_accuracy.value == pytest.approx(right)


def test_tracks_heard_in_training_are_left_out_and_counted(four_tracks):
    classifier = make_classifier(heard=["blues/b1", "jazz/j1"])

    evaluation = evaluate(classifier, four_tracks)

    assert evaluation.n_left_out == 2
    assert (evaluation.track_accuracy.value, evaluation.track_accuracy.n) == (0.5, 2)
    assert evaluation.segment_accuracy.n == 4
    assert evaluation.confusion_matrix.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert evaluation.about == "not seen in training"


def test_tracks_heard_in_training_count_only_under_that_label(four_tracks):
    classifier = make_classifier(heard=["blues/b1"])

    evaluation = evaluate(classifier, four_tracks, include_seen=True)

    assert evaluation.about == "seen in training"
    assert (evaluation.track_accuracy.n, evaluation.n_left_out) == (4, 0)


def test_including_what_was_heard_changes_no_label_where_nothing_was(four_tracks):
    evaluation = evaluate(make_classifier(), four_tracks, include_seen=True)

    assert evaluation.about == "not seen in training"


def test_when_everything_was_heard_nothing_is_left_to_count(four_tracks):
    classifier = make_classifier(heard=["blues/b1", "jazz/j1", "rock/r1", "blues/b2"])

    with pytest.raises(
        DatasetError, match=r"trained on all 4 tracks of made up.*--include-seen.*seen in training"
    ):
        evaluate(classifier, four_tracks)

    assert evaluate(classifier, four_tracks, include_seen=True).track_accuracy.n == 4


def test_a_dataset_may_have_fewer_genres_than_the_classifier(four_tracks):
    """The outputs are found by name: rock is the third of three here, the second of two there."""
    data = four_tracks.only_tracks(np.array([True, False, True, True]))
    assert data.genres == ("blues", "rock")

    evaluation = evaluate(make_classifier(), data)

    assert evaluation.genres == GENRES
    assert evaluation.confusion_matrix.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert evaluation.track_accuracy.value == pytest.approx(2 / 3)


def test_a_classifiers_genres_may_stand_in_another_order(four_tracks):
    evaluation = evaluate(make_classifier(("rock", "blues", "jazz")), four_tracks)

    # Columns now mean rock, blues, jazz: what gave the third most is called jazz.
    assert evaluation.confusion_matrix.tolist() == [[0, 0, 1], [1, 0, 1], [0, 0, 1]]


def test_unknown_genres_are_named_beside_the_known_ones(four_tracks):
    with pytest.raises(
        DatasetError,
        match=r"has the genres jazz, which the model does not know\. It tells blues, rock",
    ):
        evaluate(make_classifier(("blues", "rock")), four_tracks)


def test_frames_of_other_settings_are_refused(four_tracks):
    classifier = make_classifier(("blues", "jazz", "rock", "soul"))

    with pytest.raises(DatasetError, match=r"holds frames with n_mfcc=3, n_mfcc=4 was asked for"):
        evaluate(classifier, four_tracks)


def test_a_tie_goes_to_the_first_in_the_alphabet():
    tie = [[0.5, 0.0, 0.5]]
    data = make_data({"blues/b1": tie, "rock/r1": tie})

    evaluation = evaluate(make_classifier(), data)

    assert evaluation.confusion_matrix.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_a_part_of_the_segments_is_counted_alone(four_tracks):
    test_side = np.array([2, 3, 4])

    evaluation = evaluate_probabilities(
        four_tracks.frames[test_side, 0], GENRES, four_tracks, test_side, about="a test side"
    )

    assert (evaluation.track_accuracy.value, evaluation.track_accuracy.n) == (0.5, 2)
    assert (evaluation.segment_accuracy.value, evaluation.segment_accuracy.n) == (2 / 3, 3)
    assert evaluation.confusion_matrix.sum() == 2
    assert evaluation.about == "a test side"


def test_plain_values_survive_json(four_tracks):
    evaluation = evaluate(make_classifier(heard=["rock/r1"]), four_tracks)

    values = json.loads(json.dumps(evaluation.to_dict(), allow_nan=False))

    assert values["genres"] == list(GENRES)
    assert values["track_accuracy"]["n"] == 3
    assert np.sum(values["confusion_matrix"]) == 3
    assert values["n_left_out"] == 1
