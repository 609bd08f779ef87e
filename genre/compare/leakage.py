"""The effect of data leakage: the same network with each split, and a control, as recorded.

Conventions
-----------
Six runs of one recipe on the bundled data with one seed: split by segment (as the course does),
by track and by artist, each with the true genres and with genres permuted between tracks.  In the
permuted ones (the *control*) there is nothing to learn: a higher accuracy than that of the
most common genre is memorisation.  Each run is a folder as `genre.runs.files` describes, without
weights and with every fifth epoch; ``python -m genre honesty --record`` trains them again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_predictions import SeenTrackAccuracy, accuracy_by_seen_track
from genre.language import _
from genre.paths import RECORDED_LEAKAGE
from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.evaluations import last_evaluation
from genre.runs.files import history_of, read_config, read_events
from genre.splits.split import SplitKind

DATA = "gtzan-subset"
EPOCHS = 60
"""Enough for the network to memorise nearly every training segment."""
FOUR_WAYS = ("course", "track", "artist", "course-permuted")
"""The names of the runs that the page shows as four numbers."""
COMMAND = "python -m genre honesty --record"


@dataclass(frozen=True, slots=True, eq=False)
class LeakageRun:
    """One recorded run.

    Parameters
    ----------
    name : str
        Of its folder.
    recipe : TrainConfig
        ``split`` and ``permute_genres`` tell the runs apart.
    evaluation : Evaluation
        Of the test set; its predictions count the segments of each track that are in training.
    history : tuple of dict
        Some of its epochs.
    """

    name: str
    recipe: TrainConfig
    evaluation: Evaluation
    history: tuple[dict[str, Any], ...]

    @property
    def by_seen_track(self) -> SeenTrackAccuracy:
        """Accuracy of segments, by whether their track has others in the training set."""
        return accuracy_by_seen_track(self.evaluation.predictions)

    @property
    def majority(self) -> float:
        """Accuracy per segment of always predicting the most common genre of the test set."""
        n_of: Counter[str] = Counter()
        for answer in self.evaluation.predictions:
            n_of[answer.genre] += answer.n_segments
        return max(n_of.values()) / n_of.total()


@dataclass(frozen=True, slots=True, eq=False)
class LeakageStudy:
    """The six runs: true genres first, and of each kind course, track, artist."""

    runs: tuple[LeakageRun, ...]

    @property
    def four_ways(self) -> tuple[LeakageRun, ...]:
        """The runs that the page shows as four numbers."""
        return tuple(run for run in self.runs if run.name in FOUR_WAYS)

    def run(self, split: str, *, is_control: bool = False) -> LeakageRun:
        """Return one of the runs."""
        return next(
            run
            for run in self.runs
            if (run.recipe.split, run.recipe.permute_genres) == (split, is_control)
        )


def leakage_recipes(epochs: int = EPOCHS) -> dict[str, TrainConfig]:
    """Return the recipe of each run, by its name.

    The network is the course's, with scaling and a larger learning rate, so that it
    memorises its training set within the epochs.

    Parameters
    ----------
    epochs : int

    Returns
    -------
    recipes : dict of str to TrainConfig
    """
    base = replace(
        PRESETS["course"],
        preset="custom",
        scaling=True,
        learning_rate=1e-3,
        epochs=epochs,
        whole_segments_only=False,
    )
    splits: tuple[SplitKind, ...] = ("course", "track", "artist")
    return {split: replace(base, split=split) for split in splits} | {
        f"{split}-permuted": replace(base, split=split, permute_genres=True) for split in splits
    }


def read_leakage_study(folder: Path = RECORDED_LEAKAGE) -> LeakageStudy:
    """Read the recorded runs.

    Parameters
    ----------
    folder : Path
        Holds the six run folders.

    Returns
    -------
    picture : LeakageStudy

    Raises
    ------
    RunError, DatasetError
        If a run is missing, not finished, or cannot be read.
    """
    return LeakageStudy(tuple(read_leakage_run(folder / name) for name in leakage_recipes()))


def read_leakage_run(run: Path) -> LeakageRun:
    """Read one run; errors as in `read_leakage_study`."""
    recipe, _other = read_config(run)
    try:
        events = read_events(run)[0]
        found = last_evaluation(events)
        history = history_of(events)
    except RunError as error:
        raise RunError(
            _("the events of {name} cannot be read. Record them again: {command}.").format(
                name=run.name, command=COMMAND
            )
        ) from error
    if not found:
        raise RunError(
            _("the run {name} has no evaluation. Record it again: {command}.").format(
                name=run.name, command=COMMAND
            )
        )
    return LeakageRun(run.name, recipe, Evaluation.from_dict(found), tuple(history))


def leakage_lines(picture: LeakageStudy) -> list[str]:
    """Return the accuracies of the runs, a line each, with counts and intervals."""
    lines = []
    for run in picture.runs:
        seen, unseen = run.by_seen_track.track_seen, run.by_seen_track.track_unseen
        parts = []
        if seen.n:
            with_others = _("{accuracy} of segments with others of their track in training")
            parts.append(with_others.format(accuracy=seen))
        if unseen.n:
            without = _("{accuracy} of segments without others of their track in training")
            parts.append(without.format(accuracy=unseen))
        line = (
            _("split {kind}, permuted genres: {parts}; the most common genre is {majority:.0%}")
            if run.recipe.permute_genres
            else _("split {kind}, true genres: {parts}; the most common genre is {majority:.0%}")
        )
        lines.append(
            line.format(kind=run.recipe.split, parts="; ".join(parts), majority=run.majority)
        )
    return lines
