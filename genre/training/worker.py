"""The warm worker's process: load TensorFlow, wait for one run, carry it out.

Conventions
-----------
Standard input brings lines of JSON: ``{"measure": recipe}`` is answered with what a step of it
costs here (`genre.runs.duration.StepCost`; nothing, where the recipe cannot be trained), and
``{"run": path, "resume": bool, "language": code}`` is the last.  If it closes instead, or nothing
comes for half an hour, the worker ends.
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

from genre.errors import GenreError, RunError
from genre.language import VARIABLE, _
from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.files import LOG_FILE
from genre.system.schema import Damaged, anything, file_name, flag, parse_json, record, table, text
from genre.system.warm_worker import MEASURED, READY, TAKEN
from genre.training.tensorflow import load_tensorflow

IDLE_SECONDS = 1800.0
"""How long an idle worker keeps its 700 MB."""
_QUESTION = record(measure=table(anything))
_ORDER = record(run=file_name, resume=flag, language=text)


def wait_for_run() -> int:
    """Warm up, wait for a run on standard input, and carry it out.

    Returns
    -------
    code : int
        0 if nothing came or the run went well, 1 if it failed.

    Raises
    ------
    RunError
        If what came is no order.
    """
    load_tensorflow()
    import sklearn.model_selection  # noqa: F401  (the split of a run)

    from genre.training.run import run_training
    from genre.training.step_cost import measure_step

    measure_step(PRESETS["quick"])  # so that Keras has loaded and compiled everything in advance
    _say(READY)
    lines = _read_lines()
    for line in lines:
        order = read_order(line)
        if "measure" not in order:
            break
        _say(MEASURED + json.dumps(_measured(order["measure"])).encode() + b"\n")
    else:
        return 0
    run, os.environ[VARIABLE] = Path(order["run"]), order["language"]
    _say(TAKEN)
    _redirect_output(run / LOG_FILE)
    status = run_training(run, resume=order["resume"])
    return int(status.state == "failed")


def read_order(line: bytes) -> dict[str, Any]:
    """Return what a line orders: to ``measure`` a recipe, or to carry out a run.

    Returns
    -------
    order : dict
        ``measure``, or ``run``, ``resume`` and ``language``.

    Raises
    ------
    RunError
        If the line is no order.
    """
    try:
        order = parse_json(line)
        (_QUESTION if isinstance(order, dict) and "measure" in order else _ORDER)(order, "it")
    except Damaged as error:
        raise RunError(
            _(
                "the waiting process received an invalid command ({error}). Press Start again."
            ).format(error=error)
        ) from error
    return dict(order)


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
