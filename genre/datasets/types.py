"""Tracks with a genre, and the segments that training and evaluation read.

Conventions
-----------
track
    One recording with a genre.  Splits are made of tracks, before segments exist.
artist
    Who made a track: the group a split keeps whole.  A track whose artist is not
    known is a group of its own.
genres
    Always sorted; their order is the order of a network's outputs.  Names are in Unicode's
    composed form (NFC), however a disk or a table writes them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import frames_to_steps, level_frames
from genre.errors import DatasetError
from genre.system.schema import printable

Progress = Callable[[int, int, str], None]
"""Called with how many tracks are done, how many there are, and the latest one's name."""


@dataclass(frozen=True, slots=True)
class Track:
    """One recording with a genre.

    ``seconds`` is its length, ``digest`` the sha256 of its samples
    (`genre.audio.signal.Signal.digest`): it identifies the tracks a model was trained on.
    """

    track_id: str
    genre: str
    artist: str | None = None
    seconds: float = 0.0
    digest: str = ""

    def __post_init__(self) -> None:
        for name in ("genre", "artist"):
            if value := getattr(self, name):
                object.__setattr__(self, name, unicodedata.normalize("NFC", value))

    @property
    def group(self) -> str:
        """What a split keeps whole: the artist, or the track alone where none is known."""
        return self.artist or f"track {self.track_id}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something of a dataset that could not be used, and why."""

    name: str
    reason: str


MAX_LISTED = 20
"""How much of a kind is listed one by one."""


def listed(passed_over: Iterable[tuple[str, str]], noun: str) -> list[Skipped]:
    """List what was passed over, and of more than `MAX_LISTED` only how much it is.

    Parameters
    ----------
    passed_over : iterable of (str, str)
        Names and reasons.
    noun : str
        What they are, one of them.

    Returns
    -------
    skipped : list of Skipped
    """
    pairs = list(passed_over)
    skipped = [Skipped(name, reason) for name, reason in pairs[:MAX_LISTED]]
    if rest := pairs[MAX_LISTED:]:
        reasons = {reason for _, reason in rest}
        reason = rest[0][1] if len(reasons) == 1 else f"for such reasons, as {rest[0][0]}"
        n = f"{len(rest):,} more {noun}" + ("s" if len(rest) > 1 else "")
        skipped.append(Skipped(n, reason))
    return skipped


class HasTracks:
    """What has tracks with genres and artists, so that it can be split."""

    __slots__ = ()
    tracks: tuple[Track, ...]
    name: str
    has_tracks: bool

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres, sorted."""
        return tuple(sorted({track.genre for track in self.tracks}))

    @property
    def track_genres(self) -> np.ndarray:
        """Index of each track's genre [shape=(n_tracks,), dtype=int]."""
        order = {genre: i for i, genre in enumerate(self.genres)}
        return np.array([order[track.genre] for track in self.tracks])

    @property
    def groups(self) -> np.ndarray:
        """Index of each track's artist [shape=(n_tracks,), dtype=int]."""
        return np.unique([track.group for track in self.tracks], return_inverse=True)[1]


@dataclass(frozen=True, slots=True)
class TrackList(HasTracks):
    """The tracks of a dataset without their sound: what is known before anything is extracted."""

    tracks: tuple[Track, ...]
    name: str = "dataset"
    has_tracks: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SegmentSet(HasTracks):
    """The segments of a dataset, and the tracks they were cut from.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, frame_values), dtype=float32]
        Short segments already repeated to full length.
    n_frames : np.ndarray [shape=(n_segments,), dtype=int]
        How many of each segment's frames are its own.
    track_index : np.ndarray [shape=(n_segments,), dtype=int]
        The track each segment was cut from.
    tracks : tuple of Track
    features : FeatureConfig
        The settings of the frames.
    name : str
        What the dataset is called in cards and on pages.
    skipped : tuple of Skipped
        What could not be used.
    altered : np.ndarray [shape=(n_altered, n_segments, n_frames, frame_values)], optional
        The frames of the same segments as they sound through a codec, a narrow band, in a room,
        with noise or clipped: to train on, never to test on.
    teacher_values : np.ndarray [shape=(n_segments, 200), dtype=float32], optional
        MSD-musicnn's penultimate layer, the mean over its windows: for a teacher to read.
    has_tracks : bool
        False where the source does not say which segments belong together:
        each segment then stands as a track, and only the course split is allowed.
    """

    frames: np.ndarray
    n_frames: np.ndarray
    track_index: np.ndarray
    tracks: tuple[Track, ...]
    features: FeatureConfig
    name: str = "dataset"
    skipped: tuple[Skipped, ...] = ()
    has_tracks: bool = True
    altered: np.ndarray | None = None
    teacher_values: np.ndarray | None = None

    def __post_init__(self) -> None:
        genres = self.genres
        if odd := [genre for genre in genres if printable(genre) != genre]:
            raise DatasetError(
                f"the genre {printable(odd[0])} has a name that is not Unicode. Rename its folder."
            )
        if len(genres) < 2:
            found = f"one genre ({genres[0]})" if genres else "no genre"
            raise DatasetError(
                f"the dataset holds {found}, at least two are needed to tell apart. "
                "Give it one folder of recordings for each genre."
            )

    @property
    def y(self) -> np.ndarray:
        """Index of each segment's genre [shape=(n_segments,), dtype=int]."""
        return self.track_genres[self.track_index]

    def own_frames(self, track: int) -> np.ndarray:
        """Return all frames of one track in playing order, without repetitions.

        Parameters
        ----------
        track : int
            Its place among ``tracks``.

        Returns
        -------
        frames : np.ndarray [shape=(n_frames, frame_values), dtype=float32]
        """
        segments = np.flatnonzero(self.track_index == track)
        return np.concatenate([self.frames[i, : self.n_frames[i]] for i in segments])

    def X(self, features: FeatureConfig) -> np.ndarray:
        """Return what a network with these settings reads.

        Parameters
        ----------
        features : FeatureConfig
            May ask for fewer MFCCs, deltas and texture windows, but not for other frames.

        Returns
        -------
        X : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]

        Raises
        ------
        DatasetError
            If the frames were made with other settings.
        """
        return frames_to_steps(self.levelled_frames(features), features)

    def levelled_frames(self, features: FeatureConfig) -> np.ndarray:
        """Return the frames, each track brought to one level where these settings ask for that.

        Parameters and errors are those of `X`.

        Returns
        -------
        frames : np.ndarray [shape=(n_segments, n_frames, n_given), dtype=float32]
            At least ``features.frame_values`` values each.
        """
        check_kind(self.name, self.features, features)
        held, asked = self.features.frames.to_dict(), features.frames.to_dict()
        for name, value in asked.items():
            has_enough = name == "n_mfcc" and held[name] >= value
            if held[name] != value and not has_enough:
                raise DatasetError(
                    f"the dataset {self.name} holds frames with {name}={held[name]}, "
                    f"{name}={value} was asked for. Extract it again from the audio."
                )
        if not isinstance(features, MfccConfig) or not features.level:
            return self.frames
        levelled = np.empty_like(self.frames[..., : features.n_mfcc])
        for track in range(len(self.tracks)):
            own = self.track_index == track
            levelled[own] = level_frames(self.frames[own], features)
        return levelled

    def altered_versions(self) -> list[SegmentSet]:
        """Return the dataset in each of its altered versions; none if it holds none."""
        versions = () if self.altered is None else self.altered
        return [replace(self, frames=frames, altered=None) for frames in versions]

    def whole_segments(self) -> SegmentSet:
        """Return the dataset without segments that had to be repeated to full length."""
        seconds = np.array([track.seconds for track in self.tracks])[self.track_index]
        is_short = (seconds > 0) & (seconds < self.features.segment_seconds)  # 0 is not known
        # A window of musicnn's frames is filled before it is described, so its count says nothing.
        whole = (self.n_frames == self.features.n_frames) & ~is_short
        if not whole.any():
            raise DatasetError(
                f"no recording in the dataset {self.name} fills a segment of "
                f"{self.features.segment_seconds:g} s. Use longer recordings."
            )
        tracks, track_index = np.unique(self.track_index[whole], return_inverse=True)
        return replace(
            self,
            frames=self.frames[whole],
            n_frames=self.n_frames[whole],
            altered=None if self.altered is None else self.altered[:, whole],
            teacher_values=None if self.teacher_values is None else self.teacher_values[whole],
            track_index=track_index,
            tracks=tuple(self.tracks[i] for i in tracks),
        )


Tracks = TypeVar("Tracks", SegmentSet, TrackList)


def check_kind(
    name: str, held: FeatureConfig, asked: FeatureConfig, *, reader: str = "the network"
) -> None:
    """Raise if a dataset holds features of another kind than are asked for.

    Parameters
    ----------
    name : str
        Of the dataset.
    held, asked : FeatureConfig
    reader : str
        What asks for them.

    Raises
    ------
    DatasetError
    """
    if held.kind != asked.kind:
        raise DatasetError(
            f"the dataset {name} holds {held.kind} features, {reader} reads {asked.kind} "
            "features. Choose another of either, or make such a dataset from audio with "
            f"'python -m genre extract --features {asked.kind}'."
        )
