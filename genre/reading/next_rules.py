"""The rule on what to try next, from what the other rules have found.

Conventions
-----------
A step is offered where a finding gives a reason for it.  A split with data leakage and a run that
was stopped come before all else, for the other figures are of little use then.  Otherwise, what
has brought more than chance in earlier runs comes first, then what was not tried, then what
has brought nothing.  Other features, which no finding asks for, come after what one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from genre.reading.comparison_rules import brought, musicnn_brought
from genre.reading.figures import Figures, Finding
from genre.recipes.config import TrainConfig
from genre.splits.split_leakage import artists_unknown

MORE_DROPOUT = 0.5
"""Up to here more dropout is advised."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What could be tried, and what it has brought before (empty if not known)."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Where it stands: 0 where it has helped, 2 where it has not, 1 where nothing is known."""
        measured = self.evidence.get("difference")
        if measured is None or self.evidence["kind"] == "model":
            return 1
        return 0 if measured.low > 0 else 2


def next_step(figures: Figures, findings: Mapping[str, Finding]) -> Finding | None:
    """Choose what to try next, and say what it has brought in earlier results.

    Parameters
    ----------
    figures : Figures
    findings : mapping
        What the other rules have found, by their names.

    Returns
    -------
    finding : Finding or None
        None for a control, or without a reason for anything.
    """
    if figures.is_control or not figures.recipe:
        return None
    step = _first_of_all(figures, figures.recipe, findings) or min(
        _steps(figures, figures.recipe, findings), key=lambda step: step.rank, default=None
    )
    if not step:
        return None
    return Finding("next_step", 0, {"step": step.name, **step.values, "brought": step.evidence})


def _first_of_all(
    figures: Figures, recipe: TrainConfig, findings: Mapping[str, Finding]
) -> _Step | None:
    """Return what has to be done before anything else, if there is something."""
    if figures.evaluation and not figures.is_leak_free:
        if artists_unknown([answer.artist for answer in figures.evaluation.predictions]):
            return _Step("name_artists")
        evidence = brought(
            figures, "split", lambda old, new: (old, new) == (recipe.split, "artist")
        )
        return _Step("split_by_artist", evidence=evidence)
    if "stopped" in findings:
        return _Step("resume", {"n": findings["stopped"].values["n_epochs"]})
    return None


def _steps(
    figures: Figures, recipe: TrainConfig, findings: Mapping[str, Finding]
) -> Iterator[_Step]:
    """Yield what there is a reason for, the most telling first."""
    if "unlearnt_genre" in findings:
        yield _Step("more_artists", {"genres": findings["unlearnt_genre"].values["genres"]})
    if "still_improving" in findings:
        more = brought(figures, "epochs", lambda old, new: new > old)
        yield _Step("more_epochs", {"n": min(1000, 2 * recipe.epochs)}, more)
    if "overfitting" in findings:
        if not recipe.patience:
            stopping = brought(figures, "patience", lambda old, new: new > old == 0)
            yield _Step("early_stopping", evidence=stopping)
        if recipe.dropout < MORE_DROPOUT:
            more = brought(figures, "dropout", lambda old, new: new > old)
            yield _Step("more_dropout", {"n": recipe.dropout}, more)
    reads_mfccs = figures.evaluation and recipe.features == "mfcc"
    if reads_mfccs and (evidence := musicnn_brought(figures)):
        yield _Step("musicnn", evidence=evidence)
    if "one_artist" in findings:
        yield _Step("cross_validation", {"genres": findings["one_artist"].values["genres"]})
    pair = findings.get("confused_pair")
    if pair and "artist" in pair.values:
        yield _Step("more_artists", {"genres": (pair.values["genre"],)})
    verdict = findings["calibration"].values["verdict"] if "calibration" in findings else "reliable"
    if verdict != "reliable":
        yield _Step("temperature", {"is_too_sure": verdict == "too_sure", "n": recipe.temperature})
