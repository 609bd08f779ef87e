"""Where a run of folds is: which fold it trains, and what the earlier ones have told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from genre.recipes.config import TrainConfig

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class FoldProgress:
    """The fold that a run is at.

    Parameters
    ----------
    fold : int
        From 1; 0 for the model on all tracks, and where there are no folds.
    n_folds : int
        0 where there are none, or none has begun.
    epochs : int
        Of this fold; of the model on all tracks what the folds found best.
    earlier : tuple of tuple of mapping
        The rows of the epochs of each earlier fold.
    """

    fold: int = 0
    n_folds: int = 0
    epochs: int = 0
    earlier: tuple[Rows, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether all folds are finished, and the model on all tracks is trained."""
        return bool(self.n_folds) and not self.fold

    def begun(self, event: Mapping[str, Any], before: Rows) -> FoldProgress:
        """Return where a run is after an event ``fold``; ``before`` are the rows until then."""
        fold, n_folds = event["fold"], event["n_folds"]
        earlier = (*self.earlier, before) if self.n_folds and before else self.earlier
        return FoldProgress(fold, n_folds, event["epochs"], earlier)

    def share(self, of_fold: float) -> float:
        """Return the share of the whole run that is done, given that of this fold."""
        if not self.n_folds:
            return of_fold
        n_before = self.n_folds if self.is_final else self.fold - 1
        return (n_before + of_fold) / (self.n_folds + 1)

    def applied_to(self, config: TrainConfig) -> TrainConfig:
        """Return the recipe with the epochs of this fold."""
        if not self.is_final:
            return config
        return replace(config, epochs=min(config.epochs, self.epochs))

    def later_epochs(self, config: TrainConfig) -> float:
        """Return how many epochs come after this fold, each as long as one of a fold."""
        if not self.n_folds or self.is_final:
            return 0.0
        learnt = (1 - 1 / config.n_folds) * (1 - config.validation_share)
        return config.epochs * (self.n_folds - self.fold + 1 / learnt)


NO_FOLDS = FoldProgress()
"""Of a run without folds, or before its first one."""
