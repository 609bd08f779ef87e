"""A run of a memory test: its progress and result, as events of a process or as a record.

Conventions
-----------
event
    One JSON object a line, written as it happens: ``start``, ``batch`` after batch, ``end``.
record
    A finished run in one line; ``docs/results/memory-test/<task>.jsonl`` has those that ship with
    the project (docs/formats.md).

Nothing here needs Keras; `genre.training.memory_test` does the training.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, get_args

from genre.errors import RunError
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.interpret.memory_test import (
    BATCHES,
    LEARNT,
    LONGEST,
    CellName,
    MemoryTask,
    TaskName,
)
from genre.language import _
from genre.paths import RECORDED_MEMORY
from genre.system.schema import (
    Check,
    Damaged,
    items,
    number,
    one_of,
    parse_json,
    read_content,
    record,
    text,
    whole,
)

VERSION = 2
MAX_CHARS = 2**20
"""Of a run's events; a full one has some 10,000."""
_TASK: dict[str, Check] = {
    "version": whole(),
    "task": one_of(*get_args(TaskName)),
    "cell": one_of(*get_args(CellName)),
    "length": whole(1, LONGEST),
    "seed": whole(),
    "command": text,
}
_START = record(event=one_of("start"), **_TASK)
_EVENT = record({"seconds": number(0)}, event=text)
_END: dict[str, Check] = {"n_right": whole(), "n_tested": whole(1), "cpu_seconds": number(0)}
_KINDS: dict[str, Check] = {
    "batch": record(batch=whole(1), right=number(0, 1), longest=whole(1), seconds=number(0)),
    "end": record(**_END),
}
_RECORD = record(
    **_TASK,
    **_END,
    batch=items(whole(1)),
    right=items(number(0, 1)),
    longest=items(whole(1)),
)


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """The progress of a run of a memory test, or its result.

    Parameters
    ----------
    task : MemoryTask
    command : str
        The command that repeats it.
    batches, right, longest, at : tuple
        After each few batches: their number, the share of the sequences of the last
        `genre.interpret.memory_test.RECENT_BATCHES` that were answered right, the longest
        sequence so far, and the seconds since training began; a record does not keep these.
    outcome : Accuracy or None
        Share of new sequences of the full length that were answered right at the end; None
        while it runs.
    cpu_seconds : float
        Processor time of the whole run, without the start of TensorFlow: what it takes on a
        computer that does nothing else.  0 while it runs.
    """

    task: MemoryTask
    command: str
    batches: tuple[int, ...]
    right: tuple[float, ...]
    longest: tuple[int, ...]
    at: tuple[float, ...]
    outcome: Accuracy | None
    cpu_seconds: float

    @property
    def learnt_after(self) -> int | None:
        """Batches after which sequences of the full length were answered right; None if never."""
        rows = zip(self.batches, self.right, self.longest, strict=True)
        return next((n for n, a, on in rows if on == self.task.length and a >= LEARNT), None)

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended."""
        return self.outcome is not None

    def to_record(self) -> dict[str, Any]:
        """Return the finished run as plain values."""
        if self.outcome is None:
            raise RunError(_("the memory test has not ended, so there is no result to record."))
        return {
            "version": VERSION, "task": self.task.task, "cell": self.task.cell,
            "length": self.task.length, "seed": self.task.seed, "command": self.command,
            "n_right": round(self.outcome.value * self.outcome.n), "n_tested": self.outcome.n,
            "cpu_seconds": self.cpu_seconds, "batch": list(self.batches),
            "right": list(self.right), "longest": list(self.longest),
        }  # fmt: skip


def parse_events(content: str, name: str) -> MemoryRun | None:
    """Return the run in the events written so far; None before the first.

    Raises
    ------
    RunError
        If they are no run of this version; it calls the text by its name.
    """
    try:
        if len(content) > MAX_CHARS:
            raise Damaged(_("it has over {n:,} characters").format(n=MAX_CHARS))
        # The last line may be half written.
        events = [parse_json(line) for line in content.split("\n")[:-1]]
        if not events:
            return None
        start, *rest = events
        _check_version(start, name, _("its first line"))
        _START(start, _("its first line"))
        for number_of_line, event in enumerate(rest, start=2):
            _check_event(event, _("line {n}").format(n=number_of_line))
        batches = [event for event in rest if event["event"] == "batch"]
        end = next((event for event in rest if event["event"] == "end"), None)
        return MemoryRun(
            task=_task_of(start),
            command=start["command"],
            batches=tuple(event["batch"] for event in batches),
            right=tuple(event["right"] for event in batches),
            longest=tuple(event["longest"] for event in batches),
            at=tuple(event["seconds"] for event in batches),
            outcome=wilson_interval(end["n_right"], end["n_tested"]) if end else None,
            cpu_seconds=end["cpu_seconds"] if end else 0.0,
        )
    except ValueError as error:  # Damaged, or settings that no task can have
        raise _not_a_run(name, error) from error


def read_records(path: Path) -> tuple[MemoryRun, ...]:
    """Read recorded runs; a last line that is half written is left out.

    Raises
    ------
    RunError
        If the file cannot be read, or a line is no run of this version.
    """
    try:
        lines = read_content(path).decode().split("\n")[:-1]
        return tuple(
            _run_of(parse_json(line), path.name, _("line {n}").format(n=i))
            for i, line in enumerate(lines, 1)
        )
    except ValueError as error:  # Damaged, no UTF-8, or settings that no task can have
        raise _not_a_run(path.name, error) from error


def recorded_runs(folder: Path = RECORDED_MEMORY) -> tuple[MemoryRun, ...]:
    """Return the runs that ship with the project, by task, cell, length and seed."""
    runs = [run for path in folder.glob("*.jsonl") for run in read_records(path)]
    order = get_args(CellName)
    return tuple(
        sorted(runs, key=lambda run: (
            run.task.task, order.index(run.task.cell), run.task.length, run.task.seed
        ))
    )  # fmt: skip


def alike(runs: Iterable[MemoryRun], task: MemoryTask) -> list[MemoryRun]:
    """Return the runs of the same task, cell and length."""
    wanted = (task.task, task.cell, task.length)
    return [run for run in runs if (run.task.task, run.task.cell, run.task.length) == wanted]


def seconds_left(run: MemoryRun, recorded: Sequence[MemoryRun]) -> tuple[float, float] | None:
    """Estimate how long a run still trains, from the pace of its own batches.

    Parameters
    ----------
    run : MemoryRun
    recorded : sequence of MemoryRun
        Runs like it: half of them needed as many batches as is thought likely.

    Returns
    -------
    likely, most : float
        In seconds; ``most`` if it takes the whole budget.  None before its second report.
    """
    if len(run.batches) < 2:
        return None
    n_batches = run.batches[-1] - run.batches[0]
    pace = (run.at[-1] - run.at[0]) / max(1, n_batches)
    done = run.batches[-1]
    needed = [one.batches[-1] for one in recorded if one.batches and one.batches[-1] > done]
    likely = median(needed) if needed else BATCHES
    return max(0.0, likely - done) * pace, max(0, BATCHES - done) * pace


def _run_of(saved: Any, name: str, where: str) -> MemoryRun:
    _check_version(saved, name, where)
    _RECORD(saved, where)
    columns = [saved[column] for column in ("batch", "right", "longest")]
    if len({len(column) for column in columns}) != 1:
        raise Damaged(_("{where} has columns of different lengths").format(where=where))
    if saved["n_right"] > saved["n_tested"]:
        raise Damaged(_("{where} has more right than was tested").format(where=where))
    outcome = wilson_interval(saved["n_right"], saved["n_tested"])
    batches, right, longest = map(tuple, columns)
    return MemoryRun(
        _task_of(saved), saved["command"], batches, right, longest, (), outcome,
        saved["cpu_seconds"],
    )  # fmt: skip


def _task_of(saved: dict[str, Any]) -> MemoryTask:
    return MemoryTask(saved["task"], saved["cell"], saved["length"], saved["seed"])


def _check_version(saved: Any, name: str, where: str) -> None:
    record(version=whole())(saved, where)
    if saved["version"] != VERSION:
        raise RunError(
            _("{name} is of version {value}, expected {version}. Run it again.").format(
                name=name, value=saved["version"], version=VERSION
            )
        )


def _check_event(event: Any, where: str) -> None:
    """Check a line after the first; other kinds of events pass."""
    _EVENT(event, where)
    if check := _KINDS.get(event["event"]):
        check(event, where)
    if event["event"] == "end" and event["n_right"] > event["n_tested"]:
        raise Damaged(_("{where} has more right than was tested").format(where=where))


def _not_a_run(name: str, error: ValueError) -> RunError:
    is_text = not isinstance(error, UnicodeDecodeError)
    reason = str(error).rstrip(".") if is_text else _("it is not UTF-8")
    return RunError(
        _(
            "{name} is no run of a memory test ({reason}). Write one with: python "
            "-m genre memory-test --task recall --cell lstm --length 10."
        ).format(name=name, reason=reason)
    )
