"""Measures of predictions besides accuracy: F1, log-loss, calibration, coverage.

Conventions
-----------
Everything counts tracks.  ``y`` holds the index of each track's true genre,
``probabilities`` a row per track, in the order of the genres; the prediction is the
most probable genre, the confidence its probability.  What cannot be computed (the
precision of a genre that was never predicted) is None.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre.evaluation.intervals import Accuracy, wilson_interval

N_BINS = 15
"""Bins of the calibration error, as usual in the literature."""
COVERAGE_STEP = 0.05


@dataclass(frozen=True, slots=True)
class GenreMeasures:
    """The measures of one genre with ``n`` tracks; None if there is nothing to count."""

    genre: str
    precision: float | None
    recall: float | None
    f1: float | None
    n: int


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
    """

    top_2: Accuracy
    macro_f1: float
    log_loss: float
    expected_calibration_error: float
    per_genre: tuple[GenreMeasures, ...]

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

    ``probability`` is their mean confidence, ``accuracy`` the share that was right.
    """

    low: float
    high: float
    probability: float
    accuracy: Accuracy


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The predictions with a confidence of at least ``probability``.

    ``coverage`` is their share of all tracks, ``accuracy`` the share of them that is right.
    """

    probability: float
    coverage: float
    accuracy: Accuracy


def measure_predictions(
    y: np.ndarray, probabilities: np.ndarray, genres: tuple[str, ...]
) -> Measures:
    """Measure predictions, with scikit-learn where it has the measure.

    Parameters
    ----------
    y : np.ndarray [shape=(n_tracks,), dtype=int]
        True genres.
    probabilities : np.ndarray [shape=(n_tracks, n_genres)]
    genres : tuple of str

    Returns
    -------
    measures : Measures
    """
    from sklearn.metrics import log_loss, precision_recall_fscore_support

    given, everything = probabilities.argmax(axis=1), np.arange(len(genres))
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)  # float32 sums are not exact
    precision, recall, f1, n_true = precision_recall_fscore_support(
        y, given, labels=everything, zero_division=np.nan
    )
    per_genre = tuple(
        GenreMeasures(genre, _known(p), _known(r), _known(f), int(n))
        for genre, p, r, f, n in zip(genres, precision, recall, f1, n_true, strict=True)
    )
    two_best = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    return Measures(
        top_2=wilson_interval(int((two_best == y[:, np.newaxis]).any(axis=1).sum()), len(y)),
        macro_f1=float(np.mean(f1[n_true > 0])),
        log_loss=float(log_loss(y, shares, labels=everything)),
        expected_calibration_error=calibration_error(reliability_bins(y, probabilities)),
        per_genre=per_genre,
    )


def reliability_bins(
    y: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS
) -> tuple[ReliabilityBin, ...]:
    """Return the accuracy of predictions in bins of confidence.

    Parameters
    ----------
    y : np.ndarray [shape=(n_tracks,), dtype=int]
    probabilities : np.ndarray [shape=(n_tracks, n_genres)]
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
    top, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == y
    place = np.clip(np.ceil(top * n_bins).astype(int) - 1, 0, n_bins - 1)
    return tuple(
        ReliabilityBin(
            low=float(i / n_bins),
            high=float((i + 1) / n_bins),
            probability=float(top[place == i].mean()),
            accuracy=wilson_interval(int(is_right[place == i].sum()), int((place == i).sum())),
        )
        for i in np.unique(place)
    )


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Return the mean distance between confidence and accuracy, weighted by tracks."""
    n = sum(b.accuracy.n for b in bins)
    return sum(b.accuracy.n / n * abs(b.accuracy.value - b.probability) for b in bins)


def coverage_curve(y: np.ndarray, probabilities: np.ndarray) -> tuple[CoveragePoint, ...]:
    """Return the accuracy of the predictions above each minimum confidence.

    Parameters
    ----------
    y : np.ndarray [shape=(n_tracks,), dtype=int]
    probabilities : np.ndarray [shape=(n_tracks, n_genres)]

    Returns
    -------
    points : tuple of CoveragePoint
        From confidence 0 (every track) in steps of 5% up to the highest confidence.
    """
    top, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == y
    points = []
    for step in range(round(1 / COVERAGE_STEP)):
        probability = round(step * COVERAGE_STEP, 2)  # 12 x 0.05 is slightly above 0.6
        is_kept = top >= probability
        if not is_kept.any():
            break
        accuracy = wilson_interval(int(is_right[is_kept].sum()), int(is_kept.sum()))
        points.append(CoveragePoint(probability, float(is_kept.mean()), accuracy))
    return tuple(points)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
