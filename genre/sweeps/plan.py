"""The runs of a sweep: its configurations, the rungs of successive halving, the expected time."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace
from typing import Any

from genre.errors import ParameterError
from genre.language import _
from genre.recipes.config import TrainConfig
from genre.runs.duration import StepCost, expected_seconds, rough_cost
from genre.sweeps.spec import MAX_RUNS, SweepSpec
from genre.sweeps.values import Range, is_whole

Configuration = dict[str, Any]
MAX_DRAWS = 100
"""How often a configuration is drawn again that there is already, for each one wanted."""
PROCESS_SECONDS = 8.0
"""From the start of a run's process until TensorFlow is loaded."""


@dataclass(frozen=True, slots=True)
class Rung:
    """So many configurations are trained up to so many epochs; 0: as many as each says."""

    n_configurations: int
    epochs: int = 0


def plan_configurations(spec: SweepSpec) -> list[Configuration]:
    """Return the configurations of a sweep: the same ones each time.

    Parameters
    ----------
    spec : SweepSpec

    Returns
    -------
    configurations : list of dict

    Raises
    ------
    ParameterError
        If there are too many or too few, or one has values that cannot be together.
    """
    if spec.n_configurations is None:
        configurations = _every_combination(spec)
    else:
        _check_number_of_runs(spec, spec.n_configurations)
        configurations = _drawn(spec, spec.n_configurations)
    for configuration in configurations:
        spec.config_of(configuration, spec.seeds[0])
    return configurations


def plan_rungs(spec: SweepSpec, n_configurations: int) -> list[Rung]:
    """Return the rungs that so many configurations climb; one, but for ``halving``.

    Examples
    --------
    >>> spec = SweepSpec(label="x", settings={"dropout": (0.1, 0.2)}, method="halving",
    ...                  changes={"epochs": 9})
    >>> plan_rungs(spec, 9)  # doctest: +NORMALIZE_WHITESPACE
    [Rung(n_configurations=9, epochs=1), Rung(n_configurations=3, epochs=3),
     Rung(n_configurations=1, epochs=9)]
    """
    if spec.method != "halving":
        return [Rung(n_configurations)]
    factor, most = spec.factor, spec.base.epochs
    n_rungs = 1
    while n_configurations >= factor**n_rungs and most >= factor**n_rungs:
        n_rungs += 1
    shares = [factor ** (n_rungs - 1 - i) for i in range(n_rungs)]
    return [
        Rung(max(1, n_configurations // factor**i), max(1, round(most / share)))
        for i, share in enumerate(shares)
    ]


def expected_sweep_seconds(
    spec: SweepSpec, n_tracks: int, n_segments: int, cost: StepCost | None = None
) -> float:
    """Return the expected duration of a whole sweep, one run after the other.

    Parameters
    ----------
    spec : SweepSpec
    n_tracks, n_segments : int
        Of the whole dataset.
    cost : StepCost, optional
        Of the base, as measured here: the others are reckoned from it.

    Returns
    -------
    seconds : float
        Of halving with its most expensive configurations as the average ones.

    Raises
    ------
    ParameterError
        As `plan_configurations`.
    """
    configurations = plan_configurations(spec)
    pace = 1.0
    if cost:
        size = (spec.base, n_tracks, n_segments)
        pace = expected_seconds(*size, cost) / expected_seconds(*size, rough_cost(spec.base))
    total, before = 0.0, 0
    for rung in plan_rungs(spec, len(configurations)):
        seconds = [
            run_seconds(spec.config_of(c, 0), n_tracks, n_segments, rung.epochs, before)
            for c in configurations
        ]
        mean = PROCESS_SECONDS + pace * sum(seconds) / len(seconds)
        total += rung.n_configurations * len(spec.seeds) * mean
        before = rung.epochs
    return total


def run_seconds(
    config: TrainConfig, n_tracks: int, n_segments: int, epochs: int = 0, done: int = 0
) -> float:
    """Return the rough duration of a run up to an epoch, from another one, without loading.

    Parameters
    ----------
    config : TrainConfig
    n_tracks, n_segments : int
        Of the whole dataset.
    epochs : int
        0 for all of the recipe's.
    done : int
        Those it has already.
    """
    left = max(0, (epochs or config.epochs) - done)
    whole = expected_seconds(replace(config, epochs=max(1, left)), n_tracks, n_segments)
    return whole if left else 0.0


def _every_combination(spec: SweepSpec) -> list[Configuration]:
    """Return the grid: the last setting changes fastest."""
    n = 1
    values: list[tuple[Any, ...]] = []
    for of_setting in spec.settings.values():
        if not isinstance(of_setting, Range):  # a range needs a number of configurations
            values.append(of_setting)
            n *= len(of_setting)
    _check_number_of_runs(spec, n)
    return [dict(zip(spec.settings, one, strict=True)) for one in itertools.product(*values)]


def _drawn(spec: SweepSpec, n: int) -> list[Configuration]:
    """Return so many configurations that differ, drawn by the spec's own seed."""
    random_numbers = random.Random(spec.draw_seed)
    found: dict[tuple[Any, ...], Configuration] = {}
    for _draw in range(MAX_DRAWS * n):
        one = {
            name: values.draw(random_numbers, is_whole=is_whole(name))
            if isinstance(values, Range)
            else values[int(random_numbers.random() * len(values))]
            for name, values in spec.settings.items()
        }
        found.setdefault(tuple(one.values()), one)
        if len(found) == n:
            return list(found.values())
    raise ParameterError(
        _(
            "{n} combinations were asked for, but the values give only {n_found}. Ask for fewer, "
            "or add values."
        ).format(n=n, n_found=len(found))
    )


def _check_number_of_runs(spec: SweepSpec, n: int) -> None:
    n_seeds = len(spec.seeds)
    if n * n_seeds > MAX_RUNS:
        raise ParameterError(
            _(
                "these values and seeds give {n_runs:,} runs ({n:,} combinations, {n_seeds} each), "
                "expected at most {most}. Leave out values or seeds, or use random search."
            ).format(n_runs=n * n_seeds, n=n, n_seeds=n_seeds, most=MAX_RUNS)
        )
