"""What is asked of a split, what could be changed of it, and how it falls for one genre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre.datasets.types import HasTracks
from genre.splits.split import SplitKind

SEEDS_TRIED = 10
LARGER_SHARES = (0.33, 0.5)


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What is asked of a split: of one with three sides, or of folds (``n_folds``)."""

    by: SplitKind
    test_share: float = 0.25
    validation_share: float = 0.2
    seed: int = 0
    n_folds: int = 0


@dataclass(frozen=True, slots=True)
class GenreSides:
    """The tracks and the artists that one genre has on each side.

    Of folds ``train`` has the fewest from which any fold learns what it tests, ``test`` all.
    """

    genre: str
    n_tracks: dict[str, int]
    n_artists: dict[str, int]


@dataclass(frozen=True, slots=True)
class GenreProblem:
    """What one genre lacks.

    Parameters
    ----------
    genre : str
    lacks : str
        ``train``, ``test``; or ``tracks``, where there are too few for any split.
    n : int
        How many artists it has, where the split keeps these whole; or else tracks.
    """

    genre: str
    lacks: str
    n: int


def split_options(data: HasTracks, plan: SplitPlan) -> Iterator[dict[str, Any]]:
    """Yield what could be changed of a plan, the least first."""
    if plan.by == "fault-filtered":
        yield {"by": "artist"}
    else:
        y, groups = data.track_genres, data.groups if plan.by == "artist" else None
        n_least = min(
            len(np.unique(groups[y == i])) if groups is not None else int((y == i).sum())
            for i in range(len(data.genres))
        )
        if n_least >= 2:  # otherwise no seed helps
            seeds = [seed for seed in range(SEEDS_TRIED) if seed != plan.seed]
            yield from ({"seed": seed} for seed in seeds)
            fewer = range(plan.n_folds - 1, 1, -1)
            yield from ({"n_folds": n} for n in fewer)
            yield from ({"n_folds": n, "seed": seed} for n in fewer for seed in seeds[:3])
            if not plan.n_folds:
                for share in LARGER_SHARES:
                    if share > plan.test_share:
                        yield {"test_share": share}
                        yield from ({"test_share": share, "seed": seed} for seed in seeds)
    if plan.by != "track":
        yield {"by": "track"}
        if plan.n_folds:
            yield from ({"by": "track", "n_folds": n} for n in range(plan.n_folds - 1, 1, -1))
        yield from ({"by": "track", "seed": seed} for seed in range(3) if seed != plan.seed)
