"""Every saved model and finished run side by side, by what they are worth on unheard music.

Conventions
-----------
*Honest* is a figure per track on artists that were not heard in training; any other is
called *leaky* here, and its own words say which split it is of.  The leaderboard goes by
honest figures alone: what has none stands last.  Controls with permuted genres are no
contenders.  Reading takes files only: neither scikit-learn nor TensorFlow is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genre.answers import TrackAnswer
from genre.card import Figure, ModelCard, figures_of
from genre.dataset import SegmentSet
from genre.errors import DatasetError, GenreError, ModelError
from genre.evaluation import Evaluation
from genre.recipe import TrainConfig
from genre.registry import MODELS, list_models, read_card
from genre.results import RESULTS, Result, read_result
from genre.run_files import history_of, read_config, read_events, read_status
from genre.runs import RUNS, list_runs
from genre.song_view import average_columns
from genre.split import is_honest_split


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """A saved model or a finished run, and what is known of its worth.

    Parameters
    ----------
    name : str
        Of its folder.
    kind : {"model", "run"}
    honest, leaky : Figure or None
        Accuracy per track, with its split, its number of tracks and its interval.
    macro_f1, expected_calibration_error : float or None
        Of the same tracks as the honest figure, or as the leaky one where there is no
        honest one.
    train_seconds : float or None
    data : str
        What it was trained on.
    recipe : TrainConfig or None
        None where its card holds none that this program knows.
    evaluation : Evaluation or None
        With the tracks behind the honest figure, or the leaky one, where they were kept.
    history : tuple of dict
        A run's epochs.
    """

    name: str
    kind: Literal["model", "run"]
    honest: Figure | None
    leaky: Figure | None
    macro_f1: float | None
    expected_calibration_error: float | None
    train_seconds: float | None
    data: str
    recipe: TrainConfig | None
    evaluation: Evaluation | None = None
    history: tuple[dict[str, Any], ...] = ()


def list_contenders(
    models: Path = MODELS, runs: Path = RUNS, results: Path = RESULTS
) -> tuple[list[Contender], list[str]]:
    """List what can be compared, the best honest figure first.

    Parameters
    ----------
    models, runs : Path
        Where saved models and runs lie.
    results : Path
        Results of cross-validation: a model's figure finds its tracks there, by its command.

    Returns
    -------
    contenders : list of Contender
    problems : list of str
        A sentence for each that cannot be read.
    """
    measured, problems = _read_results(results)
    contenders = []
    for name in list_models(models):
        try:
            contenders.append(_of_model(read_card(name, models), measured))
        except ModelError as error:
            problems.append(str(error))
    for run in list_runs(runs):
        try:
            if read_status(run).state == "finished" and (found := contender_of_run(run)):
                contenders.append(found)
        except GenreError as error:
            problems.append(str(error))
    return sorted(contenders, key=lambda c: -c.honest.value if c.honest else 1), problems


def contender_of_run(run: Path) -> Contender | None:
    """Return a run as a contender, None for a control or one without an evaluation.

    Raises
    ------
    RunError, DatasetError
        If its files cannot be read.
    """
    recipe, data = read_config(run)
    events = read_events(run)[0]
    found = [event for event in events if event["event"] == "evaluation"]
    if recipe.permute_genres or not found:
        return None
    evaluation = Evaluation.from_dict(found[-1])
    is_honest = is_honest_split(recipe.split)
    command = f"python -m genre train --run runs/{run.name}"
    figure, _ = figures_of(evaluation.to_dict(), is_honest=is_honest, command=command)
    measures = evaluation.measures
    return Contender(
        name=run.name,
        kind="run",
        honest=figure if is_honest else None,
        leaky=None if is_honest else figure,
        macro_f1=measures.macro_f1 if measures else None,
        expected_calibration_error=measures.expected_calibration_error if measures else None,
        train_seconds=fitting_seconds(events),
        data=Path(data).name,
        recipe=recipe,
        evaluation=evaluation,
        history=tuple(history_of(events)),
    )


def frames_behind(answer: TrackAnswer, data: SegmentSet) -> tuple[np.ndarray, float] | None:
    """Return the MFCCs of a track that was answered, to be drawn where its audio is not at hand.

    Parameters
    ----------
    answer : TrackAnswer
    data : SegmentSet

    Returns
    -------
    columns : np.ndarray [shape=(n_columns, n_mfcc)]
        Averaged to at most 1,500.
    column_seconds : float
        How long a column lasts.  None instead of both, where the data has no such track.
    """
    for i, track in enumerate(data.tracks):
        if (track.genre, track.track_id) == (answer.genre, answer.track_id):
            frames = data.own_frames(i)
            columns = average_columns(frames)
            seconds = len(frames) * data.features.hop_length / data.features.sr
            return columns, seconds / len(columns)
    return None


def fitting_seconds(events: Sequence[dict[str, Any]]) -> float:
    """Return how long a run was fitting: without pauses, waiting and what a kill cost."""
    total, is_fitting, before = 0.0, False, 0.0
    for event in events:
        phase = event.get("phase") if event["event"] == "phase" else None
        if is_fitting and phase not in ("queued", "starting"):  # it was killed, and began anew
            total += event["time"] - before
        if phase:
            is_fitting = phase == "fitting"
        before = event["time"]
    return total


def differing_settings(recipes: Sequence[TrainConfig]) -> dict[str, tuple[Any, ...]]:
    """Return the settings in which recipes differ, but for what they are called.

    Parameters
    ----------
    recipes : sequence of TrainConfig

    Returns
    -------
    settings : dict of str to tuple
        One value per recipe.
    """
    values = [recipe.to_dict() for recipe in recipes]
    return {
        name: tuple(of_recipe[name] for of_recipe in values)
        for name in (values[0] if values else ())
        if name != "preset" and len({of_recipe[name] for of_recipe in values}) > 1
    }


def _read_results(folder: Path) -> tuple[dict[str, Result], list[str]]:
    """Return the results in a folder by the command that made them, and what was amiss."""
    found, problems = {}, []
    for path in sorted(folder.glob("*.json")):
        try:
            result = read_result(path)
            found[result.command] = result
        except DatasetError as error:
            problems.append(str(error))
    return found, problems


def _of_model(card: ModelCard, measured: dict[str, Result]) -> Contender:
    """Return a model as a contender, with the tracks behind its figure where they were kept."""
    per_track = [figure for figure in card.figures if figure.unit == "tracks"]
    honest = card.honest_figure
    leaky = next((figure for figure in per_track if not figure.is_honest), None)
    quoted = honest or leaky
    result = measured.get(quoted.command) if quoted else None
    evaluation = result.evaluation if result else None
    measures = evaluation.measures if evaluation else None
    try:
        recipe = TrainConfig.from_dict(card.recipe) if card.recipe else None
    except (TypeError, ValueError):  # of a later version, or a stranger's
        recipe = None
    return Contender(
        name=card.name,
        kind="model",
        honest=honest,
        leaky=leaky,
        macro_f1=measures.macro_f1 if measures else card.measures.get("macro_f1"),
        expected_calibration_error=measures.expected_calibration_error
        if measures
        else card.measures.get("expected_calibration_error"),
        train_seconds=card.measures.get("train_seconds"),
        data=str(card.data.get("name", "")),
        recipe=recipe,
        evaluation=evaluation,
    )
