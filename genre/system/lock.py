"""One process at a time, kept by the operating system: a killed process holds nothing."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".turn"


class TurnLock:
    """The turn of whoever works in a folder: of one process, and in it of one object.

    It is kept until the object that took it gives it back or is no more, or the process ends.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        path = folder.resolve() / LOCK_FILE
        # Not a singleton: of two objects with one path, one has the turn and the other has not.
        self._lock = FileLock(path, timeout=0, thread_local=False, is_singleton=False)

    def take(self) -> bool:
        """Take the turn if nobody has it, this object included; tell whether it was taken."""
        if self._lock.is_locked:
            return False
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def give_back(self) -> None:
        """Let the next have its turn; nothing happens unless this very object has it."""
        self._lock.release()
