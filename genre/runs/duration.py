"""The expected duration of a run, from what a step of it costs on this computer.

Conventions
-----------
StepCost
    Measured by the warm worker (`genre.training.step_cost`), of the very network at that moment.
    Before it has been measured, `rough_cost` says what it costs on a computer with two cores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from genre.recipes.config import TrainConfig

START_SECONDS = 0.5
"""From Start to building the network, and from the last batch to the result, with a warm worker."""
DATA_FACTOR = 2
"""Reading data costs about as much as making what the network reads of it."""
TRACK_SECONDS = 0.7e-3
"""Reading a track's row and splitting: 2.1 s for 3,000 tracks."""
STEP_COST = 40e-6
"""The fixed cost of one step of one layer, in seconds."""
MULTIPLY_COST = 8.5e-11
"""The cost of one multiplication and addition per segment, forward and backward pass."""


SAME_COST = (
    *("preset", "learning_rate", "epochs", "schedule", "warmup_epochs", "patience", "weight_decay"),
    *("label_smoothing", "segments_per_track", "balance_genres", "altered", "temperature"),
    *("split", "test_share", "validation_share", "permute_genres", "whole_segments_only", "seed"),
    *("evaluation", "n_folds"),
)
"""Settings that change how many steps there are, or nothing, but not what one costs."""


@dataclass(frozen=True, slots=True)
class StepCost:
    """What training a recipe costs, in seconds.

    Parameters
    ----------
    start_seconds : float
        Building and compiling the network.
    batch_seconds : float
        One step of the optimiser, with a full batch.
    segment_seconds : float
        Drawing one segment of the training set: sampling and augmentation.
    validation_seconds : float
        Predicting one segment of the validation set.
    epoch_seconds : float
        What an epoch costs besides, however few its segments: its checkpoint above all.
    data_seconds : float
        Making what the network reads of one segment's frames.
    """

    start_seconds: float
    batch_seconds: float
    segment_seconds: float
    validation_seconds: float
    epoch_seconds: float
    data_seconds: float = 0.0


def expected_seconds(
    config: TrainConfig, n_tracks: int, n_segments: int, cost: StepCost | None = None
) -> float:
    """Return the expected duration of a run, if no patience ends it earlier.

    Parameters
    ----------
    config : TrainConfig
    n_tracks, n_segments : int
        Of the whole dataset.
    cost : StepCost, optional
        As measured here; by default `rough_cost`.

    Returns
    -------
    seconds : float
    """
    cost = cost or rough_cost(config)
    if config.evaluation == "pooled":
        return _pooled_seconds(config, n_tracks, n_segments, cost)
    n_trained = segments_per_epoch(config, n_tracks, n_segments)
    n_validated = round((1 - config.test_share) * config.validation_share * n_segments)
    of_epoch = (
        n_trained
        / config.batch_size
        * cost.batch_seconds  # a part of a batch is a part of its cost
        + n_trained * cost.segment_seconds
        + n_validated * cost.validation_seconds
        + cost.epoch_seconds
    )
    once = n_segments * (
        DATA_FACTOR * cost.data_seconds + config.test_share * cost.validation_seconds
    )
    once += n_tracks * TRACK_SECONDS
    return START_SECONDS + cost.start_seconds + once + config.epochs * of_epoch


def _pooled_seconds(config: TrainConfig, n_tracks: int, n_segments: int, cost: StepCost) -> float:
    """Return the duration of each fold and of the model on all tracks, all epochs counted."""
    held_out = replace(config, evaluation="held-out", test_share=1 / config.n_folds)
    fold = expected_seconds(held_out, n_tracks, n_segments, cost)
    n_trained = n_tracks * config.segments_per_track or n_segments
    of_epoch = (
        -(-n_trained // config.batch_size) * cost.batch_seconds
        + n_trained * cost.segment_seconds
        + cost.epoch_seconds
    )
    once = cost.start_seconds + n_segments * DATA_FACTOR * cost.data_seconds
    return config.n_folds * fold + once + config.epochs * of_epoch


def same_cost(config: TrainConfig) -> TrainConfig:
    """Return the recipe whose step costs the same: what changes nothing of it is as by default."""
    defaults = TrainConfig()
    return replace(config, **{name: getattr(defaults, name) for name in SAME_COST})


def rough_cost(config: TrainConfig) -> StepCost:
    """Return what a recipe costs on a computer with two cores, from the size of its network.

    Parameters
    ----------
    config : TrainConfig

    Returns
    -------
    cost : StepCost
    """
    features = config.feature_config
    gates = 4 if config.cell == "lstm" else 1
    directions = 2 if config.bidirectional else 1
    batch, segment, n_inputs = 0.0, 0.0, features.n_values
    for units in (config.units_1, config.units_2):
        batch += STEP_COST
        segment += gates * units * (n_inputs + units) * MULTIPLY_COST
        n_inputs = units * directions
    n_steps = features.n_steps * directions
    return StepCost(
        start_seconds=3.0,
        batch_seconds=(batch + config.batch_size * segment) * n_steps,
        segment_seconds=0.0,
        validation_seconds=segment * n_steps / 3,  # without the way back
        epoch_seconds=0.0,
    )


def segments_per_epoch(config: TrainConfig, n_tracks: int, n_segments: int) -> int:
    """Return the approximate number of training segments per epoch.

    Parameters
    ----------
    config : TrainConfig
    n_tracks, n_segments : int
        Of the whole dataset.
    """
    learnt = (1 - config.test_share) * (1 - config.validation_share)
    of_data = n_tracks * config.segments_per_track or n_segments
    return max(1, round(learnt * of_data))
