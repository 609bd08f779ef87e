"""A collection on disk: what was heard of each song, in a database and a file beside it.

Conventions
-----------
Each folder of recordings has a collection of its own below ``paths.HOME/collections/``.
``docs/formats.md`` lists what is in it.

record
    250 numbers of one content: its embedding and its 50 tags.  A record is on the disk before the
    song that points to it is; a song is added, changed or removed in one transaction.  So a process
    that is killed loses the song it was reading, and nothing else.
row
    Which record of the file is a song's; songs of the same content share one.
path
    Where a recording lies in the folder, as the bytes that the system names it by.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre import paths
from genre.audio.musicnn_network import N_PENULTIMATE, TAGS
from genre.errors import CollectionError
from genre.language import N_, _
from genre.system.lock import FolderLock
from genre.system.schema import brief, cause

APPLICATION_ID = 0x474C6162  # "GLab"
VERSION, N_VALUES = 1, N_PENULTIMATE + len(TAGS)
RECORD_BYTES = 4 * N_VALUES
DATABASE, STATUS = "songs.sqlite", "index.json"
BUSY_SECONDS = 20.0
NOT_INDEXED = N_("this folder has not been indexed. Index it first: python -m genre index FOLDER")
SCHEMA = """
CREATE TABLE collection (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    folder BLOB NOT NULL,
    heard_by TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    created INTEGER NOT NULL,
    changes INTEGER NOT NULL
) STRICT;
CREATE TABLE songs (
    path BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    row INTEGER NOT NULL CHECK (row >= 0),
    seconds REAL NOT NULL CHECK (seconds >= 0),
    genre TEXT NOT NULL,
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
    certainty TEXT NOT NULL CHECK (certainty IN ('clearly', 'probably', 'unsure')),
    looks_like TEXT,
    tags TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX songs_by_row ON songs (row);
CREATE INDEX songs_by_digest ON songs (digest);
CREATE TABLE problems (
    path BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (
    path BLOB PRIMARY KEY,
    digest TEXT NOT NULL,
    n INTEGER NOT NULL CHECK (n >= 1)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class CollectionSong:
    """A song of a collection.

    Parameters
    ----------
    path : Path
        Where the recording lay when it was read.
    name : str
        Its path in the folder, as it can be shown.
    digest : str
        The SHA-256 of its content.
    row : int
        Of its record.
    seconds : float
        How much of it was analysed.
    genre, probability, certainty : str, float, str
        The verdict, as in `genre.models.prediction.Prediction`.
    looks_like : str or None
        As `genre.models.music_check.MusicCheck` has it.
    tags : tuple of str
        The words that stand out, the most probable first.
    """

    path: Path
    name: str
    digest: str
    row: int
    seconds: float
    genre: str
    probability: float
    certainty: str
    looks_like: str | None
    tags: tuple[str, ...]


COLUMNS = "path, name, digest, row, seconds, genre, probability, certainty, looks_like, tags"


def collections_folder() -> Path:
    """Return the folder of all collections; it may not exist yet."""
    return paths.HOME / "collections"


def collection_of(folder: Path) -> Path:
    """Return where a folder's collection is kept, if any: a built dataset's is not listed."""
    whole = folder.expanduser().resolve()
    is_built = whole.is_relative_to(paths.own_datasets().resolve())
    parent = paths.cache_folder() / "heard" if is_built else collections_folder()
    return parent / hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]


def list_collections() -> list[Path]:
    """Return the collections that are here or begun, in order of their names."""
    found = (collections_folder().glob(f"*/{name}") for name in (DATABASE, STATUS))
    return sorted({file.parent for files in found for file in files})


def has_songs(place: Path) -> bool:
    """Tell whether a collection has a database: it has not while its folder is looked through."""
    return (place / DATABASE).exists()


def records_file(place: Path, generation: int) -> Path:
    """Return the file of a collection's records."""
    return place / f"heard-{generation}.f32"


def load_records(place: Path, generation: int) -> np.ndarray:
    """Map the records of a collection into memory.

    Returns
    -------
    records : np.ndarray [shape=(n_records, 250), dtype=float32]
        Read-only: for each row the embedding, then the tags.
    """
    file = records_file(place, generation)
    n = file.stat().st_size // RECORD_BYTES if file.exists() else 0
    if not n:
        return np.empty((0, N_VALUES), np.float32)
    return np.memmap(file, "<f4", mode="r", shape=(n, N_VALUES))


@contextlib.contextmanager
def opened(place: Path, *, is_new: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the database of a collection, checking that it is one.

    Parameters
    ----------
    place : Path
        The collection.
    is_new : bool
        Whether it is to be made where it is missing; its folder must exist.

    Yields
    ------
    database : sqlite3.Connection
        In autocommit mode: a transaction is what stands between BEGIN and COMMIT.

    Raises
    ------
    CollectionError
        If it is missing, damaged, of another version, or the disk does not let it be used.
    """
    path = place / DATABASE
    if not is_new and not path.exists():
        raise CollectionError(_(NOT_INDEXED))
    database = None
    try:
        database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        _check_version(database, is_new=is_new)
        yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says may hold any bytes
        raise CollectionError(
            _(
                "the collection {name} cannot be read or written ({error}). Check the disk, or "
                "delete the collection (python -m genre collection FOLDER --delete) and index "
                "its folder again."
            ).format(name=place.name, error=brief(error))
        ) from error
    finally:
        if database:
            database.close()


def _check_version(database: sqlite3.Connection, *, is_new: bool) -> None:
    """Make the tables of an empty database; refuse one that is not of this program."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if is_new and (application, version) == (0, 0):
        database.executescript(
            f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; "
            f"PRAGMA user_version = {VERSION}; COMMIT;"
        )
    elif (application, version) != (APPLICATION_ID, VERSION):
        raise CollectionError(
            _(
                "the collection has version {version}, this program reads version {reads}. "
                "Delete it (python -m genre collection FOLDER --delete) and index its folder "
                "again."
            ).format(version=version, reads=VERSION)
        )


def read_about(database: sqlite3.Connection) -> tuple[Path, str, int]:
    """Return a collection's folder of recordings, what heard it, and its generation."""
    row = database.execute("SELECT folder, heard_by, generation FROM collection").fetchone()
    if row is None:
        raise CollectionError(_(NOT_INDEXED))
    check_row(row, (bytes, str, int))
    return Path(os.fsdecode(row[0])), row[1], row[2]


def check_row(row: tuple[Any, ...], kinds: tuple[Any, ...]) -> None:
    """Raise unless the values of a row are of their kinds: a damaged page may hold others.

    Raises
    ------
    CollectionError
    """
    for value, kind in zip(row, kinds, strict=True):
        if not isinstance(value, kind):
            raise CollectionError(
                _(
                    "the collection is damaged: it holds values of another kind than were written. "
                    "Delete it (python -m genre collection FOLDER --delete) and index its folder "
                    "again."
                )
            )


def song_of(folder: Path, row: tuple[Any, ...]) -> CollectionSong:
    """Return a song as a row of the columns `COLUMNS` has it."""
    check_row(row, (bytes, str, str, int, float, str, float, str, (str, type(None)), str))
    path, name, digest, record, seconds, genre, probability, certainty, looks_like, tags = row
    return CollectionSong(
        path=folder / os.fsdecode(path),
        name=name,
        digest=digest,
        row=record,
        seconds=seconds,
        genre=genre,
        probability=probability,
        certainty=certainty,
        looks_like=looks_like,
        tags=tuple(tags.split(", ")) if tags else (),
    )


def delete_collection(place: Path) -> None:
    """Delete a collection; the recordings stay.

    Raises
    ------
    CollectionError
        If its folder is being indexed, or it cannot be deleted.
    """
    if not place.is_dir():
        raise CollectionError(_(NOT_INDEXED))
    lock = FolderLock(place)
    try:
        if not lock.acquire():
            raise CollectionError(_("this folder is being indexed. Stop that first."))
        shutil.rmtree(place)
    except OSError as error:
        raise CollectionError(
            _(
                "the collection cannot be deleted ({reason}). Check the permissions of {folder}."
            ).format(reason=cause(error), folder=os.fspath(place))
        ) from error
    finally:
        lock.release()
