"""What a run of a sweep has come to: its score on the validation side, and how long it took.

Conventions
-----------
score
    The validation accuracy of the network that the run keeps: after its last epoch or, where
    patience keeps the best weights, after the epoch with the lowest validation loss.  It is of
    segments.  Of a run of folds it is the mean over the folds, each of which keeps its best
    weights by a validation side of its own.  The test side is never read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from genre.language import N_, _
from genre.recipes.config import TrainConfig
from genre.runs.files import AS_FAR_AS_ASKED, history_of, read_events, read_status
from genre.sweeps.files import Trial

AT_WORK = ("starting", "extracting", "fitting", "evaluating")
"""States whose time counts: neither waiting in the queue nor a pause."""
MAX_KILLED = 2
NOT_VALIDATED = N_("its data leaves nothing to validate on, so it has no score")


@dataclass(frozen=True, slots=True)
class Score:
    """Validation accuracy and loss after so many epochs; None where there is no validation."""

    epochs: int
    accuracy: float | None = None
    loss: float | None = None


def score_of(
    history: Sequence[Mapping[str, Any]], config: TrainConfig, up_to: int | None = None
) -> Score:
    """Return the score of a run.

    Parameters
    ----------
    history : sequence of mappings
        A row per epoch.
    config : TrainConfig
    up_to : int, optional
        Later epochs are left out.
    """
    rows = [row for row in history if up_to is None or row["epoch"] <= up_to]
    validated = [row for row in rows if "val_accuracy" in row and "val_loss" in row]
    if not validated:
        return Score(len(rows))
    row = min(validated, key=lambda one: one["val_loss"]) if config.patience else validated[-1]
    return Score(len(rows), row["val_accuracy"], row["val_loss"])


def score_of_folds(events: Sequence[Mapping[str, Any]], config: TrainConfig) -> Score:
    """Return the score of a run of folds: the mean over those that are finished.

    The epochs are those of the fold with the fewest; without a score for every fold there is
    none of the run.
    """
    of_folds: dict[int, list[dict[str, Any]]] = {}
    fold = 0  # 0 is the model on all tracks, which has no validation side
    for event in events:
        if event["event"] == "fold":
            fold = event["fold"]
        elif fold:
            of_folds.setdefault(fold, []).append(dict(event))
    keeps_best = replace(config, patience=config.patience or 1)
    scores = [score_of(history_of(rows), keeps_best) for rows in of_folds.values()]
    accuracies = [one.accuracy for one in scores if one.accuracy is not None]
    losses = [one.loss for one in scores if one.loss is not None]
    epochs = min((one.epochs for one in scores), default=0)
    if len(accuracies) < config.n_folds:
        return Score(epochs)
    return Score(epochs, fmean(accuracies), fmean(losses))


def work_seconds(events: Sequence[Mapping[str, Any]]) -> float:
    """Return how long a run was at work, over all its processes."""
    total, is_at_work, before = 0.0, False, 0.0
    for event in events:
        phase = event.get("phase") if event["event"] == "phase" else None
        if is_at_work and phase != "queued":  # of a process that was killed the end is unknown
            total += max(0.0, event["time"] - before)
        if phase:
            is_at_work = phase in AT_WORK
        before = event["time"]
    return total


def outcome(trial: Trial, run: Path, config: TrainConfig, epochs: int) -> Trial:
    """Return a trial with what its run has come to, as far as that is not at work.

    Parameters
    ----------
    trial : Trial
    run : Path
    config : TrainConfig
    epochs : int
        How far it was to be trained.

    Returns
    -------
    trial : Trial
        ``waiting`` where its process was killed: it is to be resumed, though not for ever.

    Raises
    ------
    RunError
        If the run is gone or damaged.
    """
    status = read_status(run)
    events = read_events(run)[0]
    is_of_folds = config.evaluation == "pooled"
    score = (
        score_of_folds(events, config)
        if is_of_folds
        else score_of(history_of(events), config, epochs)
    )
    trial = replace(
        trial,
        epochs=score.epochs,
        score=score.accuracy,
        loss=score.loss,
        seconds=round(work_seconds(events), 3),
    )
    if status.is_live:
        return replace(trial, state="training")
    is_far_enough = score.epochs >= epochs and not is_of_folds
    if status.state == "finished" or (status.state == "stopped" and is_far_enough):
        if score.accuracy is None:
            return replace(trial, state="failed", reason=NOT_VALIDATED)
        return replace(trial, state="done", reason="")
    if status.state == "stopped" and status.reason == AS_FAR_AS_ASKED:
        return replace(trial, state="waiting", reason="")  # an earlier rung asked for no more
    if status.state == "stopped":
        return replace(trial, state="stopped", reason="")
    was_ended = status.reason in (status.KILLED, _(status.NEVER_STARTED))
    if was_ended and trial.n_killed < MAX_KILLED:
        return replace(trial, state="waiting", n_killed=trial.n_killed + 1)
    return replace(trial, state="failed", reason=status.reason)
