"""Where librosa's compiled functions are kept, and one process at a time to compile them.

numba writes what it compiles to disk.  Two processes that compile the same
function at the same moment can leave a cache that crashes every later process,
so a process that uses librosa waits until all is compiled.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from genre.paths import cache_folder
from genre.system.lock import FolderLock

WAIT_SECONDS = 0.1
READY_FILE = "ready"
"""Lies in the cache once a song was described with it: nothing is left to compile."""
_locks: list[FolderLock] = []
"""What this process holds; a lock ends with the object that acquired it."""


def wait_for_numba() -> None:
    """Choose the cache, and wait until no other process compiles; call before librosa is imported.

    The lock ends with the process, or with `note_compiled`.  A cache that the
    environment names is used as it is.
    """
    kept = f"numba-{version('numba')}-python-{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder() / kept)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to
        folder = Path(tempfile.mkdtemp(prefix="genre-lab-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    lock = FolderLock(folder)
    while not (folder / READY_FILE).exists():
        if lock.acquire():
            _locks.append(lock)
            return
        time.sleep(WAIT_SECONDS)


def note_compiled() -> None:
    """Say that all is compiled: from now on processes need not wait for each other."""
    folder = os.environ.get("NUMBA_CACHE_DIR")
    if folder:
        (Path(folder) / READY_FILE).touch()
    while _locks:
        _locks.pop().release()
