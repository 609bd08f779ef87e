"""Parse the names of runs from `genre.runs.store.new_run`."""

from __future__ import annotations

import re
from datetime import datetime

_STAMPED = re.compile(r"(\d{8}-\d{9})-(.+)")


def read_name(name: str) -> tuple[str, str]:
    """Return the short name of a run, and when it was created.

    Parameters
    ----------
    name : str
        The name of its folder.

    Returns
    -------
    short, moment : str
        The end of the name, which the command line accepts too; ``moment`` is empty if the
        user chose the name.

    Examples
    --------
    >>> read_name("20261122-192634123-quick-ab12"), read_name("mine")
    (('quick-ab12', '22 Nov 19:26'), ('mine', ''))
    """
    if not (stamped := _STAMPED.fullmatch(name)):
        return name, ""
    try:
        made = datetime.strptime(stamped[1], "%Y%m%d-%H%M%S%f")
    except ValueError:  # not a date
        return name, ""
    return stamped[2], f"{made.day} {made:%b %H:%M}"
