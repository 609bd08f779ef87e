"""Measures of predictions besides accuracy: F1, log-loss, calibration, coverage.

Conventions
-----------
Everything counts tracks.  ``y`` holds the index of the true genre, ``probabilities`` a row, in
the order of the genres, for each prediction; ``given`` is the predicted genre (the most probable
one unless it is named), the confidence its probability.  A track that was predicted several times,
in rounds of folds, counts once: ``weights`` says which share of a track a prediction is, and
a count is a sum of them.  What cannot be computed (the precision of a genre that was never
predicted) is None.  Intervals are 95%: Wilson's of accuracies, of other measures by a bootstrap
over artists (`genre.evaluation.bootstrap`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from genre.evaluation.bootstrap import confidence_bins, measure_intervals
from genre.evaluation.intervals import Accuracy, wilson_interval

N_BINS = 15
"""Bins of the calibration error, as usual in the literature."""
COVERAGE_STEP = 0.05


@dataclass(frozen=True, slots=True)
class GenreMeasures:
    """The measures of one genre with ``n`` tracks; None if there is nothing to count.

    ``intervals`` has ``[low, high]`` by the names of those that are known.
    """

    genre: str
    precision: float | None
    recall: float | None
    f1: float | None
    n: int
    intervals: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of predictions besides accuracy.

    Parameters
    ----------
    top_2 : Accuracy
        Share of tracks whose genre is among the two most probable.
    macro_f1 : float
        Mean of F1 over the genres that have tracks here.
    log_loss : float
        Mean of -log(probability of the true genre), in nats.
    expected_calibration_error : float
        Mean distance between confidence and accuracy, over 15 bins of equal width.
    per_genre : tuple of GenreMeasures
    intervals : dict
        ``[low, high]`` by the names of the three numbers; empty where they were measured on too
        few artists, or by an earlier version.
    """

    top_2: Accuracy
    macro_f1: float
    log_loss: float
    expected_calibration_error: float
    per_genre: tuple[GenreMeasures, ...]
    intervals: dict[str, list[float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self) | {"per_genre": [asdict(genre) for genre in self.per_genre]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Measures:
        """Read measures written by `to_dict`."""
        top_2 = Accuracy(**values["top_2"])
        per_genre = tuple(GenreMeasures(**genre) for genre in values["per_genre"])
        return cls(**values | {"top_2": top_2, "per_genre": per_genre})


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The tracks with a confidence above ``low`` and up to ``high``.

    ``probability`` is their mean confidence, ``accuracy`` the share that was right, ``n_tracks``
    how many they are: not whole, where it is a mean over rounds of folds.
    """

    low: float
    high: float
    probability: float
    accuracy: Accuracy
    n_tracks: float


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The predictions with a confidence of at least ``probability``.

    ``coverage`` is their share of all tracks, ``accuracy`` the share of them that is right.
    """

    probability: float
    coverage: float
    accuracy: Accuracy


def measure_predictions(
    y: np.ndarray,
    probabilities: np.ndarray,
    genres: tuple[str, ...],
    *,
    given: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    artists: np.ndarray | None = None,
) -> Measures:
    """Measure predictions, with scikit-learn where it has the measure.

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=int]
        True genres.
    probabilities : np.ndarray [shape=(n, n_genres)]
    genres : tuple of str
    given : np.ndarray [shape=(n,), dtype=int], optional
        Predicted genres.
    weights : np.ndarray [shape=(n,)], optional
        Share of a track that each prediction is; 1 by default.
    artists : np.ndarray [shape=(n,), dtype=int], optional
        Index of each prediction's artist; each its own by default.

    Returns
    -------
    measures : Measures
    """
    from sklearn.metrics import log_loss, precision_recall_fscore_support

    given, weights = _completed(y, probabilities, given, weights)
    artists = np.arange(len(y)) if artists is None else artists
    everything = np.arange(len(genres))
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)  # float32 sums are not exact
    precision, recall, f1, _ = precision_recall_fscore_support(
        y, given, labels=everything, sample_weight=weights, zero_division=np.nan
    )
    n_true = np.bincount(y, weights, minlength=len(genres))
    overall, per_genre = measure_intervals(
        y, given, probabilities, artists=artists, weights=weights, n_bins=N_BINS
    )
    two_best = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    is_among_two = (two_best == y[:, np.newaxis]).any(axis=1)
    bins = reliability_bins(y, probabilities, given=given, weights=weights)
    return Measures(
        top_2=weighted_accuracy(is_among_two, weights),
        macro_f1=float(np.mean(f1[n_true > 0])),
        log_loss=float(log_loss(y, shares, labels=everything, sample_weight=weights)),
        expected_calibration_error=calibration_error(bins),
        per_genre=tuple(
            GenreMeasures(genre, _known(p), _known(r), _known(f), round(n), of_genre)
            for genre, p, r, f, n, of_genre in zip(
                genres, precision, recall, f1, n_true, per_genre, strict=True
            )
        ),
        intervals=overall,
    )


def weighted_accuracy(is_right: np.ndarray, weights: np.ndarray) -> Accuracy:
    """Return which share of some tracks was predicted rightly.

    Parameters
    ----------
    is_right : np.ndarray [shape=(n,), dtype=bool]
    weights : np.ndarray [shape=(n,)]
        Share of a track that each prediction is.
    """
    n_right, n = (round(float(w.sum()), 9) for w in (weights[is_right], weights))  # of thirds
    return wilson_interval(n_right, n)


def reliability_bins(
    y: np.ndarray,
    probabilities: np.ndarray,
    n_bins: int = N_BINS,
    *,
    given: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> tuple[ReliabilityBin, ...]:
    """Return the accuracy of predictions in bins of confidence.

    Parameters
    ----------
    y, probabilities, given, weights
        As in `measure_predictions`.
    n_bins : int
        Of equal width, from 0 to 1.

    Returns
    -------
    bins : tuple of ReliabilityBin
        The bins that are not empty, in order.

    References
    ----------
    .. [1] C. Guo et al., "On calibration of modern neural networks", ICML 2017.
    """
    given, weights = _completed(y, probabilities, given, weights)
    top, is_right = probabilities.max(axis=1), given == y
    place = confidence_bins(top, n_bins)
    bins = []
    for i in np.unique(place):
        own = place == i
        probability = float(np.average(top[own], weights=weights[own]))
        accuracy = weighted_accuracy(is_right[own], weights[own])
        bins.append(
            ReliabilityBin(
                float(i / n_bins),
                float((i + 1) / n_bins),
                probability,
                accuracy,
                float(weights[own].sum()),
            )
        )
    return tuple(bins)


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Return the mean distance between confidence and accuracy, weighted by tracks."""
    n = sum(b.n_tracks for b in bins)
    return sum(b.n_tracks / n * abs(b.accuracy.value - b.probability) for b in bins)


def coverage_curve(
    y: np.ndarray,
    probabilities: np.ndarray,
    *,
    given: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> tuple[CoveragePoint, ...]:
    """Return the accuracy of the predictions above each minimum confidence.

    Parameters
    ----------
    y, probabilities, given, weights
        As in `measure_predictions`.

    Returns
    -------
    points : tuple of CoveragePoint
        From confidence 0 (every track) in steps of 5% up to the highest confidence.
    """
    given, weights = _completed(y, probabilities, given, weights)
    top, is_right = probabilities.max(axis=1), given == y
    points = []
    for step in range(round(1 / COVERAGE_STEP)):
        probability = round(step * COVERAGE_STEP, 2)  # 12 x 0.05 is slightly above 0.6
        is_kept = top >= probability
        if not is_kept.any():
            break
        accuracy = weighted_accuracy(is_right[is_kept], weights[is_kept])
        coverage = round(float(weights[is_kept].sum() / weights.sum()), 9)
        points.append(CoveragePoint(probability, coverage, accuracy))
    return tuple(points)


def _completed(
    y: np.ndarray,
    probabilities: np.ndarray,
    given: np.ndarray | None,
    weights: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the predicted genres and the weights, where they are not named the usual ones."""
    given = probabilities.argmax(axis=1) if given is None else given
    return given, np.ones(len(y)) if weights is None else weights


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
