"""The segments of one training epoch: sampling, data augmentation and mixup.

Conventions
-----------
Plain NumPy, no Keras.  An epoch depends only on the recipe's seed and the epoch's number,
so an interrupted run continues with the same segments.  Tempo and pitch are changed in the
frames, before they are summarised into steps; the rest is applied to steps in their own
units, before the network's scaling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.features import frames_to_steps
from genre.audio.mfcc import stretch_matrices
from genre.recipes.config import TrainConfig

N_STRETCHES = 64
"""Different stretches of the mel axis in one epoch: a matrix for each segment would be slower."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSide:
    """The training set of a network.

    Parameters
    ----------
    X : np.ndarray [shape=(n_versions * n_segments, n_steps, n_values), dtype=float32]
        Of all segments as they are; then, for recipes with ``altered``, of all in each altered
        version.
    y : np.ndarray [shape=(n_segments,), dtype=int]
    track_index : np.ndarray [shape=(n_segments,), dtype=int]
        The track of each segment: sampling is balanced over tracks.
    n_genres : int
    mean, deviation : np.ndarray [shape=(n_values,)]
        Of the segments as they are, over all of their steps.
    frames : np.ndarray [shape=(n_versions * n_segments, n_frames, n_mfcc)], optional
        What ``X`` was made of: only recipes with ``warp`` or ``speed`` need them.
    taught : np.ndarray [shape=(n_segments, n_genres), dtype=float32], optional
        Probabilities by a teacher, for all versions of a segment: only recipes with ``teacher``
        need them.
    """

    X: np.ndarray
    y: np.ndarray
    track_index: np.ndarray
    n_genres: int
    mean: np.ndarray
    deviation: np.ndarray
    frames: np.ndarray | None = None
    taught: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        X: np.ndarray,
        y: np.ndarray,
        track_index: np.ndarray,
        n_genres: int,
        frames: np.ndarray | None = None,
        taught: np.ndarray | None = None,
    ) -> TrainingSide:
        """Return a training set with its mean and standard deviation."""
        unaltered = X[: len(y)]
        mean, deviation = unaltered.mean(axis=(0, 1)), unaltered.std(axis=(0, 1))
        return cls(X, y, track_index, n_genres, mean, deviation, frames, taught)


def draw_epoch(
    side: TrainingSide, config: TrainConfig, epoch: int
) -> tuple[np.ndarray, np.ndarray]:
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
    X : np.ndarray [shape=(n, n_steps, n_values), dtype=float32]
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
    X = side.X[rows]
    if side.frames is not None and (config.warp or config.speed):
        X = frames_to_steps(_change_playback(side.frames[rows], config, rng), config.feature_config)
    X = _vary(X, side, config, rng)
    targets = np.eye(side.n_genres, dtype=np.float32)[side.y[chosen]]
    targets += config.label_smoothing * (1 / side.n_genres - targets)
    if side.taught is not None:
        targets += config.teacher * (side.taught[chosen] - targets)
    if config.mixup:
        share = rng.beta(config.mixup, config.mixup, len(X)).astype(np.float32)
        other = rng.permutation(len(X))
        X = share[:, None, None] * X + (1 - share[:, None, None]) * X[other]
        targets = share[:, None] * targets + (1 - share[:, None]) * targets[other]
    return X, targets


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
    for track, n in zip(tracks, n_wanted, strict=True):
        own = np.flatnonzero(side.track_index == track)
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


def _change_playback(
    frames: np.ndarray, config: TrainConfig, rng: np.random.Generator
) -> np.ndarray:
    """Change the tempo and the formants of each segment."""
    n_segments, n_frames, _ = frames.shape
    if config.speed:
        speed = np.exp(config.speed * rng.standard_normal((n_segments, 1)))
        place = np.arange(n_frames) * speed
        before = place.astype(int)
        share = (place - before).astype(np.float32)[..., np.newaxis]
        segment = np.arange(n_segments)[:, np.newaxis]
        # A faster segment ends early and starts again.
        now, soon = (frames[segment, (before + k) % n_frames] for k in (0, 1))
        frames = now + share * (soon - now)
    if config.warp:
        stretches = 1 + config.warp * rng.standard_normal(N_STRETCHES)
        matrices = stretch_matrices(config.n_mfcc, stretches)
        frames = frames @ matrices[rng.integers(N_STRETCHES, size=n_segments)]
    return frames


def _vary(
    X: np.ndarray, side: TrainingSide, config: TrainConfig, rng: np.random.Generator
) -> np.ndarray:
    """Augment each segment: roll, gain, shift and mask."""
    n_segments, n_steps, n_values = X.shape
    if config.roll:
        start = rng.integers(n_steps, size=(n_segments, 1))
        steps = (np.arange(n_steps) + start) % n_steps
        X = X[np.arange(n_segments)[:, np.newaxis], steps]
    # Deltas and deviations of MFCC k are in columns k + j * n_mfcc.  The gain applies
    # to all of them, the shift only to the coefficient itself.
    coefficient = np.arange(n_values) % config.n_mfcc
    is_level = np.arange(n_values) < config.n_mfcc
    if config.gain:
        gain = 1 + config.gain * rng.standard_normal((n_segments, 1, config.n_mfcc))
        np.maximum(gain, 0, out=gain)  # a deviation must not turn negative
        centre = np.where(is_level, side.mean, 0)
        X = centre + (X - centre) * gain[..., coefficient]
    if config.shift:
        shift = config.shift * rng.standard_normal((n_segments, 1, config.n_mfcc))
        X = X + shift[..., coefficient] * np.where(is_level, side.deviation, 0)
    if config.mask:
        length = rng.integers(round(config.mask * n_steps) + 1, size=(n_segments, 1))
        start = rng.integers(n_steps, size=(n_segments, 1))
        blanked = (np.arange(n_steps) - start) % n_steps < length
        X = np.where(blanked[..., np.newaxis], side.mean, X)
    return X.astype(np.float32, copy=False)
