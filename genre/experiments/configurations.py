"""Runs of the same settings but for the seed, and how far their figures spread.

Conventions
-----------
The seed decides the split too, so the spread over seeds is that of other tracks as well as of other
weights.  Means count the runs that went to their end; those that ended early stand beside them.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from genre.experiments.records import RunRecord

Quantity = Literal["test", "best_validation"]
"""What spreads: accuracy per track of the test side, or the best per segment of validation."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, standard deviation (None of one value), lowest and highest of ``n`` values."""

    mean: float
    std: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """Runs on the same data with the same settings, but for the seed."""

    records: tuple[RunRecord, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that they share."""
        return {k: v for k, v in self.records[0].settings.items() if k != "seed"}

    def values(self, of: Quantity, *, ended_early: bool = False) -> list[tuple[int, float]]:
        """Return seed and figure of each run that has it, by the seed."""
        found = [
            (record.config.seed, value)
            for record in self.records
            if record.ended_early == ended_early and not record.status.is_live
            if (value := figure_of(record, of)) is not None
        ]
        return sorted(found)

    def spread(self, of: Quantity) -> Spread | None:
        """Return how the figures of the runs that went to their end spread; None without any."""
        return spread_of([value for _seed, value in self.values(of)])


def figure_of(record: RunRecord, of: Quantity) -> float | None:
    """Return a figure of a run; that of a test with data leakage, or of a control, is left out."""
    if of == "best_validation":
        return record.best_validation
    return record.test.value if record.test and record.is_leak_free else None


def spread_of(values: Sequence[float]) -> Spread | None:
    """Return how some values spread; None without any.

    Examples
    --------
    >>> spread_of([0.25, 0.5, 0.75])
    Spread(mean=0.5, std=0.25, low=0.25, high=0.75, n=3)
    """
    if not values:
        return None
    std = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), std, min(values), max(values), len(values))


def configurations(records: Sequence[RunRecord], of: Quantity) -> list[Configuration]:
    """Return the configurations of some runs, the highest mean first, those without one last."""
    found: dict[tuple[Any, ...], list[RunRecord]] = {}
    for record in records:
        settings = tuple(value for name, value in record.settings.items() if name != "seed")
        found.setdefault((record.data, settings), []).append(record)

    def place(one: Configuration) -> float:
        spread = one.spread(of)
        return -spread.mean if spread else 1.0

    return sorted((Configuration(tuple(of_one)) for of_one in found.values()), key=place)
