"""Rules on earlier results: the difference from one of them, and what a change has brought.

Conventions
-----------
As `genre.reading.genre_rules`.  Two results are compared on the tracks that both were tested on,
and only where both are free of data leakage, or have the same split.  Which two is decided by
their settings, never by their figures: a comparison with the best of many would say too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from genre.compare.leaderboard import differing_settings
from genre.evaluation.bootstrap import LEAST_ARTISTS
from genre.evaluation.paired_bootstrap import Difference, paired_difference
from genre.evaluation.track_predictions import TrackPrediction, shared_predictions
from genre.reading.figures import Earlier, Figures, Finding
from genre.recipes.config import BUNDLED_DATA, TrainConfig
from genre.recipes.musicnn import uses_musicnn

LEAST_SHARED = 20
"""Tracks that two results must share."""
N_NEAR = 3
"""Settings in which recipes may differ and still be called near; that many can be named."""
_KINDS = ("run", "recorded", "model")
Predictions = tuple[TrackPrediction, ...]
Changed = Callable[[Any, Any], bool]
"""Whether a setting went from one value to another as it is advised."""


def difference(figures: Figures) -> Finding | None:
    """Compare with an earlier result that was trained otherwise.

    It speaks wherever there is one that shares `LEAST_SHARED` tracks of at least as many artists as
    an interval needs.  First come those that differ in `N_NEAR` settings or fewer; of these the
    ones of its own kind (runs of this computer, runs of the program, models), the nearest, the
    latest.  If none is so near, it is a model: one that reads the same features, with the most
    shared tracks.  Genres that could not be learnt are left out.
    """
    if not figures.evaluation or not figures.recipe:
        return None
    own = tuple(a for a in figures.evaluation.predictions if a.genre not in figures.unlearnt)
    kinds = _KINDS if figures.kind != "model" else _KINDS[::-1]
    near, models = [], []
    for place, other in enumerate(figures.earlier):
        changed = settings_between(figures.recipe, other.recipe)
        if not changed or not is_comparable(figures, other):
            continue
        if len(changed) <= N_NEAR:
            near.append(((kinds.index(other.kind), len(changed), place), other, changed))
        elif other.kind == "model":
            n_shared = len({answer.key for answer in shared_predictions(own, _of(other))[0]})
            is_other_kind = other.recipe.features != figures.recipe.features
            models.append(((is_other_kind, -n_shared, len(changed), place), other, ()))
    for _rank, other, named in [*sorted(near, key=_rank_of), *sorted(models, key=_rank_of)]:
        if measured := paired(own, _of(other)):
            is_chance = measured.low <= 0 <= measured.high
            values = {
                "other": other.name,
                "kind": other.kind,
                "difference": measured,
                "settings": named,
                "is_chance": is_chance,
                "knows_artists": uses_musicnn(figures.recipe) or uses_musicnn(other.recipe),
            }
            return Finding("difference", 45 if is_chance else 60, values)
    return None


def _rank_of(row: tuple[Any, ...]) -> Any:
    return row[0]


def _of(other: Earlier) -> Predictions:
    return other.evaluation.predictions


def settings_between(one: TrainConfig, other: TrainConfig) -> tuple[str, ...]:
    """Return the settings in which two recipes differ, but for the names of their presets."""
    return tuple(differing_settings([one, other]))


def is_comparable(figures: Figures, other: Earlier) -> bool:
    """Tell whether a difference from an earlier result says something."""
    if other.recipe.permute_genres or figures.is_control or not figures.recipe:
        return False
    if (other.name, other.kind) == (figures.name, figures.kind):
        return False
    is_fair = figures.is_leak_free == other.is_leak_free and (
        figures.is_leak_free or figures.recipe.split == other.recipe.split
    )
    return is_fair and same_tracks(figures.source, other.source)


def same_tracks(source: str, other: str) -> bool:
    """Tell whether two datasets are of the same recordings: one, or both bundled kinds of it."""
    bundled = BUNDLED_DATA.values()
    return bool(source) and (source == other or (source in bundled and other in bundled))


def paired(first: Predictions, second: Predictions) -> Difference | None:
    """Return the difference on shared tracks, if these are enough to say something."""
    one, other = shared_predictions(first, second)
    if len({answer.key for answer in one}) < LEAST_SHARED:
        return None
    measured = paired_difference(one, other)
    return measured if measured.n_artists >= LEAST_ARTISTS else None


def brought(figures: Figures, setting: str, is_change: Changed) -> dict[str, Any]:
    """Return what changing one setting has brought in earlier results on the same data.

    Looked for are two runs that differ in this setting alone, the first in `N_NEAR` settings or
    fewer from this result: what more epochs bring depends on the recipe.  Those of this computer
    come first, then those with more shared tracks.  Where a split was changed, the two were tested
    on different tracks, so there is no paired difference, and any recipe shows what it does.

    Returns
    -------
    values : dict
        ``before``, ``after`` (names), ``from_value``, ``to_value``, ``kind``, and ``difference``
        (None for a split), ``accuracy_before`` and ``accuracy_after``; empty if there is no such
        pair.
    """
    found = []
    for place, (before, after) in enumerate(_pairs(figures, setting, is_change)):
        measured = paired(_of(after), _of(before))
        if measured or setting == "split":
            n_shared = measured.n_tracks if measured else 0
            kind = max(before.kind, after.kind, key=_KINDS.index)
            found.append((_KINDS.index(kind), -n_shared, place, before, after, measured))
    if not found:
        return {}
    *_rank, before, after, measured = min(found, key=lambda row: row[:3])
    return {
        "setting": setting,
        "before": before.name,
        "after": after.name,
        "kind": max(before.kind, after.kind, key=_KINDS.index),
        "from_value": getattr(before.recipe, setting),
        "to_value": getattr(after.recipe, setting),
        "difference": measured if setting != "split" else None,
        "accuracy_before": before.evaluation.track_accuracy.value,
        "accuracy_after": after.evaluation.track_accuracy.value,
    }


def _pairs(figures: Figures, setting: str, is_change: Changed) -> Iterator[tuple[Earlier, Earlier]]:
    """Yield the runs on the same data that differ in one setting, the changed one second."""
    runs = [
        other
        for other in figures.earlier
        if other.kind != "model"
        and other.source == figures.source
        and not other.recipe.permute_genres
    ]
    for before in runs:
        is_near = figures.recipe and len(settings_between(before.recipe, figures.recipe)) <= N_NEAR
        for after in runs:
            is_fair = setting == "split" or (is_near and before.is_leak_free == after.is_leak_free)
            if (
                is_fair
                and settings_between(before.recipe, after.recipe) == (setting,)
                and is_change(getattr(before.recipe, setting), getattr(after.recipe, setting))
            ):
                yield before, after


def musicnn_brought(figures: Figures) -> dict[str, Any]:
    """Return how much better a model of musicnn's values is than one of MFCCs, on the same tracks.

    Such recipes differ in more than one setting, so two saved models are compared: of each kind the
    one whose accuracy has the highest lower end.
    """
    models = [
        other
        for other in figures.earlier
        if other.kind == "model"
        and other.is_leak_free
        and same_tracks(other.source, figures.source)
    ]
    read = {
        kind: max(of, key=lambda other: (other.evaluation.track_accuracy.low, other.name))
        for kind in ("mfcc", "musicnn")
        if (of := [other for other in models if other.recipe.features == kind])
    }
    if len(read) < 2:
        return {}
    measured = paired(_of(read["musicnn"]), _of(read["mfcc"]))
    if not measured:
        return {}
    names = {"before": read["mfcc"].name, "after": read["musicnn"].name}
    return names | {"setting": "features", "kind": "model", "difference": measured}
