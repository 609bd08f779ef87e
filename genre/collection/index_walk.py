"""The walk of an index through its folder: what is new or changed is heard and written down.

Conventions
-----------
A file whose size and time of change are as they were is not opened.  One that was only written
again or moved has the digest of a song that is there, and is not read as sound again.  What is gone
is removed at the end, but for what lies in a folder that could not be looked into.  Here one file
is heard at a time, by several threads, so that one which ends the process is known; on a cluster
(`genre.cluster`) several are, and what was heard is written in the same order.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from genre.cluster.address import cluster_address
from genre.cluster.here import LocalFile
from genre.cluster.tasks import run_tasks
from genre.collection.hearing import Heard, hear_file, heard_by
from genre.collection.store import opened
from genre.collection.writer import FileState, Writer
from genre.datasets.data_files import DataFile, list_files
from genre.errors import CollectionError
from genre.language import N_, _
from genre.system.files import special_file
from genre.system.schema import cause, printable

ENDED = N_("the program ended each time it read this file; it is passed over until it changes.")


@dataclass(frozen=True, slots=True)
class _Unheard:
    """A file that has to be heard."""

    path: bytes
    name: str
    state: FileState
    file: Path


class Walk:
    """One walk through a folder.

    Parameters
    ----------
    folder, place : Path
        The recordings, and their collection.
    is_stop_wanted : callable
        Asked before each file.
    on_progress : callable
        Called with how many files were looked at, how many there are, how many of them were heard
        and how many cannot be used.

    Attributes
    ----------
    n_heard, n_problems : int
    is_stopped : bool
    """

    def __init__(
        self,
        folder: Path,
        place: Path,
        is_stop_wanted: Callable[[], bool],
        on_progress: Callable[[int, int, int, int], None],
    ) -> None:
        self._folder, self._place = folder, place
        self._is_stop_wanted, self._on_progress = is_stop_wanted, on_progress
        self.n_heard = self.n_problems = 0
        self.is_stopped = False
        self._seen: set[bytes] = set()
        self._unheard: deque[_Unheard] = deque()

    def run(self) -> None:
        """Look at every file; what was heard is kept, however the walk ends."""
        files, skipped = list_files(self._folder)
        recordings = [file for file in files if file.is_recording]
        if not recordings:  # the disk of a collection may not be there: nothing is forgotten
            raise CollectionError(
                _(
                    "'{name}' holds no recordings. Give the folder of your songs, or connect its "
                    "disk."
                ).format(name=printable(self._folder.name))
            )
        unread = tuple(os.fsencode(s.name) for s in skipped if s.is_unread)
        with opened(self._place, is_new=True) as database:
            writer = Writer(database, self._place, self._folder, heard_by())
            try:
                for heard in run_tasks(hear_file, self._to_hear(writer, recordings)):
                    self._keep(writer, self._unheard.popleft(), heard)
            except BaseException:  # a full disk, Ctrl+C: it was not the files
                for one in self._unheard:
                    writer.end_attempt(one.path)
                raise
            if not self.is_stopped:
                self._report(writer, len(recordings), len(recordings))
                gone = {p for p in writer.paths() - self._seen if not p.startswith(unread)}
                writer.remove(gone)
                writer.compact()
            self.n_problems = writer.n_problems()

    def _to_hear(self, writer: Writer, recordings: list[DataFile]) -> Iterator[tuple[LocalFile]]:
        """Look at each file, and yield those that have to be heard."""
        known = writer.known()
        for n_done, file in enumerate(recordings):
            self._report(writer, n_done, len(recordings))
            if self._is_stop_wanted():
                self.is_stopped = True
                return
            path = os.fsencode(os.path.relpath(file.path, self._folder))
            self._seen.add(path)
            if unheard := self._look(writer, path, file, known.get(path)):
                self._unheard.append(unheard)
                yield (LocalFile(file.path),)

    def _report(self, writer: Writer, n_done: int, n_files: int) -> None:
        self._on_progress(n_done, n_files, self.n_heard, writer.n_problems())

    def _look(
        self, writer: Writer, path: bytes, file: DataFile, known: FileState | None
    ) -> _Unheard | None:
        """Look at one file; None where it need not be heard, or cannot be."""
        name = printable(file.name)
        try:
            if kind := special_file(file.path):
                raise OSError(_("it is {kind}").format(kind=kind))
            stat = file.path.stat()
            state = FileState(stat.st_size, stat.st_mtime_ns, known.digest if known else "")
            if state == known:
                return None
            with file.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:  # tried again the next time
            reason = _("this file cannot be opened ({reason}).").format(reason=cause(error))
            writer.add_problem(path, name, FileState(0, 0, ""), reason)
            return None
        state = FileState(stat.st_size, stat.st_mtime_ns, digest)
        if known and known.digest == digest:
            writer.note_same(path, state)
        elif writer.copy_song(path, name, state):
            pass
        elif not cluster_address() and not writer.begin_attempt(path, digest):
            writer.add_problem(path, name, state, _(ENDED))
        else:
            return _Unheard(path, name, state, file.path)
        return None

    def _keep(self, writer: Writer, one: _Unheard, heard: Heard | str) -> None:
        """Write down what was heard of a file, or what is wrong with it."""
        try:
            if isinstance(heard, str):
                writer.add_problem(one.path, one.name, one.state, heard)
            elif not writer.copy_song(one.path, one.name, one.state):  # one on the way with it
                writer.add_song(one.path, one.name, one.state, heard)
                self.n_heard += 1
        except BaseException:
            writer.end_attempt(one.path)
            raise
