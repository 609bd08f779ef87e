"""The expected duration of a run, from the last one on this computer.

Conventions
-----------
cost
    In microseconds on the computer it was measured on.  After a run on this computer
    only ratios are used.
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
"""The number of recent runs in which a timed one is searched for."""
MIN_EPOCHS = 3
START_SECONDS = 3.0
"""From Start to the first batch, and from the last batch to the result, with a warm worker."""
STEP_COST = 40.0
"""The fixed cost of one step of one layer."""
MULTIPLY_COST = 8.5e-5
"""The cost of one multiplication and addition per segment, forward and backward pass."""


def epoch_cost(config: TrainConfig, n_segments: int) -> float:
    """Return the cost of one epoch.

    Parameters
    ----------
    config : TrainConfig
    n_segments : int
        Training segments per epoch: `segments_per_epoch`.

    Returns
    -------
    cost : float
    """
    features = config.feature_config
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


def expected_seconds(
    config: TrainConfig, n_segments: int, *, seconds_per_cost: float | None = None
) -> float:
    """Return the expected duration of a run.

    Parameters
    ----------
    config : TrainConfig
    n_segments : int
        Training segments per epoch.
    seconds_per_cost : float, optional
        From an earlier run on this computer; by default that of `STEP_COST`.

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
    """Return the expected duration of several runs, one after the other.

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
    """Return the seconds per cost of the latest run on this computer, if there is one.

    Parameters
    ----------
    folder : Path
        The folder of runs.

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
