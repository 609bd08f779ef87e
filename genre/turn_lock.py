"""One run at a time, kept by the operating system: a killed process holds nothing.

Who is next is decided by `genre.runs.queue_position`; the lock keeps two runs
that look at the same moment from both finding that it is their turn.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

LOCK_FILE = ".turn"


class TurnLock:
    """The turn of the runs in one folder, kept until the process ends.

    Parameters
    ----------
    folder : Path
        Where the runs lie.
    """

    _held: BinaryIO | None = None

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK_FILE

    def take(self) -> bool:
        """Take the turn if nobody has it; tell whether it was taken."""
        file = self.path.open("ab")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        TurnLock._held = file  # closing the file would give the turn away
        return True

    @classmethod
    def give_back(cls) -> None:
        """Let the next run have its turn."""
        if cls._held:
            cls._held.close()
            cls._held = None


def _lock(file: BinaryIO) -> None:
    """Lock a file for this process alone, or raise OSError at once."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
