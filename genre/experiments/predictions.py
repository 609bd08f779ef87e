"""The predictions of runs and models for their tracks, read from disk when they are needed."""

from __future__ import annotations

from pathlib import Path

from genre.compare.leaderboard import LeaderboardEntry, list_entries
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_predictions import TrackPrediction
from genre.paths import MODELS, RESULTS
from genre.runs.evaluations import evaluation_of_run


def predictions_of(run: Path) -> tuple[TrackPrediction, ...]:
    """Return a run's predictions for the tracks of its test side; none before it was tested.

    Raises
    ------
    RunError, DatasetError
        If its files cannot be read.
    """
    found = evaluation_of_run(run)
    return Evaluation.from_dict(found).predictions if found else ()


def model_entries(models: Path = MODELS, results: Path = RESULTS) -> list[LeaderboardEntry]:
    """Return the saved models that have predictions for tracks, the best first."""
    listed, _damaged = list_entries(models, models / ".no-runs", results)
    return [one for one in listed if one.evaluation and one.evaluation.predictions]
