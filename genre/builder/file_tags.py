"""Title and artist that a recording's own tags name.  Tags may hold anything: they are claims."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from genre.builder.names import tidy
from genre.datasets.layout import NO_ARTISTS

TITLES = ("title", "TIT2", "Title", "\xa9nam")
ARTISTS = ("artist", "TPE1", "Author", "\xa9ART", "albumartist", "TPE2")
"""How the kinds of tags name them, the most fitting first."""
MAX_TAGGED_BYTES = 2**30
"""A file that is larger is not searched for tags."""
_BAD = (
    *(ValueError, LookupError, ArithmeticError, TypeError, AttributeError),
    *(struct.error, EOFError, OSError, MemoryError, RecursionError),
)


def read_tags(path: Path) -> tuple[str, str]:
    """Return the title and the artist that a file names.

    Parameters
    ----------
    path : Path

    Returns
    -------
    title, artist : str
        One line of up to 200 characters each; empty where there is none, it cannot be read, or
        the artist is one such as *Various Artists*.
    """
    import mutagen

    try:
        if path.stat().st_size > MAX_TAGGED_BYTES:
            return "", ""
        file = mutagen.File(path, easy=True)
        tags: Any = file.tags if file is not None else None
        title, artist = _first(tags, TITLES), _first(tags, ARTISTS)
    except (mutagen.MutagenError, *_BAD):
        return "", ""
    return title, "" if artist.casefold() in NO_ARTISTS else artist


def _first(tags: Any, names: tuple[str, ...]) -> str:
    """Return the first of some tags that says something."""
    for name in names:
        try:
            values = tags.get(name) if tags is not None else None
        except _BAD:
            continue
        one = next(iter(getattr(values, "text", values) or ()), "")
        if said := tidy(str(one)):
            return said
    return ""
