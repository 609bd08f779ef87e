"""Names that begin with a moment: those of runs, from `genre.runs.store.new_run`, and of sweeps."""

from __future__ import annotations

import re
from datetime import datetime

_STAMPED = re.compile(r"(\d{8}-\d{9})-(.+)")


def stamp_now() -> str:
    """Return this moment to a millisecond: names that begin with it sort by time."""
    return datetime.now().strftime("%Y%m%d-%H%M%S%f")[:-3]


def read_name(name: str) -> tuple[str, datetime | None]:
    """Return the short name of a run, and when it was created.

    Parameters
    ----------
    name : str
        The name of its folder.

    Returns
    -------
    short : str
        The end of the name, which the command line accepts too.
    made : datetime or None
        None if the user chose the name.

    Examples
    --------
    >>> read_name("20261122-192634123-quick-ab12"), read_name("mine")
    (('quick-ab12', datetime.datetime(2026, 11, 22, 19, 26, 34, 123000)), ('mine', None))
    """
    if not (stamped := _STAMPED.fullmatch(name)):
        return name, None
    try:
        made = datetime.strptime(stamped[1], "%Y%m%d-%H%M%S%f")
    except ValueError:  # not a date
        return name, None
    return stamped[2], made
