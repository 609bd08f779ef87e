"""The gates and states of a song as lanes of the song player."""

from __future__ import annotations

from typing import Literal

import numpy as np

from genre.charts.colours import DIVERGING, SEQUENTIAL
from genre.charts.lanes import Lane, heat_lane
from genre.errors import ParameterError
from genre.interpret.trace import LayerColumns, SongTrace

ROWS = {
    "forget_gate": "Forget gate",
    "input_gate": "Input gate",
    "output_gate": "Output gate",
    "cell": "Cell",
    "hidden": "Hidden state",
}
UnitOrder = Literal["memory", "activity", "index"]


def gate_lanes(
    trace: SongTrace, seconds: float, *, order: UnitOrder = "memory", n_units: int | None = None
) -> tuple[Lane, ...]:
    """Return every gate and state of a song as a lane.

    Parameters
    ----------
    trace : SongTrace
    seconds : float
        Length of the recording.  Of a recording shorter than a segment, whose frames were
        repeated, the first repetition is shown.
    order : {"memory", "activity", "index"}
        The order of the units: by longest half-life, by activity, or by number.
        A simple RNN has no forget gate: there ``memory`` is ``activity``.
    n_units : int, optional
        How many to show of each layer, the first in that order; all if not given.

    Returns
    -------
    lanes : tuple of Lane
        First layer first; gates from 0 to 1, states symmetric about 0.

    Raises
    ------
    ParameterError
        If less than one unit is asked for.
    """
    if n_units is not None and n_units < 1:
        raise ParameterError(f"n_units={n_units} was given, expected 1 or more. Choose at least 1.")
    n_columns = min(trace.n_columns, max(1, round(seconds / trace.column_seconds)))
    return tuple(
        _lane(layer, quantity, _ordered(layer, order)[:n_units], n_columns, trace.column_seconds)
        for layer in trace.layers
        for quantity in ROWS
        if quantity in layer.columns
    )


def _ordered(layer: LayerColumns, order: UnitOrder) -> np.ndarray:
    if order == "index":
        return np.arange(len(layer.activity))
    if order == "memory" and layer.mean_forget is not None:
        return np.argsort(-layer.mean_forget, kind="stable")
    return layer.most_active


def _lane(
    layer: LayerColumns, quantity: str, units: np.ndarray, n_columns: int, column_seconds: float
) -> Lane:
    """Return one quantity of one layer."""
    columns = layer.columns[quantity][:n_columns, units].T  # (n_units, n_columns)
    if quantity.endswith("gate"):
        limits, colours = (0.0, 1.0), SEQUENTIAL
    else:  # symmetric, so that the middle of the colours is zero
        reach = max(float(np.abs(columns).max()), float(np.finfo(np.float32).tiny))
        limits, colours = (-reach, reach), DIVERGING
    backwards = ", read backwards" if layer.direction == "backward" else ""
    title = f"{ROWS[quantity]}, layer {layer.layer}{backwards}"
    rows = tuple(f"unit {unit}" for unit in units)
    return heat_lane(title, columns, rows, limits, column_seconds, colours=colours, is_on=True)
