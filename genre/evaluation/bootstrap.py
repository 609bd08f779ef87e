"""95% intervals of figures of tracks, by a bootstrap that resamples artists.

Conventions
-----------
Tracks of one artist are not independent, so *artists* are drawn, each with all of its tracks; a
track of unknown artist is an artist of its own.  Every measure here is a function of sums over
tracks, so one matrix product of draws and sums per artist gives all resampled values.

Drawing repeats tracks, which raises a calibration error and moves F1: the interval is that of
the draws, moved by the difference of the measured value and their mean, and cut off where no value
can be.
"""

from __future__ import annotations

import numpy as np

N_DRAWS = 10_000
MEASURE_DRAWS = 2_000
"""For measures that need a sum per genre: their intervals are shown with two digits."""
Intervals = dict[str, list[float]]
"""``[low, high]`` by the name of a measure."""
LEAST_ARTISTS = 5
"""With fewer artists no interval is given: their draws are too few to say anything."""


def draw_artists(n_artists: int, *, seed: int = 0, n_draws: int = N_DRAWS) -> np.ndarray:
    """Return how often each artist is drawn [shape=(n_draws, n_artists), dtype=int]."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_artists, np.full(n_artists, 1 / n_artists), size=n_draws)


def measure_intervals(
    y: np.ndarray,
    given: np.ndarray,
    probabilities: np.ndarray,
    *,
    artists: np.ndarray,
    weights: np.ndarray,
    n_bins: int,
) -> tuple[Intervals, list[Intervals]]:
    """Return the intervals of the measures of `genre.evaluation.metrics`.

    Parameters
    ----------
    y, given : np.ndarray [shape=(n,), dtype=int]
        True and predicted genre of each prediction.
    probabilities : np.ndarray [shape=(n, n_genres)]
    artists : np.ndarray [shape=(n,), dtype=int]
        Index of each prediction's artist, from 0.
    weights : np.ndarray [shape=(n,)]
        Share of a track that each prediction is.
    n_bins : int
        Of the calibration error.

    Returns
    -------
    overall : dict of str to [low, high]
        ``macro_f1``, ``log_loss``, ``expected_calibration_error``; empty with too few artists.
    per_genre : list of dict
        ``precision``, ``recall``, ``f1`` of each genre, where drawing changes them: a genre that
        is never right has no interval.
    """
    n_genres, n_artists = probabilities.shape[1], int(artists.max(initial=-1)) + 1
    if n_artists < LEAST_ARTISTS:
        return {}, [{} for _ in range(n_genres)]
    drawn = draw_artists(n_artists, n_draws=MEASURE_DRAWS).astype(np.float64)
    # The first row is all artists once: the measured value itself.
    drawn = np.concatenate([np.ones((1, n_artists)), drawn])

    def summed(values: np.ndarray, index: np.ndarray | None = None, n: int = 1) -> np.ndarray:
        """Return the sums of some values for each draw [shape=(1 + n_draws, n)]."""
        of_artist = np.zeros((n_artists, n))
        np.add.at(of_artist, (artists, np.zeros_like(artists) if index is None else index), values)
        return drawn @ of_artist

    is_right = given == y
    n_true, n_given = summed(weights, y, n_genres), summed(weights, given, n_genres)
    n_right = summed(weights * is_right, y, n_genres)
    total = summed(weights)[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {
            "precision": n_right / n_given,
            "recall": n_right / n_true,
            "f1": 2 * n_right / (n_true + n_given),
        }
    f1 = np.where(n_true > 0, shares["f1"], np.nan)
    first = probabilities.max(axis=1)
    place = confidence_bins(first, n_bins)
    gap = summed(weights * (is_right - first), place, n_bins)
    own = probabilities[np.arange(len(y)), y] / probabilities.sum(axis=1)
    loss = -np.log(np.clip(own, np.finfo(np.float32).eps, 1))
    overall = {
        "macro_f1": _interval(np.nanmean(f1, axis=1), 1.0),
        "log_loss": _interval(summed(weights * loss)[:, 0] / total, np.inf),
        "expected_calibration_error": _interval(np.abs(gap).sum(axis=1) / total, 1.0),
    }
    per_genre = [
        {
            name: ends
            for name, values in shares.items()
            if np.isfinite(values[0, genre]) and n_true[0, genre] > 0
            for ends in [_interval(values[:, genre], 1.0)]
            if ends[0] < ends[1]
        }
        for genre in range(n_genres)
    ]
    return overall, per_genre


def confidence_bins(confidence: np.ndarray, n_bins: int) -> np.ndarray:
    """Return the bin of each confidence; a bin includes its upper edge."""
    return np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)


def _interval(values: np.ndarray, highest: float) -> list[float]:
    """Return the interval of a measured value, the first, and its draws, the others."""
    measured, draws = values[0], values[1:]
    low, high = np.nanquantile(draws, [0.025, 0.975]) - np.nanmean(draws) + measured
    return [float(np.clip(low, 0, measured)), float(np.clip(high, measured, highest))]
