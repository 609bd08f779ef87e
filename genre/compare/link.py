"""Chosen entries as the parameter of a link, and back.

Conventions
-----------
``starter,runs/first``: the name of a model, ``runs/`` and the name of a run.  A link
may contain anything: unknown names are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

from genre.compare.leaderboard import LeaderboardEntry


def to_link(entries: Sequence[LeaderboardEntry]) -> str:
    """Return the link parameter of chosen entries.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    text : str
    """
    return ",".join(quote(entry.reference) for entry in entries)


def from_link(
    text: str, entries: Sequence[LeaderboardEntry]
) -> tuple[list[LeaderboardEntry], list[str]]:
    """Return the entries that a link names.

    Parameters
    ----------
    text : str
        As `to_link` writes it.
    entries : sequence of LeaderboardEntry
        All entries.

    Returns
    -------
    chosen : list of LeaderboardEntry
        In the order of ``entries``.
    unknown : list of str
        Unknown names in the link.
    """
    wanted = [unquote(part) for part in text.split(",") if part]
    known = {entry.reference for entry in entries}
    chosen = [entry for entry in entries if entry.reference in wanted]
    return chosen, [name for name in dict.fromkeys(wanted) if name not in known]
