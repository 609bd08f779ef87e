"""Names of runs, as `genre.runs.store.new_run` gives them, read back."""

from __future__ import annotations

import re
from datetime import datetime

_STAMPED = re.compile(r"(\d{8}-\d{9})-(.+)")


def read_name(name: str) -> tuple[str, str]:
    """Return what a run is called for short, and when it was made.

    Parameters
    ----------
    name : str
        Of its folder.

    Returns
    -------
    short, moment : str
        The end of the name, which the command line takes as well; no moment where the name
        was given by hand.

    Examples
    --------
    >>> read_name("20261122-192634123-quick-ab12"), read_name("mine")
    (('quick-ab12', '22 Nov 19:26'), ('mine', ''))
    """
    if not (stamped := _STAMPED.fullmatch(name)):
        return name, ""
    try:
        made = datetime.strptime(stamped[1], "%Y%m%d-%H%M%S%f")
    except ValueError:  # no such day
        return name, ""
    return stamped[2], f"{made.day} {made:%b %H:%M}"
