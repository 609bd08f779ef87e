"""Fetching GTZAN in a process of its own, which whoever watches follows by a file.

Conventions
-----------
``download.json`` in the source's folder says how far it is (``docs/formats.md`` lists
the keys); a file ``stop`` beside it ends the download within a block.  A closed page or a
restarted server loses nothing, and one process at a time fetches a source.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

from genre.datasets.gtzan import GtzanSource, OnProgress, Stage, download_gtzan, find_gtzan
from genre.errors import DatasetError
from genre.system.files import write_json
from genre.system.lock import TurnLock
from genre.system.processes import START_SECONDS, is_alive, own_process, start_command

DOWNLOAD_VERSION = 1
STATUS_FILE, STOP_FILE, LOG_FILE = "download.json", "stop", "log.txt"
WRITE_SECONDS = 0.5
"""How often progress is written."""

State = Literal["absent", "starting", "downloading", "unpacking", "ready", "failed", "stopped"]
LIVE: tuple[State, ...] = ("starting", "downloading", "unpacking")


@dataclass(frozen=True, slots=True)
class DownloadStatus:
    """Where a download stands.

    Parameters
    ----------
    state : str
    n_done, n_total : int
        Bytes while downloading, files while unpacking; ``n_total`` is 0 where not known.
    reason : str
        Why it failed.
    path : str
        The folder of genres, once it is ready.
    pid, process_started, heartbeat : int, float, float
        Its process, and when it last wrote (seconds since 1970).
    """

    state: State
    n_done: int = 0
    n_total: int = 0
    reason: str = ""
    path: str = ""
    pid: int = 0
    process_started: float = 0.0
    heartbeat: float = 0.0

    @property
    def is_live(self) -> bool:
        """Whether a process is at work on it, or about to be."""
        return self.state in LIVE


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
        source.folder.mkdir(parents=True, exist_ok=True)
        (source.folder / STOP_FILE).unlink(missing_ok=True)
        _write(source, DownloadStatus("starting", heartbeat=time.time()))
        start_command(["get-gtzan", source.name, "--yes"], source.folder / LOG_FILE)
    except OSError as error:
        raise _refused(source, error) from error


def stop_download(source: GtzanSource) -> None:
    """Ask a download to end; what it has fetched stays for the next time."""
    if read_download(source).is_live:
        (source.folder / STOP_FILE).touch()


def read_download(source: GtzanSource) -> DownloadStatus:
    """Return where a source stands, noticing a process that is no more.

    Parameters
    ----------
    source : GtzanSource

    Returns
    -------
    status : DownloadStatus
        ``ready`` whenever a folder of genres is there, whoever put it there.
    """
    status = _read(source)
    if status.is_live and status.pid and not is_alive(status.pid, status.process_started):
        status = replace(status, state="failed", reason="its process was ended. Start it again.")
    if status.is_live and not status.pid and time.time() - status.heartbeat > START_SECONDS:
        status = replace(status, state="failed", reason="its process never started.")
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
        Told of all progress, not only of what is written.

    Returns
    -------
    status : DownloadStatus
        ``ready``, ``stopped``, or ``failed`` with the reason.

    Raises
    ------
    DatasetError
        If another process is fetching it, or its folder cannot be written to.
    """
    stop, turn = source.folder / STOP_FILE, TurnLock(source.folder)
    try:
        source.folder.mkdir(parents=True, exist_ok=True)
        if not turn.take():
            raise _busy(source)
        if _read(source).pid:  # left by an earlier download; one just started has no pid yet
            stop.unlink(missing_ok=True)
        return _carry_out(source, stop, on_progress)
    except OSError as error:
        raise _refused(source, error) from error
    finally:
        turn.give_back()


def _carry_out(source: GtzanSource, stop: Path, on_progress: OnProgress | None) -> DownloadStatus:
    """Fetch, and leave a status that says how it ended."""
    pid, started = own_process()
    own = DownloadStatus("starting", pid=pid, process_started=started)
    last = own

    def write(status: DownloadStatus) -> DownloadStatus:
        nonlocal last
        last = replace(status, heartbeat=time.time())
        _write(source, last)
        return last

    def tell(stage: Stage, n_done: int, n_total: int) -> None:
        if stage != last.state or time.time() - last.heartbeat > WRITE_SECONDS:
            write(replace(own, state=stage, n_done=n_done, n_total=n_total))
        if on_progress:
            on_progress(stage, n_done, n_total)

    write(own)
    try:
        found = download_gtzan(source, on_progress=tell, should_stop=stop.exists)
    except DatasetError as error:
        return write(replace(last, state="failed", reason=str(error)))
    except KeyboardInterrupt:
        write(replace(last, state="stopped"))
        raise
    finally:
        stop.unlink(missing_ok=True)
    if found is None:
        return write(replace(last, state="stopped"))
    return write(replace(last, state="ready", path=str(found)))


def _read(source: GtzanSource) -> DownloadStatus:
    """Read the status that was written; what cannot be read says nothing."""
    try:
        document = json.loads((source.folder / STATUS_FILE).read_text(encoding="utf-8"))
        if document["version"] != DOWNLOAD_VERSION:
            return DownloadStatus("absent")
        return DownloadStatus(**{f.name: document[f.name] for f in fields(DownloadStatus)})
    except (OSError, ValueError, KeyError, TypeError):
        return DownloadStatus("absent")


def _write(source: GtzanSource, status: DownloadStatus) -> None:
    write_json(source.folder / STATUS_FILE, {"version": DOWNLOAD_VERSION} | asdict(status))


def _busy(source: GtzanSource) -> DatasetError:
    return DatasetError(
        f"{source.title} is being fetched by another process. Wait for it, or stop it first."
    )


def _refused(source: GtzanSource, error: OSError) -> DatasetError:
    return DatasetError(
        f"'{source.folder}' cannot be written to ({error.strerror or error}). Free some space or "
        "check the permissions, or name another place by GENRE_LAB_CACHE."
    )
