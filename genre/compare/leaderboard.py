"""The leaderboard: every saved model and finished run by its accuracy on unseen artists.

Conventions
-----------
A *leak-free* figure is an accuracy per track without data leakage: the test artists are not in
the training set.  Any other figure is *leaky*; it names its split.  Only leak-free figures count
in the ranking.  Controls with permuted genres are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from genre.datasets.data_files import label_in
from genre.errors import DatasetError, GenreError, ModelError, RunError
from genre.evaluation.cv_results import RESULT_FILES, Result, read_result
from genre.evaluation.evaluation import Evaluation
from genre.language import _
from genre.models.card import Figure, ModelCard, figures_of
from genre.models.measured_on import measures_of
from genre.models.names import shown_name
from genre.models.registry import (
    list_models,
    misnamed_models,
    model_folder,
    read_card,
    read_evaluation,
)
from genre.paths import MODELS, RESULTS, RUNS
from genre.recipes.config import TrainConfig
from genre.runs.damaged import FILES, DamagedEntry, every_run
from genre.runs.evaluations import last_evaluation
from genre.runs.files import (
    CONFIG_FILE,
    EVENTS_FILE,
    fitting_seconds,
    history_of,
    read_config,
    read_events,
    read_status,
)
from genre.runs.imported import is_imported
from genre.runs.labels import LABEL_FILE, read_label
from genre.system.schema import printable


@dataclass(frozen=True, slots=True, eq=False)
class LeaderboardEntry:
    """A saved model or a finished run, and its figures.

    Parameters
    ----------
    name : str
        Of its folder.
    kind : {"model", "run"}
    leak_free, leaky : Figure or None
        Accuracy per track, with its split, its number of tracks and its interval.
    measures : dict
        By the names of `genre.evaluation.metrics.Measures`, on the tracks of the leak-free
        figure, or else of the leaky one.
    train_seconds : float or None
    data : str
        What it was trained on.
    recipe : TrainConfig or None
        None if its card has none that can be read.
    evaluation : Evaluation or None
        With the tracks of the leak-free figure, or else of the leaky one, if they were saved.
    history : tuple of dict
        The epochs of the run, or of the run that the model was saved from, if it is here.
    source : str
        The dataset of the evaluation: the name of a bundled one, or a path; or empty.
    label, is_imported : str, bool
        Its name as typed, or empty; whether it is a run that was trained elsewhere.
    """

    name: str
    kind: Literal["model", "run"]
    leak_free: Figure | None
    leaky: Figure | None
    measures: Mapping[str, float]
    train_seconds: float | None
    data: str
    recipe: TrainConfig | None
    evaluation: Evaluation | None = None
    history: tuple[dict[str, Any], ...] = ()
    source: str = ""
    label: str = ""
    is_imported: bool = False

    @property
    def reference(self) -> str:
        """Its name in links: a run and a model may have the same name."""
        return self.name if self.kind == "model" else f"runs/{self.name}"


def list_entries(
    models: Path = MODELS, runs: Path = RUNS, results: Path = RESULTS
) -> tuple[list[LeaderboardEntry], list[DamagedEntry]]:
    """List the entries, the best on unseen artists first.

    Parameters
    ----------
    models, runs : Path
        The folders of saved models and runs.
    results : Path
        Results of cross-validation, with the tracks of the models' figures.

    Returns
    -------
    entries : list of LeaderboardEntry
    damaged : list of DamagedEntry
        Those that cannot be read: nothing else suffers from them.
    """
    found, damaged = _read_results(results)
    entries = []
    for run in every_run(runs):
        try:
            if read_status(run).state == "finished" and (entry := entry_of_run(run)):
                entries.append(entry)
        except GenreError as error:
            damaged.append(DamagedEntry("run", run.name, str(error)))
    found |= {_command_of(c.name): c for c in entries}
    for name in [*list_models(models), *misnamed_models(models)]:
        try:
            card = read_card(name, models)
            entries.append(_of_model(card, found, read_evaluation(name, models)))
        except (ModelError, DatasetError) as error:
            damaged.append(DamagedEntry("model", name, str(error)))
    return sorted(entries, key=_place), damaged


def entries_fingerprint(
    models: Path = MODELS, runs: Path = RUNS, results: Path = RESULTS
) -> tuple[tuple[str, int], ...]:
    """Return a fingerprint that changes when the result of `list_entries` changes.

    Only finished runs count: a live one writes all the time.

    Returns
    -------
    stamp : tuple of (str, int)
        The files that are read, and their modification times.
    """
    paths = [
        path
        for name in list_models(models)
        for path in sorted(model_folder(name, models).iterdir())
    ]
    paths += sorted(results.glob(RESULT_FILES))
    for run in every_run(runs):
        try:
            if read_status(run).state == "finished":
                paths += [run / CONFIG_FILE, run / EVENTS_FILE, run / LABEL_FILE]
        except GenreError:
            paths += [run, *(run / name for name in FILES)]
    return tuple((printable(str(path)), path.stat().st_mtime_ns) for path in paths if path.exists())


def entry_of_run(run: Path) -> LeaderboardEntry | None:
    """Return a run as an entry; None for a control or a run without an evaluation.

    Raises
    ------
    RunError, DatasetError
        If its files cannot be read.
    """
    recipe, data = read_config(run)
    try:
        events = read_events(run)[0]
        seconds, history = fitting_seconds(events), history_of(events)
    except KeyError as error:
        raise RunError(
            _(
                "an event of the run {name} has no {error}. Delete the run, or train it again."
            ).format(name=printable(run.name), error=error)
        ) from error
    if recipe.permute_genres or not (found := last_evaluation(events)):
        return None
    evaluation = Evaluation.from_dict(found).with_intervals()
    is_leak_free = evaluation.is_leak_free(recipe.split)
    figure, _other = figures_of(
        evaluation.to_dict(), is_honest=is_leak_free, command=_command_of(run.name)
    )
    return LeaderboardEntry(
        name=run.name,
        kind="run",
        leak_free=figure if is_leak_free else None,
        leaky=None if is_leak_free else figure,
        measures=measures_of(evaluation.to_dict()),
        train_seconds=seconds,
        data=label_in(Path(data)) or printable(Path(data).name),
        recipe=recipe,
        evaluation=evaluation,
        history=tuple(history),
        source=data,
        label=read_label(run).label,
        is_imported=is_imported(run),
    )


def differing_settings(recipes: Sequence[TrainConfig]) -> dict[str, tuple[Any, ...]]:
    """Return the settings in which recipes differ, except their names.

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


def _place(entry: LeaderboardEntry) -> tuple[float, bool, str]:
    """Return the sort key of the leaderboard; leaky figures do not count.

    It is the lower end of the interval, so that two right tracks of two do not rank first.
    """
    low = entry.leak_free.low if entry.leak_free else -1.0
    return -low, entry.kind == "run", entry.name


def _command_of(run: str) -> str:
    """Return the command of a run, as in the cards of its models."""
    return f"python -m genre train --run runs/{run}"


def _read_results(
    folder: Path,
) -> tuple[dict[str, Result | LeaderboardEntry], list[DamagedEntry]]:
    """Return the results in a folder by their commands, and those that cannot be read."""
    found: dict[str, Result | LeaderboardEntry] = {}
    damaged = []
    for path in sorted(folder.glob(RESULT_FILES)):
        try:
            result = read_result(path)
            found[printable(result.command)] = result
        except DatasetError as error:
            damaged.append(DamagedEntry("result", path.name, str(error)))
    return found, damaged


def _of_model(
    card: ModelCard, found: dict[str, Result | LeaderboardEntry], saved: Mapping[str, Any]
) -> LeaderboardEntry:
    """Return a model as an entry, with the tracks of its figure if they were saved."""
    per_track = [figure for figure in card.figures if figure.unit == "tracks"]
    leak_free = card.leak_free_figure
    leaky = next((figure for figure in per_track if not figure.is_honest), None)
    quoted = leak_free or leaky
    behind = found.get(quoted.command) if quoted else None
    evaluation = behind.evaluation.with_intervals() if behind and behind.evaluation else None
    if quoted and evaluation and not _is_of(quoted, evaluation):
        behind = evaluation = None  # measured again since, or on another computer
    source = _source_of(behind)
    if quoted and evaluation is None and saved:
        kept = Evaluation.from_dict(dict(saved)).with_intervals()
        if _is_of(quoted, kept):
            evaluation, source = kept, str(saved.get("data", ""))
    try:
        recipe = TrainConfig.from_dict(card.recipe) if card.recipe else None
    except (TypeError, ValueError):  # of a later version, or an untrusted card
        recipe = None
    return LeaderboardEntry(
        name=card.name,
        kind="model",
        leak_free=leak_free,
        leaky=leaky,
        measures=(measures_of(evaluation.to_dict()) if evaluation else {}) or card.measures,
        train_seconds=card.measures.get("train_seconds"),
        data=str(card.data.get("name", "")),
        recipe=recipe,
        evaluation=evaluation,
        history=behind.history if isinstance(behind, LeaderboardEntry) else (),
        source=source,
        label=shown_name(card) if card.label else "",
    )


def _is_of(figure: Figure, evaluation: Evaluation) -> bool:
    """Tell whether a card's figure is that of an evaluation."""
    measured = evaluation.track_accuracy
    return (figure.n, round(figure.value, 6)) == (measured.n, round(measured.value, 6))


def _source_of(behind: Result | LeaderboardEntry | None) -> str:
    """Return the dataset that was evaluated."""
    if isinstance(behind, LeaderboardEntry):
        return behind.source
    return behind.data if behind else ""
