"""The warm worker's process: load TensorFlow, wait for one run, carry it out.

Conventions
-----------
Standard input brings lines of JSON: ``{"measure": recipe}`` is answered with what a step of it
costs here (`genre.runs.duration.StepCost`; nothing, where the recipe cannot be trained), and
``{"run": path, "resume": bool}`` is the last.  If it closes instead, or nothing comes for half an
hour, the worker ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from genre.errors import GenreError
from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.files import LOG_FILE
from genre.system.warm_worker import MEASURED, READY, TAKEN
from genre.training.tensorflow import load_tensorflow

IDLE_SECONDS = 1800.0
"""How long an idle worker keeps its 700 MB."""


def wait_for_run() -> int:
    """Warm up, wait for a run on standard input, and carry it out.

    Returns
    -------
    code : int
        0 if nothing came or the run went well, 1 if it failed.
    """
    load_tensorflow()
    import sklearn.model_selection  # noqa: F401  (the split of a run)

    from genre.training.step_cost import measure_step

    measure_step(PRESETS["quick"])  # so that Keras has loaded and compiled everything in advance
    _say(READY)
    lines = _read_lines()
    while "measure" in (order := json.loads(next(lines, "{}"))):
        _say(MEASURED + json.dumps(_measured(order["measure"])).encode() + b"\n")
    if not order:
        return 0
    run = Path(order["run"])
    _say(TAKEN)
    _redirect_output(run / LOG_FILE)
    from genre.training.run import run_training

    status = run_training(run, resume=order["resume"])
    return int(status.state == "failed")


def _say(what: bytes) -> None:
    """Say something to the process that keeps this one; it may be gone."""
    with contextlib.suppress(OSError):
        sys.stdout.buffer.write(what)
        sys.stdout.buffer.flush()


def _measured(recipe: dict[str, Any]) -> dict[str, float]:
    """Return what a step of a recipe costs; nothing, if it cannot be trained."""
    from genre.training.step_cost import measure_step

    try:
        return asdict(measure_step(TrainConfig.from_dict(recipe)))
    except (GenreError, MemoryError):
        return {}


def _read_lines() -> Iterator[bytes]:
    """Yield the lines that standard input brings, until it closes or none comes in time.

    A thread reads it, since Windows cannot wait for a pipe with a time limit.
    """
    lines: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        rest = b""
        while piece := os.read(0, 65_536):  # without a buffer, whose lock a waiting thread holds
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                lines.put(line)
        lines.put(b"")

    threading.Thread(target=read, name="order", daemon=True).start()
    with contextlib.suppress(Empty):
        while line := lines.get(timeout=IDLE_SECONDS):
            yield line


def _redirect_output(log: Path) -> None:
    """Write what is printed from now on to the run's log, and close standard input."""
    sys.stdout.flush()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
