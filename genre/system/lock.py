"""Locks between processes, kept by the operating system: a killed process holds none."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILE = ".turn"


class FolderLock:
    """A lock on a folder: held by one process, and in it by one object.

    It is held until it is released, its object is deleted, or the process ends.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        path = folder.resolve() / LOCK_FILE
        # Not a singleton: of two objects with one path, one holds the lock and the other does not.
        self._lock = FileLock(path, timeout=0, thread_local=False, is_singleton=False)

    def acquire(self) -> bool:
        """Acquire the lock unless it is held, be it by this object; tell whether it was free."""
        if self._lock.is_locked:
            return False
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def release(self) -> None:
        """Release the lock; nothing happens unless this very object holds it."""
        self._lock.release()
