"""All rules in a row: a result's figures to its findings."""

from __future__ import annotations

from collections.abc import Callable

from genre.reading.certainty_rules import calibration, mostly_unsure, not_above_guessing
from genre.reading.comparison_rules import difference
from genre.reading.figures import CONTROL_RULES, Figures, Finding
from genre.reading.genre_rules import confused_pair, genre_extremes, one_artist, unlearnt_genre
from genre.reading.learning_rules import (
    early_stopping,
    overfitting,
    still_improving,
    stopped,
    validation_gap,
)
from genre.reading.next_rules import next_step

MOST = 5
"""Findings of one result."""
RULES: dict[str, Callable[[Figures], Finding | None]] = {
    rule.__name__: rule
    for rule in (
        not_above_guessing,
        stopped,
        unlearnt_genre,
        confused_pair,
        validation_gap,
        overfitting,
        still_improving,
        one_artist,
        difference,
        calibration,
        genre_extremes,
        mostly_unsure,
        early_stopping,
    )
}
"""Every rule but `next_step`, by its name."""


def read_result(figures: Figures) -> tuple[Finding, ...]:
    """Return what there is to say of a result.

    Parameters
    ----------
    figures : Figures

    Returns
    -------
    findings : tuple of Finding
        The most useful first, at most `MOST`.  What to try next follows from the others, so it
        stands last and always has a place.
    """
    rules = CONTROL_RULES if figures.is_control else tuple(RULES)
    found = {name: finding for name in rules if (finding := RULES[name](figures))}
    last = next_step(figures, found)
    n_others = MOST - 1 if last else MOST
    first = sorted(found.values(), key=lambda finding: -finding.priority)[:n_others]
    return (*first, last) if last else tuple(first)
