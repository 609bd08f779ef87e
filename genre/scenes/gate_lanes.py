"""What the film of a song draws: gates and states of its units, and the running prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from genre.charts.colours import DIVERGING, SEQUENTIAL
from genre.charts.lanes import Lane, heat_lane, in_base64
from genre.errors import ParameterError
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.trace import MAX_COLUMNS, LayerColumns, SongTrace
from genre.language import N_, _

ROWS = {
    "forget_gate": N_("Forget gate"),
    "input_gate": N_("Input gate"),
    "output_gate": N_("Output gate"),
    "cell": N_("Cell state"),
    "hidden": N_("Hidden state"),
}
FEW = 4
"""Units of which every gate and state has a row of its own."""
MANY = 16
"""Units of which one gate or state has rows that can be read; more are a heat map."""
SMALLEST_COLUMN_SECONDS = 0.1
Style = Literal["heat", "curves"]
UnitOrder = Literal["pull", "memory", "activity", "index"]


def order_units(
    layer: LayerColumns, order: UnitOrder, pulls: np.ndarray | None = None
) -> np.ndarray:
    """Return the units of a layer in some order.

    Parameters
    ----------
    layer : LayerColumns
    order : {"pull", "memory", "activity", "index"}
        By their pull on a genre, the one that speaks most for it first; by longest half-life, by
        activity, or by number.  Without pulls, or of a simple RNN, which has no half-life, the
        first two are ``activity``.
    pulls : np.ndarray [shape=(units,)], optional

    Returns
    -------
    units : np.ndarray [shape=(units,), dtype=int]
    """
    if order == "index":
        return np.arange(len(layer.activity))
    if order == "pull" and pulls is not None:
        return np.argsort(-pulls, kind="stable")
    if order == "memory" and layer.mean_forget is not None:
        return np.argsort(-layer.mean_forget, kind="stable")
    return layer.most_active


def gate_lanes(
    trace: SongTrace,
    layer: LayerColumns,
    units: Sequence[int] | np.ndarray,
    seconds: float,
    *,
    quantity: str = "forget_gate",
    pulls: np.ndarray | None = None,
) -> tuple[Lane, ...]:
    """Return gates and states of some units of a layer as lanes.

    Parameters
    ----------
    trace : SongTrace
    layer : LayerColumns
        One of its layers.
    units : sequence of int
        In the order in which they are shown.  Up to `FEW` have a curve for each gate and state, up
        to `MANY` one for ``quantity``; of more each gate and state is a heat map.
    seconds : float
        Length of the recording.  Of a recording shorter than a segment, whose frames were
        repeated, the first repetition is shown.
    quantity : str
        One of `ROWS`.  A simple RNN has the hidden state only.
    pulls : np.ndarray [shape=(units,)], optional
        Of all units of the layer on one genre; drawn beside those that are shown.

    Returns
    -------
    lanes : tuple of Lane
        Gates from 0 to 1, states symmetric about 0.

    Raises
    ------
    ParameterError
        If no unit is asked for, or one that the layer does not have.
    """
    shown = np.asarray(units, int)
    n_units = len(layer.activity)
    if not len(shown) or shown.min() < 0 or shown.max() >= n_units:
        raise ParameterError(
            _(
                "units={units} was given, expected some from 0 to {last}. "
                "Choose at least one unit of this layer."
            ).format(units=shown.tolist(), last=n_units - 1)
        )
    n_columns = min(trace.n_columns, max(1, round(seconds / trace.column_seconds)))
    there = [name for name in ROWS if name in layer.columns]
    if len(shown) <= FEW:
        plan = [
            (name, shown[i : i + 1], name == there[0]) for i in range(len(shown)) for name in there
        ]
    elif len(shown) <= MANY:
        plan = [(quantity if quantity in there else there[-1], shown, False)]
    else:
        plan = [(name, shown, False) for name in there]
    style: Style = "curves" if len(shown) <= MANY else "heat"
    return tuple(
        _lane(layer, name, of, n_columns, trace.column_seconds, style, is_first, pulls)
        for name, of, is_first in plan
    )


def _lane(
    layer: LayerColumns,
    quantity: str,
    units: np.ndarray,
    n_columns: int,
    column_seconds: float,
    style: Style,
    is_first: bool,
    pulls: np.ndarray | None,
) -> Lane:
    """Return one quantity of some units."""
    columns = layer.columns[quantity][:n_columns, units].T  # (n_units, n_columns)
    if quantity.endswith("gate"):
        limits, colours = (0.0, 1.0), SEQUENTIAL
    else:  # symmetric, so that the middle of the colours is zero
        reach = max(float(np.abs(columns).max()), float(np.finfo(np.float32).tiny))
        limits, colours = (-reach, reach), DIVERGING
    rows = tuple(_("unit {unit}").format(unit=unit) for unit in units)
    has_pulls = pulls is not None and (is_first or len(units) > 1)
    return heat_lane(
        _(ROWS[quantity]),
        columns,
        rows,
        limits,
        column_seconds,
        colours=colours,
        is_on=True,
        style=style,
        group=rows[0] if is_first else "",
        pulls=tuple(float(pulls[unit]) for unit in units)
        if has_pulls and pulls is not None
        else (),
        most_pull=float(np.abs(pulls).max()) if pulls is not None else 0.0,
    )


def running_band(title: str, running: RunningPrediction, audible: np.ndarray) -> dict[str, Any]:
    """Return the running prediction of a song as the player moves it.

    Parameters
    ----------
    title : str
    running : RunningPrediction
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote.

    Returns
    -------
    band : dict
        Its values are bytes, a row of all genres for each column: 255 is a probability of 1.
    """
    columns = running_columns(running)  # (n_segments, per_segment, n_genres)
    return {
        "title": title,
        "values": in_base64(np.rint(columns * 255).astype(np.uint8)),
        "perSegment": columns.shape[1],
        "columnSeconds": running.segment_seconds / columns.shape[1],
        "audible": in_base64(audible.astype(np.uint8)),
    }


def running_lane(title: str, running: RunningPrediction, genre: int, name: str) -> Lane:
    """Return the running probability of one genre as a curve in percent.

    Parameters
    ----------
    title : str
    running : RunningPrediction
    genre : int
        Its index.
    name : str
        What it is called.

    Returns
    -------
    lane : Lane
    """
    columns = running_columns(running)[..., genre]
    return heat_lane(
        title,
        100 * columns.reshape(1, -1),
        (name,),
        (0.0, 100.0),
        running.segment_seconds / columns.shape[1],
        is_on=True,
        style="curves",
        unit="%",
        digits=0,
    )


def running_columns(running: RunningPrediction) -> np.ndarray:
    """Return the running prediction at equal distances in time.

    A column has the prediction after the step that sounds at its end: the last one of a segment
    has that of the whole segment.

    Returns
    -------
    columns : np.ndarray [shape=(n_segments, per_segment, n_genres), dtype=float32]
        At most `genre.interpret.trace.MAX_COLUMNS`, or one for each segment.
    """
    n_segments, n_prefixes, _n = running.probabilities.shape
    wanted = max(n_prefixes, int(running.segment_seconds / SMALLEST_COLUMN_SECONDS))
    n = min(wanted, max(1, MAX_COLUMNS // n_segments))
    ends = np.arange(1, n + 1) * running.segment_seconds / n
    sounding = np.searchsorted(running.seconds, ends - 1e-6)
    return running.probabilities[:, np.minimum(sounding, n_prefixes - 1)]
