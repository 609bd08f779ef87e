"""The segments of one training epoch: sampling, data augmentation and mixup.

Conventions
-----------
Plain NumPy, no Keras.  All chance of an epoch is drawn before its first segment is read, so it
is the same however much of it is made at a time.  An epoch depends only on the recipe's seed and
the epoch's number, so an interrupted run continues with the same segments.  Tempo and pitch are
changed in the frames, before they are summarised into steps; the rest is applied to steps in
their own units, before the network's scaling.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genre.audio.features import frames_to_steps
from genre.recipes.config import TrainConfig
from genre.recipes.variation import Playback, Variation
from genre.storage.rows import CHUNK_BYTES, Array, mean_and_variance, positions_by, select

PART_BYTES = 16 * 2**20
"""What is made at a time of an epoch that is too large to hold."""


@dataclass(frozen=True, eq=False)  # no slots: what is measured of it is kept
class TrainingSide:
    """The training set of a network.

    Parameters
    ----------
    X : np.ndarray or Rows [shape=(n_versions * n_segments, n_steps, n_values), dtype=float32]
        Of all segments as they are; then, for recipes with ``altered``, of all in each altered
        version.
    y : np.ndarray [shape=(n_segments,), dtype=int]
    track_index : np.ndarray [shape=(n_segments,), dtype=int]
        The track of each segment: sampling is balanced over tracks.
    n_genres : int
    frames : np.ndarray or Rows [shape=(n_versions * n_segments, n_frames, n_mfcc)], optional
        What ``X`` was made of: only recipes with ``warp`` or ``speed`` need them.
    taught : np.ndarray [shape=(n_segments, n_genres), dtype=float32], optional
        Probabilities by a teacher, for all versions of a segment: only recipes with ``teacher``
        need them.
    """

    X: Array
    y: np.ndarray
    track_index: np.ndarray
    n_genres: int
    frames: Array | None = None
    taught: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        X: Array,
        y: np.ndarray,
        track_index: np.ndarray,
        n_genres: int,
        frames: Array | None = None,
        taught: np.ndarray | None = None,
    ) -> TrainingSide:
        """Return a training set."""
        return cls(X, y, track_index, n_genres, frames, taught)

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation, (n_values,) each, of the segments as they are, over all steps."""
        mean, variance = mean_and_variance(
            select(self.X, slice(len(self.y))),
            lambda of: (of.mean(axis=(0, 1)), of.var(axis=(0, 1))),
        )
        return mean, np.sqrt(variance)

    @property
    def mean(self) -> np.ndarray:
        """The first of `moments`."""
        return self.moments[0]

    @property
    def deviation(self) -> np.ndarray:
        """The second of `moments`."""
        return self.moments[1]


def draw_epoch(side: TrainingSide, config: TrainConfig, epoch: int) -> tuple[Any, np.ndarray]:
    """Draw the segments of one epoch, in training order.

    Parameters
    ----------
    side : TrainingSide
    config : TrainConfig
        Says how many segments per track, and how they are augmented.
    epoch : int
        Number of the epoch, from 0.

    Returns
    -------
    X : np.ndarray or DrawnEpoch [shape=(n, n_steps, n_values), dtype=float32]
        The latter where it is more than a chunk (`genre.storage.rows`): its slices are the same
        arrays, made when they are asked for.
    targets : np.ndarray [shape=(n, n_genres), dtype=float32]
        Probabilities that sum to 1: smoothed, taught and mixed where the recipe says so.

    References
    ----------
    .. [1] D. S. Park et al., "SpecAugment", Interspeech 2019 (masking).
    .. [2] H. Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
    """
    rng = np.random.default_rng([config.seed, epoch])
    chosen = _choose_segments(side, config, rng)
    rows = _choose_versions(chosen, side, config, rng)
    n_steps, n_values = side.X.shape[1:]
    playback = None
    if side.frames is not None and (config.warp or config.speed):
        playback = Playback.draw(len(rows), config, rng)
        n_steps, n_values = config.feature_config.n_steps, config.feature_config.n_values
    variation = Variation.draw((len(rows), n_steps, n_values), config, rng)
    targets = np.eye(side.n_genres, dtype=np.float32)[side.y[chosen]]
    targets += config.label_smoothing * (1 / side.n_genres - targets)
    if side.taught is not None:
        targets += config.teacher * (side.taught[chosen] - targets)
    share = other = None
    if config.mixup:
        share = rng.beta(config.mixup, config.mixup, len(rows)).astype(np.float32)
        other = rng.permutation(len(rows))
        targets = share[:, None] * targets + (1 - share[:, None]) * targets[other]
    drawn = DrawnEpoch(side, config, rows, playback, variation, share, other)
    fits = 4 * len(rows) * n_steps * n_values <= CHUNK_BYTES
    return (drawn.make(np.arange(len(rows))) if fits else drawn), targets


class DrawnEpoch:
    """The segments of an epoch too large to hold: all chance is drawn, the segments are not read.

    A slice of it is the same array as if all had been made at once; slices that follow each other
    are made a part at a time, the next one while this one is in use.

    Parameters
    ----------
    side : TrainingSide
    config : TrainConfig
    rows : np.ndarray [shape=(n,), dtype=int]
        Which rows of the training set, in training order.
    playback : Playback, optional
    variation : Variation
    share, other : np.ndarray [shape=(n,)], optional
        How much of each segment is its own, and what the rest is, by mixup.
    """

    def __init__(
        self,
        side: TrainingSide,
        config: TrainConfig,
        rows: np.ndarray,
        playback: Playback | None,
        variation: Variation,
        share: np.ndarray | None,
        other: np.ndarray | None,
    ) -> None:
        self.side, self.config, self.rows = side, config, rows
        self.playback, self.variation, self.share, self.other = playback, variation, share, other
        row_bytes = 4 * math.prod(variation.shape[1:])
        self._n_in_part = max(1, PART_BYTES // row_bytes)
        self._parts: dict[int, Future[np.ndarray]] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="segments")

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole epoch."""
        return self.variation.shape

    def __getitem__(self, key: slice) -> np.ndarray:
        start, stop, _ = key.indices(len(self))
        if stop - start > self._n_in_part:
            return self.make(np.arange(start, stop))
        n = self._n_in_part
        pieces = [self._part(k)[max(start - k * n, 0) : stop - k * n]
                  for k in range(start // n, max(start, stop - 1) // n + 1)]  # fmt: skip
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _part(self, k: int) -> np.ndarray:
        """Return a part, and begin to make the next one."""
        for number in (k, k + 1):
            first = number * self._n_in_part
            if number not in self._parts and first < len(self):
                where = np.arange(first, min(first + self._n_in_part, len(self)))
                self._parts[number] = self._reader.submit(self.make, where)
        for number in [number for number in self._parts if number not in (k, k + 1)]:
            del self._parts[number]
        return self._parts[k].result()

    def make(self, where: np.ndarray) -> np.ndarray:
        """Return some segments of the epoch, read, augmented and mixed."""
        if self.share is None or self.other is None:
            return self._augmented(where)
        needed, place = np.unique(np.concatenate([where, self.other[where]]), return_inverse=True)
        X = self._augmented(needed)
        own, others = X[place[: len(where)]], X[place[len(where) :]]
        share = self.share[where, np.newaxis, np.newaxis]
        return share * own + (1 - share) * others

    def _augmented(self, where: np.ndarray) -> np.ndarray:
        rows = self.rows[where]
        if self.playback is not None and self.side.frames is not None:
            frames = self.playback.change(self.side.frames[rows], where)
            X = frames_to_steps(frames, self.config.feature_config)
        else:
            X = self.side.X[rows]
        return self.variation.change(X, where, lambda: self.side.moments)


def _choose_segments(
    side: TrainingSide, config: TrainConfig, rng: np.random.Generator
) -> np.ndarray:
    """Choose segments in random order, as many from each track, or all there are."""
    if config.segments_per_track == 0:
        return rng.permutation(len(side.track_index))
    tracks, first = np.unique(side.track_index, return_index=True)
    n_wanted = np.full(len(tracks), config.segments_per_track)
    if config.balance_genres:
        genre = side.y[first]
        n_tracks = np.bincount(genre)
        share = len(tracks) / (np.count_nonzero(n_tracks) * n_tracks[genre])
        n_wanted = (n_wanted * share + rng.random(len(tracks))).astype(int)  # exact on average
    chosen = []
    _, place = np.unique(side.track_index, return_inverse=True)
    for own, n in zip(positions_by(place, len(tracks)), n_wanted, strict=True):
        # A track with too few segments repeats them: all tracks count the same.
        n_rounds = -(-n // len(own))
        rounds = [rng.permutation(own) for _ in range(n_rounds)]
        chosen.append(np.concatenate([own[:0], *rounds])[:n])
    return rng.permutation(np.concatenate(chosen))


def _choose_versions(
    chosen: np.ndarray, side: TrainingSide, config: TrainConfig, rng: np.random.Generator
) -> np.ndarray:
    """Return the row of each chosen segment: as it is, or altered."""
    n_segments = len(side.y)
    n_altered = len(side.X) // n_segments - 1
    if not (n_altered and config.altered):
        return chosen
    version = rng.integers(1, n_altered + 1, size=len(chosen))
    return chosen + n_segments * np.where(rng.random(len(chosen)) < config.altered, version, 0)
