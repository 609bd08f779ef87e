"""A table that says which recording is of which genre, and by whom.

Conventions
-----------
Text with a header: ``track_id``, ``path`` or ``file``, and ``genre`` or ``artist`` or both, in
any order and among other columns, separated by commas, semicolons or tabs, in UTF-8 (or UTF-16
that says so).  FMA's ``tracks.csv``, whose header has three lines, is one too.
"""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from genre.datasets.types import Skipped
from genre.errors import DatasetError
from genre.language import _, ngettext
from genre.system.safe_zip import parts_of
from genre.system.schema import cause

TABLES = ("artists.csv", "tracks.csv", "genres.csv", "artists.tsv", "tracks.tsv", "genres.tsv")
"""The names of tables that are looked for; of two that say different things the first is right."""
TABLE_ENDINGS = (".csv", ".tsv")
"""Endings of a table that may be given instead of a folder."""
KEYS = ("track_id", "path", "file")
MAX_BYTES = 512 * 2**20
"""FMA's table of 106,574 tracks has half of it."""
MAX_LISTED = 20
"""How much of a kind is listed one by one."""
MAX_NAME = 200
"""Characters of a genre."""

Parts = tuple[str, ...]
"""A path: its folders, then the name of the file."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """What one line says: of which recording, as it is written there, genre and artist."""

    number: int
    key: str
    genre: str | None
    artist: str | None


@dataclass(frozen=True, slots=True)
class TrackTable:
    """A table as it was read; ``skipped`` has the lines that cannot be used."""

    name: str
    has_genres: bool
    lines: tuple[TableLine, ...]
    skipped: tuple[Skipped, ...] = ()


def read_table(path: Path, name: str = "") -> TrackTable:
    """Read a table of genres or artists.

    Parameters
    ----------
    path : Path
    name : str
        What its owner calls it; the name of the file unless given.

    Returns
    -------
    table : TrackTable

    Raises
    ------
    DatasetError
        If it cannot be read, or lacks a column that it needs.
    """
    name = name or path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(_("it has over {n} MiB").format(n=MAX_BYTES // 2**20))
        with path.open("rb") as binary:
            start = binary.read(2)
        is_utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        with path.open(encoding="utf-16" if is_utf16 else "utf-8-sig", newline="") as file:
            return _read(file, name)
    except (OSError, ValueError, csv.Error) as error:
        is_coding = isinstance(error, UnicodeError)
        reason = type(error).__name__ if is_coding else cause(error)
        raise DatasetError(
            _(
                "{name} cannot be read ({reason}). Save it as comma-separated text in UTF-8 "
                "(in Excel: CSV UTF-8)."
            ).format(name=name, reason=reason)
        ) from error


def _read(file: Iterator[str], name: str) -> TrackTable:
    """Read a table from its open file."""
    first, n_before = next(file, ""), 0
    if first.startswith("sep="):  # as Excel marks its separator
        first, n_before = next(file, ""), 1
    for separator in ",;\t":
        rows = csv.reader(_again(first, file), delimiter=separator)
        columns = next(csv.reader([first], delimiter=separator), [])
        columns = [column.strip().casefold() for column in columns]
        if columns[:1] == [""] and {"track", "artist"} <= set(columns):
            next(rows)
            columns = _fma_columns(columns, next(rows, []))
        key = next((column for column in KEYS if column in columns), None)
        if key and {"genre", "artist"} & set(columns):
            next(rows, None)  # the header, or the last line of it
            return _collect(rows, columns, key, name, n_before)
    raise DatasetError(
        _(
            "{name} has the columns {columns}, track_id (or path, or file) and genre or "
            "artist are needed. Add a first line with these names."
        ).format(name=name, columns=", ".join(next(csv.reader([first]), [])) or _("none"))
    )


def is_name(text: str) -> bool:
    """Tell whether a text may be the name of a genre: short, on one line, and Unicode."""
    kinds = {unicodedata.category(character) for character in text}
    return 0 < len(text) <= MAX_NAME and not kinds & {"Cc", "Cs", "Zl", "Zp"}


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _fma_columns(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the columns of FMA's table by the first two lines of its header."""
    known = {("track", "genre_top"): "genre", ("artist", "name"): "artist"}
    columns = [known.get(pair, "") for pair in zip(groups, names, strict=False)]
    return ["track_id", *columns[1:]]


def _collect(rows: Any, columns: Sequence[str], key: str, name: str, n_before: int) -> TrackTable:
    """Collect the lines below the header; those that cannot be used are listed."""
    lines, bad = [], []
    has_genres = "genre" in columns
    for row in rows:
        number = rows.line_num + n_before
        cells = [unicodedata.normalize("NFC", cell).strip() for cell in row]
        values = dict(zip(columns, cells, strict=False))
        if not any(cells):
            continue
        genre, artist = values.get("genre") or None, values.get("artist") or None
        if any(cells[len(columns) :]):
            reason = _(
                "it has {n} values, the header {n_columns}: put quotes around a value that holds "
                "the separator"
            ).format(n=len(cells), n_columns=len(columns))
            bad.append((number, reason))
        elif not values.get(key):
            bad.append((number, _("it names no recording")))
        elif has_genres and not genre:
            bad.append((number, _("it has no genre")))
        elif genre and not is_name(genre):
            reason = _("its genre is no name of one line, up to {n} characters").format(n=MAX_NAME)
            bad.append((number, reason))
        else:
            lines.append(TableLine(number, values[key], genre, artist))
    skipped = _listed_lines(name, bad)
    return TrackTable(name, has_genres, tuple(lines), tuple(skipped))


def listed(passed_over: Iterable[tuple[str, str]], more: Callable[[int], str]) -> list[Skipped]:
    """List what was passed over, and of more than `MAX_LISTED` only how much it is.

    Parameters
    ----------
    passed_over : iterable of (str, str)
        Names and reasons.
    more : callable
        Says that there are so many more of them.

    Returns
    -------
    skipped : list of Skipped
    """
    pairs = list(passed_over)
    skipped = [Skipped(name, reason) for name, reason in pairs[:MAX_LISTED]]
    if rest := pairs[MAX_LISTED:]:
        reasons = {reason for _name, reason in rest}
        name, reason = rest[0]
        if len(reasons) > 1:
            reason = _("for such reasons, as {name}").format(name=name)
        skipped.append(Skipped(more(len(rest)), reason))
    return skipped


def _listed_lines(table: str, bad: Sequence[tuple[int, str]]) -> list[Skipped]:
    """List the lines of a table that cannot be used, with why."""
    names = ((_("{name}, line {number}").format(name=table, number=n), why) for n, why in bad)
    return listed(names, lambda n: ngettext("{n:,} more line", "{n:,} more lines", n).format(n=n))


def match_lines(
    table: TrackTable, paths: Iterable[Parts]
) -> tuple[dict[Parts, TableLine], list[Skipped]]:
    """Find the recording that each line of a table means.

    A line may give the path or the end of one, with or without the ending of the file; what
    stands before the folder in an absolute path does not matter.  Zeros before a number do
    neither: FMA's track 2 is ``000/000002.mp3``.

    Parameters
    ----------
    table : TrackTable
    paths : iterable of tuple of str
        The recordings, as parts of their path in NFC.

    Returns
    -------
    lines : dict
        By the path of the recording; where two lines mean it, the first.
    skipped : list of Skipped
        Lines that mean no recording, several, or one that another line gave another genre.
    """
    index = _Index(paths)
    found: dict[Parts, TableLine] = {}
    absent, bad = [], []
    for line in table.lines:
        parts, is_unclear = index.find(line.key)
        if is_unclear:
            reason = _("several recordings are called {name}: give the path").format(name=line.key)
            bad.append((line.number, reason))
        elif parts is None:
            absent.append(line.key)
        elif (first := found.setdefault(parts, line)).genre != line.genre:
            reason = _("line {number} has the genre {genre} for the same recording").format(
                number=first.number, genre=first.genre
            )
            bad.append((line.number, reason))
    skipped = _listed_lines(table.name, bad)
    if absent:
        shown = ", ".join(absent[:3]) + (", ..." if len(absent) > 3 else "")
        reason = _("{n:,} of its lines name no recording here ({names})").format(
            n=len(absent), names=shown
        )
        skipped.append(Skipped(table.name, reason))
    return found, skipped


class _Index:
    """Recordings by every end of their paths; None where two have the same."""

    def __init__(self, paths: Iterable[Parts]) -> None:
        self._exact: dict[Parts, Parts | None] = {}
        self._numbers: dict[Parts, Parts | None] = {}
        for parts in paths:
            stem = PurePosixPath(parts[-1]).stem
            for start in range(len(parts)):
                folders = parts[start:-1]
                for index, last in (
                    (self._exact, parts[-1]),
                    (self._exact, stem),
                    (self._numbers, _without_zeros(stem)),
                ):
                    key = (*folders, last)
                    index[key] = parts if index.get(key, parts) == parts else None

    def find(self, key: str) -> tuple[Parts | None, bool]:
        """Return the recording that is meant, and whether several may be."""
        parts = tuple(part for part in parts_of(key) if part not in ("/", "."))
        if not parts:
            return None, False
        if parts in self._exact:
            return self._exact[parts], self._exact[parts] is None
        number = (*parts[:-1], _without_zeros(parts[-1]))
        if number in self._numbers:
            return self._numbers[number], self._numbers[number] is None
        ends = (parts[start:] for start in range(1, len(parts)))
        return next((end for end in ends if self._exact.get(end) == end), None), False


def _without_zeros(name: str) -> str:
    return name.lstrip("0") or "0" if name.isascii() and name.isdigit() else name
