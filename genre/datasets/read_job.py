"""Reading a dataset in a process of its own: progress while it lasts, then what is in it.

Conventions
-----------
A status file per path, in the user's cache (``docs/formats.md`` lists the keys).  What
was extracted is kept there too, so training on the same data decodes nothing again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from genre.datasets.load import load_dataset
from genre.datasets.summary import describe_dataset
from genre.errors import DatasetError, GenreError
from genre.paths import cache_folder
from genre.system.files import write_json
from genre.system.processes import give_way, is_alive, own_process, start_command

READING_VERSION = 1
WRITE_SECONDS = 0.5
"""How often progress is written."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the reading of a dataset stands.

    Parameters
    ----------
    state : str
    n_done, n_tracks : int
        Tracks read, and tracks there are; 0 until they were counted.
    reason : str
        Why it failed, as a sentence.
    overview : dict
        Once ready, `genre.datasets.summary.DatasetOverview` as plain values.
    skipped : list of [str, str]
        Once ready, what could not be used, and why.
    pid, process_started, heartbeat : int, float, float
        Its process, and when it last wrote (seconds since 1970).
    """

    state: Literal["absent", "reading", "ready", "failed"]
    n_done: int = 0
    n_tracks: int = 0
    reason: str = ""
    overview: dict[str, Any] | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    pid: int = 0
    process_started: float = 0.0
    heartbeat: float = 0.0


def start_reading(source: str) -> None:
    """Start reading a dataset in a process of its own, unless one does.

    Parameters
    ----------
    source : str
        As `genre.datasets.load.load_dataset` takes it.

    Raises
    ------
    DatasetError
        If the cache cannot be written to.
    """
    if read_reading(source).state == "reading":
        return
    try:
        place = _place(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        pid, started = start_command(["read", source], place.with_suffix(".log"))
        now = time.time()
        _write(source, Reading("reading", pid=pid, process_started=started, heartbeat=now))
    except OSError as error:
        raise DatasetError(
            f"the cache {cache_folder()} cannot be written to ({error.strerror}). "
            "Free some space, or name another folder in GENRE_LAB_CACHE."
        ) from error


def stop_reading(source: str) -> None:
    """End the reading of a dataset; what was extracted is kept."""
    status = read_reading(source)
    if status.state == "reading":
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.killpg(status.pid, signal.SIGTERM)  # it leads a session: its helpers end as well
    _write(source, Reading("absent"))


def read_reading(source: str) -> Reading:
    """Return where the reading of a dataset stands, noticing a process that is no more."""
    try:
        document = json.loads(_place(source).read_text(encoding="utf-8"))
        if document["version"] != READING_VERSION:
            return Reading("absent")
        status = Reading(**{f.name: document[f.name] for f in fields(Reading)})
    except (OSError, ValueError, KeyError, TypeError):
        return Reading("absent")
    if status.state == "reading" and not is_alive(status.pid, status.process_started):
        return replace(status, state="failed", reason="its process ended. Read it again.")
    return status


def run_reading(source: str) -> Reading:
    """Read a dataset in this very process, writing down how far it is.

    Parameters
    ----------
    source : str

    Returns
    -------
    status : Reading
        ``ready``, or ``failed`` with the reason.
    """
    give_way()
    pid, started = own_process()
    written = 0.0

    def on_progress(n_done: int, n_tracks: int, name: str) -> None:
        nonlocal written
        if time.time() - written > WRITE_SECONDS:
            written = time.time()
            _write(
                source, Reading("reading", n_done, n_tracks, "", None, (), pid, started, written)
            )

    on_progress(0, 0, "")
    try:
        data = load_dataset(source, on_progress=on_progress)
    except GenreError as error:
        status = Reading("failed", reason=str(error), heartbeat=time.time())
    else:
        skipped = tuple((s.name, s.reason) for s in data.skipped)
        overview = asdict(describe_dataset(data))
        n = len(data.tracks)
        status = Reading("ready", n, n, "", overview, skipped, pid, started, time.time())
    _write(source, status)
    return status


def _place(source: str) -> Path:
    """Where the status of a source lies."""
    absolute = str(Path(source).expanduser().resolve())
    return (
        cache_folder() / "readings" / f"{hashlib.sha256(absolute.encode()).hexdigest()[:16]}.json"
    )


def _write(source: str, status: Reading) -> None:
    path = _place(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"version": READING_VERSION} | asdict(status))
