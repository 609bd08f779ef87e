"""The configurations of a sweep in order: by the mean over their seeds, the best first.

Conventions
-----------
group
    The configurations with the same settings of the split.  Others are validated on other tracks,
    so each group has an order of its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from genre.sweeps.files import Sweep, SweepState, Trial


@dataclass(frozen=True, slots=True)
class Standing:
    """What a configuration has come to.

    Parameters
    ----------
    configuration : int
    scores : tuple of float
        Validation accuracy of each seed that has one, in the order of the seeds.
    runs : tuple of str
        Their runs.
    epochs : int
        How far the shortest of them was trained.
    is_complete : bool
        Whether every seed has a score.
    is_dropped : bool
        Whether successive halving goes on without it.
    loss : float
        Mean validation loss, which decides between equal accuracies.
    group : tuple
        Its values of the swept settings of the split; empty where none is swept.
    """

    configuration: int
    scores: tuple[float, ...]
    runs: tuple[str, ...]
    epochs: int
    is_complete: bool
    is_dropped: bool
    loss: float
    group: tuple[Any, ...] = ()

    @property
    def score(self) -> float:
        """Mean over the seeds."""
        return fmean(self.scores)


def standings(sweep: Sweep, state: SweepState) -> list[Standing]:
    """Return the configurations that have a score, group by group, the best first.

    One that halving has dropped stands behind those it was compared with, and one without a score
    for every seed behind those that have them.  Equal means are ordered by the mean loss.
    """
    by_configuration: defaultdict[int, list[Trial]] = defaultdict(list)
    for trial in state.trials:
        by_configuration[trial.configuration].append(trial)
    groups = [
        tuple(configuration[name] for name in sweep.spec.of_the_split)
        for configuration in sweep.configurations
    ]
    found = [
        _standing(number, trials, groups[number])
        for number, trials in by_configuration.items()
        if any(trial.score is not None for trial in trials)
    ]
    is_halving = sweep.spec.method == "halving"
    return sorted(
        found,
        key=lambda one: (
            groups.index(one.group),
            one.is_dropped,
            -one.epochs if is_halving and one.is_dropped else 0,
            not one.is_complete,
            -one.score,
            one.loss,
            one.configuration,
        ),
    )


def _standing(configuration: int, trials: list[Trial], group: tuple[Any, ...]) -> Standing:
    scored = [trial for trial in trials if trial.score is not None]
    return Standing(
        configuration,
        tuple(trial.score for trial in scored if trial.score is not None),
        tuple(trial.run for trial in scored),
        min(trial.epochs for trial in scored),
        is_complete=len(scored) == len(trials)
        and all(trial.state in ("done", "dropped") for trial in trials),
        is_dropped=any(trial.state == "dropped" for trial in trials),
        loss=fmean(trial.loss or 0.0 for trial in scored),
        group=group,
    )
