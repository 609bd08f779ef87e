"""Fetching GTZAN in a background job, followed by a file.

Conventions
-----------
``download.json`` in the source's folder says how far it is (``docs/formats.md`` lists
the keys); a file ``stop`` beside it ends the download within a block.  A closed page or a
restarted server loses nothing, and one process at a time fetches a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from genre.datasets.gtzan import GtzanSource, OnProgress, Stage, download_gtzan, find_gtzan
from genre.errors import DatasetError
from genre.language import N_, _
from genre.system.jobs import Job, JobStatus
from genre.system.lock import FolderLock
from genre.system.schema import cause

DOWNLOAD_VERSION = 1
STATUS_FILE, STOP_FILE, LOG_FILE = "download.json", "stop", "log.txt"

State = Literal["absent", "starting", "downloading", "unpacking", "ready", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class DownloadStatus(JobStatus):
    """Where a download stands.

    Parameters
    ----------
    n_done, n_total : int
        Bytes while downloading, files while unpacking; ``n_total`` is 0 where not known.
    path : str
        The folder of genres, once it is ready.
    """

    state: State
    n_done: int = 0
    n_total: int = 0
    path: str = ""

    VERSION: ClassVar[int] = DOWNLOAD_VERSION
    LIVE: ClassVar[tuple[str, ...]] = ("starting", "downloading", "unpacking")
    KILLED: ClassVar[str] = N_("its process was ended. Start it again.")


def start_download(source: GtzanSource) -> None:
    """Start fetching a source in a process of its own, which outlives this one.

    Parameters
    ----------
    source : GtzanSource
        As `genre.datasets.gtzan.find_source` gives it.

    Raises
    ------
    DatasetError
        If it is being fetched already, or its folder cannot be written to.
    """
    if read_download(source).is_live:
        raise _busy(source)
    try:
        _job(source).start(["get-gtzan", source.name, "--yes"], DownloadStatus("starting"))
    except OSError as error:
        raise _refused(source, error) from error


def stop_download(source: GtzanSource) -> None:
    """Ask a download to end; what it has fetched stays for the next time."""
    _job(source).ask_to_stop()


def read_download(source: GtzanSource) -> DownloadStatus:
    """Return where a source stands, noticing a process that is gone.

    Parameters
    ----------
    source : GtzanSource

    Returns
    -------
    status : DownloadStatus
        ``ready`` whenever a folder of genres is there, downloaded or put there by hand.
    """
    status = _job(source).read() or DownloadStatus("absent")
    if status.is_live:
        return status
    if found := find_gtzan(source):
        return DownloadStatus("ready", path=str(found))
    return DownloadStatus("absent") if status.state == "ready" else status


def run_download(source: GtzanSource, on_progress: OnProgress | None = None) -> DownloadStatus:
    """Fetch a source in this very process, writing down how far it is.

    Parameters
    ----------
    source : GtzanSource
    on_progress : callable, optional
        Called with all progress, not only with what is written.

    Returns
    -------
    status : DownloadStatus
        ``ready``, ``stopped``, or ``failed`` with the reason.

    Raises
    ------
    DatasetError
        If another process is fetching it, or its folder cannot be written to.
    """
    lock = FolderLock(source.folder)
    try:
        source.folder.mkdir(parents=True, exist_ok=True)
        if not lock.acquire():
            raise _busy(source)
        return _carry_out(source, on_progress)
    except OSError as error:
        raise _refused(source, error) from error
    finally:
        lock.release()


def _carry_out(source: GtzanSource, on_progress: OnProgress | None) -> DownloadStatus:
    """Fetch, and leave a status that says how it ended."""
    job = _job(source)

    def tell(stage: Stage, n_done: int, n_total: int) -> None:
        job.progress(DownloadStatus(stage, n_done=n_done, n_total=n_total))
        if on_progress:
            on_progress(stage, n_done, n_total)

    job.begin(DownloadStatus("starting"))
    try:
        found = download_gtzan(source, on_progress=tell, should_stop=job.is_stop_wanted)
    except DatasetError as error:
        return job.conclude(state="failed", reason=str(error))
    except KeyboardInterrupt:
        job.conclude(state="stopped")
        raise
    if found is None:
        return job.conclude(state="stopped")
    return job.conclude(state="ready", path=str(found))


def _job(source: GtzanSource) -> Job[DownloadStatus]:
    """Return the download of a source as a background job."""
    status, log, stop = (source.folder / name for name in (STATUS_FILE, LOG_FILE, STOP_FILE))
    return Job(DownloadStatus, status, log_file=log, stop_file=stop)


def _busy(source: GtzanSource) -> DatasetError:
    return DatasetError(
        _("{title} is being fetched by another process. Wait for it, or stop it first.").format(
            title=_(source.title)
        )
    )


def _refused(source: GtzanSource, error: OSError) -> DatasetError:
    return DatasetError(
        _(
            "'{folder}' cannot be written to ({reason}). Free some space or check the "
            "permissions, or name another place by GENRE_LAB_CACHE."
        ).format(folder=source.folder, reason=cause(error))
    )
