"""Which recordings a folder or an archive holds, of which genre and by whom: from names alone.

Conventions
-----------
Where a table names genres (`genre.datasets.genre_table`) it alone decides: the recordings may lie
anywhere.  Else a recording's genre is the folder it lies in, however deep, below the *root*: from
the top down the first folder that has two folders with recordings, so that what lies around the
genres (``Data/genres_original``) does not matter.  Where these two are called ``train`` and
``test``, the genres are the folders in them.

The artist is what a table says; else what is published about GTZAN's tracks; else the name of the
folder that lies in the genre's (``rock/Queen/News of the World/01.mp3``, or of ``Queen - Jazz``
what stands before the dash), unless that is ``Various Artists``, or the only one and called the
same in every genre.  Such a folder may be an album: its tracks are kept together all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from genre.datasets.data_files import MAX_DEPTH, DataFile, list_files, list_others
from genre.datasets.genre_table import (
    TABLES,
    Parts,
    TableLine,
    TrackTable,
    is_name,
    listed,
    match_lines,
    read_table,
)
from genre.datasets.gtzan_facts import known_artist
from genre.datasets.types import Skipped, Track
from genre.language import _, ngettext

SIDES = frozenset(
    ("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval")
)
"""Folders into which a dataset is split; other splits are made here."""
NO_ARTISTS = frozenset(("various artists", "various", "va", "compilations", "unknown artist"))


def scan_folder(source: Path) -> tuple[list[tuple[Path, Track]], list[Skipped]]:
    """List the recordings of a folder or of a table with their genres and artists.

    Parameters
    ----------
    source : Path
        A folder, or a table of genres in the folder of its recordings.

    Returns
    -------
    found : list of (Path, Track)
        In order of genre and path.  A track is called as its file, without the ending;
        where two are called so, by their paths.
    skipped : list of Skipped
        What is not used, and why.

    Raises
    ------
    DatasetError
        If a table cannot be used, or the folder holds too much.
    """
    files, skipped, table = list_source(source)
    found, passed_over = find_tracks(files, table)
    return found, skipped + passed_over


def list_source(source: Path) -> tuple[list[DataFile], list[Skipped], TrackTable | None]:
    """List the files of a folder, or of the folder of a table, and read that table.

    Parameters, errors and ``skipped`` are those of `scan_folder`.

    Returns
    -------
    files : list of DataFile
    skipped : list of Skipped
    table : TrackTable or None
    """
    if source.is_dir():
        return *list_files(source), None
    files, skipped = list_files(source.parent)
    others = [file for file in files if file.path.name != source.name or len(file.parts) > 1]
    return others, skipped, read_table(source)


def find_tracks(
    files: Sequence[DataFile], table: TrackTable | None = None
) -> tuple[list[tuple[Path, Track]], list[Skipped]]:
    """Tell of which genre and by whom recordings are.

    Parameters
    ----------
    files : sequence of DataFile
        All files of a dataset; what is no recording and no table is not opened.
    table : TrackTable, optional
        Asked instead of those among the files.

    Returns
    -------
    found, skipped
        As `scan_folder` returns them.

    Raises
    ------
    DatasetError
        If a table cannot be used.
    """
    deep = [file for file in files if len(file.parts) > MAX_DEPTH + 1]
    recordings = [f for f in files if f.is_recording and len(f.parts) <= MAX_DEPTH + 1]
    root = genre_root(file.parts for file in recordings)
    in_files = [file for file in files if is_table(file.parts, root)]
    in_files.sort(key=lambda file: (TABLES.index(file.parts[-1].lower()), len(file.parts)))
    tables = [table] if table else [read_table(file.path, file.name) for file in in_files]
    lines, skipped = _ask_tables(tables, recordings)
    reason = _("it lies more than {n} folders deep").format(n=MAX_DEPTH)
    skipped += listed(((f.name, reason) for f in deep if f.is_recording), _more_recordings)
    if naming := next((table.name for table in tables if table.has_genres), None):
        genres = {parts: line.genre for parts, line in lines.items() if line.genre}
        absent = _("it is not in {name}").format(name=naming)
    else:
        genres = _folder_genres([file.parts for file in recordings], root)
        absent = _("it is not in a genre's folder")
        skipped += _not_unicode(genres)
    usable = [file for file in recordings if is_name(genres.get(file.parts, ""))]
    outside = (file.name for file in recordings if file.parts not in genres)
    skipped += listed(((name, absent) for name in outside), _more_recordings)
    skipped += list_others(files, () if naming else root, in_files)
    artists = {} if naming else _folder_artists(genres, root)
    found = []
    usable.sort(key=lambda file: (genres[file.parts], file.parts))
    for file, track_id in zip(usable, _track_ids(usable, root), strict=True):
        track = Track(track_id, genres[file.parts])
        line = lines.get(file.parts)
        named = line.artist if line else None
        artist = named or known_artist(track) or artists.get(file.parts)
        found.append((file.path, Track(track_id, track.genre, artist)))
    return found, skipped


def is_table(parts: Parts, root: Parts) -> bool:
    """Tell whether a file is a table of the usual names, at the top or beside the genres."""
    return parts[-1].lower() in TABLES and parts[:-1] in ((), root)


def genre_root(paths: Iterable[Parts]) -> Parts:
    """Return the folder in which the genres' folders lie; the module says which that is.

    A folder of a single recording does not count where all others lie in one other folder,
    right in the folders of two genres or more: it is a sample, not a genre.

    Parameters
    ----------
    paths : iterable of tuple of str
        The parts of the path of every recording.

    Returns
    -------
    root : tuple of str
        The parts of its path; empty for the top.

    Examples
    --------
    >>> genre_root([("music", "rock", "a.wav"), ("music", "jazz", "b.wav"), ("notes", "c.wav")])
    ('music',)
    """
    recordings = list(paths)
    root = _root_below(recordings)
    if root is None:  # a single genre, if any: where its recordings are
        root = next((parts[:-2] for parts in recordings), ())
    return root


def find_genre_folder(folder: Path) -> Path | None:
    """Return the folder of genre folders that lies somewhere below; None without two of them."""
    recordings = [file for file in list_files(folder)[0] if file.is_recording]
    root = genre_root(file.parts for file in recordings)
    genres = _folder_genres([file.parts for file in recordings], root)
    inside = [file for file in recordings if file.parts in genres]
    if len(set(genres.values())) < 2:
        return None
    return inside[0].path.parents[len(inside[0].parts) - len(root) - 1]


def _root_below(paths: list[Parts]) -> Parts | None:
    """Return the first folder that has two folders of recordings; None if none has."""
    n_in = Counter(parts[0] for parts in paths if len(parts) > 1)
    several = [name for name, n in n_in.items() if n > 1]
    if len(n_in) == 1 or len(several) == 1:
        [only] = n_in if len(n_in) == 1 else several
        below = [parts[1:] for parts in paths if len(parts) > 1 and parts[0] == only]
        beside = [parts for parts in paths if len(parts) > 1 and parts[0] != only]
        deeper = _root_below(below)
        if deeper is not None and (
            not beside
            or (
                all(len(parts) == 2 for parts in beside)
                and all(len(parts) == len(deeper) + 2 for parts in below)
            )
        ):
            return (only, *deeper)
    return () if len(n_in) > 1 else None


def _folder_genres(paths: Sequence[Parts], root: Parts) -> dict[Parts, str]:
    """Return the genre of each recording that lies in the folder of one."""
    level = len(root)
    inside = [parts for parts in paths if parts[:level] == root and len(parts) > level + 1]
    names = {parts[level].casefold() for parts in inside}
    if len(names) > 1 and names <= SIDES:
        level += 1
        inside = [parts for parts in inside if len(parts) > level + 1]
    return {parts: parts[level] for parts in inside}


def _more_recordings(n: int) -> str:
    return ngettext("{n:,} more recording", "{n:,} more recordings", n).format(n=n)


def _not_unicode(genres: dict[Parts, str]) -> list[Skipped]:
    """List the genres' folders whose names cannot be those of genres."""
    bad = sorted({genre for genre in genres.values() if not is_name(genre)})
    reason = _("its name is not Unicode, or not on one line. Rename the folder")
    return listed(
        ((f"{name}/", reason) for name in bad),
        lambda n: ngettext("{n:,} more folder", "{n:,} more folders", n).format(n=n),
    )


def _folder_artists(genres: dict[Parts, str], root: Parts) -> dict[Parts, str]:
    """Return the artist of each recording that lies in a folder in its genre's."""
    below: dict[Parts, str] = {}
    folders: dict[str, set[str]] = {}
    for parts, genre in genres.items():
        level = len(root) + (parts[len(root)] != genre) + 1
        name = parts[level] if len(parts) > level + 1 else ""
        folders.setdefault(genre, set()).add(name)
        before, _, after = name.partition(" - ")
        artist = before.strip() if after and not before.strip().isdigit() else name.strip()
        if artist and artist.casefold() not in NO_ARTISTS:
            below[parts] = artist
    same = set.union(*folders.values()) if folders else set()
    return {} if len(same) == 1 and len(folders) > 1 else below


def _track_ids(files: Sequence[DataFile], root: Parts) -> list[str]:
    """Name tracks as their files, without the ending; where two are called so, by their paths."""
    n_called = Counter(PurePosixPath(file.parts[-1]).stem for file in files)
    taken: Counter[str] = Counter()
    names = []
    for file in files:
        name = PurePosixPath(file.parts[-1]).stem
        if n_called[name] > 1:
            below = file.parts[len(root) :] if file.parts[: len(root)] == root else file.parts
            name = "/".join(below)
        taken[name] += 1  # two names may differ in their Unicode alone
        names.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return names


def _ask_tables(
    tables: Sequence[TrackTable], recordings: Sequence[DataFile]
) -> tuple[dict[Parts, TableLine], list[Skipped]]:
    """Return what tables say of each recording; of several the first that says something."""
    said: dict[Parts, TableLine] = {}
    skipped: list[Skipped] = []
    for table in tables:
        lines, passed_over = match_lines(table, [file.parts for file in recordings])
        skipped += [*table.skipped, *passed_over]
        for parts, line in lines.items():
            first = said.get(parts, line)
            genre, artist = first.genre or line.genre, first.artist or line.artist
            said[parts] = TableLine(first.number, first.key, genre, artist)
    return said, skipped
