"""What the rules read: the figures of one result, and those of earlier ones, as plain values.

Conventions
-----------
What is not known is empty or None, and a rule that needs it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_predictions import track_weights
from genre.models.confidence import Thresholds
from genre.recipes.config import TrainConfig
from genre.splits.split_plan import GenreSides

Epoch = Mapping[str, Any]
CONTROL_RULES = ("not_above_guessing", "overfitting")
"""The rules that have something to say of a control: with permuted genres nothing can be learnt."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule has found.

    Parameters
    ----------
    rule : str
        Its name.
    priority : int
        How useful it is; the largest first.
    values : mapping
        The numbers and names of its sentence.
    """

    rule: str
    priority: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """An earlier result to compare with.

    ``kind`` tells runs of this computer from those that come with the program, and from saved
    models; ``source`` is the dataset of its evaluation.
    """

    name: str
    kind: Literal["run", "recorded", "model"]
    recipe: TrainConfig
    evaluation: Evaluation
    source: str
    is_leak_free: bool


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of one result.

    Parameters
    ----------
    name : str
        Of the run or the model, to leave it out of the earlier ones.
    kind : {"run", "recorded", "model"}
    evaluation : Evaluation, optional
    recipe : TrainConfig, optional
    is_leak_free : bool
        Whether the evaluation is on artists that were not in training.
    is_cross_validated : bool
        Whether it is of folds: each track tested once a round, by a network of its own.
    source : str
        The dataset of the evaluation.
    history : tuple of mapping
        A row per epoch, possibly not every one.
    absent_genres : mapping
        The genres that a side lacks, by ``train``, ``validation`` and ``test``.
    n_validation : int
        Segments of the validation side.
    validation_counts : tuple of tuple of int
        Validation segments by true (rows) and predicted genre, after the last epoch.
    sides : tuple of GenreSides
        Tracks and artists of each genre on each side.
    is_stopped : bool
        Whether the visitor stopped the run.
    thresholds : Thresholds, optional
        Those of its confidence levels.
    earlier : tuple of Earlier
        Own ones first, the latest first.
    """

    name: str = ""
    kind: Literal["run", "recorded", "model"] = "run"
    evaluation: Evaluation | None = None
    recipe: TrainConfig | None = None
    is_leak_free: bool = True
    is_cross_validated: bool = False
    source: str = ""
    history: tuple[Epoch, ...] = ()
    absent_genres: Mapping[str, Any] = field(default_factory=dict)
    n_validation: int = 0
    validation_counts: tuple[tuple[int, ...], ...] = ()
    sides: tuple[GenreSides, ...] = ()
    is_stopped: bool = False
    thresholds: Thresholds | None = None
    earlier: tuple[Earlier, ...] = ()

    @property
    def is_control(self) -> bool:
        """Whether the genres were permuted, so that there is nothing to learn."""
        return bool(self.recipe and self.recipe.permute_genres)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Which share of a track each prediction is."""
        predictions = self.evaluation.predictions if self.evaluation else ()
        return tuple(track_weights(predictions).tolist())

    @cached_property
    def artists(self) -> dict[str, set[str | None]]:
        """Who made the tested tracks of each genre; None among them where that is not known."""
        found: dict[str, set[str | None]] = {}
        for answer in self.evaluation.predictions if self.evaluation else ():
            found.setdefault(answer.genre, set()).add(answer.artist)
        return found

    @cached_property
    def unlearnt(self) -> tuple[str, ...]:
        """The genres that were tested without a track to learn from.

        In folds that keep artists whole these are the genres of one artist; of a run, those that
        its training side lacks.
        """
        if not self.evaluation:
            return ()
        if self.is_cross_validated:
            alone = {genre for genre, of in self.artists.items() if len(of) == 1 and None not in of}
            lacking = alone if self.is_leak_free else set()
        else:
            lacking = set(self.absent_genres.get("train", ())) & set(self.artists)
        return tuple(genre for genre in self.evaluation.genres if genre in lacking)
