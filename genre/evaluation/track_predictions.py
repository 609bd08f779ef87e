"""The prediction of a network for each track of an evaluation.

Conventions
-----------
In files the predictions are columns by name, the probabilities whole thousandths: a few
dozen bytes a track.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from genre.errors import DatasetError
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.language import _
from genre.system.schema import brief

Average = Literal["mean", "median", "vote"]
"""How the segments of a track are averaged; a vote counts their predictions."""
COLUMNS = (
    *("track_id", "artist", "genre", "given", "n_segments", "n_right", "n_siblings"),
    "probabilities",
)
"""The columns of predictions in a file; ``genre`` and ``given`` are indices."""


@dataclass(frozen=True, slots=True)
class TrackPrediction:
    """The prediction of a network for one track.

    Parameters
    ----------
    track_id : str
    artist : str or None
    genre, given : str
        The true and the predicted genre.
    probabilities : tuple of float
        In the order of the genres; rounded to 0.001 if read from a file.
    n_segments, n_right : int
        How many segments of the track were classified, and how many of them rightly.
    n_siblings : int or None
        How many other segments of the same track are in the training set.  None if unknown.
    """

    track_id: str
    artist: str | None
    genre: str
    given: str
    probabilities: tuple[float, ...]
    n_segments: int
    n_right: int
    n_siblings: int | None = None

    @property
    def is_right(self) -> bool:
        """Whether the predicted genre is the true one."""
        return self.genre == self.given

    @property
    def key(self) -> tuple[str, str]:
        """What tells tracks apart: genre and name."""
        return self.genre, self.track_id

    @property
    def group(self) -> str:
        """The artist, or the track alone where none is known."""
        return self.artist or f"track {self.track_id}"


@dataclass(frozen=True, slots=True)
class SeenTrackAccuracy:
    """Accuracy per segment, by whether the track has other segments in the training set."""

    track_seen: Accuracy
    track_unseen: Accuracy


def track_probabilities(
    probabilities: np.ndarray, track_index: np.ndarray, *, average: Average = "mean"
) -> tuple[np.ndarray, np.ndarray]:
    """Average the probabilities of each track's segments.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
    track_index : np.ndarray [shape=(n_segments,), dtype=int]
        The track of each segment.
    average : str
        ``mean``, ``median`` (scaled to sum to 1) or ``vote`` (the share of segments with
        this prediction).

    Returns
    -------
    tracks : np.ndarray [shape=(n_tracks,), dtype=int]
        The tracks that have segments here, ascending.
    of_track : np.ndarray [shape=(n_tracks, n_genres)]
    """
    tracks, position, counts = np.unique(track_index, return_inverse=True, return_counts=True)
    if average == "median":
        middle = [np.median(probabilities[position == i], axis=0) for i in range(len(tracks))]
        middle = np.maximum(np.array(middle, dtype=float), 1e-9)  # all may be 0
        return tracks, middle / middle.sum(axis=1, keepdims=True)
    if average == "vote":
        probabilities = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    total = np.zeros((len(tracks), probabilities.shape[1]))
    np.add.at(total, position, probabilities)
    return tracks, total / counts[:, np.newaxis]


def accuracy_by_seen_track(predictions: Iterable[TrackPrediction]) -> SeenTrackAccuracy:
    """Return the accuracy of segments whose track is, and is not, in the training set.

    Parameters
    ----------
    predictions : iterable of TrackPrediction
        Those with unknown ``n_siblings`` are not counted.

    Returns
    -------
    accuracies : SeenTrackAccuracy
        Per segment; NaN with n = 0 if there are none.
    """
    n, n_right = {True: 0, False: 0}, {True: 0, False: 0}
    for answer in predictions:
        if answer.n_siblings is not None:
            n[answer.n_siblings > 0] += answer.n_segments
            n_right[answer.n_siblings > 0] += answer.n_right
    return SeenTrackAccuracy(
        wilson_interval(n_right[True], n[True]), wilson_interval(n_right[False], n[False])
    )


def predictions_in_cell(
    predictions: Iterable[TrackPrediction], genre: str, given: str
) -> tuple[TrackPrediction, ...]:
    """Return the predictions in a cell of the confusion matrix, the most confident first."""
    behind = (a for a in predictions if a.genre == genre and a.given == given)
    return tuple(sorted(behind, key=lambda answer: -max(answer.probabilities)))


def predictions_to_dict(
    predictions: Sequence[TrackPrediction], genres: tuple[str, ...]
) -> dict[str, Any]:
    """Return predictions as plain values for JSON, a list per column.

    Parameters
    ----------
    predictions : sequence of TrackPrediction
    genres : tuple of str
        The genres that ``genre`` and ``given`` are indices of.

    Returns
    -------
    columns : dict
        With the keys `COLUMNS`; probabilities in thousandths.
    """
    index = {genre: i for i, genre in enumerate(genres)}
    columns: dict[str, Any] = {
        name: [getattr(answer, name) for answer in predictions] for name in COLUMNS
    }
    return columns | {
        "genre": [index[answer.genre] for answer in predictions],
        "given": [index[answer.given] for answer in predictions],
        "probabilities": [
            [round(1000 * p) for p in answer.probabilities] for answer in predictions
        ],
    }


def predictions_from_dict(
    columns: dict[str, Any], genres: tuple[str, ...]
) -> tuple[TrackPrediction, ...]:
    """Read predictions written by `predictions_to_dict`.

    Raises
    ------
    DatasetError
        If a column is missing or of another length, or an index is out of range.
    """
    try:
        rows = list(zip(*(columns[name] for name in COLUMNS), strict=True))
        return tuple(
            TrackPrediction(
                track_id=str(track_id),
                artist=artist if artist is None else str(artist),
                genre=genres[_index(genre)],
                given=genres[_index(given)],
                probabilities=tuple(int(p) / 1000 for p in _of_length(thousandths, len(genres))),
                n_segments=int(n_segments),
                n_right=int(n_right),
                n_siblings=n_siblings if n_siblings is None else int(n_siblings),
            )
            for track_id, artist, genre, given, n_segments, n_right, n_siblings, thousandths in rows
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        reason = brief(f"{type(error).__name__}: {error}")
        raise DatasetError(
            _(
                "the predictions per track cannot be read ({reason}), expected columns of one "
                "length named {columns}. Measure them again."
            ).format(reason=reason, columns=", ".join(COLUMNS))
        ) from error


def track_weights(predictions: Sequence[TrackPrediction]) -> np.ndarray:
    """Return which share of a track each prediction is: 1, or a third after three rounds of folds.

    Returns
    -------
    weights : np.ndarray [shape=(n_predictions,)]
        Their sum is the number of tracks.
    """
    n_of = Counter(answer.key for answer in predictions)
    return np.array([1 / n_of[answer.key] for answer in predictions])


def count_rounds(predictions: Sequence[TrackPrediction]) -> int:
    """Return how many predictions a track has, at most; 1 where there are none."""
    return max(Counter(answer.key for answer in predictions).values(), default=1)


def shared_predictions(
    first: Sequence[TrackPrediction], second: Sequence[TrackPrediction]
) -> tuple[tuple[TrackPrediction, ...], tuple[TrackPrediction, ...]]:
    """Return the predictions of each for the tracks that both have."""
    shared = {answer.key for answer in first} & {answer.key for answer in second}
    one, other = (tuple(a for a in of if a.key in shared) for of in (first, second))
    return one, other


def _index(value: Any) -> int:
    """Return an index; a negative one would count from the end."""
    if type(value) is not int or value < 0:
        raise ValueError(_("{value!r} is not an index").format(value=value))
    return value


def _of_length(values: list[Any], n: int) -> list[Any]:
    if len(values) != n:
        raise ValueError(
            _("{n} probabilities for {n_genres} genres").format(n=len(values), n_genres=n)
        )
    return values
