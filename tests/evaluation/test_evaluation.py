"""How right a classifier is: known intervals, tracks not segments, nothing seen in training."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig
from genre.datasets.types import SegmentSet, Track
from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation, evaluate, evaluate_probabilities
from genre.evaluation.track_predictions import track_probabilities
from genre.models.card import ModelCard
from genre.models.classifier import Classifier
from genre.network.config import NetworkConfig

GENRES = ("blues", "jazz", "rock")


@dataclass(frozen=True)
class Echo:
    """Stands in for a network: the frames already are the probabilities."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X[:, 0]


def make_data(rows: dict[str, list[list[float]]]) -> SegmentSet:
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
        features=MfccConfig(n_mfcc=3),
        name="made up",
    )


def make_classifier(genres=GENRES, *, heard=("blues/elsewhere",)) -> Classifier:
    shape = NetworkConfig(n_steps=130, n_values=len(genres), n_genres=len(genres))
    card = ModelCard(
        *("echo", "", genres, MfccConfig(n_mfcc=len(genres)), shape),
        heard={f"digest of {path}": path.split("/")[1] for path in heard},
    )
    return Classifier(Echo(), card)


FOUR_TRACKS = {
    "blues/b1": [[0.9, 0.1, 0.0], [0.4, 0.1, 0.5]],
    "jazz/j1": [[0.1, 0.3, 0.6]],
    "rock/r1": [[0.2, 0.2, 0.6], [0.1, 0.2, 0.7], [0.0, 0.9, 0.1]],
    "blues/b2": [[0.3, 0.3, 0.4]],
}


@pytest.fixture
def four_tracks() -> SegmentSet:
    """A blues and a rock track that are right, a jazz and a blues track taken for rock."""
    return make_data(FOUR_TRACKS)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), n_tracks=st.integers(1, 20))
def test_tracks_probabilities_are_mean_of_its_segments(seed, n, n_tracks):
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
    assert evaluation.about == "not recognised as seen in training"
    assert evaluation.n_left_out == 0


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_confusion_matrix_has_a_row_of_tracks_per_genre(seed):
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


def test_tracks_used_in_training_are_left_out_and_counted(four_tracks):
    classifier = make_classifier(heard=["blues/b1", "jazz/j1"])

    evaluation = evaluate(classifier, four_tracks)

    assert evaluation.n_left_out == 2
    assert (evaluation.track_accuracy.value, evaluation.track_accuracy.n) == (0.5, 2)
    assert evaluation.segment_accuracy.n == 4
    assert evaluation.confusion_matrix.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert evaluation.about == "not recognised as seen in training"


def test_tracks_used_in_training_count_only_under_that_label(four_tracks):
    classifier = make_classifier(heard=["blues/b1"])

    evaluation = evaluate(classifier, four_tracks, include_seen=True)

    assert evaluation.about == "seen in training: 1 of 4 tracks"
    assert (evaluation.track_accuracy.n, evaluation.n_left_out) == (4, 0)


def test_evaluation_with_no_track_used_in_training_keeps_its_label(four_tracks):
    evaluation = evaluate(make_classifier(), four_tracks, include_seen=True)

    assert evaluation.about == "not recognised as seen in training"


def test_evaluation_of_tracks_all_used_in_training_is_refused(four_tracks):
    classifier = make_classifier(heard=["blues/b1", "jazz/j1", "rock/r1", "blues/b2"])

    with pytest.raises(
        DatasetError, match=r"trained on all 4 tracks of made up.*--include-seen.*seen in training"
    ):
        evaluate(classifier, four_tracks)

    evaluation = evaluate(classifier, four_tracks, include_seen=True)
    assert (evaluation.track_accuracy.n, evaluation.about) == (4, "seen in training")


@pytest.mark.parametrize(
    ("heard", "digests", "about"),
    [
        ({"ab": "x"}, ("1", "2", "3", "4"), "not recognised as seen in training"),
        ({"ab": "x"}, ("1", "2", "3", ""), "not known whether seen in training"),
        ({"ab": "x"}, ("1", "frames:2", "3", "4"), "not known whether seen in training"),
        ({"frames:ab": "x"}, ("1", "2", "3", "4"), "not known whether seen in training"),
        ({"frames:ab": "x"}, ("frames:1",) * 4, "not recognised as seen in training"),
        ({"frames:ab": "x", "cd": "y"}, ("1", "2", "3", "4"), "not known whether seen in training"),
        ({}, ("1", "2", "3", "4"), "not known whether seen in training"),
        ({"1": "x"}, ("1", "2", "3", "4"), "seen in training: 1 of 4 tracks"),
        ({"1": "x"}, ("1", "2", "3", ""), "seen in training: at least 1 of 4 tracks"),
        ({"1": "x"}, ("1", "1", "1", "1"), "seen in training"),
    ],
    ids=[
        *("other recordings", "one without digest", "one of frames", "seen frames only"),
        *("other frames", "seen both", "nothing known", "one seen", "one seen, one unknown"),
        "all seen",
    ],
)
def test_label_claims_no_more_than_the_digests_show(four_tracks, heard, digests, about):
    tracks = zip(four_tracks.tracks, digests, strict=True)
    data = replace(four_tracks, tracks=tuple(replace(t, digest=d) for t, d in tracks))
    classifier = make_classifier()
    classifier = replace(classifier, card=replace(classifier.card, heard=heard))

    assert evaluate(classifier, data, include_seen=True).about == about


def test_track_recognised_by_name_settles_the_label(four_tracks):
    """Recognised by its name in the GTZAN collection, it need not be comparable by digest."""
    named = replace(four_tracks.tracks[0], track_id="blues.00000", digest="")
    data = replace(four_tracks, tracks=(named, *four_tracks.tracks[1:]))
    classifier = make_classifier()
    classifier = replace(classifier, card=replace(classifier.card, heard={"ab": "blues.00000"}))

    evaluation = evaluate(classifier, data)

    assert (evaluation.about, evaluation.n_left_out) == ("not recognised as seen in training", 1)
    assert evaluate(classifier, data, include_seen=True).about == "seen in training: 1 of 4 tracks"


def test_evaluation_without_track_names_counts_segments(four_tracks):
    note = "; each segment counts as a track, the data does not name its tracks"
    data, everything = replace(four_tracks, has_tracks=False), np.arange(7)

    side = evaluate_probabilities(data.frames[:, 0], GENRES, data, everything, about="a side")

    assert side.about == "a side" + note
    assert evaluate(make_classifier(), data).about == "not recognised as seen in training" + note


def test_dataset_may_have_fewer_genres_than_classifier(four_tracks):
    """The outputs are found by name: rock is the third of three here, the second of two there."""
    no_jazz = [path for path in FOUR_TRACKS if path != "jazz/j1"]
    data = make_data({path: FOUR_TRACKS[path] for path in no_jazz})
    assert data.genres == ("blues", "rock")

    evaluation = evaluate(make_classifier(), data)

    assert evaluation.genres == GENRES
    assert evaluation.confusion_matrix.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert evaluation.track_accuracy.value == pytest.approx(2 / 3)


def test_unknown_genres_are_named_beside_known_ones(four_tracks):
    with pytest.raises(
        DatasetError,
        match=r"genres jazz, which the model does not know\. Choose a dataset with blues, rock",
    ):
        evaluate(make_classifier(("blues", "rock")), four_tracks)


def test_frames_of_other_settings_are_refused(four_tracks):
    classifier = make_classifier(("blues", "jazz", "rock", "soul"))

    with pytest.raises(DatasetError, match=r"holds frames with n_mfcc=3, n_mfcc=4 was asked for"):
        evaluate(classifier, four_tracks)


def test_tie_goes_to_first_in_alphabet():
    tie = [[0.5, 0.0, 0.5]]
    data = make_data({"blues/b1": tie, "rock/r1": tie})

    evaluation = evaluate(make_classifier(), data)

    assert evaluation.confusion_matrix.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_part_of_segments_is_counted_alone(four_tracks):
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


def test_evaluation_survives_json_with_its_tracks(four_tracks):
    evaluation = evaluate(make_classifier(heard=["rock/r1"]), four_tracks)

    again = Evaluation.from_dict(json.loads(json.dumps(evaluation.to_dict(), allow_nan=False)))

    assert again.track_accuracy == evaluation.track_accuracy
    assert again.measures == evaluation.measures
    assert (again.about, again.n_left_out) == (evaluation.about, 1)
    np.testing.assert_array_equal(again.confusion_matrix, evaluation.confusion_matrix)
    assert [a.track_id for a in again.predictions] == ["b1", "j1", "b2"]
    assert [a.given for a in again.predictions] == [a.given for a in evaluation.predictions]
    assert len(again.coverage) and len(again.reliability)


def test_answers_are_tracks_behind_matrix(four_tracks):
    evaluation = evaluate(make_classifier(), four_tracks)

    cells = np.zeros((3, 3), int)
    for answer in evaluation.predictions:
        cells[GENRES.index(answer.genre), GENRES.index(answer.given)] += 1
    np.testing.assert_array_equal(cells, evaluation.confusion_matrix)
    counts = {a.track_id: (a.n_segments, a.n_right) for a in evaluation.predictions}
    assert counts == {"b1": (2, 1), "j1": (1, 0), "r1": (3, 2), "b2": (1, 0)}
    assert all(a.n_siblings is None for a in evaluation.predictions)


def test_segments_of_a_track_in_training_are_counted(four_tracks):
    test, learnt = np.array([0, 2, 3]), np.array([1, 4, 5, 6])

    evaluation = evaluate_probabilities(
        four_tracks.frames[test, 0], GENRES, four_tracks, test, about="a side", learnt=learnt
    )

    assert {a.track_id: a.n_siblings for a in evaluation.predictions} == {"b1": 1, "j1": 0, "r1": 2}


def test_evaluation_with_another_average_names_it(four_tracks):
    evaluation = evaluate(make_classifier(), four_tracks, average="vote")

    assert evaluation.about.endswith("; tracks by the vote of their segments")


def test_file_of_first_version_is_read_without_answers():
    values = {
        "about": "5-fold, artists whole",
        "genres": ["a", "b"],
        "track_accuracy": {"value": 0.5, "low": 0.2, "high": 0.8, "n": 10},
        "segment_accuracy": {"value": 0.5, "low": 0.2, "high": 0.8, "n": 10},
        "confusion_matrix": [[3, 2], [3, 2]],
        "fold_seed": 100,
    }

    evaluation = Evaluation.from_dict(values)

    assert (evaluation.measures, evaluation.predictions) == (None, ())
    assert (evaluation.reliability, evaluation.coverage) == ((), ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"genres": None}, "genres of it is None"),
        ({"confusion_matrix": [[1]]}, "does not fit its 3 genres"),
        ({"track_accuracy": {"value": 1}}, "has no low, high, n"),
        ({"measures": {"macro_f1": 1}}, "top_2"),
        ({"answers": {"track_id": []}}, "answers of it has no artist"),
    ],
)
def test_evaluation_that_makes_no_sense_is_refused(four_tracks, change, said):
    values = evaluate(make_classifier(), four_tracks).to_dict() | change

    with pytest.raises(DatasetError, match=said):
        Evaluation.from_dict(values)
