"""What a visitor uploads to train on, laid where a process can read it.

Conventions
-----------
In the user's cache, named after its content and by what is harmless in its own name: it is
the name of the data from then on.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from genre.errors import DatasetError
from genre.language import _
from genre.paths import cache_folder
from genre.system.files import write_bytes
from genre.system.schema import cause

MAX_UPLOADS = 3
"""How many are kept; the oldest go."""
MAX_CHARACTERS = 40


def keep_zip(content: bytes, name: str = "") -> Path:
    """Lay an uploaded zip where a process can read it.

    Parameters
    ----------
    content : bytes
    name : str
        What the visitor calls it; of it letters, digits, dashes and underscores are kept.

    Returns
    -------
    path : Path

    Raises
    ------
    DatasetError
        If the cache cannot be written to.
    """
    folder = cache_folder() / "uploads"
    words = re.findall(r"[\w-]+", name.removesuffix(".zip"))
    stem = "-".join(words).strip("-")[:MAX_CHARACTERS] or "upload"
    path = folder / f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}.zip"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.touch()  # the latest again
        else:
            write_bytes(path, content)
        kept = sorted(folder.glob("*.zip"), key=lambda p: p.stat().st_mtime_ns)
        for old in kept[:-MAX_UPLOADS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            _(
                "the zip could not be kept ({reason}). Free some space in {folder}, or name "
                "another cache in GENRE_LAB_CACHE."
            ).format(reason=cause(error), folder=folder)
        ) from error
    return path
