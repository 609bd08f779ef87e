"""Names as they are typed, in any script, and names that every file system and link can hold.

Conventions
-----------
label
    What was typed, in Unicode's composed form (NFC), without control characters and without those
    that turn the direction of what follows.
name
    Lower-case ASCII: transliterated, since file systems and archives differ in the Unicode form
    and case of the others, and a link would show them as percent signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from anyascii import anyascii

from genre.system.schema import printable

MAX_NAME = 64
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_READ = 400
"""Characters of what was typed that a name is made of."""


def seen(text: str) -> str:
    """Return a text in NFC without what no one sees; its lines stay."""
    composed = unicodedata.normalize("NFC", printable(text))
    lines = composed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNSEEN.sub("", lines)


def one_line(text: str) -> str:
    r"""Return a label: a text as `seen` gives it, in one line.

    Examples
    --------
    >>> one_line(" my\n model ")
    'my model'
    """
    return " ".join(seen(text).split())


def is_device(name: str) -> bool:
    """Return whether Windows takes a file's name for a device, whatever follows its first dot.

    Examples
    --------
    >>> is_device("Con"), is_device("con.live.wav"), is_device("concert.wav")
    (True, True, False)
    """
    return _DEVICE.fullmatch(name) is not None


def fit_name(typed: str, fallback: str) -> str:
    """Return the name that is nearest to what was typed.

    Parameters
    ----------
    typed : str
        In any script.
    fallback : str
        The name of what has neither letters nor digits.

    Returns
    -------
    name : str
        Matches `NAME`; what does already is not changed.

    Examples
    --------
    >>> fit_name("my model 1", "model"), fit_name("Łódź & Zürich", "model"), fit_name("?", "model")
    ('my-model-1', 'lodz-zurich', 'model')
    """
    if NAME.fullmatch(typed) and not is_device(typed):
        return typed
    letters = anyascii(unicodedata.normalize("NFKC", one_line(typed[:_MAX_READ]))).lower()
    name = re.sub(r"[^a-z0-9._]+", "-", letters.replace("'", "")).strip("-._")
    name = re.sub(r"\.{2,}", ".", name)[:MAX_NAME].rstrip("-._")
    if is_device(name):
        name = f"{fallback}-{name}"
    return name if NAME.fullmatch(name) else fallback


def free_name(name: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name that is not taken: the name itself, else with the next number from 2 on.

    Examples
    --------
    >>> free_name("quick", {"quick", "quick-2"}.__contains__)
    'quick-3'
    """
    number, free = 1, name
    while is_taken(free):
        number += 1
        end = f"-{number}"
        free = name[: MAX_NAME - len(end)].rstrip("-._") + end
    return free
