"""What a visitor uploads to train on, laid where a process can read it.

Conventions
-----------
In the user's cache, named after its content, never after the visitor's file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from genre.cache_folder import cache_folder
from genre.errors import DatasetError

MAX_UPLOADS = 3
"""How many are kept; the oldest go."""


def keep_zip(content: bytes) -> Path:
    """Lay an uploaded zip where a process can read it.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    path : Path

    Raises
    ------
    DatasetError
        If the cache cannot be written to.
    """
    folder = cache_folder() / "uploads"
    path = folder / f"upload-{hashlib.sha256(content).hexdigest()[:8]}.zip"
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.touch()  # the latest again
        else:
            part.write_bytes(content)
            os.replace(part, path)
        kept = sorted(folder.glob("upload-*.zip"), key=lambda p: p.stat().st_mtime_ns)
        for old in kept[:-MAX_UPLOADS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DatasetError(
            f"the zip could not be kept ({error.strerror or error}). Free some space in {folder}, "
            "or name another cache in GENRE_LAB_CACHE."
        ) from error
    return path
