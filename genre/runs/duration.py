"""How long a run will take, from how long the last one took on this computer.

Conventions
-----------
cost
    In microseconds on the two cores it was measured on.  Only ratios are used once
    a run has been timed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genre.errors import RunError
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.runs.reader import RunReader
from genre.runs.store import list_runs

MAX_RUNS = 10
"""The latest runs that are looked at to find one that was timed."""
MIN_EPOCHS = 3
START_SECONDS = 3.0
"""From Start to the first batch, and from the last to the verdict, with a warm worker."""
STEP_COST = 40.0
"""What one step of one layer costs however few segments a batch has."""
MULTIPLY_COST = 8.5e-5
"""What one multiplication and addition of a segment costs, forwards and backwards."""


def epoch_cost(config: TrainConfig, n_segments: int) -> float:
    """Return what one epoch costs.

    Parameters
    ----------
    config : TrainConfig
    n_segments : int
        Segments learnt in one epoch: `segments_per_epoch`.

    Returns
    -------
    cost : float
    """
    features = config.features
    gates = 4 if config.cell == "lstm" else 1
    directions = 2 if config.bidirectional else 1
    batches = max(1, -(-n_segments // config.batch_size))
    cost, n_inputs = 0.0, features.n_values
    for units in (config.units_1, config.units_2):
        multiplications = gates * units * (n_inputs + units)
        cost += batches * STEP_COST + n_segments * multiplications * MULTIPLY_COST
        n_inputs = units * directions
    return cost * features.n_steps * directions


def segments_per_epoch(config: TrainConfig, n_tracks: int, n_segments: int) -> int:
    """Return about how many segments one epoch learns from.

    Parameters
    ----------
    config : TrainConfig
    n_tracks, n_segments : int
        Of the whole dataset.
    """
    learnt = (1 - config.test_share) * (1 - config.validation_share)
    of_data = n_tracks * config.segments_per_track or n_segments
    return max(1, round(learnt * of_data))


def expected_seconds(
    config: TrainConfig, n_segments: int, *, seconds_per_cost: float | None = None
) -> float:
    """Return how long a run will train.

    Parameters
    ----------
    config : TrainConfig
    n_segments : int
        Learnt in one epoch.
    seconds_per_cost : float, optional
        As measured here by an earlier run; unset, as on the computer of `STEP_COST`.

    Returns
    -------
    seconds : float
    """
    speed = 1e-6 if seconds_per_cost is None else seconds_per_cost
    return START_SECONDS + config.epochs * epoch_cost(config, n_segments) * speed


def expected_seconds_of_all(
    recipes: Iterable[TrainConfig],
    n_tracks: int,
    n_segments: int,
    *,
    seconds_per_cost: float | None = None,
) -> float:
    """Return how long several runs will train, one after the other.

    Parameters
    ----------
    recipes : iterable of TrainConfig
    n_tracks, n_segments : int
        Of the whole dataset.
    seconds_per_cost : float, optional
        As in `expected_seconds`.

    Returns
    -------
    seconds : float
    """
    return sum(
        expected_seconds(
            recipe,
            segments_per_epoch(recipe, n_tracks, n_segments),
            seconds_per_cost=seconds_per_cost,
        )
        for recipe in recipes
    )


def measured_speed(folder: Path = RUNS) -> float | None:
    """Return seconds per cost as the latest run on this computer took, if there is one.

    Parameters
    ----------
    folder : Path
        Where runs lie.

    Returns
    -------
    seconds_per_cost : float or None
    """
    for run in reversed(list_runs(folder)[-MAX_RUNS:]):
        try:
            view = RunReader(run).read()
        except RunError:
            continue
        n_epochs = len(view.history)
        if view.status.is_live or n_epochs < MIN_EPOCHS or not view.facts:
            continue
        sides = view.facts["n_segments"]
        n_segments = segments_per_epoch(view.config, view.facts["n_tracks"], sum(sides.values()))
        return view.trained_seconds / (n_epochs * epoch_cost(view.config, n_segments))
    return None
