"""Background jobs: processes that outlive what starts them, followed by a status file.

Conventions
-----------
status
    What a job's process writes of itself, whole, and anybody reads: another page, another
    server after a restart.  ``docs/formats.md`` lists the keys of each kind.
live
    A state in which a process is at work, or about to be.  Its process is known by number and
    start; before it has one, by the moment it was asked for.
end
    A job is asked to stop by a file beside its status, or its whole process group is ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import psutil

from genre.language import N_, _
from genre.system.files import replacing, write_bytes
from genre.system.processes import end_process, is_alive, own_process, start_process
from genre.system.schema import file_name, number, one_of, printable, read_json, text, whole

START_SECONDS = 180.0
"""How long a process may take to report; importing Python on a busy machine takes a while."""
MAX_PID = 2**31 - 1
WRITE_SECONDS = 0.5
"""How often progress is written, unless a job says otherwise."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a job stands; each kind of job adds its own fields.

    Parameters
    ----------
    state : str
    reason : str
        Why it failed or stopped.
    pid, process_started, heartbeat : int, float, float
        Its process, and when it last wrote (seconds since 1970).
    """

    state: str
    reason: str = ""
    pid: int = 0
    process_started: float = 0.0
    heartbeat: float = 0.0

    VERSION: ClassVar[int] = 1
    LIVE: ClassVar[tuple[str, ...]] = ()
    STATES: ClassVar[tuple[str, ...]] = ()
    """All states, where others are to be refused."""
    KILLED: ClassVar[str] = N_("its process ended.")
    NEVER_STARTED: ClassVar[str] = N_("its process never started.")

    @property
    def is_live(self) -> bool:
        """Whether a process is at work on it, or about to be."""
        return self.state in self.LIVE

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return a status as it was written; a KeyError names what it lacks.

        Raises
        ------
        KeyError, Damaged
            If a value is missing, or is not of its kind.
        """
        values = {field.name: document[field.name] for field in fields(cls)}
        checks = {str: file_name, int: whole(), float: number(0)}
        for field in fields(cls):
            if check := checks.get(type(field.default)):
                check(values[field.name], field.name)
        (one_of(*cls.STATES) if cls.STATES else text)(values["state"], "state")
        whole(0, MAX_PID)(values["pid"], "pid")
        return cls(**values | {"reason": printable(values["reason"])})

    def stamped(self) -> Self:
        """Return the status as this very process's, at this moment."""
        pid, started = own_process()
        return replace(self, pid=pid, process_started=started, heartbeat=time.time())

    def checked(self) -> Self:
        """Return the status, ``failed`` if its process is gone or never started."""
        if self.is_live and self.pid and not is_alive(self.pid, self.process_started):
            return replace(self, state="failed", reason=_(self.KILLED))
        if self.is_live and not self.pid and time.time() - self.heartbeat > START_SECONDS:
            return replace(self, state="failed", reason=_(self.NEVER_STARTED))
        return self


Status = TypeVar("Status", bound=JobStatus)


class _HasReported(Exception):
    """The process of a job was sooner than the one that started it."""


class Job(Generic[Status]):
    """A background job, as it is seen by its own process and by others.

    Parameters
    ----------
    kind : type
        The `JobStatus` of this kind of job.
    status_file : Path
    log_file, stop_file : Path, optional
        Beside the status and of its name, unless they are named.
    write_seconds : float
        How often progress is written.
    """

    def __init__(
        self,
        kind: type[Status],
        status_file: Path,
        *,
        log_file: Path | None = None,
        stop_file: Path | None = None,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self.kind, self.status_file, self.write_seconds = kind, status_file, write_seconds
        self.log_file = log_file or status_file.with_suffix(".log")
        self.stop_file = stop_file or status_file.with_suffix(".stop")
        self._last = kind("absent")  # what this very process has reported last

    def start(self, words: list[str], status: Status | None = None) -> None:
        """Start ``python -m genre`` with these words; what it says is added to the log.

        Parameters
        ----------
        words : list of str
        status : JobStatus, optional
            Where the job stands until its process reports; as it is written, unless given.

        Raises
        ------
        OSError
            If a file cannot be written, or the system refuses a process.
        """
        self.status_file.parent.mkdir(parents=True, exist_ok=True)
        self.stop_file.unlink(missing_ok=True)
        with self.log_file.open("ab") as file:
            process = start_process(words, stdout=file, stderr=file)
        if status:
            self.note_process(status, process.pid)
        # Its end is waited for here, or it would stay in the process table.
        threading.Thread(target=process.wait, daemon=True).start()

    def note_process(self, status: Status, pid: int) -> None:
        """Write whose process a job is, unless that process has reported already."""
        with contextlib.suppress(psutil.NoSuchProcess, _HasReported):
            started = psutil.Process(pid).create_time()  # unless it has ended, and was waited for
            known = replace(status, pid=pid, process_started=started, heartbeat=time.time())
            with replacing(self.status_file) as file:
                file.write(self._document(known))
                file.flush()
                os.fsync(file.fileno())
                # Last of all: while a busy disk writes, the process may report, and even end.
                if (written := self.stored()) and written.pid == pid:
                    raise _HasReported

    def read(self) -> Status | None:
        """Return where the job stands, noticing a process that is gone; None: nothing is known."""
        status = self.stored()
        return status and status.checked()

    def stored(self) -> Status | None:
        """Return the status as it was written; None where it cannot be read."""
        try:
            document = read_json(self.status_file)
            if document["version"] == self.kind.VERSION:
                return self.kind.from_dict(document)
        except (ValueError, KeyError, TypeError):
            pass  # nothing is known of a file that is damaged, or not there
        return None

    def write(self, status: Status) -> None:
        """Write where the job stands."""
        write_bytes(self.status_file, self._document(status))

    def _document(self, status: Status) -> bytes:
        return json.dumps({"version": self.kind.VERSION} | asdict(status), indent=1).encode()

    def ask_to_stop(self) -> None:
        """Ask a live job to stop; it looks at `is_stop_wanted` now and then."""
        if (status := self.read()) and status.is_live:
            self.stop_file.touch()

    def is_stop_wanted(self) -> bool:
        """Tell whether the job was asked to stop."""
        return self.stop_file.exists()

    def end(self) -> None:
        """End a live job's process, and those it has started."""
        if (status := self.read()) and status.is_live:
            end_process(status.pid, status.process_started)

    def begin(self, status: Status) -> Status:
        """Report for the first time; what an earlier process was asked to do is forgotten."""
        if (stored := self.stored()) and stored.pid not in (0, os.getpid()):
            self.stop_file.unlink(missing_ok=True)
        return self.report(status)

    def report(self, status: Status) -> Status:
        """Write where the job stands, from its own process; return it with that process."""
        self._last = status.stamped()
        self.write(self._last)
        return self._last

    def progress(self, status: Status) -> None:
        """Report if the state has changed or enough time has passed since the last report."""
        is_due = time.time() - self._last.heartbeat > self.write_seconds
        if is_due or status.state != self._last.state:
            self.report(status)

    def conclude(self, **changes: Any) -> Status:
        """Report how the job ended: its last report with these changes."""
        self.stop_file.unlink(missing_ok=True)
        return self.report(replace(self._last, **changes))
