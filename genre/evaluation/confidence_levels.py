"""From which probability on a model's predictions are right often enough to say so.

Conventions
-----------
Thresholds are chosen on the predictions of one cross-validation, and what they are worth is
counted on another, with other fold seeds: on the first they look better than they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre.evaluation.track_predictions import TrackPrediction, track_weights
from genre.models.confidence import Thresholds, confidence_level

LEAST_RIGHT = {"clearly": 0.85, "probably": 0.6}
"""The share of a level's predictions that have to be right."""
LEAST_TRACKS = 20
"""Fewer tracks say too little of a share: a level that not even so many reach is not used."""


def choose_thresholds(predictions: Sequence[TrackPrediction]) -> Thresholds:
    """Choose the lowest thresholds with which each level is right often enough.

    Parameters
    ----------
    predictions : sequence of TrackPrediction
        Of tracks that were not in training; from several rounds of folds, each track several
        times.

    Returns
    -------
    thresholds : Thresholds
        In thousandths.  *Clearly* are the predictions above the first threshold,
        *probably* those between the two.
    """
    n_rounds = len(predictions) / max(1, len({p.track_id for p in predictions}))
    is_right = np.array([p.is_right for p in predictions], bool)
    first = np.array([max(p.probabilities) for p in predictions], float)
    first = np.floor(1000 * first + 1e-6) / 1000  # a threshold of this is reached by the whole
    is_left = np.full(len(first), True)
    found: dict[str, float | None] = {}
    for level, share in LEAST_RIGHT.items():
        found[level] = None
        for threshold in np.unique(first[is_left]):  # the lowest first
            own = is_left & (first >= threshold)
            if own.sum() >= LEAST_TRACKS * n_rounds and is_right[own].mean() >= share:
                found[level] = float(threshold)
                is_left &= ~own
                break
    return Thresholds(**found)


def count_levels(
    predictions: Sequence[TrackPrediction], thresholds: Thresholds
) -> dict[str, dict[str, int]]:
    """Count the tracks of each confidence level, and those of them that are right.

    Parameters
    ----------
    predictions : sequence of TrackPrediction
        From several rounds of folds, each track several times: it counts once.
    thresholds : Thresholds

    Returns
    -------
    counts : dict
        Per level that occurs, ``n`` and ``n_right``: means over rounds as whole tracks.
    """
    counts: dict[str, dict[str, float]] = {}
    for prediction, weight in zip(predictions, track_weights(predictions), strict=True):
        level = confidence_level(max(prediction.probabilities), thresholds)
        of_level = counts.setdefault(level, {"n": 0.0, "n_right": 0.0})
        of_level["n"] += weight
        of_level["n_right"] += weight * prediction.is_right
    return {
        level: {name: round(n) for name, n in of_level.items()}
        for level, of_level in counts.items()
    }
