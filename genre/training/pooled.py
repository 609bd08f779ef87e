"""Train folds one after the other, pool their predictions, then train on all tracks.

Conventions
-----------
Each fold has a validation side of its own, cut from its training tracks: its lowest loss says
which weights are tested on the fold, and after how many epochs they were reached.  The last model
is trained on all tracks for the median of these epochs, so no track that is counted has had a say.
Artists (or tracks, as the recipe says) stay whole in all of it.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from genre.datasets.types import SegmentSet
from genre.evaluation.evaluation import Evaluation
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import caveat_of
from genre.splits.split import Split, fold_tracks, whole_side
from genre.system.files import replacing
from genre.system.npz import UNREADABLE, read_arrays
from genre.training.crossval import pool_folds
from genre.training.save import CONTROL
from genre.training.trainer import OnEvent, Trainer, TrainResult

FINAL = 0
"""The number of the fold that is none: the model on all tracks."""
NEVER = 1000
"""A patience that no training outlasts: the best weights are kept, and nothing ends early."""
LAST_SEED = 2**31
Fit = Callable[[Trainer, int], bool]
"""Trains a fold by its number, from 1, or `FINAL`; returns whether it was stopped."""


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """The model on all tracks, and the pooled evaluation of the folds.

    Parameters
    ----------
    result : TrainResult
    evaluation : Evaluation
        Of all tracks, each predicted by the network that did not learn it.
    split : Split
        Everything on the training side.
    """

    result: TrainResult
    evaluation: Evaluation
    split: Split


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What a fold found: probabilities of its test side, and after how many epochs."""

    probabilities: np.ndarray
    n_epochs: int


def train_pooled(
    data: SegmentSet,
    config: TrainConfig,
    fit: Fit,
    *,
    folder: Path | None = None,
    on_event: OnEvent = lambda event: None,
    on_pooled: Callable[[Evaluation], None] = lambda evaluation: None,
) -> Pooled | None:
    """Train a recipe's folds, then its model on all tracks.

    Parameters
    ----------
    data : SegmentSet
        As `genre.recipes.prepare.prepare_tracks` returns it.
    config : TrainConfig
    fit : callable
    folder : Path, optional
        Where the predictions of finished folds are kept, and found again; checkpoints of a fold
        in ``<its number>/`` are deleted once it is finished.
    on_event : callable
        Called with ``{"event": "fold", "fold", "n_folds", "epochs"}`` when one begins.
    on_pooled : callable
        Called with the evaluation once all folds are finished.

    Returns
    -------
    pooled : Pooled or None
        None if it was stopped before the end.

    Raises
    ------
    DatasetError, ParameterError
        As `genre.splits.split.fold_tracks`.
    """
    X = data.X(config.feature_config)
    probabilities = np.empty((len(data.frames), len(data.genres)), dtype=np.float32)
    n_epochs = []
    splits = fold_tracks(
        data,
        by=config.split,
        n_folds=config.n_folds,
        validation_share=config.validation_share,
        seed=config.seed,
    )

    def begin(fold: int, split: Split, of_fold: TrainConfig) -> Trainer:
        keras.backend.clear_session()
        row = {"fold": fold, "n_folds": config.n_folds, "epochs": of_fold.epochs}
        on_event({"event": "fold", **row})
        return Trainer.of(data, split, of_fold)

    for fold, split in enumerate(splits, start=1):
        answer = _read(folder, fold, split, len(data.genres)) if folder else None
        if answer is None:
            seed, patience = (config.seed + fold - 1) % LAST_SEED, config.patience or NEVER
            trainer = begin(fold, split, replace(config, seed=seed, patience=patience))
            if fit(trainer, fold):
                return None
            answer = _ask(trainer, X[split.test])
            if folder:
                _write(folder, fold, split, answer)
        probabilities[split.test] = answer.probabilities
        n_epochs.append(answer.n_epochs)
    about = caveat_of(config) + (CONTROL if config.permute_genres else "")
    pooled = pool_folds(probabilities, data, config.split, config.n_folds, config.seed, about)
    on_pooled(pooled.evaluation)
    split = whole_side(data)
    trainer = begin(FINAL, split, replace(config, epochs=statistics.median_low(n_epochs)))
    if fit(trainer, FINAL):
        return None
    return Pooled(trainer.result(is_stopped=False), pooled.evaluation, split)


def _ask(trainer: Trainer, X: np.ndarray) -> _Answer:
    """Return what a trained fold says of its test side."""
    rows = [row for row in trainer.history if "val_loss" in row]  # none in the smallest data
    best = min(rows, key=lambda row: float(row["val_loss"]), default=trainer.history[-1])
    network = trainer.result(is_stopped=False).network
    return _Answer(network.predict_proba(X), int(best["epoch"]))


def _write(folder: Path, fold: int, split: Split, answer: _Answer) -> None:
    """Keep what a fold found; its checkpoints are of no use any more."""
    with replacing(_path(folder, fold)) as file:
        np.savez(
            file,
            segments=split.test,
            probabilities=answer.probabilities,
            n_epochs=np.array(answer.n_epochs),
        )
    shutil.rmtree(folder / str(fold), ignore_errors=True)


def _read(folder: Path, fold: int, split: Split, n_genres: int) -> _Answer | None:
    """Return what a fold found before; None where that is not known, or of other segments."""
    try:
        with _path(folder, fold).open("rb") as file:
            arrays = read_arrays(file)
        found, n_epochs = arrays["probabilities"], int(arrays["n_epochs"])
        is_same = np.array_equal(arrays["segments"], split.test)
    except (*UNREADABLE, TypeError):
        return None
    fits = is_same and found.shape == (len(split.test), n_genres) and np.isfinite(found).all()
    return _Answer(found, n_epochs) if fits and 1 <= n_epochs <= NEVER else None


def _path(folder: Path, fold: int) -> Path:
    return folder / f"fold-{fold}.npz"
