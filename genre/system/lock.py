"""One process at a time, kept by the operating system: a killed process holds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

LOCK_FILE = ".turn"
_held: dict[Path, BinaryIO] = {}
"""What this process has taken, whichever object took it."""


class TurnLock:
    """The turn of whoever works in a folder, kept until it is given back or the process ends.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder.resolve() / LOCK_FILE

    def take(self) -> bool:
        """Take the turn if nobody has it; tell whether it was taken."""
        file = self.path.open("ab")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        _held[self.path] = file  # closing the file would give the turn away
        return True

    def give_back(self) -> None:
        """Let the next process have its turn."""
        if file := _held.pop(self.path, None):
            file.close()


def _lock(file: BinaryIO) -> None:
    """Lock a file for this process alone, or raise OSError at once."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
