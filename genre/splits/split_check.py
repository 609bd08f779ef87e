"""How a split will fall, known from tracks and artists alone, before anything is extracted.

Conventions
-----------
A split *cannot be* if a genre has no track to train on, or none to test on: its figure would
count what could not be learnt, or leave out a genre.  Of folds the same is asked of each genre
where it is tested.  A genre that is missing from validation is no hindrance.  What would work is
looked for in this order: the same kind of split with another seed, then with a larger test share
or fewer folds, then a split by track.

Whatever the split, there have to be two genres, and `LEAST_TRACKS` tracks of each: one to train on,
one to validate and one to test.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from genre.datasets.types import HasTracks
from genre.errors import DatasetError, ParameterError
from genre.language import _
from genre.splits.split import check_folds, track_folds, track_sides
from genre.splits.split_plan import GenreProblem, GenreSides, SplitPlan, split_options

LEAST_TRACKS = 3
_SIDES = ("train", "validation", "test")
_TESTED_SIDES = ("train", "test")
_SHOWN = 5
"""How many genres are named in a sentence."""


@dataclass(frozen=True, slots=True)
class SplitCheck:
    """How a split falls.

    Parameters
    ----------
    plan : SplitPlan
    genres : tuple of GenreSides
        Empty where there is no split at all.
    missing : dict
        The genres that lack a side, by ``train`` and ``test``.
    problem : str
        A sentence that says why it cannot be; empty if it can.
    of_genres : tuple of GenreProblem
        What each genre of the problem lacks; empty where it is none of single genres.
    is_too_small : bool
        Whether the data are too small for any split: the problem says what to add.
    option : dict
        The fields of the plan to change for one that can be; empty if there is none.
    """

    plan: SplitPlan
    genres: tuple[GenreSides, ...] = ()
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""
    of_genres: tuple[GenreProblem, ...] = ()
    is_too_small: bool = False
    option: dict[str, Any] = field(default_factory=dict)

    @property
    def n_tracks(self) -> int:
        """Tracks in all; 0 where there is no split at all."""
        sides = ("test",) if self.plan.n_folds else _SIDES
        return sum(row.n_tracks[side] for row in self.genres for side in sides)

    def require(self, *, remedy: str) -> None:
        """Raise if the split cannot be; ``remedy`` is the sentence that says what to do.

        Raises
        ------
        DatasetError
        """
        if self.problem:
            raise DatasetError(self.problem if self.is_too_small else f"{self.problem} {remedy}")


def check_split(data: HasTracks, plan: SplitPlan) -> SplitCheck:
    """Tell how a split of some tracks will fall, and which one would work if it cannot be.

    Parameters
    ----------
    data : HasTracks
    plan : SplitPlan
        Of the course split only the number of tracks is looked at: it cuts tracks, which have to
        be extracted first.

    Returns
    -------
    check : SplitCheck

    Raises
    ------
    ParameterError
        If fewer than two folds are asked for.
    """
    if plan.n_folds:
        check_folds(plan.n_folds)
    found = _too_small(data, plan) or _fall(data, plan)
    if not found.problem or found.is_too_small:
        return found
    for option in split_options(data, plan):
        if not _fall(data, replace(plan, **option)).problem:
            return replace(found, option=option)
    return found


def _too_small(data: HasTracks, plan: SplitPlan) -> SplitCheck | None:
    """Return what no split can mend; None where there is no such thing."""
    if not data.has_tracks or not data.tracks:
        return None
    counts = dict(zip(data.genres, np.bincount(data.track_genres).tolist(), strict=True))
    counts |= dict.fromkeys(getattr(data, "empty", ()), 0)
    few = tuple(GenreProblem(g, "tracks", n) for g, n in counts.items() if n < LEAST_TRACKS)
    if len(counts) == 1:
        said = _("the dataset {name} has one genre, {genres}: add a second.")
    elif few:
        said = _(
            "too few tracks of {counts}: each genre needs {least}, to train on, to validate and "
            "to test. Add recordings, or remove the genre."
        )
    else:
        return None
    problem = said.format(
        name=data.name,
        genres=_listed(list(counts)),
        counts=_listed([f"{one.genre} {one.n}" for one in few]),
        least=LEAST_TRACKS,
    )
    return SplitCheck(plan, problem=problem, of_genres=few, is_too_small=True)


def _fall(data: HasTracks, plan: SplitPlan) -> SplitCheck:
    """Tell how a split falls."""
    if plan.by == "course" or not data.has_tracks:
        return SplitCheck(plan)
    try:
        if plan.n_folds:
            missing, genres = _fall_of_folds(data, plan)
            return replace(_of_missing(data, plan, missing), genres=genres)
        sides = track_sides(
            data,
            by=plan.by,
            test_share=plan.test_share,
            validation_share=plan.validation_share,
            seed=plan.seed,
        )
    except (DatasetError, ParameterError) as error:  # the latter: it cannot be folded
        return SplitCheck(plan, problem=_one_sentence(str(error)))
    genres = _count_sides(data, dict(zip(_SIDES, sides, strict=True)))
    missing = {
        side: tuple(row.genre for row in genres if not row.n_tracks[side]) for side in _TESTED_SIDES
    }
    return replace(_of_missing(data, plan, missing), genres=genres)


def _fall_of_folds(
    data: HasTracks, plan: SplitPlan
) -> tuple[dict[str, tuple[str, ...]], tuple[GenreSides, ...]]:
    """Return the genres that a fold tests and does not train on, and the counts of all."""
    folds = track_folds(data, by=plan.by, n_folds=plan.n_folds, seed=plan.seed)
    everything = _count_sides(data, {"test": np.arange(len(data.tracks))})
    counted = [_count_sides(data, {"train": rest, "test": test}) for rest, test in folds]
    genres = []
    for i, whole in enumerate(everything):
        tested = [of[i] for of in counted if of[i].n_tracks["test"]]
        least = min(tested, key=lambda of: of.n_tracks["train"])
        n_artists = {"train": least.n_artists["train"], "test": whole.n_artists["test"]}
        n_tracks = {"train": least.n_tracks["train"], "test": whole.n_tracks["test"]}
        genres.append(GenreSides(whole.genre, n_tracks, n_artists))
    return {"train": tuple(of.genre for of in genres if not of.n_tracks["train"])}, tuple(genres)


def _count_sides(data: HasTracks, sides: dict[str, np.ndarray]) -> tuple[GenreSides, ...]:
    """Count tracks and artists of each genre on each side."""
    y, groups = data.track_genres, data.groups
    own = {side: [tracks[y[tracks] == i] for i in range(len(data.genres))]
           for side, tracks in sides.items()}  # fmt: skip
    return tuple(
        GenreSides(
            genre,
            {side: len(own[side][i]) for side in sides},
            {side: len(np.unique(groups[own[side][i]])) for side in sides},
        )
        for i, genre in enumerate(data.genres)
    )


def _of_missing(
    data: HasTracks, plan: SplitPlan, missing: dict[str, tuple[str, ...]]
) -> SplitCheck:
    """Return the check of a split that lacks some genres."""
    lacking = {side: genres for side, genres in missing.items() if genres}
    if not lacking:
        return SplitCheck(plan)
    y = data.track_genres
    groups = np.arange(len(data.tracks)) if plan.by == "track" else data.groups
    names = dict.fromkeys(genre for genres in lacking.values() for genre in genres)
    n_groups = {name: len(np.unique(groups[y == data.genres.index(name)])) for name in names}
    counts = [f"{name} {n}" for name, n in n_groups.items()]
    return SplitCheck(
        plan,
        missing=lacking,
        problem=_lacking(plan, lacking).format(
            by=plan.by,
            **{side: _listed(genres) for side, genres in lacking.items()},
            counts=_listed(counts),
        ),
        of_genres=tuple(
            GenreProblem(genre, side, n_groups[genre])
            for side, genres in lacking.items()
            for genre in genres
        ),
    )


def _lacking(plan: SplitPlan, lacking: Collection[str]) -> str:
    """Return the sentence that says on which sides of a split genres are missing."""
    of_tracks = plan.by == "track"
    if plan.n_folds:  # in folds, every track is tested
        return (
            _("the split by {by} leaves nothing of {train} to train on where they are tested "
              "(tracks: {counts}).")
            if of_tracks
            else _("the split by {by} leaves nothing of {train} to train on where they are tested "
                   "(artists: {counts}).")
        )  # fmt: skip
    if len(lacking) == len(_TESTED_SIDES):
        return (
            _("the split by {by} leaves nothing of {train} to train on and nothing of {test} to "
              "test on (tracks: {counts}).")
            if of_tracks
            else _("the split by {by} leaves nothing of {train} to train on and nothing of {test} "
                   "to test on (artists: {counts}).")
        )  # fmt: skip
    if "train" in lacking:
        return (
            _("the split by {by} leaves nothing of {train} to train on (tracks: {counts}).")
            if of_tracks
            else _("the split by {by} leaves nothing of {train} to train on (artists: {counts}).")
        )
    return (
        _("the split by {by} leaves nothing of {test} to test on (tracks: {counts}).")
        if of_tracks
        else _("the split by {by} leaves nothing of {test} to test on (artists: {counts}).")
    )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    """Return some names, and how many there are more."""
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return _("{names} and {n} more").format(names=shown, n=more) if more > 0 else shown


def _one_sentence(message: str) -> str:
    """Return what an error says without what to do."""
    return f"{message.partition('. ')[0].rstrip('.')}."
