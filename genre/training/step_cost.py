"""What a step of the optimiser costs on this computer at this moment, measured.

Conventions
-----------
The trainer itself is timed, on noise of the recipe's shape: a first epoch compiles, a second one
is timed batch by batch.  Nothing is left behind in Keras.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from genre.audio.features import frames_to_steps
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import TrainConfig
from genre.runs.duration import StepCost
from genre.training.checkpoint import save_checkpoint
from genre.training.trainer import Trainer

N_BATCHES = 4
"""In the timed epoch; fewer of a network so slow that the second would take over a second."""
MAX_SECONDS = 0.5
N_GENRES = 10
N_VALIDATED = 64
N_FEW = 4


def measure_step(config: TrainConfig) -> StepCost:
    """Measure what training a recipe costs here.

    Parameters
    ----------
    config : TrainConfig

    Returns
    -------
    cost : StepCost
    """
    # Every segment of the noise once, whatever the recipe would choose.
    config = replace(config, segments_per_track=0, balance_genres=False, altered=0.0)
    side = _noise(config)
    began = time.perf_counter()
    trainer = Trainer(side, config)
    trainer.run_epoch(0, lambda event: None, lambda: True)
    compiled = time.perf_counter() - began

    times: list[float] = []
    began = time.perf_counter()
    trainer.run_epoch(
        1,
        lambda event: times.append(time.perf_counter() - began),
        lambda: times[-1] > MAX_SECONDS,
    )
    around = time.perf_counter() - began
    batch_seconds = float(np.mean(np.diff(times))) if len(times) > 1 else times[0]

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        save_checkpoint(trainer, Path(folder))
        epoch_seconds = time.perf_counter() - began
    network, X = trainer.network(), side.X[:N_VALIDATED]
    network.predict_proba(X)  # the first time it allocates
    began = time.perf_counter()
    network.predict_proba(X)
    validated = time.perf_counter() - began
    keras.backend.clear_session()
    fixed, segment_seconds = _draw_cost(side, config)
    besides = around - len(times) * batch_seconds - fixed - segment_seconds * len(side.y)
    return StepCost(
        start_seconds=compiled,
        batch_seconds=batch_seconds,
        segment_seconds=segment_seconds,
        validation_seconds=validated / len(X),
        epoch_seconds=epoch_seconds + fixed + max(0.0, besides),
        data_seconds=_data_cost(config),
    )


def _data_cost(config: TrainConfig) -> float:
    """Return what making the network's input of the frames of one segment costs."""
    features = config.feature_config
    shape = (N_VALIDATED, features.n_frames, features.frame_values)
    frames = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    began = time.perf_counter()
    frames_to_steps(frames, features)
    return (time.perf_counter() - began) / N_VALIDATED


def _draw_cost(side: TrainingSide, config: TrainConfig) -> tuple[float, float]:
    """Return what drawing an epoch costs: in any case, and for each segment."""
    few = TrainingSide.of(
        side.X[:N_FEW],
        side.y[:N_FEW],
        side.track_index[:N_FEW],
        N_GENRES,
        None if side.frames is None else side.frames[:N_FEW],
        None if side.taught is None else side.taught[:N_FEW],
    )
    seconds = []
    for one in (few, side):
        began = time.perf_counter()
        draw_epoch(one, config, 1)
        seconds.append(time.perf_counter() - began)
    slope = max(0.0, seconds[1] - seconds[0]) / max(1, len(side.y) - N_FEW)
    return seconds[0], slope


def _noise(config: TrainConfig) -> TrainingSide:
    """Return a training side of noise, for some batches of a recipe."""
    features = config.feature_config
    n = N_BATCHES * config.batch_size
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, features.n_steps, features.n_values), dtype=np.float32)
    frames = None
    if config.warp or config.speed:
        frames = rng.standard_normal((n, features.n_frames, config.n_mfcc), dtype=np.float32)
    taught = np.full((n, N_GENRES), 1 / N_GENRES, np.float32) if config.teacher else None
    return TrainingSide.of(X, np.arange(n) % N_GENRES, np.arange(n), N_GENRES, frames, taught)
