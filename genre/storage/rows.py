"""An array whose rows are read, or made, when they are asked for.

Conventions
-----------
rows
    The first axis: of a dataset, its segments.  ``rows[...]`` gives a NumPy array of what is asked
    for; `select`, `join` and `change` work on such an array and on one in memory alike, and read
    nothing yet of the former.
chunk
    So many rows that the numbers of a chunk stay within `CHUNK_BYTES`: whatever goes over a whole
    array goes by chunks.  An array that fits into one is treated as if there were no chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

CHUNK_BYTES = 128 * 2**20
"""Of a chunk: all of GTZAN's segments, as a usual recipe reads them, fit into one."""
Take = Callable[[np.ndarray], np.ndarray]
"""Given indices of rows, in any order and repeated or not, returns these rows."""


class Rows:
    """An array whose rows are read when they are asked for.

    Parameters
    ----------
    take : callable
        Reads rows by their numbers.
    index : np.ndarray [shape=(n_rows,), dtype=int]
        The number that ``take`` knows each row by.
    row_shape : tuple of int
        The shape of one row; all numbers are float32.

    Examples
    --------
    >>> squares = Rows(lambda i: np.float32(i[:, np.newaxis] ** 2), np.arange(1_000_000), (1,))
    >>> squares.shape, squares[[3, 1]].tolist(), squares[-1].tolist()
    ((1000000, 1), [[9.0], [1.0]], [999998029824.0])
    """

    dtype = np.dtype(np.float32)

    def __init__(self, take: Take, index: np.ndarray, row_shape: tuple[int, ...]) -> None:
        self._take, self._index, self.row_shape = take, index, row_shape

    def __len__(self) -> int:
        return len(self._index)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole array."""
        return (len(self), *self.row_shape)

    @property
    def ndim(self) -> int:
        """Number of its axes."""
        return len(self.shape)

    def __getitem__(self, key: Any) -> np.ndarray:
        """Read rows: by a number, a slice, an array of numbers or of truth values."""
        rows, *others = key if isinstance(key, tuple) else (key,)
        if isinstance(rows, int | np.integer):
            return self._take(self._index[np.array([rows])])[0][tuple(others)]
        return self._take(self._index[rows])[(slice(None), *others)]

    def __iter__(self) -> Iterator[np.ndarray]:
        for part in chunks(self):
            yield from self[part]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or self.dtype, copy=False)

    def view(self, rows: Any) -> Rows:
        """Return some of its rows, without reading them."""
        return Rows(self._take, self._index[rows], self.row_shape)


Array = np.ndarray | Rows


def chunks(array: Array, max_bytes: int = CHUNK_BYTES) -> Iterator[slice]:
    """Yield the slices that walk over an array by chunks; one, though empty, of an empty array."""
    row_bytes = max(1, int(np.prod(array.shape[1:])) * array.dtype.itemsize)
    step = max(1, max_bytes // row_bytes)
    yield from (slice(start, start + step) for start in range(0, max(1, len(array)), step))


def select(array: Array, rows: Any) -> Any:
    """Return some rows of an array, as one of the same kind."""
    return array.view(rows) if isinstance(array, Rows) else array[rows]


def change(array: Array, how: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Return an array with each row changed; ``how`` changes any number of rows at a time."""
    if not isinstance(array, Rows):
        return how(array)
    row_shape = how(np.zeros((1, *array.row_shape), np.float32)).shape[1:]
    return Rows(partial(_changed, array, how), np.arange(len(array)), row_shape)


def change_by_number(
    array: Rows, how: Callable[[np.ndarray, np.ndarray], np.ndarray], row_shape: tuple[int, ...]
) -> Rows:
    """Return rows changed by what is known of each: ``how`` gets their numbers too."""
    take = partial(_changed_by_number, array, how)
    return Rows(take, np.arange(len(array)), row_shape)


def _changed(array: Rows, how: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
    return how(array[rows])


def _changed_by_number(
    array: Rows, how: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: np.ndarray
) -> np.ndarray:
    return how(array[rows], rows)


def join(arrays: Sequence[Array]) -> Any:
    """Return arrays of one kind, one after the other."""
    if not isinstance(first := arrays[0], Rows):
        return np.concatenate(arrays)
    if len(arrays) == 1:
        return first
    starts = np.cumsum([0, *(len(array) for array in arrays)])

    def take(rows: np.ndarray) -> np.ndarray:
        taken = np.empty((len(rows), *first.row_shape), np.float32)
        for array, start, end in zip(arrays, starts, starts[1:], strict=False):
            own = (rows >= start) & (rows < end)
            taken[own] = array[rows[own] - start]
        return taken

    return Rows(take, np.arange(starts[-1]), first.row_shape)


def mean_and_variance(
    array: Array,
    measure: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    max_bytes: int = CHUNK_BYTES,
) -> tuple[np.ndarray, np.ndarray]:
    """Measure mean and variance by chunks, and put them together in float64.

    Parameters
    ----------
    array : np.ndarray or Rows
    measure : callable
        Returns mean and variance of a chunk.
    max_bytes : int
        Of a chunk.

    Returns
    -------
    mean, variance : np.ndarray
        Of an array of one chunk exactly what ``measure`` returned.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm
       for computing sample variances", 1979.
    """
    measured = [(measure(array[part]), _n_in(array, part)) for part in chunks(array, max_bytes)]
    if len(measured) == 1:
        return measured[0][0]
    n = np.array([n for _, n in measured], np.float64)
    means, variances = (
        np.stack([np.asarray(pair[k], np.float64) for pair, _ in measured]) for k in (0, 1)
    )
    mean = np.average(means, axis=0, weights=n)
    variance = np.average(variances + (means - mean) ** 2, axis=0, weights=n)
    return mean.astype(np.float32), variance.astype(np.float32)


def _n_in(array: Array, part: slice) -> int:
    return len(range(*part.indices(len(array))))


def positions_by(index: np.ndarray, n: int) -> list[np.ndarray]:
    """Return, for each number below ``n``, where it stands in an array, ascending.

    Examples
    --------
    >>> [where.tolist() for where in positions_by(np.array([1, 0, 1]), 3)]
    [[1], [0, 2], []]
    """
    order = np.argsort(index, kind="stable")
    return np.split(order, np.cumsum(np.bincount(index, minlength=n))[:-1])
