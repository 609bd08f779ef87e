"""What chance does to the segments of an epoch: tempo, formants, level, and what is blanked.

Conventions
-----------
Drawn for a whole epoch at once, applied to any part of it: ``where`` are places in the epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre.audio.mfcc import stretch_matrices
from genre.recipes.config import TrainConfig

Moments = Callable[[], tuple[np.ndarray, np.ndarray]]
"""Returns mean and deviation, (n_values,) each, of all that is trained on."""
N_STRETCHES = 64
"""Different stretches of the mel axis in one epoch: a matrix for each segment would be slower."""


@dataclass(frozen=True, slots=True, eq=False)
class Playback:
    """How the tempo and the formants of each segment of an epoch are changed.

    Parameters
    ----------
    speed : np.ndarray [shape=(n, 1)], optional
    matrices : np.ndarray [shape=(N_STRETCHES, n_mfcc, n_mfcc)], optional
    matrix : np.ndarray [shape=(n,), dtype=int], optional
        Which of them stretches each segment.
    """

    speed: np.ndarray | None = None
    matrices: np.ndarray | None = None
    matrix: np.ndarray | None = None

    @classmethod
    def draw(cls, n: int, config: TrainConfig, rng: np.random.Generator) -> Playback:
        """Draw the changes of ``n`` segments."""
        speed = matrices = matrix = None
        if config.speed:
            speed = np.exp(config.speed * rng.standard_normal((n, 1)))
        if config.warp:
            stretches = 1 + config.warp * rng.standard_normal(N_STRETCHES)
            matrices = stretch_matrices(config.n_mfcc, stretches)
            matrix = rng.integers(N_STRETCHES, size=n)
        return cls(speed, matrices, matrix)

    def change(self, frames: np.ndarray, where: np.ndarray) -> np.ndarray:
        """Return the frames of some segments of the epoch, changed."""
        n_segments, n_frames, _ = frames.shape
        if self.speed is not None:
            place = np.arange(n_frames) * self.speed[where]
            before = place.astype(int)
            share = (place - before).astype(np.float32)[..., np.newaxis]
            segment = np.arange(n_segments)[:, np.newaxis]
            # A faster segment ends early and starts again.
            now, soon = (frames[segment, (before + k) % n_frames] for k in (0, 1))
            frames = now + share * (soon - now)
        if self.matrices is not None and self.matrix is not None:
            frames = frames @ self.matrices[self.matrix[where]]
        return frames


@dataclass(frozen=True, slots=True, eq=False)
class Variation:
    """How each segment of an epoch is rolled, amplified, shifted and masked.

    Parameters
    ----------
    shape : tuple of int
        Of the epoch: segments, steps and values.
    n_mfcc : int
    roll, mask_length, mask_start : np.ndarray [shape=(n, 1), dtype=int], optional
    gain, shift : np.ndarray [shape=(n, 1, n_mfcc)], optional
    """

    shape: tuple[int, int, int]
    n_mfcc: int
    roll: np.ndarray | None = None
    gain: np.ndarray | None = None
    shift: np.ndarray | None = None
    mask_length: np.ndarray | None = None
    mask_start: np.ndarray | None = None

    @classmethod
    def draw(
        cls, shape: tuple[int, int, int], config: TrainConfig, rng: np.random.Generator
    ) -> Variation:
        """Draw the variations of an epoch."""
        n_segments, n_steps, _ = shape
        drawn: dict[str, np.ndarray] = {}
        if config.roll:
            drawn["roll"] = rng.integers(n_steps, size=(n_segments, 1))
        if config.gain:
            gain = 1 + config.gain * rng.standard_normal((n_segments, 1, config.n_mfcc))
            drawn["gain"] = np.maximum(gain, 0, out=gain)  # a deviation must not turn negative
        if config.shift:
            drawn["shift"] = config.shift * rng.standard_normal((n_segments, 1, config.n_mfcc))
        if config.mask:
            longest = round(config.mask * n_steps)
            drawn["mask_length"] = rng.integers(longest + 1, size=(n_segments, 1))
            drawn["mask_start"] = rng.integers(n_steps, size=(n_segments, 1))
        return cls(shape, config.n_mfcc, **drawn)

    def change(self, X: np.ndarray, where: np.ndarray, moments: Moments) -> np.ndarray:
        """Return some segments of the epoch, varied; ``moments`` is asked only if it is needed."""
        n_segments, n_steps, n_values = X.shape
        if self.roll is not None:
            steps = (np.arange(n_steps) + self.roll[where]) % n_steps
            X = X[np.arange(n_segments)[:, np.newaxis], steps]
        if self.gain is None and self.shift is None and self.mask_length is None:
            return X.astype(np.float32, copy=False)
        mean, deviation = moments()
        # Deltas and deviations of MFCC k are in columns k + j * n_mfcc.  The gain applies
        # to all of them, the shift only to the coefficient itself.
        coefficient = np.arange(n_values) % self.n_mfcc
        is_level = np.arange(n_values) < self.n_mfcc
        if self.gain is not None:
            centre = np.where(is_level, mean, 0)
            X = centre + (X - centre) * self.gain[where][..., coefficient]
        if self.shift is not None:
            moved = self.shift[where][..., coefficient]
            X = X + moved * np.where(is_level, deviation, 0)
        if self.mask_length is not None and self.mask_start is not None:
            place = (np.arange(n_steps) - self.mask_start[where]) % n_steps
            blanked = place < self.mask_length[where]
            X = np.where(blanked[..., np.newaxis], mean, X)
        return X.astype(np.float32, copy=False)
