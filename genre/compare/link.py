"""Chosen contenders as the parameter of a link, and back.

Conventions
-----------
``starter,runs/first``: a model goes by its name, a run by ``runs/`` and its name.  A link
is typed by anybody: what it names in vain is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

from genre.compare.leaderboard import Contender


def to_link(contenders: Sequence[Contender]) -> str:
    """Return chosen contenders as a link names them.

    Parameters
    ----------
    contenders : sequence of Contender

    Returns
    -------
    text : str
    """
    return ",".join(quote(contender.reference) for contender in contenders)


def from_link(text: str, contenders: Sequence[Contender]) -> tuple[list[Contender], list[str]]:
    """Return the contenders that a link names.

    Parameters
    ----------
    text : str
        As `to_link` writes it.
    contenders : sequence of Contender
        What there is.

    Returns
    -------
    chosen : list of Contender
        In the order of ``contenders``.
    unknown : list of str
        What the link names and is not there.
    """
    wanted = [unquote(part) for part in text.split(",") if part]
    known = {contender.reference for contender in contenders}
    chosen = [contender for contender in contenders if contender.reference in wanted]
    return chosen, [name for name in dict.fromkeys(wanted) if name not in known]
