"""A folder of recordings is read into its collection, in this process or in one of its own.

Conventions
-----------
A file whose size and time of change are as they were is not opened.  One that was only written
again or moved has the digest of a song that is there, and is not read as sound again.  What is gone
is removed at the end, but for what lies in a folder that could not be looked into.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from genre.collection.hearing import MODEL, Heard, heard_by, heard_of
from genre.collection.store import STATUS, collection_of, opened
from genre.collection.writer import FileState, Writer
from genre.datasets.data_files import DataFile, list_files
from genre.errors import CollectionError, GenreError
from genre.models.classifier import Classifier, load_classifier
from genre.models.song_analysis import analyze_song
from genre.paths import MODELS_BUNDLED
from genre.system.files import special_file
from genre.system.jobs import Job, JobStatus
from genre.system.lock import FolderLock
from genre.system.schema import file_name, printable

INDEX_VERSION = 1
ENDED = "the program ended each time it read this file; it is passed over until it changes."
UNREAD = "the folder cannot be opened"
Progress = Callable[["IndexStatus"], None]


@dataclass(frozen=True, slots=True)
class IndexStatus(JobStatus):
    """Where the indexing of a folder stands.

    Parameters
    ----------
    n_done, n_files : int
        Recordings looked at, and recordings there are; 0 until they were counted.
    n_heard : int
        How many of them were read as sound, because they are new or changed.
    n_problems : int
        How many cannot be used.
    folder : str
        As it can be shown.
    """

    state: Literal["absent", "indexing", "ready", "stopped", "failed"]
    n_done: int = 0
    n_files: int = 0
    n_heard: int = 0
    n_problems: int = 0
    folder: str = ""

    VERSION: ClassVar[int] = INDEX_VERSION
    LIVE: ClassVar[tuple[str, ...]] = ("indexing",)
    STATES: ClassVar[tuple[str, ...]] = ("absent", "indexing", "ready", "stopped", "failed")
    KILLED: ClassVar[str] = "its process ended. Index again: it goes on where it was."
    NEVER_STARTED: ClassVar[str] = "its process never started. Index again."

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return a status as it was written; errors are those of every job."""
        file_name(document["folder"], "folder")
        return super(IndexStatus, cls).from_dict(document)


def start_index(folder: Path) -> Path:
    """Start indexing a folder in a process of its own, unless one does.

    Returns
    -------
    place : Path
        Its collection.

    Raises
    ------
    CollectionError
        If it is no folder, or the collection cannot be written.
    """
    whole = check_folder(folder)
    place = collection_of(whole)
    if read_index(place).is_live:
        return place
    try:
        _job(place).start(["index", os.fspath(whole)], _status(whole, "indexing"))
    except OSError as error:
        raise CollectionError(
            f"indexing cannot be started ({error.strerror or error}). Free some space, or name "
            "another folder in GENRE_LAB_HOME."
        ) from error
    return place


def stop_index(place: Path) -> None:
    """Ask a collection's process to stop after the file that it reads; what was read is kept."""
    _job(place).ask_to_stop()


def read_index(place: Path) -> IndexStatus:
    """Return where the indexing of a collection stands, noticing a process that is gone."""
    return _job(place).read() or IndexStatus("absent")


def run_index(folder: Path, on_progress: Progress = lambda status: None) -> IndexStatus:
    """Index a folder in this very process, writing down how far it is.

    Parameters
    ----------
    folder : Path
    on_progress : callable
        Called with the status after each file.

    Returns
    -------
    status : IndexStatus
        ``ready``, ``stopped``, or ``failed`` with the reason.

    Raises
    ------
    CollectionError
        If it is no folder, another process indexes it, or the disk does not take a collection.
    """
    whole = check_folder(folder)
    place = collection_of(whole)
    job = _job(place)
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(place)
        if not lock.acquire():
            raise CollectionError(
                f"'{printable(whole.name)}' is being indexed by another process. Wait for it, or "
                "stop it."
            )
    except OSError as error:
        raise CollectionError(
            f"a collection cannot be written in {place.parent} ({error.strerror or error}). Free "
            "some space, or name another folder in GENRE_LAB_HOME."
        ) from error
    try:
        job.begin(_status(whole, "indexing"))
        return _Index(whole, place, job, on_progress).run()
    except KeyboardInterrupt:
        return job.conclude(state="stopped", reason="interrupted")
    except (GenreError, OSError) as error:
        said = str(error) if isinstance(error, GenreError) else error.strerror or str(error)
        return job.conclude(state="failed", reason=printable(said))
    finally:
        lock.release()


def check_folder(folder: Path) -> Path:
    """Return a folder's whole path.

    Raises
    ------
    CollectionError
        If it is none.
    """
    try:
        whole = folder.expanduser().resolve()
        is_folder = whole.is_dir()
    except (OSError, ValueError, RuntimeError):  # of a name that no folder can have
        whole, is_folder = folder, False
    if not is_folder:
        raise CollectionError(
            f"'{printable(str(folder))}' is no folder here. Give the folder of your songs."
        )
    return whole


class _Index:
    """One walk through a folder."""

    def __init__(
        self, folder: Path, place: Path, job: Job[IndexStatus], on_progress: Progress
    ) -> None:
        self._folder, self._place, self._job, self._on_progress = folder, place, job, on_progress
        self._n_heard = 0
        self._classifier: Classifier | None = None

    def run(self) -> IndexStatus:
        files, skipped = list_files(self._folder)
        recordings = [file for file in files if file.is_recording]
        if not recordings:  # the disk of a collection may not be there: nothing is forgotten
            raise CollectionError(
                f"'{printable(self._folder.name)}' holds no recordings. Give the folder of your "
                "songs, or connect its disk."
            )
        unread = tuple(os.fsencode(s.name) for s in skipped if s.reason.startswith(UNREAD))
        with opened(self._place, is_new=True) as database:
            writer = Writer(database, self._place, self._folder, heard_by())
            known, seen = writer.known(), set()
            state: Literal["ready", "stopped"] = "ready"
            for n_done, file in enumerate(recordings):
                self._report(writer, n_done, len(recordings))
                if self._job.is_stop_wanted():
                    state = "stopped"
                    break
                path = os.fsencode(os.path.relpath(file.path, self._folder))
                seen.add(path)
                self._take(writer, path, file, known.get(path))
            if state == "ready":
                self._report(writer, len(recordings), len(recordings))
                gone = {path for path in writer.paths() - seen if not path.startswith(unread)}
                writer.remove(gone)
                writer.compact()
            n_problems = writer.n_problems()
        return self._job.conclude(state=state, n_heard=self._n_heard, n_problems=n_problems)

    def _report(self, writer: Writer, n_done: int, n_files: int) -> None:
        status = _status(
            self._folder,
            "indexing",
            n_done=n_done,
            n_files=n_files,
            n_heard=self._n_heard,
            n_problems=writer.n_problems(),
        )
        if n_done == n_files:
            self._job.report(status)
        else:
            self._job.progress(status)
        self._on_progress(status)

    def _take(self, writer: Writer, path: bytes, file: DataFile, known: FileState | None) -> None:
        """Read one file, unless it is known as it is; what is wrong with it is written down."""
        name = printable(file.name)
        try:
            if kind := special_file(file.path):
                raise OSError(f"it is {kind}")
            stat = file.path.stat()
            state = FileState(stat.st_size, stat.st_mtime_ns, known.digest if known else "")
            if state == known:
                return
            with file.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:  # tried again the next time
            reason = f"this file cannot be opened ({error.strerror or error})."
            writer.add_problem(path, name, FileState(0, 0, ""), reason)
            return
        state = FileState(stat.st_size, stat.st_mtime_ns, digest)
        if known and known.digest == digest:
            writer.note_same(path, state)
        elif writer.copy_song(path, name, state):
            pass
        elif not writer.begin_attempt(path, digest):
            writer.add_problem(path, name, state, ENDED)
        else:
            try:
                heard = self._hear(file)
                if isinstance(heard, str):
                    writer.add_problem(path, name, state, heard)
                else:
                    writer.add_song(path, name, state, heard)
                    self._n_heard += 1
            except BaseException:  # a full disk, Ctrl+C: it was not the file
                writer.end_attempt(path)
                raise

    def _hear(self, file: DataFile) -> Heard | str:
        """Return what is heard of a file, or why it cannot be used."""
        self._classifier = self._classifier or load_classifier(MODEL, MODELS_BUNDLED)
        try:
            return heard_of(analyze_song(file.path, self._classifier))
        except MemoryError:
            return "this file needs more memory than there is."
        except OSError as error:
            return f"this file cannot be read ({error.strerror or error})."
        except GenreError as error:
            return str(error)


def _status(folder: Path, state: Any, **values: Any) -> IndexStatus:
    return IndexStatus(state, folder=printable(str(folder)), **values)


def _job(place: Path) -> Job[IndexStatus]:
    """Return the indexing of a collection as a background job."""
    return Job(IndexStatus, place / STATUS)
