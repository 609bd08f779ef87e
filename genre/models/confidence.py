"""The confidence level of a prediction, by thresholds that each model has of its own.

`genre.evaluation.confidence_levels` chooses them from the model's predictions of tracks that it
was not trained on; its card says how often predictions of each level were right.
`genre.text.song` has the labels that visitors read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal

from genre.errors import ModelError
from genre.language import _

ConfidenceLevel = Literal["clearly", "probably", "unsure"]
_EARLIER_NAMES = {"not sure": "unsure"}  # in cards and results of version 0.1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a model's predictions have a level; None for never.

    Without any measurement a model is never *clearly* sure.

    Raises
    ------
    ModelError
        If they are no probabilities in this order.
    """

    clearly: float | None = None
    probably: float | None = 0.65

    def __post_init__(self) -> None:
        given = [value for value in (self.probably, self.clearly) if value is not None]
        are_numbers = all(type(value) in (int, float) and isfinite(value) for value in given)
        if not are_numbers or given != sorted(given) or any(not 0 <= p <= 1 for p in given):
            raise ModelError(
                _(
                    "thresholds of {clearly!r} for clearly and {probably!r} for probably were "
                    "given, expected probabilities or none, that for clearly not below the other."
                ).format(clearly=self.clearly, probably=self.probably)
            )

    def to_dict(self) -> dict[str, float | None]:
        """Return plain values for JSON."""
        return asdict(self)


UNMEASURED = Thresholds()


def confidence_level(probability: float, thresholds: Thresholds) -> ConfidenceLevel:
    """Return the confidence level of a prediction.

    Parameters
    ----------
    probability : float
        Of the first genre.
    thresholds : Thresholds
        Those of the model.

    Returns
    -------
    level : str

    Examples
    --------
    >>> [confidence_level(p, Thresholds(clearly=0.7, probably=0.4)) for p in (0.7, 0.4, 0.3)]
    ['clearly', 'probably', 'unsure']
    """
    if thresholds.clearly is not None and probability >= thresholds.clearly:
        return "clearly"
    if thresholds.probably is not None and probability >= thresholds.probably:
        return "probably"
    return "unsure"


def current_levels(counts: Any) -> Any:
    """Return what a card or a result holds per confidence level, by the current names.

    Examples
    --------
    >>> current_levels({"not sure": {"n": 3, "n_right": 1}})
    {'unsure': {'n': 3, 'n_right': 1}}
    """
    if not isinstance(counts, dict):  # the card's own check refuses it
        return counts
    return {_EARLIER_NAMES.get(level, level): value for level, value in counts.items()}
