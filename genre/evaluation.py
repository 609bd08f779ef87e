"""How right a classifier is, with the interval that its few tracks allow.

Conventions
-----------
A track's probabilities are the mean over its segments.  Accuracies are per
track first, per segment second: segments of one track agree with each other,
so their number says little about certainty.
Tracks a model was trained on are left out, or shown as *seen in training*.  What
it has heard is known by digest, so where tracks have none, or one of another
kind (of frames, not of samples), the label is *not known whether seen in training*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre.accuracy import Accuracy, wilson_interval
from genre.dataset import SegmentSet
from genre.dataset_json import FRAMES_DIGEST
from genre.errors import DatasetError
from genre.prediction import Classifier

SEEN = "seen in training"
UNSEEN = "not recognised as seen in training"
UNKNOWN = "not known whether seen in training"
UNNAMED = "; each segment counts as a track, the data does not name its tracks"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was right and wrong on tracks with known genres.

    Parameters
    ----------
    genres : tuple of str
    track_accuracy, segment_accuracy : Accuracy
    confusion_matrix : np.ndarray [shape=(n_genres, n_genres), dtype=int]
        Tracks by true genre (rows) and given genre (columns).
    about : str
        Which tracks these are: *not recognised as seen in training*, *seen in
        training*, ...
    n_left_out : int
        Tracks not counted because the model was trained on them.
    """

    genres: tuple[str, ...]
    track_accuracy: Accuracy
    segment_accuracy: Accuracy
    confusion_matrix: np.ndarray
    about: str
    n_left_out: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "about": self.about,
            "genres": list(self.genres),
            "track_accuracy": self.track_accuracy.to_dict(),
            "segment_accuracy": self.segment_accuracy.to_dict(),
            "confusion_matrix": self.confusion_matrix.tolist(),
            "n_left_out": self.n_left_out,
        }


def track_probabilities(
    probabilities: np.ndarray, track_index: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Average the probabilities of each track's segments.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
    track_index : np.ndarray [shape=(n_segments,), dtype=int]
        The track of each segment.

    Returns
    -------
    tracks : np.ndarray [shape=(n_tracks,), dtype=int]
        The tracks that have segments here, ascending.
    mean : np.ndarray [shape=(n_tracks, n_genres)]
    """
    tracks, position, counts = np.unique(track_index, return_inverse=True, return_counts=True)
    total = np.zeros((len(tracks), probabilities.shape[1]))
    np.add.at(total, position, probabilities)
    return tracks, total / counts[:, np.newaxis]


def evaluate_probabilities(
    probabilities: np.ndarray,
    genres: tuple[str, ...],
    data: SegmentSet,
    segments: np.ndarray,
    *,
    about: str,
    n_left_out: int = 0,
) -> Evaluation:
    """Compare probabilities with the genres of a dataset's segments.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
    genres : tuple of str
        What the columns of ``probabilities`` stand for; holds those of ``data``.
    data : SegmentSet
    segments : np.ndarray [shape=(n_segments,), dtype=int]
        The segments of ``data`` that the probabilities are for.
    about : str
        Which tracks these are, for whoever reads the figures; that each segment
        counts as a track is added where ``data`` does not name its tracks.
    n_left_out : int
        Tracks not counted because the model was trained on them.

    Returns
    -------
    evaluation : Evaluation
    """
    from sklearn.metrics import confusion_matrix

    to_output = np.array([genres.index(genre) for genre in data.genres])
    y_tracks, y = to_output[data.track_genres], to_output[data.y[segments]]
    tracks, mean = track_probabilities(probabilities, data.track_index[segments])
    y_tracks, given = y_tracks[tracks], mean.argmax(axis=1)
    return Evaluation(
        genres=genres,
        track_accuracy=wilson_interval(int((given == y_tracks).sum()), len(tracks)),
        segment_accuracy=wilson_interval(int((probabilities.argmax(axis=1) == y).sum()), len(y)),
        confusion_matrix=confusion_matrix(y_tracks, given, labels=np.arange(len(genres))),
        about=about if data.has_tracks else about + UNNAMED,
        n_left_out=n_left_out,
    )


def evaluate(classifier: Classifier, data: SegmentSet, *, include_seen: bool = False) -> Evaluation:
    """Evaluate a classifier on a dataset, leaving out what it was trained on.

    Parameters
    ----------
    classifier : Classifier
    data : SegmentSet
        Its genres must be among the classifier's.
    include_seen : bool
        Count the tracks the model was trained on too, and say how many they are.

    Returns
    -------
    evaluation : Evaluation

    Raises
    ------
    DatasetError
        If a genre is unknown to the classifier, or no track is left.
    """
    unknown = sorted(set(data.genres) - set(classifier.genres))
    if unknown:
        raise DatasetError(
            f"the dataset has the genres {', '.join(unknown)}, which the model does not know. "
            f"It tells {', '.join(classifier.genres)} apart."
        )
    seen = np.array([classifier.card.has_heard(track) for track in data.tracks])
    counted = np.ones(len(seen), dtype=bool) if include_seen else ~seen
    if not counted.any():
        raise DatasetError(
            f"the model was trained on all {len(seen)} tracks of {data.name}, so none is left to "
            "evaluate it on. Use other recordings, read its cross-validated accuracy in its "
            f"card, or add --include-seen to count them as '{SEEN}'."
        )
    segments = np.flatnonzero(counted[data.track_index])
    probabilities = classifier.predict_proba(data.X(classifier.features)[segments])
    return evaluate_probabilities(
        probabilities,
        classifier.genres,
        data,
        segments,
        about=_label(classifier, data, seen, counted),
        n_left_out=int((~counted).sum()),
    )


def _label(classifier: Classifier, data: SegmentSet, seen: np.ndarray, counted: np.ndarray) -> str:
    """Say of the counted tracks whether the model was trained on them, as far as that is known.

    ==================  ================  ==================================
    of the counted      of the others     label
    ==================  ================  ==================================
    all seen                              seen in training
    k seen              comparable        seen in training: k of n tracks
    k seen              not comparable    seen in training: at least k of ...
    none seen           comparable        not recognised as seen in training
    none seen           not comparable    not known whether seen in training
    ==================  ================  ==================================
    """
    n_seen, n = int((seen & counted).sum()), int(counted.sum())
    if n_seen == n:
        return SEEN
    heard = {digest.startswith(FRAMES_DIGEST) for digest in classifier.card.heard}
    others = [data.tracks[i].digest for i in np.flatnonzero(~seen)]
    # A digest of samples and one of frames differ though the recording is the same.
    are_comparable = all(d and heard == {d.startswith(FRAMES_DIGEST)} for d in others)
    if n_seen:
        return f"{SEEN}: {'' if are_comparable else 'at least '}{n_seen} of {n} tracks"
    return UNSEEN if are_comparable else UNKNOWN
