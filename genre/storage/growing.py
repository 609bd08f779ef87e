"""An array that grows by rows: in memory while it is small, from then on in a file in the cache.

Conventions
-----------
The file is of single precision, so no number is rounded.  It is there as long as this process reads
it: with the last array that reads it, it goes.  What a killed process leaves, the next one that
needs such a file sweeps away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from genre.errors import DatasetError
from genre.language import _
from genre.paths import cache_folder
from genre.storage.mapped import ArrayWriter, MappedArray
from genre.storage.rows import Array
from genre.storage.segments import single_rows
from genre.system.folders import own_folder, sweep_leftovers
from genre.system.schema import cause


class GrowingArray:
    """Rows of float32 that are appended within `with`.

    Parameters
    ----------
    row_shape : tuple of int

    Raises
    ------
    DatasetError
        By all that writes, if the cache cannot be written to.

    Examples
    --------
    >>> with GrowingArray((2,)) as growing:
    ...     growing.append(np.zeros((3, 2), np.float32))
    ...     growing.finish().shape
    (3, 2)
    """

    def __init__(self, row_shape: tuple[int, ...]) -> None:
        self._row_shape = row_shape
        self._held: list[np.ndarray] = []
        self._folder: Path | None = None
        self._writer: ArrayWriter | None = None

    def __enter__(self) -> Self:
        return self

    def append(self, rows: np.ndarray) -> None:
        """Take some rows [shape=(n_rows, ...)]."""
        if self._writer is None:
            self._held.append(rows)
        else:
            with telling_of_the_cache():
                self._writer.append(rows)

    def move_to_disk(self) -> None:
        """Write the rows that are held, and from now on each that comes; once is enough."""
        if self._writer is not None:
            return
        with telling_of_the_cache():
            self._folder = own_folder(_parent())
            self._writer = ArrayWriter(self._folder / "rows.npy", self._row_shape, np.float32)
            self._writer.__enter__()
            while self._held:
                self._writer.append(self._held.pop(0))

    def finish(self) -> Array:
        """Return all rows: of those on the disk what reads them.  Nothing can follow.

        Returns
        -------
        rows : np.ndarray or Rows [shape=(n_rows, *row_shape), dtype=float32]
        """
        if self._writer is None or self._folder is None:
            held, self._held = self._held, []
            return np.concatenate(held or [np.empty((0, *self._row_shape), np.float32)])
        writer, self._writer = self._writer, None
        with telling_of_the_cache():
            writer.__exit__(None, None, None)
            mapped = MappedArray(self._folder / "rows.npy")
        weakref.finalize(mapped, _remove, self._folder, os.getpid())
        self._folder = None
        return single_rows(mapped)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Remove what was not finished."""
        self._held.clear()
        if self._writer is not None:
            with contextlib.suppress(BaseException):  # raised again by what is to be removed
                self._writer.__exit__(InterruptedError, InterruptedError(), None)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def sweep_grown() -> None:
    """Remove the files of processes that were killed."""
    sweep_leftovers(_parent())


def _parent() -> Path:
    return cache_folder() / "growing"


def _remove(folder: Path, pid: int) -> None:
    if os.getpid() == pid:  # not in a fork of the process, which knows the array as well
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def telling_of_the_cache() -> Iterator[None]:
    """Say in one sentence, as a DatasetError, what the system refused within the block."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            _(
                "the cache {cache_folder} cannot be written to ({reason}). Free some space, or "
                "name another folder in GENRE_LAB_CACHE."
            ).format(cache_folder=cache_folder(), reason=cause(error))
        ) from error
