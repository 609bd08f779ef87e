"""How numbers are written for visitors."""

from __future__ import annotations

_JOINERS = {"\u200c", "\u200d", *(chr(tag) for tag in range(0xE0020, 0xE0080))}
"""Marks without a glyph of their own that scripts and emoji are written with."""


def one_line(name: str, instead: str = "?") -> str:
    r"""Return a name without control characters, line ends and changes of direction.

    Examples
    --------
    >>> one_line("a\x1b[31mb"), one_line("👨\u200d👩") == "👨\u200d👩"
    ('a?[31mb', True)
    """
    return "".join(c if c.isprintable() or c in _JOINERS else instead for c in name)


def clock(seconds: float) -> str:
    """Write a time as ``m:ss``, with tenths where there are any.

    Examples
    --------
    >>> clock(66), clock(0.7)
    ('1:06', '0:00.7')
    """
    minutes, rest = divmod(round(float(seconds), 1), 60)
    return f"{minutes:.0f}:" + f"{rest:04.1f}".removesuffix(".0")


def duration(seconds: float) -> str:
    """Write a duration.

    Examples
    --------
    >>> duration(7.4), duration(95), duration(4000)
    ('7 s', '1 min 35 s', '1 h 6 min')
    """
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def percent(share: float, digits: int = 0) -> str:
    """Write a share from 0 to 1 in percent, with no space before the sign.

    Examples
    --------
    >>> percent(0.53), percent(0.0832, 1)
    ('53%', '8.3%')
    """
    return f"{share:.{digits}%}"


def interval(low: float, high: float) -> str:
    """Write an interval of shares.

    Examples
    --------
    >>> interval(0.48, 0.58)
    '48% to 58%'
    """
    return f"{percent(low)} to {percent(high)}"


def count(n: int, noun: str) -> str:
    """Write a count with its noun, whose plural ends in s.

    Examples
    --------
    >>> count(1, "track"), count(3, "track"), count(1290, "track")
    ('1 track', '3 tracks', '1,290 tracks')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
