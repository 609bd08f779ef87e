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
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import frames_to_steps
from genre.audio.level import at_level, mfcc_level
from genre.errors import DatasetError
from genre.language import _
from genre.storage.rows import Rows, change, change_by_number, positions_by, select
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
    """Something of a dataset that could not be used, and why.

    ``is_unread`` is of a folder that could not be looked into: what is in it is not known.
    """

    name: str
    reason: str
    is_unread: bool = False


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
    """The tracks of a dataset without their sound; ``empty`` are genres without a track."""

    tracks: tuple[Track, ...]
    name: str = "dataset"
    has_tracks: bool = True
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SegmentSet(HasTracks):
    """The segments of a dataset, and the tracks they were cut from.

    Parameters
    ----------
    frames : np.ndarray or Rows [shape=(n_segments, n_frames, frame_values), dtype=float32]
        Short segments already repeated to full length; of a large dataset on the disk.
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
    altered : sequence of n_altered arrays like ``frames``, optional
        The same segments through a codec, in a room, with noise...: to train on, never to test on.
    teacher_values : np.ndarray or Rows [shape=(n_segments, 200), dtype=float32], optional
        MSD-musicnn's penultimate layer, the mean over its windows: for a teacher to read.
    has_tracks : bool
        False where the source does not say which segments belong together: each segment then
        stands as a track, and only the course split is allowed.
    """

    frames: Any
    n_frames: np.ndarray
    track_index: np.ndarray
    tracks: tuple[Track, ...]
    features: FeatureConfig
    name: str = "dataset"
    skipped: tuple[Skipped, ...] = ()
    has_tracks: bool = True
    altered: Any = None
    teacher_values: Any = None

    def __post_init__(self) -> None:
        genres = self.genres
        if odd := [genre for genre in genres if printable(genre) != genre]:
            raise DatasetError(
                _("the genre {odd} has a name that is not Unicode. Rename its folder.").format(
                    odd=printable(odd[0])
                )
            )
        if len(genres) < 2:
            raise DatasetError(
                _(
                    "the dataset holds one genre ({genre}), at least two are needed to tell apart. "
                    "Give it one folder of recordings for each genre."
                ).format(genre=genres[0])
                if genres
                else _(
                    "the dataset holds no genre, at least two are needed to tell apart. Give it "
                    "one folder of recordings for each genre."
                )
            )

    @property
    def y(self) -> np.ndarray:
        """Index of each segment's genre [shape=(n_segments,), dtype=int]."""
        return self.track_genres[self.track_index]

    def own_frames(self, segments: np.ndarray) -> np.ndarray:
        """Return all frames of some segments one after the other, without repetitions.

        Returns
        -------
        frames : np.ndarray [shape=(n_frames, frame_values), dtype=float32]
        """
        n_own = self.n_frames[segments, np.newaxis]
        whole: np.ndarray = self.frames[segments]
        return whole[np.arange(whole.shape[1]) < n_own]

    @property
    def segments_of_tracks(self) -> list[np.ndarray]:
        """The segments of each track, in playing order."""
        return positions_by(self.track_index, len(self.tracks))

    def X(self, features: FeatureConfig) -> Any:
        """Return what a network with these settings reads.

        Parameters
        ----------
        features : FeatureConfig
            May ask for fewer MFCCs, deltas and texture windows, but not for other frames.

        Returns
        -------
        X : np.ndarray or Rows [shape=(n_segments, n_steps, n_values), dtype=float32]

        Raises
        ------
        DatasetError
            If the frames were made with other settings.
        """
        return change(self.levelled_frames(features), lambda of: frames_to_steps(of, features))

    def levelled_frames(self, features: FeatureConfig) -> Any:
        """Return the frames, each track brought to one level where these settings ask for that.

        Parameters and errors are those of `X`.

        Returns
        -------
        frames : np.ndarray or Rows [shape=(n_segments, n_frames, n_given), dtype=float32]
            At least ``features.frame_values`` values each.
        """
        check_kind(self.name, self.features, features)
        held, asked = self.features.frames.to_dict(), features.frames.to_dict()
        for name, value in asked.items():
            has_enough = name == "n_mfcc" and held[name] >= value
            if held[name] != value and not has_enough:
                raise DatasetError(
                    _(
                        "the dataset {name} holds frames with {setting}={held}, {setting}={wanted} "
                        "was asked for. Extract it again from the audio."
                    ).format(name=self.name, setting=name, held=held[name], wanted=value)
                )
        if not isinstance(features, MfccConfig) or not features.level:
            return self.frames
        # Of as many coefficients as are read: a pack that holds more gives the same level.
        n = features.n_mfcc
        own_frames = (self.frames[own][..., :n] for own in self.segments_of_tracks)
        levels = np.array([mfcc_level(frames) for frames in own_frames])
        level = levels[self.track_index]
        if isinstance(self.frames, Rows):
            shape = (self.frames.shape[1], n)
            return change_by_number(
                self.frames, lambda of, i: at_level(of[..., :n], level[i]), shape
            )
        return at_level(self.frames[..., :n], level)

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
                _(
                    "no recording in the dataset {name} fills a segment of {segment_seconds:g} s. "
                    "Use longer recordings."
                ).format(name=self.name, segment_seconds=self.features.segment_seconds)
            )
        tracks, track_index = np.unique(self.track_index[whole], return_inverse=True)
        altered, taught = self.altered, self.teacher_values
        return replace(
            self,
            frames=select(self.frames, whole),
            n_frames=self.n_frames[whole],
            altered=None if altered is None else [select(one, whole) for one in altered],
            teacher_values=taught if taught is None else select(taught, whole),
            track_index=track_index,
            tracks=tuple(self.tracks[i] for i in tracks),
        )


Tracks = TypeVar("Tracks", SegmentSet, TrackList)


def check_kind(name: str, held: FeatureConfig, asked: FeatureConfig, *, reader: str = "") -> None:
    """Raise if a dataset holds features of another kind than are asked for.

    Parameters
    ----------
    name : str
        Of the dataset.
    held, asked : FeatureConfig
    reader : str
        What asks for them: the network, unless it is named.

    Raises
    ------
    DatasetError
    """
    if held.kind != asked.kind:
        raise DatasetError(
            _(
                "the dataset {name} holds {kind} features, {reader} reads {asked} features. "
                "Choose another of either, or make such a dataset from audio with 'python -m "
                "genre extract --features {asked}'."
            ).format(name=name, kind=held.kind, reader=reader or _("the network"), asked=asked.kind)
        )
