"""The figures of a run, a saved model, and of all that they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from genre.compare.leaderboard import LeaderboardEntry, entry_of_run
from genre.errors import GenreError
from genre.evaluation.evaluation import Evaluation
from genre.models.card import ModelCard
from genre.models.confidence import UNMEASURED
from genre.paths import RECORDED, RECORDED_LEAKAGE
from genre.reading.figures import Earlier, Figures
from genre.recipes.prepare import check_source_split
from genre.runs.reader import RunReader, RunView
from genre.splits.split_plan import GenreSides

Kind = Literal["run", "recorded", "model"]


def earlier_results(entries: Sequence[LeaderboardEntry]) -> tuple[Earlier, ...]:
    """Return what results are compared with: the entries, and the runs that come with the program.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry
        Those without a recipe, or without the predictions of their tracks, are left out.

    Returns
    -------
    earlier : tuple of Earlier
        Runs first, the latest first.
    """
    runs = sorted((e for e in entries if e.kind == "run"), key=lambda e: e.name, reverse=True)
    models = [entry for entry in entries if entry.kind == "model"]
    folders = [*sorted(RECORDED.iterdir()), *sorted(RECORDED_LEAKAGE.iterdir())]
    recorded = [entry for folder in folders if (entry := _entry(folder))]
    kinds: tuple[tuple[Kind, Sequence[LeaderboardEntry]], ...] = (
        ("run", runs), ("recorded", recorded), ("model", models)
    )  # fmt: skip
    return tuple(
        Earlier(e.name, kind, e.recipe, e.evaluation, e.source, e.leak_free is not None)
        for kind, of in kinds
        for e in of
        if e.recipe and e.evaluation and e.evaluation.predictions
    )


def figures_of_run(
    view: RunView, earlier: tuple[Earlier, ...] = (), *, kind: Kind = "run"
) -> Figures:
    """Return the figures of a run as it is now; without an evaluation while it has none."""
    evaluation = Evaluation.from_dict(dict(view.evaluation)) if view.evaluation else None
    split, facts = view.config.split, view.facts
    is_leak_free = evaluation.is_leak_free(split) if evaluation else False
    return Figures(
        name=view.name,
        kind=kind,
        evaluation=evaluation,
        recipe=view.config,
        is_leak_free=is_leak_free and not view.config.permute_genres,
        is_cross_validated=view.config.evaluation == "pooled",
        source=view.data,
        history=view.history,
        absent_genres=facts.get("absent_genres", {}),
        n_validation=facts.get("n_segments", {}).get("validation", 0),
        validation_counts=view.confusion,
        sides=_sides(view, evaluation),
        is_stopped=view.status.state == "stopped",
        thresholds=UNMEASURED,
        earlier=earlier,
    )


def figures_of_model(
    entry: LeaderboardEntry, card: ModelCard | None, earlier: tuple[Earlier, ...] = ()
) -> Figures:
    """Return the figures of a saved model: of its tracks where they are known, else of its card."""
    quoted = entry.leak_free or entry.leaky
    return Figures(
        name=entry.name,
        kind="model",
        evaluation=entry.evaluation,
        recipe=entry.recipe,
        is_leak_free=entry.leak_free is not None,
        is_cross_validated=bool(quoted and "-fold" in quoted.what),
        source=entry.source,
        history=entry.history,
        thresholds=card.thresholds if card else None,
        earlier=earlier,
    )


def figures_of_folder(run: Path, earlier: tuple[Earlier, ...] = ()) -> Figures:
    """Return the figures of a run from its folder.

    Raises
    ------
    RunError
        If its files cannot be read.
    """
    return figures_of_run(RunReader(run).read(), earlier)


def _sides(view: RunView, evaluation: Evaluation | None) -> tuple[GenreSides, ...]:
    """Return how the split fell, if the data is still here as it was."""
    if not evaluation or view.config.evaluation == "pooled":
        return ()
    try:
        sides = check_source_split(view.data, view.config).genres
    except (GenreError, OSError):
        return ()
    n_test: dict[str, Any] = {}
    for answer in evaluation.predictions:
        n_test[answer.genre] = n_test.get(answer.genre, 0) + 1
    n_now = {side.genre: side.n_tracks["test"] for side in sides if side.n_tracks["test"]}
    return sides if n_now == n_test else ()


def _entry(folder: Path) -> LeaderboardEntry | None:
    """Return a recorded run as an entry; None where it is no run, or cannot be read."""
    try:
        return entry_of_run(folder) if (folder / "config.json").is_file() else None
    except GenreError:
        return None
