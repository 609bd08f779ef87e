"""JSON that may come from anyone, read into plain values and checked before it is used.

Conventions
-----------
Reading bounds what any file may hold: bytes, depth, the length of a text, the size of a whole
number, and Unicode that can be written.  A *check* then says what one value must be: it is called
with the value and where it stands, and raises `Damaged` with one clause (what was read, what was
expected).  Checks are put together: ``record(n=whole(0))``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from reprlib import repr as shown  # a value may be a megabyte long
from typing import Any

from genre.language import _

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 32
MAX_TEXT = 20_000
"""Characters of one text: the longest that is written is a command that names many files."""
MAX_WHOLE = 2**53
"""Whole numbers beyond are not exact as a float, nor in other programs that read JSON."""
MAX_BRIEF = 160
_NO_UNICODE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

Check = Callable[[Any, str], None]


class Damaged(ValueError):
    """What was read is not what was written; the message says where."""


def read_json(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read a JSON file as `parse_json` does.

    Raises
    ------
    Damaged
        If it cannot be opened, too.
    """
    return parse_json(read_content(path, max_bytes=max_bytes), max_bytes=max_bytes)


def read_content(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file up to a byte more than it may have.

    Raises
    ------
    Damaged
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise Damaged(_("it is missing")) from error
    except OSError as error:
        raise Damaged(cause(error)) from error


def parse_json(content: str | bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Parse JSON into plain values within bounds.

    Parameters
    ----------
    content : str or bytes
        Bytes are UTF-8.
    max_bytes : int

    Returns
    -------
    values : dict, list, str, int, float, bool or None

    Raises
    ------
    Damaged
        If it is not JSON, or is outside the bounds.  Half of a surrogate pair is refused, but
        those that stand for a byte of a file name (U+DC80 to U+DCFF) are not.
    """
    if len(content) > max_bytes:
        raise Damaged(_("it has over {max_bytes:,} bytes").format(max_bytes=max_bytes))
    try:
        values = json.loads(content)
    except RecursionError as error:
        raise Damaged(
            _("it is nested more than {max_depth} deep").format(max_depth=MAX_DEPTH)
        ) from error
    except ValueError as error:  # UnicodeDecodeError is one
        raise Damaged(_("it is not JSON") if content.strip() else _("it is empty")) from error
    check_bounds(values)
    return values


def check_bounds(values: Any) -> None:
    """Raise `Damaged` unless all values that JSON gave are within bounds, level by level."""
    level = [values]
    for _other in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is list:
                below += value
            elif kind is dict:
                below += value.keys()
                below += value.values()
            elif kind is int and not -MAX_WHOLE <= value <= MAX_WHOLE:
                raise Damaged(
                    _("it has a whole number of over {n_max_whole} digits").format(
                        n_max_whole=len(str(MAX_WHOLE))
                    )
                )
            elif kind is str and (len(value) > MAX_TEXT or _NO_UNICODE.search(value)):
                if len(value) > MAX_TEXT:
                    raise Damaged(_("it has a text of over {n:,} characters").format(n=MAX_TEXT))
                raise Damaged(_("it has a text that is not Unicode"))
        if not below:
            return
        level = below
    raise Damaged(_("it is nested more than {max_depth} deep").format(max_depth=MAX_DEPTH))


def printable(name: str) -> str:
    r"""Return a name that can be shown: what is no Unicode in it becomes a question mark.

    Examples
    --------
    >>> printable("caf\udce9")
    'caf?'
    """
    return _SURROGATE.sub("?", name)


def brief(said: object) -> str:
    r"""Return what a library said of a file, or a name in one, as part of a sentence.

    Either may hold any bytes of the file, and as many.

    Returns
    -------
    text : str
        One printable line of at most `MAX_BRIEF` characters; the type, where nothing was said.

    Examples
    --------
    >>> brief(ValueError("bad header:\n\x00"))
    'bad header:??'
    """
    start = str(said)[: MAX_BRIEF + 1] or type(said).__name__
    line = "".join(letter if letter.isprintable() else "?" for letter in start)
    return line if len(line) <= MAX_BRIEF else f"{line[: MAX_BRIEF - 3]}..."


def cause(error: Exception) -> str:
    """Return why something failed, as part of a sentence: the system's words, or the library's.

    Examples
    --------
    >>> cause(OSError(28, "No space left on device"))
    'No space left on device'
    >>> cause(ValueError("bad header"))
    'bad header'
    """
    return brief(getattr(error, "strerror", None) or error)


def text(value: Any, where: str) -> None:
    """Check a text that will be shown."""
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise Damaged(
            _("{where} is {value}, expected a text").format(where=where, value=shown(value))
        )


def file_name(value: Any, where: str) -> None:
    """Check a text that may name a file, in whatever bytes its system has."""
    if not isinstance(value, str):
        raise Damaged(
            _("{where} is {value}, expected a text").format(where=where, value=shown(value))
        )


def flag(value: Any, where: str) -> None:
    """Check a yes or no."""
    if not isinstance(value, bool):
        raise Damaged(
            _("{where} is {value}, expected true or false").format(where=where, value=shown(value))
        )


def whole(low: int = 0, high: int = MAX_WHOLE) -> Check:
    """Return the check of a whole number in a range."""

    def check(value: Any, where: str) -> None:
        if type(value) is not int or not low <= value <= high:
            expected = (
                _("{where} is {value}, expected a whole number from {low} up")
                if high == MAX_WHOLE
                else _("{where} is {value}, expected a whole number from {low} to {high}")
            )
            raise Damaged(expected.format(where=where, value=shown(value), low=low, high=high))

    return check


def number(low: float = float("-inf"), high: float = float("inf")) -> Check:
    """Return the check of a finite number in a range."""

    def check(value: Any, where: str) -> None:
        if type(value) not in (int, float) or not isfinite(value) or not low <= value <= high:
            expected = (
                _("{where} is {value}, expected a number")
                if low == -high
                else _("{where} is {value}, expected a number from {low:g} to {high:g}")
            )
            raise Damaged(expected.format(where=where, value=shown(value), low=low, high=high))

    return check


def one_of(*choices: str) -> Check:
    """Return the check of a text that is one of some."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in choices:
            raise Damaged(
                _("{where} is {value}, expected one of {choices}").format(
                    where=where, value=shown(value), choices=", ".join(choices)
                )
            )

    return check


def maybe(of: Check) -> Check:
    """Return a check that lets null pass."""
    return lambda value, where: None if value is None else of(value, where)


def items(of: Check) -> Check:
    """Return the check of a list."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, list):
            raise Damaged(
                _("{where} is {value}, expected a list").format(where=where, value=shown(value))
            )
        for i, item in enumerate(value, start=1):
            of(item, f"{where}, item {i},")

    return check


def table(of: Check, names: Check = text) -> Check:
    """Return the check of an object with any names, and values of one kind."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Damaged(
                _("{where} is {value}, expected an object").format(where=where, value=shown(value))
            )
        for name, item in value.items():
            names(name, f"a name in {where}")
            of(item, f"{shown(name)} of {where}")

    return check


def anything(value: Any, where: str) -> None:
    """Let every value pass: it is checked where it is used."""


def record(optional: dict[str, Check] | None = None, /, **required: Check) -> Check:
    """Return the check of an object that has some names; others pass unseen."""
    known = (optional or {}) | required

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise Damaged(
                _("{where} is {value}, expected an object").format(where=where, value=shown(value))
            )
        if missing := [name for name in required if name not in value]:
            raise Damaged(
                _("{where} has no {missing}").format(where=where, missing=", ".join(missing))
            )
        for name, of in known.items():
            if name in value:
                of(value[name], f"{name} of {where}")

    return check
