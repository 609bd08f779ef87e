"""The curves of several runs, as they are and smoothed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genre.experiments.records import RunRecord

MAX_CURVES = 20
"""Runs that are drawn at a time."""
Axis = Literal["epoch", "seconds"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure of a run over its epochs.

    Parameters
    ----------
    name : str
    x, values, smooth : tuple of float
        Epochs or seconds, the figure, and the figure smoothed.
    ended_early, is_live : bool
        How far the run has come.
    """

    name: str
    x: tuple[float, ...]
    values: tuple[float, ...]
    smooth: tuple[float, ...]
    ended_early: bool = False
    is_live: bool = False


def curves_of(
    records: Sequence[RunRecord],
    titles: Sequence[str],
    metric: str,
    *,
    over: Axis = "epoch",
    weight: float = 0.0,
) -> list[Curve]:
    """Return a figure of some runs over their epochs.

    Parameters
    ----------
    records : sequence of RunRecord
        The first `MAX_CURVES` are taken.
    titles : sequence of str
        What each is called.
    metric : str
        One of `genre.experiments.records.METRICS`.
    over : str
        ``epoch``, or ``seconds`` of training.
    weight : float
        Of `smoothed`.

    Returns
    -------
    curves : list of Curve
        One per run, empty for a run without this figure.
    """
    found = []
    for record, title in list(zip(records, titles, strict=True))[:MAX_CURVES]:
        rows = [row for row in record.rows if metric in row]
        values = tuple(row[metric] for row in rows)
        found.append(
            Curve(
                title,
                tuple(row[over] for row in rows),
                values,
                smoothed(values, weight),
                record.ended_early,
                record.status.is_live,
            )
        )
    return found


def smoothed(values: Sequence[float], weight: float) -> tuple[float, ...]:
    """Return an exponential moving average with bias correction, as TensorBoard draws it.

    Parameters
    ----------
    values : sequence of float
        One that is not finite stays as it is and counts for nothing.
    weight : float
        Of what came before, from 0, which changes nothing, to below 1.

    Returns
    -------
    smooth : tuple of float
        The first is the first value itself: the average, which begins at 0, is divided by the
        weight that values have in it so far.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
       section 3 (the bias correction).

    Examples
    --------
    >>> smoothed([1.0, 1.0, 4.0], 0.5)
    (1.0, 1.0, 2.7142857142857144)
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight={weight}, expected 0 to below 1")
    average, counted, found = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            found.append(value)
            continue
        average = weight * average + (1 - weight) * value
        counted += 1
        found.append(average / (1 - weight**counted))
    return tuple(found)
