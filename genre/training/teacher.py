"""A linear classifier whose probabilities a network can be trained on.

On features that a large network has learnt already, few tracks are told apart best by few
parameters: two recurrent layers alone fit the training set's accidents.  Trained on the
probabilities of a strongly regularised linear classifier of the same training set, they start
from what it knows.  The classifier may also read what the network does not: the values of musicnn
for the same segments, whose knowledge a network of MFCCs then learns (distillation [1]_).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from genre.datasets.types import SegmentSet
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.storage.rows import Array, change, chunks, positions_by, select

REGULARISATION = 0.005
"""C of the logistic regression: the best of 0.005, 0.02 and 0.05 on the fold seeds 0 to 2."""


def linear_classifier() -> Any:
    """Return a logistic regression on standardised values, to be fitted to track means.

    Genres weigh alike, however many tracks they have.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regression = LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=2000)
    return make_pipeline(StandardScaler(), regression)


def teach(X: Array, y: np.ndarray, track_index: np.ndarray, n_genres: int) -> np.ndarray:
    """Fit a logistic regression on track means, and return what it says of each segment.

    Parameters
    ----------
    X : np.ndarray or Rows [shape=(n_segments, n_steps, n_values)]
        The training set, as it is: of an altered version the same is to be said.
    y, track_index : np.ndarray [shape=(n_segments,), dtype=int]
    n_genres : int

    Returns
    -------
    probabilities : np.ndarray [shape=(n_segments, n_genres), dtype=float32]
        Tracks and genres weigh alike; a genre that is absent has probability 0.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean, "Distilling the knowledge in a neural network",
       2015, arXiv:1503.02531.
    """
    tracks, first, place = np.unique(track_index, return_index=True, return_inverse=True)
    of_tracks = np.stack(
        [X[own].mean(axis=1, dtype=np.float64).mean(axis=0)
         for own in positions_by(place, len(tracks))]
    )  # fmt: skip
    probabilities = np.zeros((len(X), n_genres), np.float32)
    genres = np.unique(y)
    if len(genres) == 1:  # nothing to tell apart
        probabilities[:, genres] = 1
        return probabilities
    linear = linear_classifier().fit(of_tracks, y[first])
    for part in chunks(X):
        means = X[part].mean(axis=1, dtype=np.float64)  # (n_in_part, n_values)
        probabilities[part, genres] = linear.predict_proba(means)
    return probabilities


def teach_segments(
    data: SegmentSet, X: Array, train: np.ndarray, config: TrainConfig
) -> np.ndarray:
    """Return what the teacher of a recipe says of each segment of a training set.

    Parameters
    ----------
    data : SegmentSet
        As `genre.recipes.prepare.prepare_tracks` returns it.
    X : np.ndarray or Rows [shape=(n_segments, n_steps, n_values)]
        What the network reads of all segments.
    train : np.ndarray [shape=(n,), dtype=int]
        Which of them are in the training set: the teacher sees no other.
    config : TrainConfig

    Returns
    -------
    probabilities : np.ndarray [shape=(n, n_genres), dtype=float32]
    """
    if needs_teacher_values(config) and data.teacher_values is not None:
        X = change(data.teacher_values, lambda values: values[:, np.newaxis])  # one step each
    return teach(select(X, train), data.y[train], data.track_index[train], len(data.genres))
