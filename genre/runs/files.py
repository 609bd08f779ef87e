"""The files of a training run: what each holds, read and written whole.

Conventions
-----------
``docs/formats.md`` lists every key.  Everything is written to a temporary name
and moved into place, but for ``events.jsonl``, which only grows by whole lines.  A process is
known by its number and the moment it started, since numbers are used again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from genre.errors import ParameterError, RunError
from genre.recipes.config import TrainConfig
from genre.system.jobs import Job, JobStatus

RUN_VERSION = 1
CONFIG_FILE, STATUS_FILE, CONTROL_FILE = "config.json", "status.json", "control.json"
EVENTS_FILE, LOG_FILE, CHECKPOINT, MODEL = "events.jsonl", "log.txt", "checkpoint", "model"
RESERVE_FILE = "reserve"

State = Literal[
    "queued",
    "starting",
    "extracting",
    "fitting",
    "paused",
    "evaluating",
    "finished",
    "stopped",
    "failed",
]
LIVE: tuple[State, ...] = (
    "queued",
    "starting",
    "extracting",
    "fitting",
    "paused",
    "evaluating",
)
"""States in which a process is at work, or waits for its turn."""
HEARTBEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RunStatus(JobStatus):
    """Where a run stands; the fields are those of every job."""

    state: State

    VERSION: ClassVar[int] = RUN_VERSION
    LIVE: ClassVar[tuple[str, ...]] = LIVE
    KILLED: ClassVar[str] = "killed"
    NEVER_STARTED: ClassVar[str] = "its process never started"


@dataclass(frozen=True, slots=True)
class Control:
    """What the watcher wants of a run; None leaves a setting as it is."""

    stop: bool = False
    pause: bool = False
    learning_rate: float | None = None
    epochs: int | None = None

    def applied_to(self, config: TrainConfig) -> TrainConfig:
        """Return the recipe with what the watcher has changed of it."""
        changes = {
            name: value
            for name in ("learning_rate", "epochs")
            if (value := getattr(self, name)) is not None
        }
        return replace(config, **changes) if changes else config


def read_config(run: Path) -> tuple[TrainConfig, str]:
    """Return what a run was asked for: its recipe, and its dataset."""
    document = _read_document(run, CONFIG_FILE)
    try:
        return TrainConfig.from_dict(document["recipe"]), str(document["data"])
    except (KeyError, TypeError, ParameterError) as error:
        raise RunError(f"the settings of {run.name} cannot be read. Start a new run.") from error


def read_control(run: Path) -> Control:
    """Return what the watcher wants; nothing, where nothing was said."""
    if not (run / CONTROL_FILE).exists():
        return Control()
    document = _read_document(run, CONTROL_FILE)
    return Control(**{f.name: document[f.name] for f in fields(Control) if f.name in document})


def read_status(run: Path) -> RunStatus:
    """Return where a run stands, noticing a process that is gone.

    Parameters
    ----------
    run : Path

    Returns
    -------
    status : RunStatus
        ``failed`` with the reason ``killed`` where the process of a live run is gone.

    Raises
    ------
    RunError
        If there is no such run, or its files cannot be read.
    """
    document = _read_document(run, STATUS_FILE)
    try:
        return RunStatus.from_dict(document).checked()
    except KeyError as error:
        raise RunError(
            f"{STATUS_FILE} of the run {run.name} lacks {error}. "
            "Choose another run, or start a new one."
        ) from error


def write_status(run: Path, status: RunStatus) -> None:
    """Write where a run stands."""
    job_of(run).write(status)


def job_of(run: Path) -> Job[RunStatus]:
    """Return a run as a background job."""
    log = run / LOG_FILE
    return Job(RunStatus, run / STATUS_FILE, log_file=log, write_seconds=HEARTBEAT_SECONDS)


def read_events(run: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Read the events of a run after a position in its file.

    A line that holds no event, as an earlier full disk has left it, is stepped over.

    Parameters
    ----------
    run : Path
    start : int
        Where the last reading ended, in bytes.

    Returns
    -------
    events : list of dict
    end : int
        Where this reading ended: after the last whole line.

    Raises
    ------
    RunError
        If the whole file holds lines and no event.
    """
    path = run / EVENTS_FILE
    if not path.exists():
        return [], start
    with path.open("rb") as file:
        file.seek(start)
        whole = file.read().rpartition(b"\n")[0]
    lines = [line for line in whole.split(b"\n") if line]
    events = [event for line in lines if (event := _event_of(line))]
    if lines and not events and not start:
        raise RunError(f"{EVENTS_FILE} of the run {run.name} cannot be read. Start a new run.")
    return events, start + (len(whole) + 1 if whole else 0)


def _event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event that a line holds, or None."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def history_of(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the row of each epoch; an epoch that was gone through again counts once."""
    rows = {event["epoch"]: event for event in events if event["event"] == "epoch"}
    return [{k: v for k, v in rows[n].items() if k not in ("event", "time")} for n in sorted(rows)]


def _read_document(run: Path, name: str) -> dict[str, Any]:
    """Read one of a run's files and check its version."""
    try:
        document = json.loads((run / name).read_text(encoding="utf-8"))
        version = document["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{name} of the run {run.name} cannot be read ({type(error).__name__}). "
            "Choose another run, or start a new one."
        ) from error
    if version != RUN_VERSION:
        raise RunError(
            f"{name} of the run {run.name} has version {version}, this program reads "
            f"version {RUN_VERSION}. Start a new run."
        )
    return dict(document)
