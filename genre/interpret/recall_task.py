"""The memory test: recall one early symbol after a gap.

Conventions
-----------
task
    One symbol of `N_SYMBOLS` comes first, marked as the one to remember; then ``gap`` other
    symbols, drawn at random, unmarked.  After the last one the network says which was the
    marked one.  Guessing is right once in `N_SYMBOLS`.
budget
    Both cells get the same: `N_UNITS` units, `BATCHES` batches of `BATCH_SIZE` sequences
    never seen before.  Gaps grow: at first they are drawn from 1 to `FIRST_GAP`, and each
    time the last `RECENT_BATCHES` batches were recalled well the longest one doubles, up to
    ``gap``.  Begun with a gap of 50 at once, neither cell had learnt it after 1,000
    batches, when that was tried with only four symbols.
run
    A file of one JSON object a line: ``start``, ``batch`` after batch, ``end``.  What was
    recorded and what is running now are read by the same function.

Nothing here needs Keras; `genre.training.recall_task` does the training.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from genre.errors import ParameterError, RunError
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.network.config import Cell
from genre.paths import RECORDED_RECALL, ROOT

VERSION = 1
GAPS = (10, 50, 100, 500, 1000)
"""Those that were recorded."""
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


@dataclass(frozen=True, slots=True)
class MemoryTest:
    """What one run of the memory test is asked for.

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


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """How far a run of the memory test is, or how it ended.

    Parameters
    ----------
    test : MemoryTest
    command : str
        What repeats it.
    batches, accuracies, longest_gaps : tuple
        After each few batches: their number, the share of sequences recalled in the last
        `RECENT_BATCHES` of them, and the longest gap that was drawn.
    outcome : Accuracy or None
        Share of `N_TESTED` new sequences, all with the full gap, that were recalled at the
        end; None while it runs.
    seconds : float
        Time taken so far.
    """

    test: MemoryTest
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
        full = self.test.gap
        return next((n for n, a, gap in rows if gap == full and a > RECALLED_WELL), None)

    @property
    def is_finished(self) -> bool:
        """Whether it has come to its end."""
        return self.outcome is not None


def read_memory_run(path: Path) -> MemoryRun | None:
    """Read a run as far as it is written.

    Parameters
    ----------
    path : Path

    Returns
    -------
    run : MemoryRun or None
        None while it has not begun.

    Raises
    ------
    RunError
        If the file cannot be read, or is no run of this version.
    """
    try:
        # The last line may be half written.
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        events: list[dict[str, Any]] = [json.loads(line) for line in lines]
        if not events:
            return None
        start, *rest = events
        if start["version"] != VERSION:
            raise RunError(
                f"{path.name} is of version {start['version']}, expected {VERSION}. Run it again."
            )
        batches = [event for event in rest if event["event"] == "batch"]
        end = next((event for event in rest if event["event"] == "end"), None)
        return MemoryRun(
            test=MemoryTest(start["cell"], start["gap"], start["seed"]),
            command=start["command"],
            batches=tuple(event["batch"] for event in batches),
            accuracies=tuple(event["accuracy"] for event in batches),
            longest_gaps=tuple(event["longest_gap"] for event in batches),
            outcome=wilson_interval(end["n_recalled"], end["n_tested"]) if end else None,
            seconds=rest[-1]["seconds"] if rest else 0.0,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{path.name} is no run of the memory test ({type(error).__name__}). Write one "
            "with: python -m genre memory-test --cell lstm --gap 10 --out FILE."
        ) from error


def recorded_runs(folder: Path = RECORDED_RECALL) -> tuple[MemoryRun, ...]:
    """Return the runs that ship with the project, by cell, gap and seed."""
    runs = (read_memory_run(path) for path in folder.glob("*.jsonl"))
    found = [run for run in runs if run is not None]
    return tuple(sorted(found, key=lambda run: (run.test.cell, run.test.gap, run.test.seed)))


class MemoryJob:
    """A memory test that runs in a process of its own; `start_memory_test` starts one."""

    def __init__(self, process: subprocess.Popen[bytes], path: Path) -> None:
        self._process, self._path = process, path

    def poll(self) -> MemoryRun | None:
        """Return how far the run is, None while it loads TensorFlow.  Never waits.

        Raises
        ------
        RunError
            If the process ended before the run did.
        """
        has_ended = self._process.poll() is not None
        run = read_memory_run(self._path) if self._path.exists() else None
        if has_ended and (run is None or not run.is_finished):
            raise RunError("the memory test ended before it was done. Start it again.")
        return run

    def stop(self) -> None:
        """End the process, if it still runs, and remove what it wrote."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._path.parent.rmdir()


def start_memory_test(test: MemoryTest) -> MemoryJob:
    """Start a memory test in a process of low priority.

    Raises
    ------
    RunError
        If the process cannot be started.
    """
    path = Path(tempfile.mkdtemp(prefix="memory-test-")) / "run.jsonl"
    command = [sys.executable, "-m", "genre", "memory-test", "--cell", test.cell]
    options = ["--gap", str(test.gap), "--seed", str(test.seed), "--out", str(path)]
    try:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
    except OSError as error:
        path.parent.rmdir()
        raise RunError(
            f"the memory test cannot be started ({error.strerror}). Try again later."
        ) from error
    with contextlib.suppress(AttributeError, OSError):  # Windows has it in creationflags
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)
    return MemoryJob(process, path)
