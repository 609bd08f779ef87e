"""Names of runs, as `genre.runs.store.new_run` gives them, read back."""

from __future__ import annotations

import re

_STAMPED = re.compile(r"(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)\d{5}-(.+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
    stamped = _STAMPED.fullmatch(name)
    if not stamped or not 1 <= int(stamped[2]) <= len(_MONTHS):
        return name, ""
    moment = f"{int(stamped[3])} {_MONTHS[int(stamped[2]) - 1]} {stamped[4]}:{stamped[5]}"
    return stamped[6], moment
