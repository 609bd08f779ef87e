"""The files of a training run: what each holds, read and written whole.

Conventions
-----------
``docs/formats.md`` lists every key.  Everything is written to a temporary name
and moved into place, but for ``events.jsonl``, which only grows by whole lines.  A process is
known by its number and the moment it started, since numbers are used again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from genre.errors import ParameterError, RunError
from genre.language import N_, _
from genre.recipes.config import TrainConfig, check_setting
from genre.runs.run_schema import CONFIG, CONTROL, check_event
from genre.system.jobs import Job, JobStatus
from genre.system.lines import append_line
from genre.system.schema import (
    Check,
    Damaged,
    cause,
    parse_json,
    printable,
    read_json,
    record,
    whole,
)

RUN_VERSION = 1
CONFIG_FILE, STATUS_FILE, CONTROL_FILE = "config.json", "status.json", "control.json"
EVENTS_FILE, LOG_FILE, CHECKPOINT, MODEL = "events.jsonl", "log.txt", "checkpoint", "model"
RESERVE_FILE, FOLDS = "reserve", "folds"

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
MAX_EVENTS_BYTES = 512 * 2**20
"""At one reading; a run of 1000 epochs writes some 10 MB."""
AS_FAR_AS_ASKED = N_("trained as far as its sweep asked: it can be resumed.")
_VERSIONED = record(version=whole())


@dataclass(frozen=True, slots=True)
class RunStatus(JobStatus):
    """Where a run stands; the fields are those of every job."""

    state: State

    VERSION: ClassVar[int] = RUN_VERSION
    LIVE: ClassVar[tuple[str, ...]] = LIVE
    STATES: ClassVar[tuple[str, ...]] = get_args(State)
    KILLED: ClassVar[str] = "killed"
    NEVER_STARTED: ClassVar[str] = N_("its process never started")


@dataclass(frozen=True, slots=True)
class Control:
    """What the watcher wants of a run; None leaves a setting as it is.

    After the epoch ``until`` it stops, and can be resumed: its schedule goes by ``epochs``.
    """

    stop: bool = False
    pause: bool = False
    learning_rate: float | None = None
    epochs: int | None = None
    until: int | None = None

    def applied_to(self, config: TrainConfig) -> TrainConfig:
        """Return the recipe with what the watcher has changed of it."""
        changes = {
            name: value
            for name in ("learning_rate", "epochs")
            if (value := getattr(self, name)) is not None
        }
        if self.until is not None:
            check_setting("epochs", self.until)
        return replace(config, **changes) if changes else config

    @property
    def why_stopped(self) -> str:
        """The reason of a run that has stopped: by hand, or since it got as far as asked."""
        return "asked to" if self.stop or self.until is None else AS_FAR_AS_ASKED


def read_config(run: Path) -> tuple[TrainConfig, str]:
    """Return what a run was asked for: its recipe, and its dataset."""
    document = _read_document(run, CONFIG_FILE, CONFIG)
    try:
        return TrainConfig.from_dict(document["recipe"]), document["data"]
    except ParameterError as error:
        raise _unreadable(run, CONFIG_FILE, str(error).rstrip(".")) from error


def read_created(run: Path) -> float:
    """Return when a run was made, in seconds since 1970; 0 where its settings do not say."""
    created = _read_document(run, CONFIG_FILE, CONFIG).get("created")
    return float(created) if isinstance(created, int | float) and isfinite(created) else 0.0


def read_control(run: Path) -> Control:
    """Return what the watcher wants; nothing, where nothing was said."""
    if not (run / CONTROL_FILE).exists():
        return Control()
    document = _read_document(run, CONTROL_FILE, CONTROL)
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
        raise _unreadable(run, STATUS_FILE, _("it lacks {name}").format(name=error)) from error
    except Damaged as error:
        raise _unreadable(run, STATUS_FILE, str(error)) from error


def write_status(run: Path, status: RunStatus) -> None:
    """Write where a run stands."""
    job_of(run).write(status)


def job_of(run: Path) -> Job[RunStatus]:
    """Return a run as a background job."""
    log = run / LOG_FILE
    return Job(RunStatus, run / STATUS_FILE, log_file=log, write_seconds=HEARTBEAT_SECONDS)


def write_event(run: Path, event: dict[str, Any]) -> None:
    """Append an event, with its time, to those of a run."""
    line = json.dumps(event | {"time": round(time.time(), 3)}) + "\n"
    append_line(run / EVENTS_FILE, line.encode())


def read_events(
    run: Path, start: int = 0, *, leave_out: Collection[str] = ()
) -> tuple[list[dict[str, Any]], int]:
    """Read the events of a run after a position in its file.

    A line that holds no event, as an earlier full disk has left it, is stepped over.

    Parameters
    ----------
    run : Path
    start : int
        Where the last reading ended, in bytes.
    leave_out : collection of str
        Kinds of events whose lines are not parsed: those of batches are most of a file.

    Returns
    -------
    events : list of dict
    end : int
        Where this reading ended: after the last whole line.

    Raises
    ------
    RunError
        If the file cannot be read, or has lines and no event.
    """
    path, events = run / EVENTS_FILE, []
    if not path.exists():
        return [], start
    try:
        with path.open("rb") as file:
            file.seek(start)
            lines = file.read(MAX_EVENTS_BYTES + 1).rpartition(b"\n")[0]
        if len(lines) > MAX_EVENTS_BYTES:
            raise Damaged(_("it has over {max_bytes:,} bytes").format(max_bytes=MAX_EVENTS_BYTES))
        others = tuple(f'{{"event": "{kind}"'.encode() for kind in leave_out)
        wanted = [line for line in lines.split(b"\n") if not line.startswith(others)]
        events = [event for line in wanted if (event := _event_of(line))]
        if any(wanted) and not events and not start:
            raise Damaged(_("it holds no event"))
    except (Damaged, OSError) as error:
        raise _unreadable(run, EVENTS_FILE, cause(error)) from error
    return events, start + (len(lines) + 1 if lines else 0)


def _event_of(line: bytes) -> dict[str, Any] | None:
    """Return the event that a line holds, or None."""
    try:
        event: dict[str, Any] = parse_json(line)
        check_event(event, "a line")
    except Damaged:
        return None
    return event


def history_of(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the row of each epoch; an epoch that was gone through again counts once.

    Of a run of folds these are the epochs of the last one: once finished, on all tracks.
    """
    rows: dict[int, dict[str, Any]] = {}
    fold = None
    for event in events:
        if event["event"] == "fold" and event["fold"] != fold:
            rows, fold = {}, event["fold"]
        elif event["event"] == "epoch":
            rows[event["epoch"]] = event
    return [{k: v for k, v in rows[n].items() if k not in ("event", "time")} for n in sorted(rows)]


def next_stop(run: Path) -> int | None:
    """Return the epoch after which a run is to stop, unless it has got there: then it goes on."""
    until = read_control(run).until
    n_done = len(history_of(read_events(run)[0])) if until else 0
    return until if until and n_done < until else None


def fitting_seconds(events: list[dict[str, Any]]) -> float:
    """Return how long a run was fitting: without pauses and interruptions."""
    total, is_fitting, before = 0.0, False, 0.0
    for event in events:
        phase = event.get("phase") if event["event"] == "phase" else None
        if is_fitting and phase not in ("queued", "starting"):  # it was killed and resumed
            total += event["time"] - before
        if phase:
            is_fitting = phase == "fitting"
        before = event["time"]
    return total


def _read_document(run: Path, name: str, check: Check = _VERSIONED) -> dict[str, Any]:
    """Read one of a run's files, and check its version and then what is in it."""
    if (known_as := printable(run.name)) != run.name:
        said = _("the folder {known_as} has a name that is not Unicode. Rename it, or delete it.")
        raise RunError(said.format(known_as=known_as))
    try:
        document = read_json(run / name)
        _VERSIONED(document, _("the file"))
    except Damaged as error:
        raise _unreadable(run, name, str(error)) from error
    if (version := document["version"]) != RUN_VERSION:
        raise RunError(
            _(
                "{name} of the run {run} has version {version}, this program reads version "
                "{run_version}. Start a new run."
            ).format(name=name, run=printable(run.name), version=version, run_version=RUN_VERSION)
        )
    try:
        check(document, _("the file"))
    except Damaged as error:
        raise _unreadable(run, name, str(error)) from error
    return dict(document)


def _unreadable(run: Path, name: str, reason: str) -> RunError:
    """Return the error of a file that is not what was written."""
    return RunError(
        _(
            "{name} of the run {run} cannot be read ({reason}). Choose another run, or start a new "
            "one."
        ).format(name=name, run=printable(run.name), reason=reason)
    )
