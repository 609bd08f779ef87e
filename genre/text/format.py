"""How numbers, times and counts are written for visitors, in the current language.

Conventions
-----------
Each value is rounded as Python does, then written as the language writes numbers: what is read is
the same number in every language.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from genre.language import SOURCE, _, codes, current, ngettext

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
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def seconds_format() -> str:
    """Return how a column of seconds is written, for a table of the page.

    Examples
    --------
    >>> seconds_format()
    '%.0f s'
    """
    return _("{seconds} s").format(seconds="%.0f")


def moment(when: datetime) -> str:
    """Write a day and a time, without the year.

    Examples
    --------
    >>> moment(datetime(2026, 11, 22, 19, 26))
    '22 Nov 19:26'
    """
    locale = _locale(current())
    if locale is None:
        return f"{when.day} {when:%b %H:%M}"
    from babel.dates import format_skeleton, format_time  # here: English needs none of it

    day = format_skeleton("MMMd", when, locale=locale)
    return f"{day} {format_time(when, format='short', locale=locale)}"


def number(value: float, digits: int = 0) -> str:
    """Write a number with so many decimals, its thousands separated.

    Examples
    --------
    >>> number(1290), number(0.759, 2)
    ('1,290', '0.76')
    """
    return _in_language(f"{value:,.{digits}f}", "#,##0")


def general(value: float) -> str:
    """Write a number with up to six digits, as few as it needs.

    Examples
    --------
    >>> general(3.0), general(0.25), general(1e-05)
    ('3', '0.25', '1e-05')
    """
    written = f"{value:g}"
    return written if "e" in written else _in_language(written, "0")


def percent(share: float, digits: int = 0) -> str:
    """Write a share from 0 to 1 in percent, in English with no space before the sign.

    Examples
    --------
    >>> percent(0.53), percent(0.0832, 1)
    ('53%', '8.3%')
    """
    return _in_language(f"{share:.{digits}%}", "#,##0%")


def interval(low: float, high: float) -> str:
    """Write an interval of shares.

    Examples
    --------
    >>> interval(0.48, 0.58)
    '48% to 58%'
    """
    return _("{low} to {high}").format(low=percent(low), high=percent(high))


def with_interval(value: float, low: float | None, high: float | None) -> str:
    """Write a measure with two digits, and its interval where there is one.

    Examples
    --------
    >>> with_interval(0.759, 0.701, 0.809), with_interval(0.759, None, None)
    ('0.76 (0.70 to 0.81)', '0.76')
    """
    if low is None or high is None:
        return number(value, 2)
    return _("{value} ({low} to {high})").format(
        value=number(value, 2), low=number(low, 2), high=number(high, 2)
    )


def tracks(n: float) -> str:
    """Write a number of tracks: a mean over rounds of folds has one digit unless it is whole.

    Examples
    --------
    >>> tracks(12), tracks(12.0), tracks(12.333)
    ('12', '12', '12.3')
    """
    return number(n, 0 if abs(n - round(n)) < 0.05 else 1)


def count(n: int, noun: str) -> str:
    """Write a count with its noun, which is one of those below.

    Examples
    --------
    >>> count(1, "track"), count(3, "track"), count(1290, "track")
    ('1 track', '3 tracks', '1,290 tracks')
    """
    forms = {
        "artist": lambda: ngettext("{n} artist", "{n} artists", n),
        "class": lambda: ngettext("{n} class", "{n} classes", n),
        "clip": lambda: ngettext("{n} clip", "{n} clips", n),
        "epoch": lambda: ngettext("{n} epoch", "{n} epochs", n),
        "file": lambda: ngettext("{n} file", "{n} files", n),
        "genre": lambda: ngettext("{n} genre", "{n} genres", n),
        "genre tag": lambda: ngettext("{n} genre tag", "{n} genre tags", n),
        "known artist": lambda: ngettext("{n} known artist", "{n} known artists", n),
        "other segment": lambda: ngettext("{n} other segment", "{n} other segments", n),
        "other song": lambda: ngettext("{n} other song", "{n} other songs", n),
        "problem": lambda: ngettext("{n} problem", "{n} problems", n),
        "recording": lambda: ngettext("{n} recording", "{n} recordings", n),
        "run": lambda: ngettext("{n} run", "{n} runs", n),
        "segment": lambda: ngettext("{n} segment", "{n} segments", n),
        "song": lambda: ngettext("{n} song", "{n} songs", n),
        "step": lambda: ngettext("{n} step", "{n} steps", n),
        "task": lambda: ngettext("{n} task", "{n} tasks", n),
        "thread": lambda: ngettext("{n} thread", "{n} threads", n),
        "track": lambda: ngettext("{n} track", "{n} tracks", n),
        "value": lambda: ngettext("{n} value", "{n} values", n),
        "worker": lambda: ngettext("{n} worker", "{n} workers", n),
    }
    return forms[noun]().format(n=number(n))


def _in_language(written: str, pattern: str) -> str:
    """Return a number that is written in English as the current language writes it.

    ``pattern`` is that of a whole number, as Unicode's locale data has it.
    """
    locale = _locale(current())
    if locale is None:
        return written
    from babel.numbers import format_decimal  # here: English needs none of it

    plain = written.replace(",", "").removesuffix("%")
    is_share = written.endswith("%")
    if is_share:
        pattern = locale.percent_formats[None].pattern
    n_digits = len(plain.partition(".")[2])
    pattern = pattern.replace("0", f"0.{'0' * n_digits}", 1) if n_digits else pattern
    value = Decimal(plain) / (100 if is_share else 1)
    return format_decimal(value, format=pattern, locale=locale)


@cache
def _locale(code: str) -> Any:
    """Return what is known of a language's numbers; None for English and for an unknown one."""
    if code == SOURCE or code not in codes():
        return None
    from babel import Locale  # here: English needs none of it

    return Locale.parse(code)
