"""The gates and states of a song as small heat maps over one time axis, for the player.

Conventions
-----------
picture
    A heat map: ``uint8`` values, ``(n_units, n_columns)``, the first unit at the top.  0 is
    ``low``, 255 is ``high``, the scale is linear.
film
    The data of the page's player as JSON values: heat maps and waveform in base64, colours as
    tables of 256.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from plotly.colors import sample_colorscale

from genre.charts.colours import DIVERGING, SEQUENTIAL
from genre.errors import ParameterError
from genre.interpret.trace import LayerColumns, SongTrace
from genre.network.config import Direction

ROWS = {
    "forget_gate": "Forget gate",
    "input_gate": "Input gate",
    "output_gate": "Output gate",
    "cell": "Cell",
    "hidden": "Hidden state",
}
UnitOrder = Literal["memory", "activity", "index"]


@dataclass(frozen=True, slots=True, eq=False)
class GateHeatmap:
    """One quantity of one layer over the whole song.

    Parameters
    ----------
    title : str
    layer : int
    direction : {"forward", "backward"}
    quantity : str
        One of `ROWS`.
    units : tuple of int
        The unit of each row, from the top.
    values : np.ndarray [shape=(n_units, n_columns), dtype=uint8]
    low, high : float
        The values of 0 and 255.
    """

    title: str
    layer: int
    direction: Direction
    quantity: str
    units: tuple[int, ...]
    values: np.ndarray
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class GateAnimation:
    """All heat maps of a song.

    Parameters
    ----------
    pictures : tuple of GateHeatmap
        First layer first.
    waveform : np.ndarray [shape=(n_buckets, 2), dtype=int8]
        Lowest and highest sample of each stretch, in 1/127 of the loudest.
    seconds : float
        Length of the recording: the time axis.
    column_seconds, segment_seconds : float
        Width of a column, and of a segment: the state is reset at each.
    """

    pictures: tuple[GateHeatmap, ...]
    waveform: np.ndarray
    seconds: float
    column_seconds: float
    segment_seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, for the player."""
        return {
            "seconds": self.seconds,
            "columnSeconds": self.column_seconds,
            "segmentSeconds": self.segment_seconds,
            "waveform": _base64(self.waveform),
            "colours": {"gate": colour_table(SEQUENTIAL), "state": colour_table(DIVERGING)},
            "pictures": [
                {
                    "title": one.title,
                    "colours": "gate" if one.quantity.endswith("gate") else "state",
                    "units": list(one.units),
                    "low": one.low,
                    "high": one.high,
                    "values": _base64(one.values),
                }
                for one in self.pictures
            ],
        }


def animate_gates(
    trace: SongTrace,
    envelope: np.ndarray,
    seconds: float,
    *,
    order: UnitOrder = "memory",
    n_units: int | None = None,
) -> GateAnimation:
    """Return the trace of a song as heat maps.

    Parameters
    ----------
    trace : SongTrace
    envelope : np.ndarray [shape=(n_buckets, 2)]
        `genre.models.song_analysis.SongView.envelope`.
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
    film : GateAnimation

    Raises
    ------
    ParameterError
        If less than one unit is asked for.
    """
    if n_units is not None and n_units < 1:
        raise ParameterError(f"n_units={n_units} was given, expected 1 or more. Choose at least 1.")
    n_columns = min(trace.n_columns, max(1, round(seconds / trace.column_seconds)))
    pictures = tuple(
        _picture(layer, quantity, _ordered(layer, order)[:n_units], n_columns)
        for layer in trace.layers
        for quantity in ROWS
        if quantity in layer.columns
    )
    loudest = max(float(np.abs(envelope).max(initial=0)), np.finfo(np.float32).tiny)
    return GateAnimation(
        pictures=pictures,
        waveform=np.rint(envelope / loudest * 127).astype(np.int8),
        seconds=seconds,
        column_seconds=trace.column_seconds,
        segment_seconds=trace.segment_seconds,
    )


def _ordered(layer: LayerColumns, order: UnitOrder) -> np.ndarray:
    if order == "index":
        return np.arange(len(layer.activity))
    if order == "memory" and layer.mean_forget is not None:
        return np.argsort(-layer.mean_forget, kind="stable")
    return layer.most_active


def _picture(layer: LayerColumns, quantity: str, units: np.ndarray, n_columns: int) -> GateHeatmap:
    """Quantise one quantity to 256 values."""
    columns = layer.columns[quantity][:n_columns, units].T  # (n_units, n_columns)
    if quantity.endswith("gate"):
        low, high = 0.0, 1.0
    else:  # symmetric, so that the middle of the colours is zero
        reach = max(float(np.abs(columns).max()), float(np.finfo(np.float32).tiny))
        low, high = -reach, reach
    backwards = ", read backwards" if layer.direction == "backward" else ""
    return GateHeatmap(
        title=f"{ROWS[quantity]}, layer {layer.layer}{backwards}",
        layer=layer.layer,
        direction=layer.direction,
        quantity=quantity,
        units=tuple(int(unit) for unit in units),
        values=np.rint((columns - low) / (high - low) * 255).clip(0, 255).astype(np.uint8),
        low=low,
        high=high,
    )


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def colour_table(scale: str) -> str:
    """Return 256 colours of one of Plotly's scales, three bytes each, in base64."""
    colours = sample_colorscale(scale, np.linspace(0, 1, 256).tolist(), colortype="tuple")
    return _base64(np.rint(np.array(colours) * 255).astype(np.uint8))
