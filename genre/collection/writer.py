"""What the index of a folder writes: one process at a time, one transaction a song."""

from __future__ import annotations

import os
import sqlite3
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre.collection.hearing import Heard
from genre.collection.store import RECORD_BYTES, load_records, read_about, records_file
from genre.system.files import replacing
from genre.system.schema import printable

MAX_ATTEMPTS = 3
"""Processes that may end while they read one file, before it is passed over."""
SLACK_RECORDS = 64
"""Records that no song needs, besides as many as are needed, before the file is made anew."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was when it was read."""

    size: int
    mtime_ns: int
    digest: str


class Writer:
    """Adds songs to a collection, changes and removes them.

    Parameters
    ----------
    database : sqlite3.Connection
        Of `genre.collection.store.opened`.
    place : Path
        The collection.
    folder : Path
        The folder of recordings.
    heard_by : str
        Which network, map and model hear the songs: what others heard cannot be compared, so it
        is forgotten.
    """

    def __init__(
        self, database: sqlite3.Connection, place: Path, folder: Path, heard_by: str
    ) -> None:
        self._database, self._place = database, place
        with _Transaction(database):
            database.execute(
                "INSERT OR IGNORE INTO collection VALUES (1, ?, ?, 1, ?, 0)",
                (os.fsencode(folder), heard_by, time.time_ns()),
            )
            _, earlier, self._generation = read_about(database)
            if earlier != heard_by:
                for table in ("songs", "problems", "attempts"):
                    database.execute(f"DELETE FROM {table}")
                database.execute("UPDATE collection SET heard_by = ?", (heard_by,))
        for file in place.glob("heard-*.f32"):  # of a process that was killed
            if file != records_file(place, self._generation):
                file.unlink()
        self._n_records = len(load_records(place, self._generation))

    def known(self) -> dict[bytes, FileState]:
        """Return the state of each file that need not be read again while it stays the same."""
        rows = self._database.execute(
            "SELECT path, size, mtime_ns, digest FROM songs WHERE row < ? UNION ALL "
            "SELECT path, size, mtime_ns, digest FROM problems WHERE digest != ''",
            (self._n_records,),
        )
        return {path: FileState(*state) for path, *state in rows}

    def note_same(self, path: bytes, state: FileState) -> None:
        """Note that a file was written again with the same content."""
        values = (state.size, state.mtime_ns, path)
        with _Transaction(self._database):
            for table in ("songs", "problems"):
                self._database.execute(
                    f"UPDATE {table} SET size = ?, mtime_ns = ? WHERE path = ?", values
                )

    def copy_song(self, path: bytes, name: str, state: FileState) -> bool:
        """Add a song whose content is there under another path; tell whether it was."""
        found = self._database.execute(
            "SELECT row, seconds, genre, probability, certainty, looks_like, tags FROM songs "
            "WHERE digest = ? AND row < ? LIMIT 1",
            (state.digest, self._n_records),
        ).fetchone()
        if found:
            self._put_song(path, name, state, found)
        return bool(found)

    def begin_attempt(self, path: bytes, digest: str) -> bool:
        """Note that a file is about to be read; tell whether it may be.

        A file that ends the process again and again must not keep the others from being read.
        """
        with _Transaction(self._database):
            row = self._database.execute(
                "SELECT n FROM attempts WHERE path = ? AND digest = ?", (path, digest)
            ).fetchone()
            n = 1 + (row[0] if row else 0)
            self._database.execute("REPLACE INTO attempts VALUES (?, ?, ?)", (path, digest, n))
        return n <= MAX_ATTEMPTS

    def end_attempt(self, path: bytes) -> None:
        """Note that reading a file ended for another reason than the file."""
        with _Transaction(self._database):
            self._database.execute("DELETE FROM attempts WHERE path = ?", (path,))

    def add_song(self, path: bytes, name: str, state: FileState, heard: Heard) -> None:
        """Add a song, in place of what was known of its path."""
        record = np.concatenate([heard.vector, heard.tags]).astype("<f4").tobytes()
        file = records_file(self._place, self._generation)
        with file.open("r+b" if file.exists() else "x+b") as stream:
            stream.seek(self._n_records * RECORD_BYTES)
            stream.write(record)  # over what a killed process wrote of another one
            stream.flush()
            os.fsync(stream.fileno())
        one, tags = heard.prediction, ", ".join(heard.words)
        verdict = (one.genre, one.probability, one.confidence, one.music.looks_like, tags)
        self._put_song(path, name, state, (self._n_records, one.seconds, *verdict))
        self._n_records += 1

    def add_problem(self, path: bytes, name: str, state: FileState, reason: str) -> None:
        """Add a file that cannot be used, in place of what was known of its path.

        Without a digest it is tried again the next time.
        """
        with _Transaction(self._database):
            self._forget(path)
            self._database.execute(
                "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?)",
                (path, name, state.size, state.mtime_ns, state.digest, printable(reason)),
            )

    def remove(self, paths: set[bytes]) -> None:
        """Remove what is known of some paths."""
        with _Transaction(self._database):
            for path in paths:
                self._forget(path)

    def paths(self) -> set[bytes]:
        """Return the path of each song and each problem."""
        rows = self._database.execute("SELECT path FROM songs UNION SELECT path FROM problems")
        return {path for (path,) in rows}

    def n_problems(self) -> int:
        """Return how many files cannot be used."""
        (n,) = self._database.execute("SELECT count(*) FROM problems").fetchone()
        return int(n)

    def compact(self) -> None:
        """Make the file of records anew where most of it belongs to no song any more."""
        rows = [r for (r,) in self._database.execute("SELECT DISTINCT row FROM songs ORDER BY row")]
        if self._n_records <= 2 * len(rows) + SLACK_RECORDS:
            return
        old = load_records(self._place, self._generation)
        before = records_file(self._place, self._generation)
        with replacing(records_file(self._place, self._generation + 1)) as file:
            for row in rows:
                file.write(old[row].tobytes())
        with _Transaction(self._database):
            for new, row in enumerate(rows):  # never above `row`, so no two are ever the same
                self._database.execute("UPDATE songs SET row = ? WHERE row = ?", (new, row))
            self._database.execute("UPDATE collection SET generation = generation + 1")
        self._generation, self._n_records = self._generation + 1, len(rows)
        before.unlink()

    def _put_song(
        self, path: bytes, name: str, state: FileState, heard: tuple[object, ...]
    ) -> None:
        genre, tags = heard[2], heard[6]
        words = searchable(f"{name} {genre} {tags}")
        with _Transaction(self._database):
            self._forget(path)
            self._database.execute(
                "INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (path, name, state.size, state.mtime_ns, state.digest, *heard, words),
            )

    def _forget(self, path: bytes) -> None:
        for table in ("songs", "problems", "attempts"):
            self._database.execute(f"DELETE FROM {table} WHERE path = ?", (path,))


class _Transaction:
    """All that is executed in it, or nothing; each is one change of the collection."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._database.execute("UPDATE collection SET changes = changes + 1")
        self._database.execute("ROLLBACK" if kind else "COMMIT")


def searchable(text: str) -> str:
    """Return text as it is searched: without differences of case and of Unicode's forms."""
    return unicodedata.normalize("NFKC", text).casefold()
