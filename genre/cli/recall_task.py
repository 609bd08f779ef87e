"""The command ``memory-test``: train a cell to recall an early symbol after a gap.

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
from typing import Any

from genre.cli.outputs import check_file
from genre.cli.songs import say
from genre.interpret.recall_task import RecallTask
from genre.training.tensorflow import load_tensorflow


def recall_task(arguments: argparse.Namespace) -> int:
    """Train one small network on the recall task."""
    task = RecallTask(arguments.cell, arguments.gap, arguments.seed)
    command = f"python -m genre memory-test {shlex.join(task.options())}"
    with contextlib.ExitStack() as files:
        out = sys.stdout
        check_file(arguments.out)
        if arguments.out:  # fail now, not after TensorFlow has loaded
            out = files.enter_context(open(arguments.out, "w", encoding="utf-8"))
        say("starting TensorFlow")
        load_tensorflow()
        from genre.training.recall_task import train_recall_task

        def write(event: dict[str, Any]) -> None:
            out.write(json.dumps(event) + "\n")
            out.flush()

        train_recall_task(task, write, command=command)
    return 0
