"""From a dataset to its three sides: what trains, what chooses, what is counted.

Conventions
-----------
artist
    Artists stay whole: no artist is on two sides.  Free of data leakage.
track
    Tracks stay whole; an artist may be on two sides, so who plays can be learnt.
course
    The reference system's ``train_test_split`` of segments, kept to show what it
    does: segments of one recording land on both sides, and the accuracy it gives
    is not that of new music.  Labelled *leaky* wherever it appears.
fault-filtered
    The partition of the GTZAN collection that papers report on: without repeated and
    broken tracks, no known artist on two sides (`genre.datasets.gtzan_facts`).

Sides are arrays of segment indices.  Leak-free sides are made of tracks before any
segment is looked at, so no later step can leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from genre.datasets.gtzan_facts import published_sides
from genre.datasets.types import HasTracks, SegmentSet
from genre.errors import DatasetError, ParameterError
from genre.language import _
from genre.splits.course import course_folds, course_split
from genre.splits.group_folds import stratified_group_folds
from genre.splits.too_few import too_few_error

SplitKind = Literal["artist", "track", "course", "fault-filtered"]
Side = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The three sides of a dataset.

    Parameters
    ----------
    by : str
        What was kept whole: ``artist``, ``track``, or nothing (``course``); or the
        published partition ``fault-filtered``.
    train, validation, test : np.ndarray [shape=(n,), dtype=int]
        Indices of segments.
    """

    by: SplitKind
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def absent_genres(self, data: SegmentSet) -> dict[str, tuple[str, ...]]:
        """Return, for each side that lacks any, the genres it lacks."""
        genres, y = np.array(data.genres), data.y
        lacking = {
            side: tuple(
                genres[np.setdiff1d(np.arange(len(genres)), y[getattr(self, side)])].tolist()
            )
            for side in get_args(Side)
        }
        return {side: absent for side, absent in lacking.items() if absent}


def split_tracks(
    data: SegmentSet,
    *,
    by: SplitKind = "artist",
    test_share: float = 0.25,
    validation_share: float = 0.2,
    seed: int = 0,
) -> Split:
    """Split a dataset into training, validation and test (``prepare_datasets``).

    Parameters
    ----------
    data : SegmentSet
    by : str
        What stays whole: ``artist``, ``track``, or nothing (``course``, leaky); or the
        published partition ``fault-filtered``, whatever the shares and the seed.
    test_share : float
        Share of all that is tested on; about, since artists cannot be cut.
    validation_share : float
        Share of the rest that validates.
    seed : int
        The same seed gives the same split.

    Returns
    -------
    split : Split

    Raises
    ------
    ParameterError
        If a share is outside 0.05-0.5.
    DatasetError
        If the dataset has too few artists or tracks, or does not name its tracks.
    """
    _check_shares(test_share=test_share, validation_share=validation_share)
    if by == "course":
        return Split("course", *course_split(data, test_share, validation_share, seed))
    sides = track_sides(
        data, by=by, test_share=test_share, validation_share=validation_share, seed=seed
    )
    return _from_tracks(data, by, *sides)


def track_sides(
    data: HasTracks, *, by: SplitKind, test_share: float, validation_share: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell on which side each track is, without looking at its sound.

    Parameters
    ----------
    data : HasTracks
    by, test_share, validation_share, seed
        As for `split_tracks`, but for the course split, which cuts tracks apart.

    Returns
    -------
    train, validation, test : np.ndarray [shape=(n,), dtype=int]
        Indices of tracks.

    Raises
    ------
    ParameterError, DatasetError
        As `split_tracks`.
    """
    if by == "fault-filtered":
        return published_sides(data)
    rest, test = _cut(data, np.arange(len(data.tracks)), by, test_share, seed)
    train, validation = _cut(data, rest, by, validation_share, seed)
    return train, validation, test


def fold_tracks(
    data: SegmentSet,
    *,
    by: SplitKind = "artist",
    n_folds: int = 5,
    validation_share: float = 0.0,
    seed: int = 0,
) -> list[Split]:
    """Split a dataset into folds, each track being tested exactly once.

    Parameters
    ----------
    data : SegmentSet
    by : str
        What stays whole: ``artist``, ``track``, or nothing (``course``, leaky).
    n_folds : int
    validation_share : float
        Share of each fold's training side that validates; 0 for none.  It is smaller where a
        genre would not be learnt otherwise.
    seed : int
        The same seed gives the same folds.

    Returns
    -------
    splits : list of Split

    Raises
    ------
    ParameterError
        If there are fewer than two folds, or the share is neither 0 nor in 0.05-0.5.
    DatasetError
        If there are fewer artists or tracks than folds.
    """
    check_folds(n_folds)
    if validation_share:
        _check_shares(validation_share=validation_share)
    if by == "course":
        folds = course_folds(data, n_folds, validation_share, seed)
        return [Split("course", *sides) for sides in folds]
    splits = []
    for rest, test in track_folds(data, by=by, n_folds=n_folds, seed=seed):
        train, validation = rest, rest[:0]
        if validation_share:
            train, validation = _cut_validation(data, rest, by, validation_share, seed)
        splits.append(_from_tracks(data, by, train, validation, test))
    return splits


def track_folds(
    data: HasTracks, *, by: SplitKind, n_folds: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the tracks that each fold trains on, and those that it tests, as indices."""
    check_folds(n_folds)
    return _fold(data, np.arange(len(data.tracks)), by, n_folds, seed)


def whole_side(data: SegmentSet) -> Split:
    """Put everything on the training side: for a model whose accuracy was measured before."""
    return Split("artist", np.arange(len(data.frames)), *np.empty((2, 0), dtype=int))


def check_folds(n_folds: int) -> None:
    """Raise ParameterError for fewer than two folds."""
    if n_folds < 2:
        refused = _("{n_folds} folds were asked for, at least 2 are needed.")
        raise ParameterError(refused.format(n_folds=n_folds))


def _check_shares(**shares: float) -> None:
    for name, share in shares.items():
        if not 0.05 <= share <= 0.5:
            refused = _("{name}={share} was given, expected 0.05 to 0.5. Use e.g. 0.25.")
            raise ParameterError(refused.format(name=name, share=share))


def _cut(
    data: HasTracks, tracks: np.ndarray, by: SplitKind, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut off about a share of some tracks; more where every genre has only a few."""
    n_most = int(np.bincount(data.track_genres[tracks]).max())
    return _fold(data, tracks, by, min(round(1 / share), max(2, n_most)), seed)[0]


def _cut_validation(
    data: HasTracks, tracks: np.ndarray, by: SplitKind, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a validation side off a fold, but nothing of a genre that would then not be learnt."""
    try:
        train, validation = _cut(data, tracks, by, share, seed)
    except DatasetError:  # too few to cut: the fold does without
        return tracks, tracks[:0]
    y, groups = data.track_genres, data.groups if by == "artist" else np.arange(len(data.tracks))
    needed = groups[validation[~np.isin(y[validation], y[train])]]
    is_kept = np.isin(groups[validation], needed)
    return np.sort(np.concatenate([train, validation[is_kept]])), validation[~is_kept]


def _fold(
    data: HasTracks, tracks: np.ndarray, by: SplitKind, n_folds: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Fold some of a dataset's tracks; each fold is (track indices of the rest, of the fold)."""
    if by == "fault-filtered":
        raise ParameterError(
            _(
                "the fault-filtered partition has one training, one validation and one test "
                "side, so it cannot be folded. Use it with train, or fold by artist."
            )
        )
    if by not in get_args(SplitKind):
        refused = _("a split by {by!r} was asked for, expected one of {kinds}.")
        raise ParameterError(refused.format(by=by, kinds=", ".join(get_args(SplitKind))))
    if not data.has_tracks:
        raise DatasetError(
            _(
                "the dataset {name} does not say which segments belong to one track, so it can "
                "only be split the course way. Add a 'track' list, or use --split course."
            ).format(name=data.name)
        )
    groups = data.groups[tracks] if by == "artist" else tracks
    n_groups = len(np.unique(groups))
    if n_groups < n_folds:
        raise too_few_error(data.name, by, n_groups, n_folds)
    y = data.track_genres[tracks]
    n_most = int(np.bincount(y).max())
    if n_most < n_folds:
        raise DatasetError(
            _(
                "no genre of the dataset {name} has more than {n_most} tracks left to divide, "
                "{n_folds} are needed. Add recordings, or use larger shares or fewer folds."
            ).format(name=data.name, n_most=n_most, n_folds=n_folds)
        )
    # A genre with fewer artists than folds is absent from some of them.
    tested = stratified_group_folds(y, groups, n_folds, seed)
    folds = [(np.setdiff1d(np.arange(len(y)), fold), fold) for fold in tested]
    if any(len(rest) == 0 or len(fold) == 0 for rest, fold in folds):
        raise DatasetError(
            (
                _(
                    "a side of the split of {name} would be empty: {n} artists cannot be divided "
                    "into {n_folds} parts. Add recordings by others, or use larger shares."
                )
                if by == "artist"
                else _(
                    "a side of the split of {name} would be empty: {n} tracks cannot be divided "
                    "into {n_folds} parts. Add recordings by others, or use larger shares."
                )
            ).format(name=data.name, n=n_groups, n_folds=n_folds)
        )
    return [(tracks[rest], tracks[fold]) for rest, fold in folds]


def _from_tracks(
    data: SegmentSet, by: SplitKind, train: np.ndarray, validation: np.ndarray, test: np.ndarray
) -> Split:
    """Turn sides made of tracks into sides made of their segments."""
    sides = (np.flatnonzero(np.isin(data.track_index, side)) for side in (train, validation, test))
    return Split(by, *sides)
