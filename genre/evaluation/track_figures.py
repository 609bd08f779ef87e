"""What is counted of the predictions for tracks: accuracy, confusion matrix, measures.

Conventions
-----------
Every count is one of tracks.  A track with several predictions, one for each round of folds, counts
once: each of them is the same share of it.  A count is then a mean over rounds, and need not be
whole; it adds up to the number of tracks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.evaluation.bootstrap import Intervals, measure_intervals
from genre.evaluation.intervals import Accuracy
from genre.evaluation.metrics import (
    N_BINS,
    CoveragePoint,
    Measures,
    ReliabilityBin,
    coverage_curve,
    measure_predictions,
    reliability_bins,
    weighted_accuracy,
)
from genre.evaluation.track_predictions import TrackPrediction, track_weights


@dataclass(frozen=True, slots=True, eq=False)
class PredictionArrays:
    """Predictions as arrays, an item or a row each.

    Parameters
    ----------
    y, given, artists : np.ndarray [shape=(n,), dtype=int]
        Index of the true and the predicted genre, and of the artist.
    probabilities : np.ndarray [shape=(n, n_genres)]
    weights : np.ndarray [shape=(n,)]
        Share of a track that each prediction is.
    """

    y: np.ndarray
    given: np.ndarray
    artists: np.ndarray
    probabilities: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, predictions: Sequence[TrackPrediction], genres: Sequence[str]) -> PredictionArrays:
        """Return some predictions as arrays."""
        index = {genre: i for i, genre in enumerate(genres)}
        groups = [answer.group for answer in predictions]
        place = {group: i for i, group in enumerate(sorted(set(groups)))}
        return cls(
            y=np.array([index[answer.genre] for answer in predictions], dtype=int),
            given=np.array([index[answer.given] for answer in predictions], dtype=int),
            artists=np.array([place[group] for group in groups], dtype=int),
            probabilities=np.array([answer.probabilities for answer in predictions], dtype=float),
            weights=track_weights(predictions),
        )

    @property
    def accuracy(self) -> Accuracy:
        """The share of tracks that was right."""
        return weighted_accuracy(self.given == self.y, self.weights)

    @property
    def reliability(self) -> tuple[ReliabilityBin, ...]:
        """Accuracy by confidence."""
        return reliability_bins(self.y, self.probabilities, given=self.given, weights=self.weights)

    @property
    def coverage(self) -> tuple[CoveragePoint, ...]:
        """Accuracy by minimum confidence."""
        return coverage_curve(self.y, self.probabilities, given=self.given, weights=self.weights)

    def intervals(self) -> tuple[Intervals, list[Intervals]]:
        """Return the intervals of the measures, of all and of each genre."""
        return measure_intervals(
            self.y,
            self.given,
            self.probabilities,
            artists=self.artists,
            weights=self.weights,
            n_bins=N_BINS,
        )

    def measures(self, genres: tuple[str, ...]) -> Measures:
        """Return the other measures, with their intervals."""
        return measure_predictions(
            self.y,
            self.probabilities,
            genres,
            given=self.given,
            weights=self.weights,
            artists=self.artists,
        )


def confusion_counts(predictions: Sequence[TrackPrediction], genres: Sequence[str]) -> np.ndarray:
    """Return the tracks of each true and each predicted genre.

    Parameters
    ----------
    predictions : sequence of TrackPrediction
    genres : sequence of str

    Returns
    -------
    counts : np.ndarray [shape=(n_genres, n_genres)]
        Rows are true; whole numbers where each track has one prediction.
    """
    index = {genre: i for i, genre in enumerate(genres)}
    counts = np.zeros((len(genres), len(genres)))
    for answer, weight in zip(predictions, track_weights(predictions), strict=True):
        counts[index[answer.genre], index[answer.given]] += weight
    whole = np.rint(counts)
    return whole.astype(int) if np.allclose(counts, whole, atol=1e-6) else counts


def chance_level(confusion_matrix: np.ndarray | Sequence[Sequence[float]]) -> float:
    """Return the share of tracks that always predicting the most common genre gets right."""
    counts = np.asarray(confusion_matrix, dtype=float)
    return float(counts.sum(axis=1).max() / max(1.0, counts.sum()))
