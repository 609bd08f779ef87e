"""Numbers as visitors read them: one way to write each kind."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Write a time as ``m:ss``, with tenths where there are any.

    Examples
    --------
    >>> clock(66), clock(0.7)
    ('1:06', '0:00.7')
    """
    minutes, rest = divmod(round(float(seconds), 1), 60)
    return f"{minutes:.0f}:" + f"{rest:04.1f}".removesuffix(".0")
