"""Long work on a dataset, in this process or in one of its own: adding and exporting.

Conventions
-----------
One piece of work at a time for each dataset; its status is in the dataset's folder,
``docs/formats.md`` lists the keys.  Work that is stopped or killed keeps what it has added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from genre.builder import inbox
from genre.builder.dataset import work_folder
from genre.builder.intake import BATCH, Added, add_items
from genre.builder.sharing import Form, Stopped, export_dataset, exports_folder
from genre.builder.sources import add_source
from genre.builder.store import read_dataset
from genre.datasets.read_job import skipped_pairs
from genre.datasets.types import Skipped
from genre.errors import DatasetError, GenreError
from genre.language import N_, _
from genre.system.jobs import Job, JobStatus
from genre.system.schema import cause, printable

MAX_LISTED = 1_000
"""Skipped files that are listed; the others are counted."""
Report = Callable[["Work"], None]


@dataclass(frozen=True, slots=True)
class Work(JobStatus):
    """Where the work on a dataset stands.

    Parameters
    ----------
    task : {"add", "export"}
    n_done, n_files : int
        Recordings that are done, and that there are; 0 until they were counted.
    n_added, n_skipped : int
    skipped : tuple of (str, str)
        What was not added, and why: the first of them.
    out : str
        The file that was written.
    """

    state: Literal["absent", "working", "ready", "stopped", "failed"]
    task: str = "add"
    n_done: int = 0
    n_files: int = 0
    n_added: int = 0
    n_skipped: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    out: str = ""

    VERSION: ClassVar[int] = 1
    LIVE: ClassVar[tuple[str, ...]] = ("working",)
    STATES: ClassVar[tuple[str, ...]] = ("absent", "working", "ready", "stopped", "failed")
    KILLED: ClassVar[str] = N_("its process ended. Begin again: what is there is passed over.")
    NEVER_STARTED: ClassVar[str] = N_("its process never started. Begin again.")

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return a status as it was written; errors are those of every job."""
        return super(Work, cls).from_dict({**document, "skipped": skipped_pairs(document)})


def read_work(slug: str) -> Work:
    """Return where the work on a dataset stands, noticing a process that is gone."""
    return _job(slug).read() or Work("absent")


def stop_work(slug: str) -> None:
    """Ask the work on a dataset to stop; what was added is kept."""
    _job(slug).ask_to_stop()


def forget_work(slug: str) -> None:
    """Forget how the last work on a dataset ended."""
    if not read_work(slug).is_live:
        _job(slug).status_file.unlink(missing_ok=True)


def exported_file(status: Work) -> Path | None:
    """Return the file that the page has exported, to be downloaded; None if there is none."""
    file = Path(status.out)
    is_export = status.state == "ready" and status.task == "export"
    return file if is_export and file.parent == exports_folder() and file.is_file() else None


def start_adding(slug: str, source: str = "", genre: str = "") -> None:
    """Start adding a source, or what waits in the inbox, in a process of its own.

    Parameters
    ----------
    slug : str
    source : str
        As `genre.builder.sources.add_source` takes it; empty for the inbox.
    genre : str
        The class of all of it; empty: as its folders or table say.

    Raises
    ------
    DatasetError
        If other work on the dataset is going on, or the disk does not take it.
    """
    words = ["data", "build", slug]
    words += [source] if source else ["--inbox"]
    words += ["--class", genre] if genre else []
    _start(slug, words, Work("working", task="add"))


def start_export(slug: str, out: Path, form: Form) -> None:
    """Start writing a dataset as one file, in a process of its own; errors as `start_adding`."""
    words = ["data", "export", slug, str(out), "--as", form]
    _start(slug, words, Work("working", task="export"))


def run_adding(
    slug: str, source: str = "", genre: str = "", report: Report = lambda status: None
) -> Work:
    """Add a source, or what waits in the inbox, in this very process.

    Parameters are those of `start_adding`; ``report`` is called with the status now and then.

    Returns
    -------
    status : Work
        ``ready``, ``stopped``, or ``failed`` with the reason.
    """

    def add(job: Job[Work]) -> Work:
        def on_progress(n_done: int, n_files: int, n_added: int) -> None:
            status = Work("working", task="add", n_done=n_done, n_files=n_files, n_added=n_added)
            job.progress(status)
            report(status)

        options: Any = {"on_progress": on_progress, "is_stop_wanted": job.is_stop_wanted}
        if source:
            added = add_source(slug, source, genre=genre, **options)
        else:
            added = _empty_inbox(slug, options)
        return _status_of(added)

    return _run(slug, Work("working", task="add"), add)


def run_export(slug: str, out: Path, form: Form, report: Report = lambda status: None) -> Work:
    """Write a dataset as one file in this very process; returns as `run_adding`."""

    def export(job: Job[Work]) -> Work:
        def on_progress(n_done: int, n_files: int) -> None:
            status = Work("working", task="export", n_done=n_done, n_files=n_files)
            job.progress(status)
            report(status)

        try:
            export_dataset(
                slug, out, form, on_progress=on_progress, is_stop_wanted=job.is_stop_wanted
            )
        except Stopped:
            return Work("stopped", task="export")
        return Work("ready", task="export", out=printable(str(out)))

    return _run(slug, Work("working", task="export"), export)


def _empty_inbox(slug: str, options: dict[str, Any]) -> Added:
    """Take in all that waits, also what comes meanwhile."""
    n_added, skipped = 0, list[Skipped]()
    gone = _("its class {genre!r} is not there any more")
    while waiting := inbox.waiting(slug)[:BATCH]:
        if options["is_stop_wanted"]():
            return Added(n_added, tuple(skipped), was_stopped=True)
        classes = read_dataset(slug).classes  # one may have been renamed meanwhile
        known = [item for item in waiting if item.genre in classes]
        skipped += [
            Skipped(item.name, gone.format(genre=item.genre))
            for item in waiting
            if item.genre not in classes
        ]
        added = add_items(slug, known, on_progress=options["on_progress"])
        inbox.drop(waiting)  # not before: what fails is tried again
        n_added += added.n_added
        skipped += added.skipped
    return Added(n_added, tuple(skipped))


def _status_of(added: Added) -> Work:
    listed = tuple((printable(one.name), one.reason) for one in added.skipped[:MAX_LISTED])
    n = added.n_added
    return Work(
        "stopped" if added.was_stopped else "ready",
        task="add",
        n_done=n + len(added.skipped),
        n_files=n + len(added.skipped),
        n_added=n,
        n_skipped=len(added.skipped),
        skipped=listed,
    )


def _start(slug: str, words: list[str], status: Work) -> None:
    if read_work(slug).is_live:
        raise DatasetError(
            _("recordings are being added or exported just now. Wait for that, or stop it.")
        )
    try:
        _job(slug).start(words, status)
    except OSError as error:
        raise DatasetError(
            _(
                "the dataset cannot be written in {folder} ({reason}). Free some space, or name "
                "another folder in GENRE_LAB_HOME."
            ).format(folder=work_folder(slug), reason=cause(error))
        ) from error


def _run(slug: str, begun: Work, make: Callable[[Job[Work]], Work]) -> Work:
    """Do the work, and write down how it ended."""
    job = _job(slug)
    job.status_file.parent.mkdir(parents=True, exist_ok=True)
    job.begin(begun)
    try:
        ended = make(job)
    except KeyboardInterrupt:
        return job.conclude(state="stopped", reason="interrupted")
    except GenreError as error:
        return job.conclude(state="failed", reason=printable(str(error)))
    except OSError as error:
        return job.conclude(state="failed", reason=cause(error))
    job.stop_file.unlink(missing_ok=True)
    return job.report(ended)


def _job(slug: str) -> Job[Work]:
    """Return the work on a dataset as a background job."""
    return Job(Work, work_folder(slug) / "work.json")
