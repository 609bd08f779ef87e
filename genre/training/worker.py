"""The warm worker's process: load TensorFlow, wait for one run, carry it out.

Conventions
-----------
Standard input brings one line of JSON, ``{"run": path, "resume": bool}``.  If it
closes instead, or nothing comes for half an hour, the worker ends.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import numpy as np

from genre.errors import RunError
from genre.recipes.config import PRESETS
from genre.runs.files import LOG_FILE
from genre.system.schema import Damaged, file_name, flag, parse_json, record
from genre.system.warm_worker import READY
from genre.training.tensorflow import load_tensorflow

IDLE_SECONDS = 1800.0
"""How long an idle worker keeps its 700 MB."""
_ORDER = record(run=file_name, resume=flag)


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
    _compile_keras()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    if not (line := _read_line()):
        return 0
    run, is_resumed = read_order(line)
    _redirect_output(run / LOG_FILE)
    from genre.training.run import run_training

    status = run_training(run, resume=is_resumed)
    return int(status.state == "failed")


def read_order(line: bytes) -> tuple[Path, bool]:
    """Return the run that a line orders, and whether it is resumed.

    Raises
    ------
    RunError
        If the line is no order.
    """
    try:
        order = parse_json(line)
        _ORDER(order, "it")
    except Damaged as error:
        raise RunError(
            f"what the waiting process was told is no order ({error}). Press Start again."
        ) from error
    return Path(order["run"]), order["resume"]


def _read_line() -> bytes:
    """Return the line that standard input brings; nothing if it closes, or none comes in time.

    A thread reads it, since Windows cannot wait for a pipe with a time limit.
    """
    pieces: list[bytes] = []

    def read() -> None:
        while piece := os.read(0, 65_536):  # without a buffer, whose lock a waiting thread holds
            pieces.append(piece)
            if piece.endswith(b"\n"):
                return

    reader = threading.Thread(target=read, name="order", daemon=True)
    reader.start()
    reader.join(IDLE_SECONDS)
    line = b"".join(pieces)
    return line if line.endswith(b"\n") else b""


def _compile_keras() -> None:
    """Train on one batch of noise, so that Keras has loaded and compiled everything in advance.

    It leaves no trace in a run: a trainer sets every seed itself.
    """
    import keras
    import sklearn.model_selection  # noqa: F401  (the split of a run)

    from genre.recipes.augmentation import TrainingSide
    from genre.training.trainer import Trainer

    config = PRESETS["quick"]
    n, shape = config.batch_size, (config.feature_config.n_steps, config.feature_config.n_values)
    X = np.random.default_rng(0).standard_normal((n, *shape)).astype(np.float32)
    side = TrainingSide.of(X, np.arange(n) % 2, np.arange(n), 2)
    Trainer(side, config).run_epoch(0, lambda event: None, lambda: True)
    keras.backend.clear_session()


def _redirect_output(log: Path) -> None:
    """Write what is printed from now on to the run's log, and close standard input."""
    sys.stdout.flush()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
