"""How time and memory are measured.

Conventions
-----------
Times are wall times in seconds.  What is compared is run in turns, so that a
busy moment of the machine falls on both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import ROOT

HAS_PROC = Path("/proc/self/status").exists()
POLL_SECONDS = 0.02
NO_PROC = "this system has no /proc to read a process's memory from"


@dataclass(frozen=True, slots=True)
class Child:
    """A program that was run in a process of its own."""

    seconds: float
    peak: int
    stdout: str
    stderr: str


def run_child(arguments: Sequence[str | os.PathLike[str]]) -> Child:
    """Run Python with these arguments, from the project's folder, to its end.

    Raises
    ------
    RuntimeError
        If it fails; with the last of what it wrote.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, *map(os.fspath, arguments)]
        # -I -S: this process in between is to be as small as can be.
        between = [sys.executable, "-I", "-S", os.fspath(ROOT / "benchmarks" / "child.py")]
        done = subprocess.run(
            [*between, os.fspath(result), *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        measured = json.loads(result.read_text()) if result.exists() else {"code": "no result"}
    if measured["code"] != 0:
        shown = " ".join(map(str, arguments))
        raise RuntimeError(f"{shown}: exit code {measured['code']}\n{done.stderr[-2000:]}")
    return Child(measured["seconds"], measured["peak"], done.stdout, done.stderr)


def timed(task: Callable[[], object]) -> Callable[[], float]:
    """Return a function that runs a task and says how long it took."""

    def run() -> float:
        start = time.perf_counter()
        task()
        return time.perf_counter() - start

    return run


def wait_until(is_so: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    """Wait until something is so.

    Raises
    ------
    TimeoutError
        If it takes longer.
    """
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"it took over {seconds:.0f} s until {what}")
        time.sleep(POLL_SECONDS)


def race(
    ours: Callable[[], float], other: Callable[[], float], n_ours: int, n_other: int
) -> tuple[float, float]:
    """Run two tasks in turns, after a warm-up of each, and return their median times.

    Parameters
    ----------
    ours, other : callable
        Each returns the seconds it took: see `timed`.
    n_ours, n_other : int
        How often each is run.
    """
    ours(), other()
    taken: tuple[list[float], list[float]] = ([], [])
    for i in range(max(n_ours, n_other)):
        if i < n_ours:
            taken[0].append(ours())
        if i < n_other:
            taken[1].append(other())
    return statistics.median(taken[0]), statistics.median(taken[1])


def resident_bytes(pid: int | str = "self", *, peak: bool = False) -> int:
    """Return the memory a process holds, or the most it ever held (Linux only)."""
    field = "VmHWM:" if peak else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} holds no memory any more")


def loaded_libraries(pid: int) -> list[str]:
    """Return which heavy libraries a process has in memory, by their machine code (Linux only).

    Keras and librosa are Python alone and leave no trace of their own; what they
    always pull in does: TensorFlow the one, numba's compiler the other.
    """
    maps = Path(f"/proc/{pid}/maps").read_text()
    traces = {"TensorFlow": "/tensorflow/", "numba": "/llvmlite/", "scikit-learn": "/sklearn/"}
    return [name for name, trace in traces.items() if trace in maps]
