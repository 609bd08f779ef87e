"""A ``.npy`` file larger than memory: written as a stream, mapped, checked before it is believed.

Conventions
-----------
A file is mapped read-only and never unpickled.  Pages that were read are given back to the system
at once: they stay in its cache as long as it has room for them, but the process does not hold them.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
from collections.abc import Iterator
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np

from genre.errors import DatasetError
from genre.language import _
from genre.paths import cache_folder
from genre.system.files import replacing

_PAGE = mmap.ALLOCATIONGRANULARITY
_BLOCK_BYTES = 2**19
"""What is read between two times that pages are given back."""


class MappedArray:
    """An array in a ``.npy`` file, of which rows are read; it can be sent to other processes.

    Parameters
    ----------
    path : Path
    part, n_parts : int
        Which of so many equal parts of its rows it is; by default all of it.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, is no such file, or is longer or shorter than its header says.
    """

    def __init__(self, path: Path, part: int = 0, n_parts: int = 1) -> None:
        self.path, self._part, self._n_parts = path, part, n_parts
        with path.open("rb") as file:
            self.shape, self.dtype, self._start = _read_header(file)
            self._size = os.fstat(file.fileno()).st_size
            expected = self._start + prod(self.shape) * self.dtype.itemsize
            if self._size != expected:
                raise ValueError(
                    _("{name} has {n} bytes, expected {expected}").format(
                        name=path.name, n=f"{self._size:,}", expected=f"{expected:,}"
                    )
                )
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        n_rows, *others = self.shape
        self.shape = (n_rows // n_parts, *others) if n_rows % n_parts == 0 else (0, *others)
        self._start += part * prod(self.shape) * self.dtype.itemsize
        self._array = np.ndarray(self.shape, self.dtype, self._map, self._start)

    def __reduce__(self) -> tuple[Any, ...]:
        return MappedArray, (self.path, self._part, self._n_parts)

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, firsts: np.ndarray, n: np.ndarray, length: int) -> Iterator[np.ndarray]:
        """Read stretches of rows, and yield them in blocks that are not large.

        Parameters
        ----------
        firsts : np.ndarray [shape=(n_stretches,), dtype=int]
            The first row of each, best ascending.
        n : np.ndarray [shape=(n_stretches,), dtype=int]
            How many rows each has; a shorter one is repeated from its start.
        length : int
            How many rows are given of each.

        Yields
        ------
        block : np.ndarray [shape=(n_in_block, length, ...)]

        Raises
        ------
        DatasetError
            If the file was cut short meanwhile.
        """
        row_bytes = self.dtype.itemsize * prod(self.shape[1:])
        step = max(1, _BLOCK_BYTES // max(1, row_bytes * length))
        for start in range(0, len(firsts), step):
            if self._map.size() < self._size:  # to read on would end us
                raise DatasetError(
                    _(
                        "{name} was changed while it was being read. Fetch the pack again, or "
                        "extract it again."
                    ).format(name=self.path.name)
                )
            part = slice(start, start + step)
            self._announce(firsts[part] * row_bytes, n[part] * row_bytes)
            rows = firsts[part, np.newaxis] + np.arange(length) % n[part, np.newaxis]
            yield self._array[rows]
            self._give_back()

    def _announce(self, starts: np.ndarray, lengths: np.ndarray) -> None:
        """Let the system fetch what will be read all at once, not page after page."""
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        begin = (self._start + starts) // _PAGE * _PAGE
        for first, n in zip(
            begin.tolist(), (self._start + starts + lengths - begin).tolist(), strict=True
        ):
            self._map.madvise(mmap.MADV_WILLNEED, first, n)

    def _give_back(self) -> None:
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


class ArrayWriter:
    """A ``.npy`` file that grows by rows within `with`, and takes its place once it is whole.

    Parameters
    ----------
    path : Path
    row_shape : tuple of int
    dtype : type
        Of the numbers, written in little-endian order.
    """

    def __init__(self, path: Path, row_shape: tuple[int, ...], dtype: type) -> None:
        self._place, self._row_shape = replacing(path), row_shape
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self.n_rows = 0

    def __enter__(self) -> Self:
        self._file = self._place.__enter__()
        self._file.write(_header((0, *self._row_shape), self._dtype))
        return self

    def append(self, rows: np.ndarray) -> None:
        """Write some rows."""
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self.n_rows += len(rows)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Write how many rows there are, and put the file in its place."""
        if error is None:
            self._file.seek(0)
            self._file.write(_header((self.n_rows, *self._row_shape), self._dtype))
        self._place.__exit__(kind, error, at)


def digest_of(path: Path) -> str:
    """Return the sha256 of a file, read as a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_as_written(path: Path, sha256: str) -> bool:
    """Tell whether a large file has a digest; it is read once, until its size or time changes.

    Parameters
    ----------
    path : Path
    sha256 : str

    Returns
    -------
    is_same : bool
    """
    mark = _mark(path, sha256)
    if mark.exists():
        return True
    if digest_of(path) != sha256:
        return False
    note_as_written(path, sha256)
    return True


def note_as_written(path: Path, sha256: str) -> None:
    """Note that a file as it is now has a digest; a full disk is no hindrance."""
    mark = _mark(path, sha256)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        return


def _mark(path: Path, sha256: str) -> Path:
    stat = path.stat()
    known = f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino} {sha256}"
    return cache_folder() / "checked" / hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()


def _header(shape: tuple[int, ...], dtype: np.dtype) -> bytes:
    """Return the header of a ``.npy`` file, as long for any number of rows."""
    content = io.BytesIO()
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_1_0(content, described)
    return content.getvalue()


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype, int]:
    """Return shape, type and where the numbers begin."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(_("it is not in version 1.0 of the .npy format"))
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if is_fortran or not shape or dtype.kind not in "if" or min(shape) < 0:
        raise ValueError(_("its array is not of the right shape and type"))
    return shape, dtype, file.tell()
