"""What a network in training says about segments that it does not learn from."""

from __future__ import annotations

import numpy as np


def count_pairs(y: np.ndarray, given: np.ndarray, n_genres: int) -> np.ndarray:
    """Count predictions by true and by predicted genre.

    Parameters
    ----------
    y, given : np.ndarray [shape=(n,), dtype=int]
        Index of the true genre, and of the predicted one.
    n_genres : int

    Returns
    -------
    counts : np.ndarray [shape=(n_genres, n_genres), dtype=int]
        True genres in rows.

    Examples
    --------
    >>> count_pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.bincount(y * n_genres + given, minlength=n_genres**2)
    return pairs.reshape(n_genres, n_genres)


def validation_figures(
    probabilities: np.ndarray, y: np.ndarray, *, least: float
) -> dict[str, float]:
    """Return ``val_loss`` and ``val_accuracy`` of an epoch.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n, n_genres)]
    y : np.ndarray [shape=(n,), dtype=int]
        Index of the true genre.
    least : float
        The least probability that is counted: an impossible truth would have an infinite loss.
    """
    of_truth = np.maximum(probabilities[np.arange(len(y)), y], least)
    return {
        "val_loss": float(-np.log(of_truth).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == y).mean()),
    }
