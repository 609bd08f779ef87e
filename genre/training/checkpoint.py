"""A trainer's state after an epoch, on disk: all that is needed to resume with the same result.

Conventions
-----------
``checkpoint/epoch-<n>.npz``, numbers only, moved into place whole; the last two
are kept, so that a corrupt one does not lose the run.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from genre.system.files import replacing
from genre.training.trainer import Trainer

N_KEPT = 2


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
    for path in sorted(folder.glob("epoch-*.npz"), reverse=True):
        try:
            # Opened here: np.load would leave a truncated file open.
            with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            notes = json.loads(arrays["notes"].tobytes())
            trainer.model.set_weights(_in_order(arrays, "weights"))
            for variable, value in zip(
                trainer.optimizer.variables, _in_order(arrays, "optimizer"), strict=True
            ):
                variable.assign(value)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            continue
        trainer.history = notes["history"]
        trainer.best_weights = _in_order(arrays, "best")
        if trainer.best_weights:
            trainer.best_loss, trainer.n_worse = notes["best_loss"], notes["n_worse"]
        return True
    return False


def _in_order(arrays: dict[str, np.ndarray], kind: str) -> list[np.ndarray]:
    """Return the arrays of one kind in the order of their numbers."""
    numbers = sorted(int(name.split(".")[1]) for name in arrays if name.startswith(f"{kind}."))
    return [arrays[f"{kind}.{i}"] for i in numbers]
