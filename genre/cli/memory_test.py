"""The command ``memory-test``: train a cell on a task that asks for something long past.

Conventions
-----------
As `genre.cli.songs`.  Events go to standard output, or to a file, one JSON object a line,
each written as it happens.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from genre.cli.outputs import check_file, check_folder
from genre.cli.songs import say
from genre.errors import ParameterError
from genre.interpret.memory_run import parse_events, read_records
from genre.interpret.memory_test import MemoryTask, recorded_tasks
from genre.paths import RECORDED_MEMORY
from genre.system.files import write_text
from genre.training.tensorflow import limit_threads, load_tensorflow


def memory_test(arguments: argparse.Namespace) -> int:
    """Train one small network on a memory test, or record all that ship with the project."""
    began = time.monotonic()
    if arguments.record:
        return _record(Path(arguments.out or RECORDED_MEMORY))
    if not (arguments.cell and arguments.length):
        raise ParameterError(
            "neither --record nor --cell and --length were given. Give the cell and the length "
            "of one run, or --record for all that ship with the project."
        )
    task = MemoryTask(arguments.task, arguments.cell, arguments.length, arguments.seed)
    with contextlib.ExitStack() as files:
        out = sys.stdout
        check_file(arguments.out)
        if arguments.out:  # fail now, not after TensorFlow has loaded
            out = files.enter_context(open(arguments.out, "w", encoding="utf-8"))
        say("starting TensorFlow")
        load_tensorflow()
        limit_threads(1)
        from genre.training.memory_test import train_memory_test

        def write(event: dict[str, Any]) -> None:
            out.write(json.dumps(event) + "\n")
            out.flush()

        until = began + arguments.max_seconds
        train_memory_test(task, write, command=_command(task), until=until)
    return 0


def _record(folder: Path) -> int:
    """Record each run that is missing; a command that was stopped goes on where it was."""
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = {run.task for path in folder.glob("*.jsonl") for run in read_records(path)}
    missing = [task for task in recorded_tasks() if task not in done]
    say(f"{len(done)} runs are there, {len(missing)} are missing; starting TensorFlow")
    load_tensorflow()
    limit_threads(1)
    from genre.training.memory_test import train_memory_test

    for number, task in enumerate(missing, 1):
        events: list[dict[str, Any]] = []
        train_memory_test(task, events.append, command=_command(task))
        run = parse_events("".join(json.dumps(event) + "\n" for event in events), "the run")
        if run is None or run.outcome is None:
            raise AssertionError("a run ends with its result")
        path = folder / f"{task.task}.jsonl"
        lines = path.read_text("utf-8").rpartition("\n")[:2] if path.exists() else ()
        write_text(path, "".join([*lines, json.dumps(run.to_record()), "\n"]))
        say(
            f"{number} of {len(missing)}: {shlex.join(task.options())}: {run.outcome.value:.1%}, "
            f"{run.batches[-1]} batches, {run.cpu_seconds:.0f} s"
        )
    return 0


def _command(task: MemoryTask) -> str:
    return f"python -m genre memory-test {shlex.join(task.options())}"
