"""A folder of recordings is read into its collection, in this process or in one of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from genre.collection.index_walk import Walk
from genre.collection.store import STATUS, collection_of
from genre.errors import CollectionError, GenreError
from genre.language import N_, _
from genre.system.jobs import Job, JobStatus
from genre.system.lock import FolderLock
from genre.system.schema import cause, file_name, printable

INDEX_VERSION = 1
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
    KILLED: ClassVar[str] = N_("its process ended. Index again: it goes on where it was.")
    NEVER_STARTED: ClassVar[str] = N_("its process never started. Index again.")

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
            _(
                "indexing cannot be started ({reason}). Free some space, or name another folder "
                "in GENRE_LAB_HOME."
            ).format(reason=cause(error))
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
                _("'{name}' is being indexed by another process. Wait for it, or stop it.").format(
                    name=printable(whole.name)
                )
            )
    except OSError as error:
        raise CollectionError(
            _(
                "a collection cannot be written in {parent} ({reason}). Free some space, or "
                "name another folder in GENRE_LAB_HOME."
            ).format(parent=place.parent, reason=cause(error))
        ) from error
    try:
        job.begin(_status(whole, "indexing"))
        return _walk(whole, place, job, on_progress)
    except KeyboardInterrupt:
        return job.conclude(state="stopped", reason="interrupted")
    except (GenreError, OSError) as error:
        said = str(error) if isinstance(error, GenreError) else cause(error)
        return job.conclude(state="failed", reason=printable(said))
    finally:
        lock.release()


def _walk(folder: Path, place: Path, job: Job[IndexStatus], on_progress: Progress) -> IndexStatus:
    """Walk through a folder, writing down how far that is."""

    def report(n_done: int, n_files: int, n_heard: int, n_problems: int) -> None:
        counts = {"n_done": n_done, "n_files": n_files, "n_heard": n_heard}
        status = _status(folder, "indexing", n_problems=n_problems, **counts)
        if n_done == n_files:
            job.report(status)
        else:
            job.progress(status)
        on_progress(status)

    walk = Walk(folder, place, job.is_stop_wanted, report)
    walk.run()
    state: Literal["ready", "stopped"] = "stopped" if walk.is_stopped else "ready"
    return job.conclude(state=state, n_heard=walk.n_heard, n_problems=walk.n_problems)


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
            _("'{folder}' is no folder here. Give the folder of your songs.").format(
                folder=printable(str(folder))
            )
        )
    return whole


def _status(folder: Path, state: Any, **values: Any) -> IndexStatus:
    return IndexStatus(state, folder=printable(str(folder)), **values)


def _job(place: Path) -> Job[IndexStatus]:
    """Return the indexing of a collection as a background job."""
    return Job(IndexStatus, place / STATUS)
