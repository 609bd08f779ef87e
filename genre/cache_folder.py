"""Where this program keeps what it can make or fetch again: one rule for all of it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

VARIABLE = "GENRE_LAB_CACHE"
"""Names another folder; everything kept lies below it."""


def cache_folder() -> Path:
    """Return the user's cache folder for this program, which may not be there yet.

    Returns
    -------
    folder : Path
        What ``GENRE_LAB_CACHE`` names, or the place this system has for caches.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_cache_path("genre-lab", appauthor=False)
