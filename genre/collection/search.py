"""What a collection is asked: songs by text, by tag and by similarity, and points for the map."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre.audio.musicnn_network import N_PENULTIMATE
from genre.audio.tags import tag_indices
from genre.collection.neighbours import nearest
from genre.collection.song_map import bundled_map
from genre.collection.store import (
    COLUMNS,
    CollectionSong,
    check_row,
    load_records,
    opened,
    read_about,
    song_of,
)
from genre.collection.writer import searchable
from genre.errors import CollectionError
from genre.language import _

MAX_POINTS = 20_000
"""Songs of a collection drawn on the map: of more, these, chosen by their digests."""
MAX_FOUND = 200
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in a collection.

    Parameters
    ----------
    folder : Path
    n_songs, n_problems : int
    seconds : float
        Of all songs.
    genres : dict of str to int
        How many songs each verdict has, the most frequent first.
    stamp : str
        Another one after each change: what caches are to know a collection by, with its place.
    """

    folder: Path
    n_songs: int
    n_problems: int
    seconds: float
    genres: dict[str, int]
    stamp: str


@dataclass(frozen=True, slots=True, eq=False)
class MapPoints:
    """Songs of a collection as points of the map.

    Parameters
    ----------
    positions : np.ndarray [shape=(n, 2), dtype=float32]
    names, genres, digests : list of str
    n_songs : int
        How many there are, drawn or not.
    """

    positions: np.ndarray
    names: list[str]
    genres: list[str]
    digests: list[str]
    n_songs: int


def read_stamp(place: Path) -> str:
    """Return the stamp of a collection, at once.

    Raises
    ------
    CollectionError
        If there is none, or it is damaged; the same holds for all that follows here.
    """
    with _snapshot(place) as (database, _other, _another):
        return _stamp(database)


def read_overview(place: Path) -> Overview:
    """Return what is in a collection."""
    with _snapshot(place) as (database, folder, _other):
        n_songs, seconds = database.execute("SELECT count(*), total(seconds) FROM songs").fetchone()
        (n_problems,) = database.execute("SELECT count(*) FROM problems").fetchone()
        genres = database.execute(
            "SELECT genre, count(*) AS n FROM songs GROUP BY genre ORDER BY n DESC, genre"
        )
        found = genres.fetchall()
        for row in found:
            check_row(row, (str, int))
        return Overview(folder, n_songs, n_problems, seconds, dict(found), _stamp(database))


def list_problems(place: Path, limit: int = MAX_FOUND) -> list[tuple[str, str]]:
    """Return the name of each file that cannot be used, and why, in order of the names."""
    with _snapshot(place) as (database, _other, _another):
        rows = database.execute("SELECT name, reason FROM problems ORDER BY name LIMIT ?", (limit,))
        return [(str(name), str(reason)) for name, reason in rows]


def find_songs(
    place: Path, text: str = "", *, genre: str = "", limit: int = MAX_FOUND
) -> list[CollectionSong]:
    """Return the songs whose name, verdict and tags hold some words.

    Parameters
    ----------
    place : Path
        The collection.
    text : str
        Words, all of which must be found; case does not count.  All songs where it is empty.
    genre : str
        Only songs with this verdict.
    limit : int
        The most to return; -1 for all.

    Returns
    -------
    songs : list of CollectionSong
        In order of their names.
    """
    words = searchable(text).split()
    where = ["instr(words, ?) > 0"] * len(words) + ["genre = ?"] * bool(genre)
    condition = f"WHERE {' AND '.join(where)}" if where else ""
    values = (*words, *([genre] if genre else []), limit)
    with _snapshot(place) as (database, folder, _other):
        rows = database.execute(
            f"SELECT {COLUMNS} FROM songs {condition} ORDER BY name, path LIMIT ?", values
        )
        return [song_of(folder, row) for row in rows]


def song_by_digest(place: Path, digest: str) -> CollectionSong | None:
    """Return the song of a content; None where there is none."""
    with _snapshot(place) as (database, folder, _other):
        row = database.execute(
            f"SELECT {COLUMNS} FROM songs WHERE digest = ? ORDER BY path LIMIT 1", (digest,)
        ).fetchone()
        return song_of(folder, row) if row else None


def nearest_songs(
    place: Path, vector: np.ndarray, *, left_out: str = "", n: int = 5
) -> list[tuple[CollectionSong, float]]:
    """Return the songs that are nearest to an embedding, compared with every one.

    Parameters
    ----------
    place : Path
        The collection.
    vector : np.ndarray [shape=(200,), dtype=float32]
    left_out : str
        The digest of the song itself.
    n : int

    Returns
    -------
    found : list of (CollectionSong, float)
        Each with its cosine distance, the nearest first.
    """
    with _snapshot(place) as (database, folder, records):
        return _by_rows(
            database, folder, lambda k: nearest(vector, records[:, :N_PENULTIMATE], k),
            len(records), n, left_out,
        )  # fmt: skip


def songs_by_tag(place: Path, word: str, *, n: int = 5) -> list[tuple[CollectionSong, float]]:
    """Return the songs in which a tag is most probable, each with its probability.

    Parameters
    ----------
    place : Path
        The collection.
    word : str
        As `genre.audio.tags.Tag` has it.
    n : int

    Raises
    ------
    ParameterError
        If there is no such tag.
    """
    columns = [N_PENULTIMATE + i for i in tag_indices(word)]
    with _snapshot(place) as (database, folder, records):
        probabilities = records[:, columns].max(axis=1, initial=0)
        order = np.argsort(-probabilities, kind="stable")
        return _by_rows(
            database, folder, lambda k: (order[:k], probabilities[order[:k]]), len(records), n
        )  # fmt: skip


def song_vector(place: Path, digest: str) -> np.ndarray:
    """Return the embedding [shape=(200,), dtype=float32] of a song of the collection."""
    with _snapshot(place) as (database, _other, records):
        row = database.execute("SELECT row FROM songs WHERE digest = ?", (digest,)).fetchone()
        if row is None or not isinstance(row[0], int) or not 0 <= row[0] < len(records):
            raise CollectionError(_("this song is not in the collection. Index its folder again."))
        return np.array(records[row[0], :N_PENULTIMATE])


def map_points(place: Path, n_most: int = MAX_POINTS) -> MapPoints:
    """Return songs as points of the map: all, or so many in order of their digests.

    A digest says nothing of the sound, so these are a random sample, and always the same one.
    """
    with _snapshot(place) as (database, _other, records):
        (n_songs,) = database.execute("SELECT count(*) FROM songs").fetchone()
        rows = database.execute(
            "SELECT row, name, genre, digest FROM songs WHERE row >= 0 AND row < ? "
            "ORDER BY digest, path LIMIT ?",
            (len(records), n_most),
        ).fetchall()
        for row in rows:
            check_row(row, (int, str, str, str))
        chosen = np.array([row for row, *_ in rows], int)
        positions = bundled_map().place(records[chosen, :N_PENULTIMATE])
    names, genres, digests = ([row[i] for row in rows] for i in (1, 2, 3))
    return MapPoints(positions, names, genres, digests, n_songs)


@contextmanager
def _snapshot(place: Path) -> Iterator[tuple[sqlite3.Connection, Path, np.ndarray]]:
    """Open a collection as it is at one moment: its database, folder and records."""
    with opened(place) as database:
        for look in range(_LOOKS):  # the file of records may be made anew between two lines
            database.execute("BEGIN")
            folder, _other, generation = read_about(database)
            records = load_records(place, generation)
            is_whole = (
                len(records) or not database.execute("SELECT 1 FROM songs LIMIT 1").fetchone()
            )
            if is_whole or look == _LOOKS - 1:
                break
            database.execute("COMMIT")
        yield database, folder, records


def _stamp(database: sqlite3.Connection) -> str:
    created, changes = database.execute("SELECT created, changes FROM collection").fetchone()
    return f"{created}-{changes}"


def _by_rows(
    database: sqlite3.Connection,
    folder: Path,
    choose: Callable[[int], tuple[np.ndarray, np.ndarray]],
    n_records: int,
    n: int,
    left_out: str = "",
) -> list[tuple[CollectionSong, float]]:
    """Return the first songs of an order of records, past records that no song has any more."""
    n_asked = n + 1
    found: list[tuple[CollectionSong, float]] = []
    while n_records:
        rows, values = choose(min(n_asked, n_records))
        found = _songs_at(database, folder, rows, values, left_out)
        if len(found) >= n or n_asked >= n_records:
            break
        n_asked *= 4
    return found[:n]


def _songs_at(
    database: sqlite3.Connection,
    folder: Path,
    rows: np.ndarray,
    values: np.ndarray,
    left_out: str,
) -> list[tuple[CollectionSong, float]]:
    found = []
    for row, value in zip(rows, values, strict=True):
        songs = database.execute(
            f"SELECT {COLUMNS} FROM songs WHERE row = ? AND digest != ? ORDER BY path",
            (int(row), left_out),
        )
        found += [(song_of(folder, song), float(value)) for song in songs]
    return found
