"""Folds that keep groups whole and share out genres evenly, in NumPy alone.

Conventions
-----------
The folds are those of scikit-learn's ``StratifiedGroupKFold`` with ``shuffle=True``, to the
last index (a test compares them).  It is written out here because the page Train tells how data
would be split before it starts anything, and importing scikit-learn would cost a visitor seconds.
"""

from __future__ import annotations

import numpy as np


def stratified_group_folds(
    y: np.ndarray, groups: np.ndarray, n_folds: int, seed: int
) -> list[np.ndarray]:
    """Share out groups so that each fold has about as many of every class.

    Parameters
    ----------
    y, groups : np.ndarray [shape=(n,), dtype=int]
        The class and the group of each item.
    n_folds : int
        At most the number of groups.
    seed : int
        Of the order in which equal groups are shared out.

    Returns
    -------
    folds : list of np.ndarray [dtype=int]
        Indices of items, ascending; a fold may be empty.

    References
    ----------
    .. [1] https://www.kaggle.com/jakubwasikowski/stratified-group-k-fold-cross-validation
    """
    _, of_class, n_class = np.unique(y, return_inverse=True, return_counts=True)
    _, of_group = np.unique(groups, return_inverse=True)
    n_groups = int(of_group.max()) + 1
    counts = np.zeros((n_groups, len(n_class)))
    np.add.at(counts, (of_group, of_class), 1)
    order = np.arange(n_groups)
    np.random.RandomState(seed).shuffle(order)
    counts = counts[order]
    # The most uneven groups first: they leave the least choice.
    fold_of = np.empty(n_groups, dtype=int)
    shared = np.zeros((n_folds, len(n_class)))
    for group in np.argsort(-np.std(counts, axis=1), kind="stable"):
        fold = _best_fold(shared, counts[group], n_class)
        shared[fold] += counts[group]
        fold_of[order[group]] = fold
    return [np.flatnonzero(fold_of[of_group] == fold) for fold in range(n_folds)]


def _best_fold(shared: np.ndarray, group: np.ndarray, n_class: np.ndarray) -> int:
    """Return the fold to which a group is added, so that classes stay as even as possible."""
    # As if the group were in each fold in turn: (n_folds, n_folds, n_classes).
    tried = np.repeat(shared[np.newaxis], len(shared), axis=0)
    folds = np.arange(len(shared))
    tried[folds, folds] += group
    unevenness = np.std(tried / n_class, axis=1).mean(axis=1).tolist()
    n_in_folds = shared.sum(axis=1).tolist()
    best, least, fewest = 0, np.inf, np.inf
    for fold, (uneven, n_in_fold) in enumerate(zip(unevenness, n_in_folds, strict=True)):
        is_close = fold > 0 and abs(uneven - least) <= 1e-8 + 1e-5 * abs(least)  # as np.isclose
        if uneven < least or (is_close and n_in_fold < fewest):
            best, least, fewest = fold, uneven, n_in_fold
    return best
