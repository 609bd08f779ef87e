"""Rules on how sure a result is: against guessing, many "not sure", too sure or not sure enough.

Conventions
-----------
As `genre.reading.genre_rules`.
"""

from __future__ import annotations

import numpy as np

from genre.evaluation.bootstrap import LEAST_ARTISTS, draw_artists
from genre.evaluation.intervals import wilson_interval
from genre.evaluation.track_figures import PredictionArrays, chance_level
from genre.models.confidence import confidence_level
from genre.reading.figures import Figures, Finding

LEAST_OFFSET = 0.05
"""Between confidence and accuracy; less is of no use to know."""
RELIABLE_OFFSET = 0.1
"""A confidence whose interval stays within this is called reliable."""
MOST_UNSURE = 0.5


def not_above_guessing(figures: Figures) -> Finding | None:
    """Find an accuracy whose 95% interval does not lie above always predicting one genre."""
    evaluation = figures.evaluation
    if not evaluation or not evaluation.confusion_matrix.sum():
        return None
    chance, accuracy = chance_level(evaluation.confusion_matrix), evaluation.track_accuracy
    if accuracy.low > chance:
        return None
    genre = evaluation.genres[int(evaluation.confusion_matrix.sum(axis=1).argmax())]
    is_below = accuracy.high < chance
    values = {"accuracy": accuracy, "chance": chance, "genre": genre, "is_below": is_below}
    return Finding("not_above_guessing", 100, values)


def calibration(figures: Figures) -> Finding | None:
    """Compare confidence with the share that is right.

    Of the mean over tracks of confidence minus right, the 95% interval is that of a bootstrap over
    artists, of at least as many as `genre.evaluation.bootstrap` asks for.  The network is *too
    sure*, or *not sure enough*, if the mean is `LEAST_OFFSET` or more from 0 and the interval
    leaves out 0; *reliable* if the interval stays within `RELIABLE_OFFSET` of 0.  Between the two
    nothing is said, nor of a figure with data leakage: on other music it would be another.
    """
    evaluation = figures.evaluation
    if not evaluation or not evaluation.predictions or not figures.is_leak_free:
        return None
    arrays = PredictionArrays.of(evaluation.predictions, evaluation.genres)
    n_artists = int(arrays.artists.max()) + 1
    if n_artists < LEAST_ARTISTS:
        return None
    confidence, is_right = arrays.probabilities.max(axis=1), arrays.given == arrays.y
    offset = np.bincount(arrays.artists, arrays.weights * (confidence - is_right))
    n_drawn = draw_artists(n_artists)
    drawn = (n_drawn @ offset) / (n_drawn @ np.bincount(arrays.artists, arrays.weights))
    low, high = (float(end) for end in np.quantile(drawn, [0.025, 0.975]))
    mean = float(offset.sum() / arrays.weights.sum())
    if abs(mean) >= LEAST_OFFSET and not low <= 0 <= high:
        verdict, priority = ("too_sure" if mean > 0 else "not_sure_enough"), 55
    elif low >= -RELIABLE_OFFSET and high <= RELIABLE_OFFSET:
        verdict, priority = "reliable", 35
    else:
        return None
    values = {
        "verdict": verdict,
        "confidence": float(np.average(confidence, weights=arrays.weights)),
        "accuracy": arrays.accuracy.value,
    }
    return Finding("calibration", priority, values)


def mostly_unsure(figures: Figures) -> Finding | None:
    """Find predictions that are mostly *not sure*.

    It speaks if the 95% Wilson interval of their share lies above a half; as `calibration`, not
    of a figure with data leakage.
    """
    evaluation, thresholds = figures.evaluation, figures.thresholds
    if not evaluation or not evaluation.predictions or not thresholds or not figures.is_leak_free:
        return None
    n_unsure = n_sure = n_right = 0.0
    for answer, weight in zip(evaluation.predictions, figures.weights, strict=True):
        if confidence_level(max(answer.probabilities), thresholds) == "unsure":
            n_unsure += weight
        else:
            n_sure += weight
            n_right += weight * answer.is_right
    share = wilson_interval(n_unsure, n_unsure + n_sure)
    if share.low <= MOST_UNSURE:
        return None
    lowest = thresholds.probably if thresholds.probably is not None else thresholds.clearly
    values = {"n": n_unsure, "n_tracks": n_unsure + n_sure, "threshold": lowest}
    return Finding("mostly_unsure", 48, values | {"n_sure": n_sure, "n_right": n_right})
