"""Chosen entries as the parameter of a link, and back.

Conventions
-----------
``starter,runs/first``: the name of a model, ``runs/`` and the name of a run.  A link
may contain anything: unknown names are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

from genre.compare.leaderboard import Contender


def to_link(contenders: Sequence[Contender]) -> str:
    """Return the link parameter of chosen entries.

    Parameters
    ----------
    contenders : sequence of Contender

    Returns
    -------
    text : str
    """
    return ",".join(quote(contender.reference) for contender in contenders)


def from_link(text: str, contenders: Sequence[Contender]) -> tuple[list[Contender], list[str]]:
    """Return the entries that a link names.

    Parameters
    ----------
    text : str
        As `to_link` writes it.
    contenders : sequence of Contender
        All entries.

    Returns
    -------
    chosen : list of Contender
        In the order of ``contenders``.
    unknown : list of str
        Unknown names in the link.
    """
    wanted = [unquote(part) for part in text.split(",") if part]
    known = {contender.reference for contender in contenders}
    chosen = [contender for contender in contenders if contender.reference in wanted]
    return chosen, [name for name in dict.fromkeys(wanted) if name not in known]
