"""The warm worker's process: load TensorFlow, wait for one run, carry it out.

Conventions
-----------
Standard input brings one line of JSON, ``{"run": path, "resume": bool}``.  If it
closes instead, or nothing comes for half an hour, the worker ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path

import numpy as np

from genre.recipes.config import PRESETS
from genre.runs.files import LOG_FILE
from genre.system.warm_worker import READY, TAKEN
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
    _compile_keras()
    _say(READY)
    if not (line := _read_line()):
        return 0
    order = json.loads(line)
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
