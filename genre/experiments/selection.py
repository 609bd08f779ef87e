r"""What the best of several runs owes to the choice: how many points it loses on new tracks.

Conventions
-----------
The figure of the best of several is too high, even if each figure is not: part of what made it the
best is luck with these tracks [1]_.  The rule here:

1. The artists are split into two halves at random, `N_SPLITS` times, each artist with all of its
   tracks; a track of unknown artist is an artist of its own.
2. The run that is best on one half is looked at on the other.  The mean of how much worse it is
   there is the luck of a choice by half of the tracks.
3. Luck is of the size of an accuracy's standard error, which is :math:`\sqrt 2` times smaller for
   all tracks than for half of them, so the mean is divided by it.

With equal runs on made-up tracks this is what new tracks show (``tests/experiments``); where some
runs are truly better it is up to a point or two too careful.

References
----------
.. [1] G. C. Cawley and N. L. C. Talbot, "On over-fitting in model selection and subsequent
   selection bias in performance evaluation", J. Machine Learning Research 11, 2010.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.evaluation.track_predictions import TrackPrediction, track_weights
from genre.experiments.predictions import predictions_of
from genre.experiments.records import RunRecord

LEAST_RUNS = 3
"""Of fewer nothing is said."""
LEAST_ARTISTS = 10
"""With fewer, halves say nothing."""
N_SPLITS = 1000
_NUMBERS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class SelectionCost:
    """What a choice costs.

    Parameters
    ----------
    points : float
        By how many percentage points the best of the runs is expected to be worse on new tracks;
        not below 0.
    best : RunRecord or int
        Its place among the runs.
    n_runs, n_tracks, n_artists : int
        Chosen from, and by which.
    """

    points: float
    best: int
    n_runs: int
    n_tracks: int
    n_artists: int


def comparable(records: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the runs that the best one is chosen from: tested without leakage, on its data.

    The best is the one with the highest test accuracy; on other data, tracks are others.
    """
    tested = [record for record in records if record.test and record.is_leak_free]
    if not tested:
        return []
    best = max(tested, key=lambda record: record.test.value if record.test else 0.0)
    return [record for record in tested if record.data == best.data]


def selection_cost_of(records: Sequence[RunRecord]) -> SelectionCost | None:
    """Return what choosing the best of some runs costs, read from their predictions.

    Parameters
    ----------
    records : sequence of RunRecord
        As `comparable` gives them.

    Returns
    -------
    cost : SelectionCost or None
        As `selection_cost`; runs without predictions are left out.

    Raises
    ------
    RunError, DatasetError
        If the files of one cannot be read.
    """
    return selection_cost([found for record in records if (found := predictions_of(record.run))])


def selection_cost(
    runs: Sequence[Sequence[TrackPrediction]], *, seed: int = 0
) -> SelectionCost | None:
    """Return what choosing the best of some runs by these predictions costs.

    Parameters
    ----------
    runs : sequence of sequence of TrackPrediction
        Of each run, the predictions for its test tracks, which need not be the same.
    seed : int
        Of the halves.

    Returns
    -------
    cost : SelectionCost or None
        None with fewer than `LEAST_RUNS` runs or `LEAST_ARTISTS` artists.
    """
    sums, counts, n_tracks = _by_artist(runs)
    n_artists, n_runs = counts.shape
    if n_runs < LEAST_RUNS or n_artists < LEAST_ARTISTS:
        return None
    rng, losses = np.random.default_rng(seed), []
    at_once = max(1, min(N_SPLITS, _NUMBERS_AT_ONCE // n_artists))
    for first in range(0, N_SPLITS, at_once):
        n = min(at_once, N_SPLITS - first)
        order = rng.random((n, n_artists)).argsort(axis=1)
        half = (order < n_artists // 2).astype(float)  # (n, n_artists)
        with np.errstate(invalid="ignore", divide="ignore"):
            seen = (half @ sums) / (half @ counts)  # (n, n_runs)
            unseen = ((1 - half) @ sums) / ((1 - half) @ counts)
        known = np.isfinite(seen) & np.isfinite(unseen)
        chosen = np.where(known, seen, -1.0).argmax(axis=1)
        rows = np.flatnonzero(known.any(axis=1))
        losses.append((seen - unseen)[rows, chosen[rows]])
    loss = float(np.concatenate(losses).mean()) / math.sqrt(2)
    best = int((sums.sum(axis=0) / counts.sum(axis=0)).argmax())
    return SelectionCost(max(0.0, 100 * loss), best, n_runs, n_tracks, n_artists)


def _by_artist(
    runs: Sequence[Sequence[TrackPrediction]],
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return right and all tracks by artist and run, and how many different tracks there are."""
    places: dict[str, int] = defaultdict(lambda: len(places))
    found = [
        (places[answer.group], run, weight * answer.is_right, weight)
        for run, predictions in enumerate(runs)
        for answer, weight in zip(predictions, track_weights(predictions).tolist(), strict=True)
    ]
    sums, counts = np.zeros((2, len(places), len(runs)))
    if found:
        artist, run, right, weight = (np.array(column) for column in zip(*found, strict=True))
        np.add.at(sums, (artist.astype(int), run.astype(int)), right)
        np.add.at(counts, (artist.astype(int), run.astype(int)), weight)
    return sums, counts, len({answer.key for predictions in runs for answer in predictions})
