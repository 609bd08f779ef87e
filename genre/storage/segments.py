"""Segments of equal length that lie in a mapped file, one after the other, without repetitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from genre.storage.mapped import MappedArray
from genre.storage.rows import Array, Rows, change, chunks

PART_BYTES = 2 * 2**20
"""What is encoded at a time: it stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of a single precision are made of whole ones, for each value of a frame.

    Parameters
    ----------
    scale, offset : np.ndarray [shape=(n_values,), dtype=float64]
        A number is the whole one times scale, plus offset.
    """

    scale: np.ndarray
    offset: np.ndarray

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scale:
        """Read what `to_dict` wrote."""
        return cls(*(np.array(values[name], np.float64) for name in ("scale", "offset")))

    @classmethod
    def between(cls, low: np.ndarray, high: np.ndarray) -> Scale:
        """Return the finest scale of 16 bits that reaches from the lowest values to the highest."""
        low, high = low.astype(np.float64), high.astype(np.float64)
        return cls(np.maximum((high - low) / (2 * 32_767), 1e-9), (high + low) / 2)

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Return numbers as int16, within half a step of the scale."""
        numbers = values - self.offset
        numbers /= self.scale
        return np.rint(numbers, out=numbers).astype(np.int16)

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers that int16 stand for, as float32."""
        values = numbers * self.scale.astype(np.float32)
        values += self.offset.astype(np.float32)
        return values

    def to_dict(self) -> dict[str, list[float]]:
        """Return plain values for JSON."""
        return {"offset": self.offset.tolist(), "scale": self.scale.tolist()}


def range_of(arrays: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest of each value on the last axis."""
    ends = [(a.min(axis=tuple(range(a.ndim - 1))), a.max(axis=tuple(range(a.ndim - 1))))
            for a in arrays]  # fmt: skip
    low, high = (np.stack(side) for side in zip(*ends, strict=True))
    return low.min(axis=0), high.max(axis=0)


def own_parts(frames: Array, n_own: np.ndarray) -> Iterable[np.ndarray]:
    """Yield the frames of segments, (n, n_values), without repetitions, a part at a time."""
    for part in chunks(frames, PART_BYTES):
        values = frames[part]
        n = n_own[part]
        if (n == values.shape[1]).all():
            yield values.reshape(-1, values.shape[2])
        else:
            yield values[np.arange(values.shape[1]) < n[:, np.newaxis]]


class StoredSegments:
    """What reads segments from a file of their frames.

    Parameters
    ----------
    array : np.ndarray or MappedArray
        All own frames, (n_own_frames, n_values).
    n_own : np.ndarray [shape=(n_segments,), dtype=int]
        How many are each segment's own.
    n_frames : int
        Frames of a whole segment: shorter ones are repeated from their start.
    scale : Scale, optional
        Where whole numbers are stored.
    """

    def __init__(
        self,
        array: np.ndarray | MappedArray,
        n_own: np.ndarray,
        n_frames: int,
        scale: Scale | None = None,
    ) -> None:
        self._array, self._n_own, self._n_frames, self._scale = array, n_own, n_frames, scale
        self._firsts = np.cumsum(n_own, dtype=np.int64) - n_own

    def rows(self) -> Rows:
        """Return all segments, (n_segments, n_frames, n_values), none of them read yet."""
        shape = (self._n_frames, *self._array.shape[1:])
        return Rows(self, np.arange(len(self._n_own)), shape)

    def __call__(self, segments: np.ndarray) -> np.ndarray:
        """Read segments by their numbers, in the order of the file, and return them as asked."""
        order = np.argsort(segments, kind="stable")
        ascending = segments[order]
        taken = np.empty((len(segments), self._n_frames, *self._array.shape[1:]), np.float32)
        done = 0
        for block in self._blocks(self._firsts[ascending], self._n_own[ascending]):
            here = order[done : done + len(block)]
            taken[here] = block if self._scale is None else self._scale.decode(block)
            done += len(block)
        return taken

    def _blocks(self, firsts: np.ndarray, n: np.ndarray) -> Iterable[np.ndarray]:
        if isinstance(self._array, MappedArray):
            return self._array.take(firsts, n, self._n_frames)
        return [self._array[firsts[:, None] + np.arange(self._n_frames) % n[:, None]]]


def single_rows(array: np.ndarray | MappedArray, scale: Scale | None = None) -> Array:
    """Return the rows of an array as float32; of one in a file, what reads them.

    Parameters
    ----------
    array : np.ndarray or MappedArray [shape=(n_rows, ...)]
    scale : Scale, optional
        Where whole numbers are stored.
    """
    one_each = np.ones(len(array), dtype=int)
    stored = StoredSegments(array, one_each, 1, scale).rows()
    rows: Rows = change(stored, partial(np.squeeze, axis=1))
    return rows if isinstance(array, MappedArray) else rows[:]
