"""Files of lines that only grow: a line is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def append_line(path: Path, line: bytes) -> None:
    r"""Add a line to a file.

    A torn last line, as a full disk or a killed process leaves it, is cut off first; if this
    line is torn, so is it.  One process writes at a time.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    line : bytes
        Ends with ``\n``, and has no other.

    Raises
    ------
    OSError
        If the disk refuses; the file then ends with its last whole line.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
    try:
        end = _cut_torn_end(file, path)
        try:
            rest = memoryview(line)
            while rest:  # a disk that is nearly full takes a part
                rest = rest[os.write(file, rest) :]
        except OSError:
            with contextlib.suppress(OSError):  # else the next line cuts it off
                os.ftruncate(file, end)
            raise
    finally:
        os.close(file)


def _cut_torn_end(file: int, path: Path) -> int:
    """Cut off what follows the last whole line of an open file; return where that ends."""
    end = os.lseek(file, 0, os.SEEK_END)
    if not end:
        return 0
    os.lseek(file, -1, os.SEEK_END)
    if os.read(file, 1) == b"\n":
        return end
    end = path.read_bytes().rfind(b"\n") + 1
    os.ftruncate(file, end)
    return end
