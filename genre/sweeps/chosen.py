"""The test of what a sweep has chosen, one of each group: of no other, and only at its end."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.runs.evaluations import evaluation_of_run
from genre.runs.files import read_config
from genre.sweeps.files import Sweep, SweepState
from genre.sweeps.standings import Standing, standings

Test = tuple[int, Mapping[str, Any], TrainConfig]


def chosen_ones(sweep: Sweep, state: SweepState) -> list[Standing]:
    """Return the best configuration of each group on its validation side.

    A group is of the same settings of the split: there is one unless such are swept.  None is
    chosen before all runs have ended, nor one that lacks a score for a seed.
    """
    if any(trial.is_open for trial in state.trials):
        return []
    first: dict[tuple[Any, ...], Standing] = {}
    for standing in standings(sweep, state):
        first.setdefault(standing.group, standing)
    return [one for one in first.values() if one.is_complete]


def figures_of_test(chosen: Standing, runs: Path = RUNS) -> list[Test]:
    """Return the event ``evaluation`` of each seed of the chosen configuration, and its recipe.

    Parameters
    ----------
    chosen : Standing
    runs : Path
        Where the runs are; those that are gone are left out.

    Returns
    -------
    tests : list of (int, mapping, TrainConfig)
        Seed, evaluation, recipe.
    """
    found: list[Test] = []
    for name in chosen.runs:
        with contextlib.suppress(RunError):
            config, _data = read_config(runs / name)
            if evaluation := evaluation_of_run(runs / name):
                found.append((config.seed, evaluation, config))
    return found
