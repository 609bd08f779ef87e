"""A trainer's state after an epoch, on disk: all that is needed to resume with the same result.

Conventions
-----------
``checkpoint/epoch-<n>.npz``, numbers only, moved into place whole; the last two
are kept, so that a corrupt one does not lose the run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from genre.runs.run_schema import EVENTS
from genre.system.files import replacing
from genre.system.npz import UNREADABLE, read_arrays
from genre.system.schema import items, maybe, number, parse_json, record, whole
from genre.training.trainer import Trainer

N_KEPT = 2
_NOTES = record(history=items(EVENTS["epoch"]), best_loss=maybe(number()), n_worse=whole())
Arrays = dict[str, list[np.ndarray]]
"""Of each kind: ``weights``, ``optimizer``, ``best``."""


def save_checkpoint(trainer: Trainer, folder: Path) -> None:
    """Keep a trainer's state after the epoch it has just finished.

    Parameters
    ----------
    trainer : Trainer
    folder : Path
        Where checkpoints lie; older ones than the last two are deleted.
    """
    folder.mkdir(exist_ok=True)
    notes = {
        "history": trainer.history,
        "best_loss": trainer.best_loss if trainer.best_weights else None,
        "n_worse": trainer.n_worse,
    }
    arrays: dict[str, Any] = {"notes": np.frombuffer(json.dumps(notes).encode(), np.uint8)}
    arrays |= {f"weights.{i}": w for i, w in enumerate(trainer.model.get_weights())}
    arrays |= {f"best.{i}": w for i, w in enumerate(trainer.best_weights)}
    arrays |= {f"optimizer.{i}": np.asarray(v) for i, v in enumerate(trainer.optimizer.variables)}
    path = folder / f"epoch-{len(trainer.history):05d}.npz"
    with replacing(path) as file:
        np.savez(file, **arrays)
    for old in sorted(folder.glob("epoch-*.npz"))[:-N_KEPT]:
        old.unlink()


def restore_latest(trainer: Trainer, folder: Path) -> bool:
    """Restore a trainer from the latest readable checkpoint of its run.

    Parameters
    ----------
    trainer : Trainer
        Made for the same data, split and recipe.
    folder : Path

    Returns
    -------
    is_restored : bool
        False where there is no readable checkpoint: the trainer is as it was.
    """
    variables = trainer.optimizer.variables
    for path in sorted(folder.glob("epoch-*.npz"), reverse=True):
        try:
            arrays, notes = read_checkpoint(path)
            weights = trainer.model.get_weights()
            _check_fit(arrays["weights"], weights)
            _check_fit(arrays["optimizer"], [np.asarray(variable) for variable in variables])
            _check_fit(arrays["best"], [] if notes["best_loss"] is None else weights)
        except UNREADABLE:
            continue
        trainer.model.set_weights(arrays["weights"])
        for variable, value in zip(variables, arrays["optimizer"], strict=True):
            variable.assign(value)
        trainer.history = notes["history"]
        if notes["best_loss"] is not None:
            trainer.best_weights = arrays["best"]
            trainer.best_loss, trainer.n_worse = notes["best_loss"], notes["n_worse"]
        return True
    return False


def read_checkpoint(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Read a checkpoint, whatever is in the file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    arrays : dict of str to list of np.ndarray
        The arrays of each kind, in the order of their numbers.
    notes : dict
        ``history``, ``best_loss`` (None without best weights), ``n_worse``.

    Raises
    ------
    Exception
        One of `genre.system.npz.UNREADABLE`.
    """
    with path.open("rb") as file:
        arrays = read_arrays(file)
    notes = parse_json(arrays.pop("notes").tobytes())
    _NOTES(notes, "its notes")
    kinds = ("weights", "optimizer", "best")
    return {kind: _in_order(arrays, kind) for kind in kinds}, notes


def _check_fit(arrays: list[np.ndarray], expected: list[np.ndarray]) -> None:
    """Raise unless arrays are of the shapes and types of others."""
    if [(a.shape, a.dtype) for a in arrays] != [(e.shape, e.dtype) for e in expected]:
        raise ValueError("its arrays are not those of this network")


def _in_order(arrays: dict[str, np.ndarray], kind: str) -> list[np.ndarray]:
    """Return the arrays of one kind in the order of their numbers."""
    numbers = sorted(int(name.split(".")[1]) for name in arrays if name.startswith(f"{kind}."))
    return [arrays[f"{kind}.{i}"] for i in numbers]
