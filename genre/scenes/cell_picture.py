"""What the pictures of a cell are drawn from, in the browser: plain values for JSON.

Conventions
-----------
series
    float32 in base64, ``(n_rows, n_segments * n_steps)``: one unit's numbers, exactly.
states, gates
    Bytes in base64, ``(n_segments * n_steps, units)``: all units, for their colours alone.
reach
    The largest state of the unit: it fills the belt.  The colours of all units reach as far as
    nearly all of their states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genre.charts.colours import DIVERGING, genre_colour
from genre.charts.lanes import colour_table, in_base64
from genre.interpret.cell import SUMS, CellSeries
from genre.interpret.held import LayerRun
from genre.interpret.textbook import TextbookCell
from genre.text.genres import genre_name

REACH_PERCENTILE = 98
BEFORE = {"forward": "ₜ₋₁", "backward": "ₜ₊₁"}


def picture_data(series: CellSeries) -> dict[str, Any]:
    """Return what the picture of a trained cell shows at each of its steps.

    Parameters
    ----------
    series : CellSeries

    Returns
    -------
    data : dict
        Its rows are the values, then ``x W`` and ``h U`` of each sum.
    """
    names = SUMS[series.cell]
    rows = dict(series.values)
    for name in names:
        rows |= {f"{name}_x": series.from_inputs[name], f"{name}_h": series.from_hidden[name]}
    reach = _reach(series.states)
    return {
        "view": "picture",
        "kind": series.cell,
        "quantities": list(rows),
        "series": _floats(rows.values()),
        "bias": dict(series.bias),
        "state": "cell" if series.cell == "lstm" else "hidden",
        "before": BEFORE[series.direction],
        "direction": series.direction,
        "states": _bytes(series.states, -reach, reach),
        "gates": "" if series.gates is None else _bytes(series.gates, 0, 1),
        "reach": _largest(series.states[:, :, series.unit]),
        "colours": colour_table(DIVERGING),
        "units": series.states.shape[2],
        "n": series.states.shape[0] * series.states.shape[1],
    }


def hold_data(
    runs: Mapping[str, LayerRun],
    *,
    unit: int,
    gate: str,
    genres: Sequence[str],
    audible: np.ndarray,
) -> dict[str, Any]:
    """Return what a network does as trained and with a gate held.

    Parameters
    ----------
    runs : dict of str to LayerRun
        By what they are called; the first gives the scale of both.
    unit : int
        Whose states are drawn over the song.
    gate : {"input", "forget", "output"}
    genres : sequence of str
    audible : np.ndarray [shape=(n_segments,), dtype=bool]

    Returns
    -------
    data : dict
        Shares are bytes: 255 is a probability of 1.
    """
    first = next(iter(runs.values()))
    reach = _reach(first.states)
    n_segments, n_steps, units = first.states.shape
    return {
        "view": "hold",
        "kind": "lstm",
        "runs": [
            {
                "label": label,
                "series": _floats(a[:, :, unit] for a in (run.states, run.hidden, run.gates[gate])),
                "states": _bytes(run.states, -reach, reach),
                "gates": _bytes(run.gates[gate], 0, 1),
                "shares": _bytes(run.running.probabilities, 0, 1),
            }
            for label, run in runs.items()
        ],
        "prefixes": first.running.prefixes.tolist(),
        "audible": in_base64(audible.astype(np.uint8)),
        "genres": [genre_name(genre) for genre in genres],
        "genreColours": [genre_colour(genre, genres) for genre in genres],
        "reach": max(_largest(run.states[:, :, unit]) for run in runs.values()),
        "colours": colour_table(DIVERGING),
        "units": units,
        "n": n_segments * n_steps,
    }


def textbook_data(cell: TextbookCell) -> dict[str, Any]:
    """Return what the picture shows of a cell whose gates were typed: a strand for each unit."""
    given = {
        "previous": cell.previous_cell,
        "forget_gate": cell.forget_gate,
        "kept": cell.kept,
        "input_gate": cell.input_gate,
        "candidate": cell.candidate,
        "added": cell.added,
        "cell": cell.cell,
        "output_gate": cell.output_gate,
        "squashed": np.tanh(cell.cell),
        "hidden": cell.hidden,
    }
    return {
        "view": "picture",
        "kind": "lstm",
        "before": BEFORE["forward"],
        "strands": [
            {name: None if a is None else float(a[i]) for name, a in given.items()}
            for i in range(len(cell.cell))
        ],
        "reach": _largest(np.stack([cell.previous_cell, cell.cell])),
    }


def _reach(states: np.ndarray) -> float:
    return max(float(np.percentile(np.abs(states), REACH_PERCENTILE)), 1.0)


def _largest(states: np.ndarray) -> float:
    return max(float(np.abs(states).max()), float(np.finfo(np.float32).tiny))


def _floats(rows: Any) -> str:
    return in_base64(np.stack([row.reshape(-1) for row in rows]).astype(np.float32, copy=False))


def _bytes(values: np.ndarray, low: float, high: float) -> str:
    return in_base64(np.rint((values - low) / (high - low) * 255).clip(0, 255).astype(np.uint8))
