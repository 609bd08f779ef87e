"""Files that mapped arrays of shared values are read from, as a worker has them.

Conventions
-----------
A worker reads the very file where it sees one of this path, size and digest: on the same machine,
on a disk that both mount.  Else it keeps a copy in its cache, which came in pieces and is found by
its digest.  What runs in a worker's process runs in a thread: its connections stay alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre.paths import cache_folder
from genre.storage.mapped import MappedArray, digest_of, is_as_written, note_as_written
from genre.system.files import sweep_parts
from genre.system.schema import cause

UNUSED_SECONDS = 86_400.0
"""After which a copy goes when another one comes."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file as the one who asks has it."""

    path: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A pickled value, in which files stand for the arrays that are mapped from them."""

    content: bytes


class LackingError(Exception):
    """A file is not at this worker."""


def unfold(value: Any) -> Any:
    """Return a shared value with its arrays; what is not folded as it is.

    Raises
    ------
    LackingError
        If a file is neither in its place nor in the cache here.
    """
    return pickle.loads(value.content) if isinstance(value, Folded) else value


def open_shared(file: SharedFile, part: int, n_parts: int) -> MappedArray:
    """Map an array from a file as it is at this worker; raise `LackingError` if it is not."""
    if place := _place_of(file):
        return MappedArray(place, part, n_parts)
    raise LackingError(file.path)


async def look_for(files: Sequence[SharedFile]) -> tuple[str, list[str]]:
    """Return what names the cache of this worker, and the digests of files that are not here."""
    return await asyncio.to_thread(_look_for, files)


async def take_piece(file: SharedFile, sending: str, offset: int, piece: bytes) -> str:
    """Write a piece of a copy; return what the system refused, or nothing.

    Parameters
    ----------
    file : SharedFile
    sending : str
        Names the pieces that belong together.
    offset : int
        Of the first byte in the file; 0 begins a copy.
    piece : bytes
    """
    return await asyncio.to_thread(_take_piece, file, sending, offset, piece)


async def keep(file: SharedFile, sending: str) -> None:
    """Put a copy in its place, if it is whole; if not, it is gone."""
    await asyncio.to_thread(_keep, file, sending)


def _look_for(files: Sequence[SharedFile]) -> tuple[str, list[str]]:
    with contextlib.suppress(OSError):  # it is told of by the first piece
        _folder().mkdir(parents=True, exist_ok=True)
    try:
        stat = _folder().stat()
        name = f"{socket.gethostname()} {stat.st_dev} {stat.st_ino}"
    except OSError:
        name = f"{socket.gethostname()} {os.getpid()}"
    return name, [file.sha256 for file in files if _place_of(file) is None]


def _place_of(file: SharedFile) -> Path | None:
    for path in (_copy_of(file), Path(file.path)):
        try:
            stat = path.stat()
            if stat.st_size == file.n_bytes and is_as_written(path, file.sha256):
                if path == _copy_of(file):
                    os.utime(path, ns=(time.time_ns(), stat.st_mtime_ns))  # it is in use
                return path
        except OSError:
            continue
    return None


def _take_piece(file: SharedFile, sending: str, offset: int, piece: bytes) -> str:
    part = _part_of(file, sending)
    try:
        if offset == 0:
            part.parent.mkdir(parents=True, exist_ok=True)
            _sweep()
        with part.open("r+b" if offset else "xb") as copy:
            copy.seek(offset)
            copy.write(piece)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        return cause(error)
    return ""


def _keep(file: SharedFile, sending: str) -> None:
    part = _part_of(file, sending)
    with contextlib.suppress(OSError):
        if digest_of(part) == file.sha256:
            os.replace(part, _copy_of(file))
            note_as_written(_copy_of(file), file.sha256)
        else:
            part.unlink()


def _sweep() -> None:
    """Remove what killed workers have begun, and copies that nobody has used for long."""
    sweep_parts(_folder())
    for copy in (*_folder().glob("*.npy"), *_folder().glob(".*.part")):
        with contextlib.suppress(OSError):  # another process has removed it
            stat = copy.stat()
            used = stat.st_atime if copy.suffix == ".npy" else stat.st_mtime
            if time.time() - used > UNUSED_SECONDS:
                copy.unlink()


def _folder() -> Path:
    return cache_folder() / "sent"


def _copy_of(file: SharedFile) -> Path:
    return _folder() / f"{file.sha256}.npy"


def _part_of(file: SharedFile, sending: str) -> Path:
    return _folder() / f".{file.sha256[:40]}.{os.getpid()}.{sending}.part"
