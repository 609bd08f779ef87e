"""Charts of what two cells remember: gradients through time, the recall task, half-lives.

Conventions
-----------
As `genre.charts.inside`.  The LSTM and the simple RNN always have the same colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import NEUTRAL, TRAINING, VALIDATION
from genre.charts.parts import FIXED, LEGEND_ABOVE, empty_figure, safe_label
from genre.interpret.gradients import MemoryCurve
from genre.interpret.half_life import UnitMemory
from genre.interpret.recall_task import BATCHES, N_SYMBOLS, RecallRun

CELL_NAMES = {"lstm": "LSTM", "simple_rnn": "Simple RNN"}
CELL_COLOURS = {"lstm": TRAINING, "simple_rnn": VALIDATION}
SMALLEST_DRAWN = 1e-12  # limits the logarithmic axis


def forgetting(curves: Mapping[str, MemoryCurve], cells: Mapping[str, str]) -> go.Figure:
    """Draw how much the last state depends on a step, by its distance, on a logarithmic axis.

    Parameters
    ----------
    curves : dict of str to MemoryCurve
        By the model's name.
    cells : dict of str to str
        The cell of each: ``lstm`` or ``simple_rnn``.

    Returns
    -------
    figure : Figure
        Each curve as a share of its own last step.
    """
    lines = [
        go.Scatter(
            x=curve.distance,
            y=np.maximum(curve.relative, SMALLEST_DRAWN),
            customdata=curve.distance * curve.step_seconds,
            name=f"{CELL_NAMES[cells[name]]} ({safe_label(name)})",
            mode="lines",
            line={"color": CELL_COLOURS[cells[name]], "width": 3},
            hovertemplate=(
                "%{x} steps (%{customdata:.1f} s) before the end: %{y:.2%} of the last step"
                "<extra></extra>"
            ),
        )
        for name, curve in curves.items()
    ]
    figure = empty_figure(*lines, height=380)
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 48})
    figure.update_xaxes(
        title={"text": "Steps before the end", "standoff": 8},
        zeroline=False,
        showgrid=False,
        **FIXED,
    )
    figure.update_yaxes(type="log", title_text="Influence", tickformat=".2~p", dtick=1, **FIXED)
    return figure


def recall_task_results(runs: Sequence[RecallRun]) -> go.Figure:
    """Draw what each cell recalled after each gap, and how long it took to learn that.

    Parameters
    ----------
    runs : sequence of RecallRun
        Those that are finished are drawn; several seeds are several marks.

    Returns
    -------
    figure : Figure
        Left the share of new sequences recalled, with 95% intervals and a dashed line for
        guessing; right the batches until gaps up to that length were recalled well (no marker if
        they never were), with a dashed line for the budget.
    """
    figure = empty_figure(height=380)
    gaps = sorted({run.task.gap for run in runs})
    for i, (cell, name) in enumerate(CELL_NAMES.items()):
        done = [(r, r.outcome) for r in runs if r.task.cell == cell and r.outcome is not None]
        place = [gaps.index(run.task.gap) + 0.16 * (2 * i - 1) for run, _ in done]
        mark = {"color": CELL_COLOURS[cell], "size": 11, "opacity": 0.8}
        named = {
            "name": name,
            "legendgroup": cell,
            "mode": "markers",
            "marker": mark,
            "customdata": [run.task.gap for run, _ in done],
        }
        figure.add_scatter(
            x=place,
            y=[outcome.value for _, outcome in done],
            error_y={
                "array": [outcome.high - outcome.value for _, outcome in done],
                "arrayminus": [outcome.value - outcome.low for _, outcome in done],
            },
            hovertemplate="gap %{customdata}: %{y:.1%} recalled<extra></extra>",
            **named,
        )
        figure.add_scatter(
            x=place,
            y=[run.learnt_after for run, _ in done],
            xaxis="x2",
            yaxis="y2",
            showlegend=False,
            hovertemplate="gap %{customdata}: learned after %{y} batches<extra></extra>",
            **named,
        )
    dashed = {"line": {"color": NEUTRAL, "dash": "dash"}, "x0": 0, "x1": 1}
    figure.add_shape(y0=1 / N_SYMBOLS, y1=1 / N_SYMBOLS, xref="x domain", yref="y", **dashed)
    figure.add_shape(y0=BATCHES, y1=BATCHES, xref="x2 domain", yref="y2", **dashed)
    figure.update_layout(
        legend=LEGEND_ABOVE,
        margin={"t": 48},
        xaxis={"domain": [0, 0.44]},
        xaxis2={"domain": [0.56, 1], "anchor": "y2"},
        yaxis={"range": [0, 1.05], "tickformat": ".0%", "title": {"text": "Recalled"}},
        yaxis2={
            "range": [0, 1.1 * BATCHES],
            "anchor": "x2",
            "title": {"text": "Batches until learned"},
        },
    )
    ticks = {"tickvals": list(range(len(gaps))), "ticktext": [str(gap) for gap in gaps]}
    figure.update_xaxes(ticks, title={"text": "Gap in steps", "standoff": 8}, **FIXED)
    figure.update_xaxes(showgrid=False, zeroline=False, range=[-0.5, len(gaps) - 0.5])
    return figure.update_yaxes(**FIXED)


def recall_task_progress(runs: Sequence[RecallRun]) -> go.Figure:
    """Draw how runs of the recall task learn, batch by batch.

    Parameters
    ----------
    runs : sequence of RecallRun

    Returns
    -------
    figure : Figure
        A fall after a rise is a longer gap.  The axis shows the whole budget.
    """
    lines = [
        go.Scatter(
            x=run.batches,
            y=run.accuracies,
            customdata=run.longest_gaps,
            name=f"{CELL_NAMES[run.task.cell]}, gap {run.task.gap}",
            mode="lines",
            line={"color": CELL_COLOURS[run.task.cell], "width": 3},
            hovertemplate=(
                "batch %{x}, gaps up to %{customdata}: %{y:.0%} recalled<extra></extra>"
            ),
        )
        for run in runs
    ]
    figure = empty_figure(*lines, height=320)
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 48}, showlegend=True)
    figure.update_xaxes(range=[0, BATCHES], title={"text": "Batch", "standoff": 8}, **FIXED)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", title_text="Recalled", **FIXED)
    return figure


def unit_memory(memory: UnitMemory) -> go.Figure:
    """Draw the half-life of each unit, the longest first.

    Parameters
    ----------
    memory : UnitMemory

    Returns
    -------
    figure : Figure
    """
    bars = go.Bar(
        x=np.arange(len(memory.units)),
        y=memory.half_life_seconds,
        customdata=np.stack([memory.units, memory.half_life_steps, memory.forget], axis=1),
        marker={"color": TRAINING},
        hovertemplate=(
            "unit %{customdata[0]:.0f}: half-life %{y:.2f} s, %{customdata[1]:.1f} steps "
            "(mean forget gate %{customdata[2]:.3f})<extra></extra>"
        ),
    )
    figure = empty_figure(bars, height=260, bargap=0.1)
    title = f"Units of layer {memory.layer}, longest half-life first"
    figure.update_xaxes(title={"text": title, "standoff": 8}, showticklabels=False, **FIXED)
    figure.update_yaxes(title_text="Half-life (s)", rangemode="tozero", **FIXED)
    return figure
