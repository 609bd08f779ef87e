"""The error of a dataset with fewer artists or tracks than parts."""

from __future__ import annotations

from genre.errors import DatasetError
from genre.language import _


def too_few_error(name: str, by: str, n: int, n_folds: int) -> DatasetError:
    """Return the error of a dataset with fewer artists or tracks than folds."""
    return DatasetError(
        (
            _(
                "the dataset {name} has {n} artists left to divide, {n_folds} are needed to "
                "keep artists whole. Add recordings by others, or use larger shares."
            )
            if by == "artist"
            else _(
                "the dataset {name} has {n} tracks left to divide, {n_folds} are needed to "
                "keep tracks whole. Add recordings by others, or use larger shares."
            )
        ).format(name=name, n=n, n_folds=n_folds)
    )
