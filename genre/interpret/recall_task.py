"""The recall task: name one early symbol after a gap (the command ``memory-test``).

Conventions
-----------
task
    One symbol of `N_SYMBOLS` comes first, marked as the one to remember; then ``gap`` other
    symbols, drawn at random, unmarked.  After the last one the network predicts the
    marked one.  Guessing is right once in `N_SYMBOLS`.
budget
    Both cells get the same: `N_UNITS` units, `BATCHES` batches of `BATCH_SIZE` sequences
    never seen before.  Gaps grow: at first they are drawn from 1 to `FIRST_GAP`, and each
    time the last `RECENT_BATCHES` batches were recalled well the longest one doubles, up to
    ``gap``.  Starting with a gap of 50, neither cell had learnt it after 1,000 batches,
    even with only four symbols.
run
    A file of one JSON object a line: ``start``, ``batch`` after batch, ``end``.  What was
    recorded and what is running now are read by the same function.

Nothing here needs Keras; `genre.training.recall_task` does the training.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from genre.errors import ParameterError, RunError
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.network.config import Cell
from genre.paths import RECORDED_RECALL
from genre.system.schema import (
    Check,
    Damaged,
    number,
    one_of,
    parse_json,
    read_content,
    record,
    text,
    whole,
)

VERSION = 1
GAPS = (10, 50, 100, 500, 1000)
"""The recorded runs that ship with the project."""
MAX_GAP = 2000
N_SYMBOLS = 16
N_UNITS = 32
BATCHES = 400
BATCH_SIZE = 64
LEARNING_RATE = 0.005
FIRST_GAP = 10
RECENT_BATCHES = 20
RECALLED_WELL = 0.95
N_TESTED = 1000
MAX_CHARS = 2**20
"""Of a run; a full one has some 5,000."""
_VERSIONED = record(event=one_of("start"), version=whole())
_START = record(cell=one_of(*get_args(Cell)), gap=whole(1, MAX_GAP), seed=whole(), command=text)
_EVENT = record({"seconds": number(0)}, event=text)
_KINDS: dict[str, Check] = {
    "batch": record(batch=whole(1), accuracy=number(0, 1), longest_gap=whole(1), seconds=number(0)),
    "end": record(n_recalled=whole(), n_tested=whole(1), seconds=number(0)),
}


@dataclass(frozen=True, slots=True)
class RecallTask:
    """The settings of one run of the recall task.

    Parameters
    ----------
    cell : {"lstm", "simple_rnn"}
    gap : int
        Symbols between the one to remember and the question.
    seed : int

    Raises
    ------
    ParameterError
        If the cell is unknown or the gap outside 1 to `MAX_GAP`.
    """

    cell: Cell
    gap: int
    seed: int = 0

    def __post_init__(self) -> None:
        if self.cell not in get_args(Cell):
            raise ParameterError(
                f"cell={self.cell!r} was given, expected {' or '.join(get_args(Cell))}. "
                "Choose one of them."
            )
        for name, value, low, high in (
            ("gap", self.gap, 1, MAX_GAP),
            ("seed", self.seed, 0, 2**31 - 1),
        ):
            if type(value) is not int or not low <= value <= high:
                raise ParameterError(
                    f"{name}={value!r} was given, expected a whole number from {low} to {high}. "
                    "Choose one within that range."
                )

    def options(self) -> list[str]:
        """Return what the command ``memory-test`` is given for this task."""
        return ["--cell", self.cell, "--gap", str(self.gap), "--seed", str(self.seed)]


@dataclass(frozen=True, slots=True)
class RecallRun:
    """The progress of a run of the recall task, or its result.

    Parameters
    ----------
    task : RecallTask
    command : str
        The command that repeats it.
    batches, accuracies, longest_gaps : tuple
        After each few batches: their number, the share of sequences recalled in the last
        `RECENT_BATCHES` of them, and the longest gap that was drawn.
    outcome : Accuracy or None
        Share of `N_TESTED` new sequences, all with the full gap, that were recalled at the
        end; None while it runs.
    seconds : float
        Time taken so far.
    """

    task: RecallTask
    command: str
    batches: tuple[int, ...]
    accuracies: tuple[float, ...]
    longest_gaps: tuple[int, ...]
    outcome: Accuracy | None
    seconds: float

    @property
    def learnt_after(self) -> int | None:
        """Batches after which gaps of the full length were recalled well; None if never."""
        rows = zip(self.batches, self.accuracies, self.longest_gaps, strict=True)
        full = self.task.gap
        return next((n for n, a, gap in rows if gap == full and a > RECALLED_WELL), None)

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended."""
        return self.outcome is not None


def read_recall_run(path: Path) -> RecallRun | None:
    """Read a run as far as it is written.

    Parameters
    ----------
    path : Path

    Returns
    -------
    run : RecallRun or None
        None while it has not begun.

    Raises
    ------
    RunError
        If the file cannot be read, or is no run of this version.
    """
    try:
        content = read_content(path, max_bytes=MAX_CHARS).decode()
    except ValueError as error:  # Damaged, or no UTF-8
        raise _not_a_run(path.name, error) from error
    return parse_recall_run(content, path.name)


def parse_recall_run(content: str, name: str) -> RecallRun | None:
    """Return the run in a text as `read_recall_run` does; errors call the text by its name."""
    try:
        if len(content) > MAX_CHARS:
            raise Damaged(f"it has over {MAX_CHARS:,} characters")
        # The last line may be half written.
        events = [parse_json(line) for line in content.split("\n")[:-1]]
        if not events:
            return None
        start, *rest = events
        _VERSIONED(start, "its first line")
        if start["version"] != VERSION:
            raise RunError(
                f"{name} is of version {start['version']}, expected {VERSION}. Run it again."
            )
        _START(start, "its first line")
        for number_of_line, event in enumerate(rest, start=2):
            _check_event(event, f"line {number_of_line}")
        batches = [event for event in rest if event["event"] == "batch"]
        end = next((event for event in rest if event["event"] == "end"), None)
        return RecallRun(
            task=RecallTask(start["cell"], start["gap"], start["seed"]),
            command=start["command"],
            batches=tuple(event["batch"] for event in batches),
            accuracies=tuple(event["accuracy"] for event in batches),
            longest_gaps=tuple(event["longest_gap"] for event in batches),
            outcome=wilson_interval(end["n_recalled"], end["n_tested"]) if end else None,
            seconds=rest[-1].get("seconds", 0.0) if rest else 0.0,
        )
    except ValueError as error:  # Damaged, or settings that no task can have
        raise _not_a_run(name, error) from error


def _check_event(event: Any, where: str) -> None:
    """Check a line after the first; other kinds of events pass."""
    _EVENT(event, where)
    if check := _KINDS.get(event["event"]):
        check(event, where)
    if event["event"] == "end" and event["n_recalled"] > event["n_tested"]:
        raise Damaged(f"{where} has recalled more than was tested")


def _not_a_run(name: str, error: ValueError) -> RunError:
    reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error).rstrip(".")
    return RunError(
        f"{name} is no run of the memory test ({reason}). Write one "
        "with: python -m genre memory-test --cell lstm --gap 10 --out FILE."
    )


def recorded_runs(folder: Path = RECORDED_RECALL) -> tuple[RecallRun, ...]:
    """Return the runs that ship with the project, by cell, gap and seed."""
    runs = (read_recall_run(path) for path in folder.glob("*.jsonl"))
    found = [run for run in runs if run is not None]
    return tuple(sorted(found, key=lambda run: (run.task.cell, run.task.gap, run.task.seed)))
