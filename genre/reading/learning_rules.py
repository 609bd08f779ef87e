"""Rules on training: validation against test, overfitting, not yet finished, stopped early.

Conventions
-----------
As `genre.reading.genre_rules`.  Losses are those of validation, which no dropout and no mixed
segments change; that of training is with both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genre.reading.figures import Epoch, Figures, Finding
from genre.reading.statistics import T_SLOPE, share_difference, slope

LEAST_ROWS = 4
"""Epochs through which a slope is laid."""
LOSS_RISE = 0.05
"""Rise of the validation loss above its lowest value that is called overfitting."""
LOSS_FALL = 0.02
"""Fall of the validation loss in the last quarter of the epochs that is called learning."""
N_END = 3
"""Epochs whose mean is the loss at the end: one alone goes up and down."""
LARGE_GAP = 0.1
"""A difference that visitors ask about, also where it may be chance."""
EXPLAINED = 1 / 3
"""Share of the gap that another mix of genres must close, to be named as a reason."""
LARGE_SHARE = 0.25
"""Of the validation tracks, by one artist of a genre."""


def validation_gap(figures: Figures) -> Finding | None:
    """Compare validation with the test, both by segments, and look for reasons.

    It speaks if Newcombe's 95% interval of their difference leaves out 0, with as many
    independent ones as there are *tracks*; or, as one that may be chance, if the difference is
    `LARGE_GAP` or more.  Where the tracks of validation are not known, they are taken to be as
    long as those of the test.  Reasons are what can be counted: genres that validation lacks,
    its mix of genres, one artist with much of it.
    """
    evaluation, row = figures.evaluation, _tested_epoch(figures)
    if not evaluation or "val_accuracy" not in row or not evaluation.predictions:
        return None
    n_test = len(evaluation.predictions)
    n_validation = sum(side.n_tracks["validation"] for side in figures.sides)
    if not n_validation:
        n_validation = round(figures.n_validation * n_test / max(1, evaluation.segment_accuracy.n))
    if not n_validation:
        return None
    validation, test = float(row["val_accuracy"]), evaluation.segment_accuracy.value
    low, high = share_difference(validation, n_validation, test, n_test)
    is_chance = low <= 0 <= high
    if is_chance and abs(validation - test) < LARGE_GAP:
        return None
    values = {"validation": validation, "test": test, "is_chance": is_chance}
    if is_chance:
        return Finding("validation_gap", 30, values)
    return Finding("validation_gap", 85, values | _reasons(figures, validation, test))


def _reasons(figures: Figures, validation: float, test: float) -> dict[str, Any]:
    """Return what can be counted of the reasons for a gap."""
    found: dict[str, Any] = {}
    counts = _segments(figures)
    absent = tuple(
        genre for genre in figures.absent_genres.get("validation", ()) if counts.get(genre, (0,))[0]
    )
    kept = [of for genre, of in counts.items() if genre not in absent]
    if absent and kept:
        found |= {"absent": absent, "without": sum(r for _n, r in kept) / sum(n for n, _r in kept)}
    mix = {genre: n for genre, n in _validation_mix(figures).items() if counts.get(genre)}
    if mix:
        mixed = sum(n * counts[genre][1] / counts[genre][0] for genre, n in mix.items())
        mixed /= sum(mix.values())
        if abs(validation - mixed) <= (1 - EXPLAINED) * abs(validation - test):
            found["mixed"] = mixed
    n_tracks = sum(side.n_tracks["validation"] for side in figures.sides)
    alone = [side for side in figures.sides if side.n_artists["validation"] == 1]
    if alone:
        most = max(alone, key=lambda side: side.n_tracks["validation"])
        if most.n_tracks["validation"] >= LARGE_SHARE * n_tracks:
            found |= {"alone": most.genre, "n_alone": most.n_tracks["validation"]}
            found["n_validation"] = n_tracks
    return found


def _segments(figures: Figures) -> dict[str, tuple[int, int]]:
    """Return how many test segments each genre has, and how many of them were right."""
    found: dict[str, tuple[int, int]] = {}
    for answer in figures.evaluation.predictions if figures.evaluation else ():
        n, n_right = found.get(answer.genre, (0, 0))
        found[answer.genre] = (n + answer.n_segments, n_right + answer.n_right)
    return {genre: of for genre, of in found.items() if of[0]}


def _validation_mix(figures: Figures) -> Mapping[str, int]:
    """Return how much of validation each genre is: in segments, or else in tracks."""
    genres = figures.evaluation.genres if figures.evaluation else ()
    if figures.validation_counts and len(figures.validation_counts) == len(genres):
        return {
            g: sum(row)
            for g, row in zip(genres, figures.validation_counts, strict=True)
            if any(row)
        }
    return {s.genre: n for s in figures.sides if (n := s.n_tracks["validation"])}


def _tested_epoch(figures: Figures) -> Epoch:
    """Return the epoch of the weights that were tested: the best, where these were kept."""
    if not figures.history:
        return {}
    if figures.recipe and figures.recipe.patience:
        return min(figures.history, key=lambda row: float(row.get("val_loss", 0)))
    return figures.history[-1]


def overfitting(figures: Figures) -> Finding | None:
    """Find a validation loss that rises while the training loss falls.

    It speaks if the mean of the last `N_END` epochs is `LOSS_RISE` above the lowest, the slope
    after the lowest is `T_SLOPE` standard errors above 0, and training went on to fall.  The
    lowest itself is left out of the line: it was chosen for being low.
    """
    rows = _with_validation(figures)
    if not rows:
        return None
    best = min(range(len(rows)), key=lambda i: float(rows[i]["val_loss"]))
    after, lowest = rows[best + 1 :], float(rows[best]["val_loss"])
    if len(after) < LEAST_ROWS:
        return None
    end, fell = _mean(after[-N_END:], "val_loss"), _mean(after[-N_END:], "loss")
    is_rising = end >= (1 + LOSS_RISE) * lowest and _slope(after)[1] >= T_SLOPE
    if not is_rising or fell >= float(rows[best]["loss"]):
        return None
    return Finding(
        "overfitting",
        80,
        {
            "epoch": rows[best]["epoch"],
            "lowest": lowest,
            "end": end,
            "loss_then": float(rows[best]["loss"]),
            "loss_end": fell,
            "keeps_best": bool(figures.recipe and figures.recipe.patience),
        },
    )


def still_improving(figures: Figures) -> Finding | None:
    """Find a validation loss that still falls at the end.

    It speaks if the line through the last quarter of the epochs, `LEAST_ROWS` or more, has a slope
    `T_SLOPE` standard errors below 0 and falls by `LOSS_FALL` or more of its height.
    """
    rows = _with_validation(figures)
    last = rows[-max(LEAST_ROWS, len(rows) // 4) :]
    if len(last) < LEAST_ROWS:
        return None
    per_epoch, t = _slope(last)
    n_epochs = last[-1]["epoch"] - last[0]["epoch"]
    if t > -T_SLOPE or -per_epoch * n_epochs < LOSS_FALL * _mean(last, "val_loss"):
        return None
    values = {"n": n_epochs + 1, "before": float(last[0]["val_loss"])}
    return Finding("still_improving", 78, values | {"end": float(last[-1]["val_loss"])})


def stopped(figures: Figures) -> Finding | None:
    """Find a run that the visitor stopped before its last epoch, once an epoch was finished."""
    if not figures.is_stopped or not figures.history or not figures.recipe:
        return None
    n_done, wanted = figures.history[-1]["epoch"], figures.recipe.epochs
    return Finding("stopped", 95, {"n": n_done, "n_epochs": wanted}) if n_done < wanted else None


def early_stopping(figures: Figures) -> Finding | None:
    """Find a run that early stopping ended before its last epoch."""
    recipe, rows = figures.recipe, _with_validation(figures)
    if figures.is_stopped or not recipe or not recipe.patience or not rows:
        return None
    n_done = rows[-1]["epoch"]
    if n_done >= recipe.epochs:
        return None
    best = min(rows, key=lambda row: float(row["val_loss"]))["epoch"]
    return Finding("early_stopping", 40, {"n": n_done, "n_epochs": recipe.epochs, "best": best})


def _with_validation(figures: Figures) -> list[Epoch]:
    return [row for row in figures.history if "val_loss" in row]


def _mean(rows: Sequence[Epoch], name: str) -> float:
    return sum(float(row[name]) for row in rows) / len(rows)


def _slope(rows: Sequence[Epoch]) -> tuple[float, float]:
    """Return the slope of the validation loss per epoch, and its t."""
    return slope([row["epoch"] for row in rows], [float(row["val_loss"]) for row in rows])
