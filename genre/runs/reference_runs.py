"""Runs to compare a new one with: the best earlier one, and those that come with the program.

Conventions
-----------
``recorded/<preset>/`` holds real runs of a few kilobytes each: configuration and events,
without weights and checkpoints.  Runs are compared only on the same data with the same kind
of split: data leakage makes curves too high.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.language import _
from genre.paths import RECORDED, RUNS
from genre.recipes.config import TrainConfig
from genre.runs.evaluations import last_evaluation
from genre.runs.files import CONFIG_FILE, EVENTS_FILE, history_of, read_config, read_events
from genre.runs.store import list_runs

MAX_RUNS = 60
"""The number of recent runs that are searched."""
KEPT = ("data", "fold", "epoch", "changed", "evaluation")


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A finished run: its recipe, a row per epoch, and its evaluation."""

    name: str
    config: TrainConfig
    history: tuple[Mapping[str, Any], ...]
    evaluation: Mapping[str, Any]
    is_recorded: bool = False


def best_earlier_run(
    data: str, config: TrainConfig, *, besides: str = "", folder: Path = RUNS
) -> EarlierRun | None:
    """Return the run to compare a new one on the same data, features and split with.

    Parameters
    ----------
    data : str
        Name or path of the dataset.
    config : TrainConfig
    besides : str
        Name of a run to leave out.
    folder : Path

    Returns
    -------
    run : EarlierRun or None
        The finished run with the highest final validation accuracy; or else the recorded
        run of the preset, or of another one.
    """
    own = [_read(run) for run in list_runs(folder)[-MAX_RUNS:] if run.name != besides]
    found = [run for run in own if run and run[0] == data and _is_alike(run[1].config, config)]
    if found:
        return max((run for _, run in found), key=_reached)
    recorded = [_read(run, is_recorded=True) for run in list_runs(RECORDED)]
    fitting = [r for r in recorded if r and r[0] == data and _is_alike(r[1].config, config)]
    if not fitting:
        return None
    same = [run for _, run in fitting if run.config.preset == config.preset]
    return same[0] if same else max((run for _, run in fitting), key=_reached)


def record_run(run: Path, target: Path, *, every: int = 1) -> None:
    """Save a run's configuration and events in a few kilobytes, as in `RECORDED`.

    Parameters
    ----------
    run : Path
    target : Path
    every : int
        Keep every n-th epoch, the first and the last.

    Raises
    ------
    RunError
        If the run cannot be read or has no evaluation, or the target exists.
    """
    read_config(run)  # refuses what no one could read later
    events = read_events(run)[0]
    if not last_evaluation(events):
        raise RunError(
            _("the run {name} has no evaluation. Choose a finished run.").format(name=run.name)
        )
    try:
        target.mkdir(parents=True)
    except FileExistsError as error:
        raise RunError(
            _("the folder {name} exists. Choose another name.").format(name=target.name)
        ) from error
    (target / CONFIG_FILE).write_bytes((run / CONFIG_FILE).read_bytes())
    last = max((event["epoch"] for event in events if event["event"] == "epoch"), default=0)
    kept = (
        json.dumps(event)
        for event in events
        if event["event"] in KEPT
        and (
            event["event"] != "epoch" or event["epoch"] in (1, last) or event["epoch"] % every == 0
        )
    )
    (target / EVENTS_FILE).write_text("\n".join(kept) + "\n", encoding="utf-8")


def _is_alike(one: TrainConfig, other: TrainConfig) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("split", "features", "evaluation")
    )


def _read(run: Path, *, is_recorded: bool = False) -> tuple[str, EarlierRun] | None:
    """Read a run and the name of its data; None if it is not finished, or is corrupt."""
    try:
        config, data = read_config(run)
        events = read_events(run)[0]
        evaluation = last_evaluation(events)
        history = history_of(events)
    except RunError:
        return None
    if not evaluation or not history:
        return None
    return data, EarlierRun(run.name, config, tuple(history), evaluation, is_recorded)


def _reached(run: EarlierRun) -> float:
    """Return a run's final validation accuracy, or else its training accuracy."""
    return float(run.history[-1].get("val_accuracy", run.history[-1]["accuracy"]))
