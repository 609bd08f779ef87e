"""Folders that are written whole: a reader meets the old one or the new, also after a kill.

Conventions
-----------
leftover
    ``.saving-<pid>-<start>-<random>/`` beside the folder, in which a process writes the new one;
    a killed process leaves it, and the next to save or to list sweeps it away.
exchange
    Where the system can (Linux), the two folders change places in one step.  Elsewhere the old
    one is put aside before the new one takes its place; a kill between the two steps is mended
    by the next sweep, which puts the old one back.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from genre.system.processes import is_alive, own_process

PREFIX, ASIDE = ".saving-", ".replaced"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux: linux/fcntl.h, linux/fs.h
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}
"""How a system, a file system or a container says that it knows no exchange."""


@contextlib.contextmanager
def replacing_folder(path: Path, *, replace: bool) -> Iterator[Path]:
    """Fill a folder that takes its place, or another's, once it is whole.

    Whatever fails, the old folder stays as it was.

    Parameters
    ----------
    path : Path
    replace : bool
        Whether a folder that stands there may be replaced.

    Yields
    ------
    new : Path
        An empty folder to be filled.

    Raises
    ------
    OSError
        If the system refuses, or a folder stands there that may not be replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep_leftovers(path.parent)
    leftover = _new_leftover(path.parent)
    new = leftover / path.name
    try:
        new.mkdir(parents=True)
        yield new
        if not (replace and path.exists()):
            os.rename(new, path)
        elif not _exchange(new, path):
            _replace_in_two_steps(new, path, leftover / ASIDE)
    finally:
        _clear(leftover)


def remove_folder(path: Path) -> None:
    """Remove a folder in one step: nobody meets a part of it, nor writes into what is left.

    Raises
    ------
    OSError
        If the system refuses; the folder is then as it was.
    """
    leftover = _new_leftover(path.parent)
    leftover.mkdir()
    try:
        os.rename(path, leftover / path.name)
    finally:
        shutil.rmtree(leftover, ignore_errors=True)  # what another process holds is swept later


def _new_leftover(folder: Path) -> Path:
    """Return a place beside what is saved or removed, which a sweep knows."""
    pid, started = own_process()
    return folder / f"{PREFIX}{pid}-{started:.2f}-{secrets.token_hex(4)}"


def own_folder(parent: Path) -> Path:
    """Make a folder for this process alone; once the process is gone, a sweep removes it.

    Parameters
    ----------
    parent : Path
        Made if it does not exist; what killed processes have left in it is removed first.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep_leftovers(parent)
    folder = _new_leftover(parent)
    folder.mkdir()
    return folder


def try_folder(path: Path) -> None:
    """Raise OSError unless something can be written in a folder, there or not; nothing is left."""
    made = [one for one in (path, *path.parents) if not one.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"0")
    finally:
        for one in made:
            with contextlib.suppress(OSError):  # it was not made, or another has used it
                one.rmdir()


def sweep_leftovers(folder: Path) -> None:
    """Remove what killed processes have left in a folder; what they put aside is put back."""
    for leftover in folder.glob(f"{PREFIX}*"):
        if not _is_in_use(leftover):
            _clear(leftover)


def _clear(leftover: Path) -> None:
    """Put back what a leftover has aside and nothing has replaced, and remove the rest."""
    for old in leftover.glob(f"{ASIDE}/*"):
        path = leftover.parent / old.name
        if not path.exists():
            with contextlib.suppress(OSError):  # another process has put it back
                os.rename(old, path)
        if not path.exists():
            return  # all there is of it is here
    shutil.rmtree(leftover, ignore_errors=True)


def _is_in_use(leftover: Path) -> bool:
    """Tell whether the process that made a leftover is still there."""
    try:
        pid, started, _ = leftover.name.removeprefix(PREFIX).split("-")
        return is_alive(int(pid), float(started))
    except (ValueError, OverflowError):  # the name has no process
        return False


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False if the system knows no such step."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:  # an old C library
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if not rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE):
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _replace_in_two_steps(new: Path, path: Path, aside: Path) -> None:
    """Put a folder aside and another in its place; where that fails, `_clear` puts it back."""
    aside.mkdir()
    os.rename(path, aside / path.name)
    os.rename(new, path)
