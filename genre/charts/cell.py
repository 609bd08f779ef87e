"""Charts of the network and its cell: one vector, the unrolled layers, tanh, one step.

Conventions
-----------
As `genre.charts.inside`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import DIVERGING, NEUTRAL, TRAINING, VALIDATION
from genre.charts.parts import FIXED, LEGEND_ABOVE, empty_figure, pale
from genre.interpret.cell import LstmStep, RnnStep
from genre.interpret.sequence import SongSequence
from genre.interpret.unrolled import SlopeProduct, TanhCurve, UnrolledNetwork

SMALLEST_DRAWN = 1e-12  # limits the logarithmic axis
UNROLLED_STEPS = ("1", "2", "3", "…")  # and the last one
ROW_PIXELS = 34


def frame_vector(sequence: SongSequence, frame: int) -> go.Figure:
    """Draw one frame: the vector that the network reads at that time.

    Parameters
    ----------
    sequence : SongSequence
    frame : int

    Returns
    -------
    figure : Figure
    """
    return _vector(sequence.frames[frame], sequence.row_name, "Value")


def unrolled_network(unrolled: UnrolledNetwork, ink: str) -> go.Figure:
    """Draw the recurrent layers over their steps, with the shape on every arrow.

    Parameters
    ----------
    unrolled : UnrolledNetwork
    ink : str
        The colour of the page's text.

    Returns
    -------
    figure : Figure
        Steps from left to right, layers from bottom to top.
    """
    labels = [*UNROLLED_STEPS, str(unrolled.n_steps)][: max(1, unrolled.n_steps)]
    last, top = len(labels) - 1, len(unrolled.units)
    boxes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    arrows: list[dict[str, Any]] = []
    for column, label in enumerate(labels):
        is_gap = label == "…"
        for row, text in enumerate((f"step {label}", *(unrolled.cell for _ in unrolled.units))):
            words.append({"x": column, "y": row, "text": "…" if is_gap else text})
            if row and not is_gap:
                boxes.append(_box(column, row, (TRAINING, VALIDATION)[(row - 1) % 2]))
            if row and column < last:
                arrows.append(_arrow((column + 0.38, row), (column + 0.62, row)))
            if not is_gap and (row < top or unrolled.returns_sequences or column == last):
                arrows.append(_arrow((column, row + 0.24), (column, row + 0.76)))
    for row, arrow in enumerate(unrolled.arrows):
        place = {"x": last + 0.5, "y": row + 0.5, "xanchor": "left"}
        words.append({**place, "text": arrow.label})
    words.append({"x": last, "y": top + 1, "text": f"to the {unrolled.arrows[-1].target}"})
    font = {"showarrow": False, "font": {"color": ink, "size": 14}}
    # All at once: adding them one by one takes Plotly a third of a second.
    figure = empty_figure(
        height=420, shapes=boxes, annotations=[*({**word, **font} for word in words), *arrows]
    )
    figure.update_xaxes(range=[-0.5, last + 1.9], visible=False, **FIXED)
    figure.update_yaxes(range=[-0.3, top + 1.3], visible=False, **FIXED)
    return figure


def tanh_chart(curve: TanhCurve, states: Sequence[float] = ()) -> go.Figure:
    """Draw tanh and its slope.

    Parameters
    ----------
    curve : TanhCurve
    states : sequence of float
        Inputs of real units, to mark on the curve.

    Returns
    -------
    figure : Figure
    """
    figure = empty_figure(height=300)
    for name, y, colour, dash in (
        ("tanh", curve.tanh, TRAINING, "solid"),
        ("its slope", curve.slope, VALIDATION, "dash"),
    ):
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_scatter(x=curve.x, y=y, name=name, mode="lines", line=line)
    reach = float(np.abs(curve.x).max())
    shown = np.clip(np.asarray(states, float), -reach, reach)
    if len(shown):
        figure.add_scatter(
            x=shown,
            y=np.tanh(shown),
            name="the units",
            mode="markers",
            marker={"color": NEUTRAL, "size": 7, "opacity": 0.7},
        )
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 48})
    figure.update_xaxes(title={"text": "Sum", "standoff": 8}, zeroline=False, **FIXED)
    figure.update_yaxes(range=[-1.1, 1.1], dtick=0.5, zeroline=True, **FIXED)
    return figure


def slope_product(product: SlopeProduct) -> go.Figure:
    """Draw how the slopes of tanh shrink a gradient, step by step back.

    Parameters
    ----------
    product : SlopeProduct

    Returns
    -------
    figure : Figure
        The median unit, and between the tenth and the ninetieth percentile.
    """
    figure = empty_figure(height=300)
    low, high = (np.maximum(one, SMALLEST_DRAWN) for one in (product.low, product.high))
    figure.add_scatter(
        x=np.concatenate([product.distance, product.distance[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=pale(VALIDATION, 0.25),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=product.distance,
        y=np.maximum(product.median, SMALLEST_DRAWN),
        mode="lines",
        line={"color": VALIDATION, "width": 3},
        hovertemplate="%{x} steps back: %{y:.1e}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title={"text": "Steps back from the end", "standoff": 8}, **FIXED)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(type="log", title_text="Product of slopes", exponentformat="power", **FIXED)
    return figure


def cell_step(numbers: LstmStep | RnnStep, unit: int) -> go.Figure:
    """Draw every quantity of one step for all units, and mark one unit.

    Parameters
    ----------
    numbers : LstmStep or RnnStep
    unit : int

    Returns
    -------
    figure : Figure
        One row per quantity, in the order of computation.
    """
    if isinstance(numbers, LstmStep):
        rows = {
            "C<sub>t−1</sub>": numbers.previous_cell, "f<sub>t</sub>": numbers.forget_gate,
            "C<sup>f</sup><sub>t</sub>": numbers.kept, "i<sub>t</sub>": numbers.input_gate,
            "C′<sub>t</sub>": numbers.candidate, "C<sup>i</sup><sub>t</sub>": numbers.added,
            "C<sub>t</sub>": numbers.cell, "o<sub>t</sub>": numbers.output_gate,
            "h<sub>t</sub>": numbers.hidden,
        }  # fmt: skip
    else:
        rows = {
            "h<sub>t−1</sub>": numbers.previous_hidden,
            "sum": numbers.sums,
            "h<sub>t</sub>": numbers.hidden,
        }
    z = np.stack(list(rows.values()))  # (n_rows, units)
    picture = go.Heatmap(
        z=z,
        y=np.arange(len(rows)),
        zmid=0,
        zmin=-2,
        zmax=2,
        colorscale=DIVERGING,
        colorbar={"thickness": 10, "outlinewidth": 0},
        hovertemplate="unit %{x}: %{z:.3f}<extra></extra>",
        ygap=3,
    )
    figure = empty_figure(picture, height=ROW_PIXELS * len(rows) + 60)
    for colour, width in (("#ffffff", 4), ("#000000", 1.5)):
        figure.add_shape(
            type="rect", x0=unit - 0.5, x1=unit + 0.5, yref="paper", y0=0, y1=1,
            line={"color": colour, "width": width},
        )  # fmt: skip
    ticks = {"tickvals": list(range(len(rows))), "ticktext": list(rows)}
    figure.update_yaxes(ticks, autorange="reversed", showgrid=False, zeroline=False, **FIXED)
    figure.update_xaxes(title={"text": f"Unit of layer {numbers.layer}", "standoff": 8}, **FIXED)
    return figure


def input_vector(numbers: LstmStep | RnnStep) -> go.Figure:
    """Draw the input of a layer at one step.

    Parameters
    ----------
    numbers : LstmStep or RnnStep

    Returns
    -------
    figure : Figure
    """
    return _vector(numbers.inputs, "Input value", "Deviations" if numbers.layer == 1 else "State")


def _vector(values: np.ndarray, x_title: str, y_title: str) -> go.Figure:
    bars = go.Bar(
        x=np.arange(len(values)),
        y=values,
        marker={"color": TRAINING},
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    figure = empty_figure(bars, height=240, bargap=0.15)
    figure.update_xaxes(title={"text": x_title, "standoff": 8}, showgrid=False, **FIXED)
    figure.update_yaxes(title_text=y_title, zeroline=True, zerolinecolor=NEUTRAL, **FIXED)
    return figure


def _box(column: int, row: int, colour: str) -> dict[str, Any]:
    return {
        "type": "rect", "x0": column - 0.36, "x1": column + 0.36, "y0": row - 0.22,
        "y1": row + 0.22, "line": {"color": colour, "width": 2}, "fillcolor": pale(colour, 0.2),
    }  # fmt: skip


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> dict[str, Any]:
    return {
        "x": end[0], "y": end[1], "ax": start[0], "ay": start[1], "axref": "x", "ayref": "y",
        "text": "", "showarrow": True, "arrowhead": 2, "arrowwidth": 2, "arrowcolor": NEUTRAL,
    }  # fmt: skip
