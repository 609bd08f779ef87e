"""How names stand on a terminal: on one line, in columns, whatever script they are in.

Conventions
-----------
A column is as wide as what is seen: Korean letters and emoji take two places, combining marks
none.  After a name that is written from right to left stands a mark (U+200E) that keeps what
follows in its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from wcwidth import wcswidth

from genre.text.format import one_line

MAX_WIDTH = 40
LEFT_TO_RIGHT = "\u200e"


def printable(name: str) -> str:
    """Return a file's name without terminal control characters."""
    return one_line(name)


def genre_name(genre: str) -> str:
    """Return a genre's name, so that it leaves what follows on its line in order.

    Examples
    --------
    >>> genre_name("jazz"), genre_name("موسيقى")[-1] == LEFT_TO_RIGHT
    ('jazz', True)
    """
    shown = one_line(genre)
    is_rtl = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in shown)
    return shown + LEFT_TO_RIGHT if is_rtl else shown


def column_width(genres: Iterable[str], least: int = 12) -> int:
    """Return the width of a column that holds these genres and a space, within bounds."""
    widest = max((wcswidth(one_line(genre)) for genre in genres), default=0)
    return min(MAX_WIDTH, max(least, widest + 1))


def column(genre: str, width: int = 12) -> str:
    """Return a genre's name, filled up with spaces to a width as it is seen.

    Examples
    --------
    >>> column("한국", 6) + "|", column("rock", 6) + "|"
    ('한국  |', 'rock  |')
    """
    name = genre_name(genre)
    return name + " " * max(1, width - wcswidth(name))


def fold_line(event: Mapping[str, Any]) -> str:
    """Return that a fold begins, or the model on all tracks.

    Examples
    --------
    >>> fold_line({"fold": 2, "n_folds": 5}), fold_line({"fold": 0, "n_folds": 5, "epochs": 12})
    ('fold 2 of 5', 'all tracks, 12 epochs')
    """
    if event["fold"]:
        return f"fold {event['fold']} of {event['n_folds']}"
    return f"all tracks, {event['epochs']} epochs"
