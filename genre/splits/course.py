"""The course's split: segments at random, wherever they come from."""

from __future__ import annotations

import numpy as np

from genre.datasets.types import SegmentSet
from genre.errors import DatasetError
from genre.language import _

Sides = tuple[np.ndarray, np.ndarray, np.ndarray]
"""The segments to train on, to validate on and to test on."""


def course_split(data: SegmentSet, test_share: float, validation_share: float, seed: int) -> Sides:
    """Split segments at random, as the reference's ``prepare_datasets`` does."""
    from sklearn.model_selection import train_test_split

    if len(data.y) < 4:
        raise DatasetError(
            _(
                "the dataset {name} has {n} segments, at least 4 are needed for three sides. "
                "Add recordings."
            ).format(name=data.name, n=len(data.y))
        )
    everything = np.arange(len(data.y))
    rest, test = train_test_split(everything, test_size=test_share, random_state=seed)
    train, validation = train_test_split(rest, test_size=validation_share, random_state=seed)
    return train, validation, test


def course_folds(data: SegmentSet, n_folds: int, validation_share: float, seed: int) -> list[Sides]:
    """Fold segments at random, wherever they come from."""
    from sklearn.model_selection import KFold, train_test_split

    if len(data.y) < n_folds:
        raise DatasetError(
            _("the dataset {name} has {n} segments, {n_folds} folds need as many.").format(
                name=data.name, n=len(data.y), n_folds=n_folds
            )
        )
    splits = []
    for rest, test in KFold(n_folds, shuffle=True, random_state=seed).split(data.y):
        train, validation = rest, rest[:0]
        if validation_share:
            train, validation = train_test_split(
                rest, test_size=validation_share, random_state=seed
            )
        splits.append((train, validation, test))
    return splits
