"""Names of classes, datasets and files, in any script.

Conventions
-----------
Every name is kept in Unicode's composed form (NFC), as `genre.datasets` reads it.  Two names are
*alike* if only case or the form of their characters tells them apart: people would take them for
one, and some disks do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from genre.datasets.data_files import is_clutter
from genre.datasets.genre_table import is_name
from genre.errors import DatasetError
from genre.language import _
from genre.system.names import is_device, one_line
from genre.system.schema import brief, printable

MAX_CLASSES = 100
MAX_CHARACTERS = 60
"""Of the name of a class or a dataset."""
MAX_TEXT = 200
"""Characters of a title or an artist."""
MAX_FILE_BYTES = 100
"""Of a file's name without its ending: names may have 255 bytes, and copies get a number."""


def tidy(text: str, max_characters: int = MAX_TEXT) -> str:
    r"""Return what a file or a visitor says as one short line of Unicode.

    Examples
    --------
    >>> tidy(" Beyonce\u0301 \n\x00 live ")
    'Beyoncé live'
    """
    return one_line(text[: 4 * max_characters])[:max_characters].strip()


def key_of(name: str) -> str:
    """Return the same text for names that are alike."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def class_name(given: str, others: Iterable[str] = ()) -> str:
    """Return the name of a new class.

    Parameters
    ----------
    given : str
    others : iterable of str
        Classes that there are.

    Returns
    -------
    name : str
        In NFC, without space around it.

    Raises
    ------
    DatasetError
        If it is no name, or like that of another class.
    """
    name = unicodedata.normalize("NFC", printable(given).strip())
    if not is_name(name) or len(name) > MAX_CHARACTERS:
        raise DatasetError(
            _(
                "{name!r} cannot be the name of a class: expected 1 to {n} characters on one line."
            ).format(name=brief(given.strip()), n=MAX_CHARACTERS)
        )
    for other in others:
        if key_of(other) == key_of(name):
            raise DatasetError(alike(other, given.strip()))
    return name


def alike(first: str, second: str) -> str:
    """Say what alone tells two names of classes apart, and what to do."""
    if first == second:
        return _("there is a class {name!r} already. Give another name.").format(name=first)
    if unicodedata.normalize("NFKC", first) == unicodedata.normalize("NFKC", second):
        return _(
            "the classes {first!r} and {second!r} differ only in their Unicode form. Rename one: "
            "the same if they are one class, clearly different if they are two."
        ).format(first=first, second=second)
    return _(
        "the classes {first!r} and {second!r} differ only by case. Rename one: the same if they "
        "are one class, clearly different if they are two."
    ).format(first=first, second=second)


def check_classes(names: Iterable[str], others: Iterable[str] = ()) -> None:
    """Raise unless classes can stand together, as they are written and with those there are.

    Parameters
    ----------
    names : iterable of str
        As they were found, in any Unicode form; the same one may come again.
    others : iterable of str
        Classes that there are: they may be among ``names``.

    Raises
    ------
    DatasetError
        If two are alike, one is no name, or they are too many.
    """
    known = {key_of(other): (other, "") for other in others}
    for given in dict.fromkeys(names):
        name = class_name(given)
        first, written = known.get(key_of(name), (name, ""))
        if first != name or written not in ("", given):  # a disk may write names in another form
            raise DatasetError(alike(written or first, given))
        known[key_of(name)] = (name, given)
    if len(known) > MAX_CLASSES:
        raise DatasetError(
            _(
                "a dataset has up to {most} classes, these would be {n:,}. Give a folder of fewer, "
                "or merge some."
            ).format(most=MAX_CLASSES, n=len(known))
        )


def file_of(name: str, taken: Collection[str]) -> str:
    """Return the name under which a recording is kept.

    Parameters
    ----------
    name : str
        As its owner calls it.
    taken : collection of str
        What `taken_by` gives for the files that there are.

    Returns
    -------
    file : str
        Neither it nor its stem is another file's or its stem, whatever the case.
    """
    path = PurePosixPath(unicodedata.normalize("NFC", printable(name)).replace("\\", "/"))
    ending = re.sub(r"[^.\w]", "", path.suffix.lower())
    stem = "".join(c if c.isalnum() or c in " -_.()'&,+" else "_" for c in path.stem).strip(" .")
    stem = stem.encode()[:MAX_FILE_BYTES].decode(errors="ignore").strip(" .") or "clip"
    if is_device(stem) or is_clutter((f"{stem}{ending}",)):
        stem = f"_{stem}"
    start, n = stem, 1
    while taken_by(f"{stem}{ending}") & set(taken):
        n += 1
        stem = f"{start} ({n})"
    return f"{stem}{ending}"


def taken_by(file: str) -> set[str]:
    """Return what no other file may be called: a file's name and its stem."""
    return {key_of(file), key_of(PurePosixPath(file).stem)}
