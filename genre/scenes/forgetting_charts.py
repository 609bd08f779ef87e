"""Charts of what two cells remember: the paths of a gradient through time, half-lives.

Conventions
-----------
As `genre.scenes.prediction_charts`.  The LSTM and the simple RNN always have the same colours;
what goes by hidden states has the simple RNN's, for it has no other path.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import NEUTRAL, THIRD, TRAINING, VALIDATION
from genre.charts.parts import FIXED, LEGEND_ABOVE, decades_axis, empty_figure, safe_label
from genre.interpret.gradient_paths import GradientPaths
from genre.interpret.half_life import UnitMemory
from genre.language import N_, _
from genre.scenes.forgetting_text import CELL_NAMES

CELL_COLOURS = {"lstm": TRAINING, "simple_rnn": VALIDATION, "open_lstm": THIRD}
PATH_LINES = {
    "cell": (N_("by the cell alone"), {"color": THIRD, "width": 2, "dash": "dash"}),
    "hidden": (N_("by hidden states alone"), {"color": VALIDATION, "width": 2, "dash": "dot"}),
    "mixed": (N_("by both in turns"), {"color": NEUTRAL, "width": 2, "dash": "dashdot"}),
}


def gradient_paths(found: Mapping[str, GradientPaths]) -> go.Figure:
    """Draw how much a segment's end depends on a step, whole and by each path of an LSTM.

    Parameters
    ----------
    found : dict of str to GradientPaths
        By the model's name.

    Returns
    -------
    figure : Figure
        Each as a share of its own model's last step, on a logarithmic axis that ends where the
        whole ones do: a path that carries less leaves the picture.
    """
    figure = empty_figure(height=380)
    lowest = highest = 1.0
    for name, one in found.items():
        whole = one.relative()
        lowest = min(lowest, float(whole[whole > 0].min(initial=1.0)))
        highest = max(highest, float(whole.max()))
        of_model = {"cell": _(CELL_NAMES[one.kind]), "model": safe_label(name)}
        _add_path(
            figure,
            one,
            "total",
            _("{cell} ({model})").format(**of_model),
            {"color": CELL_COLOURS[one.kind], "width": 3},
        )
        if one.kind == "lstm":
            for path, (label, line) in PATH_LINES.items():
                _add_path(figure, one, path, _(label), line)
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 64})
    title = {"text": _("Steps before the end"), "standoff": 8}
    figure.update_xaxes(title=title, zeroline=False, showgrid=False, **FIXED)
    axis = decades_axis(lowest, highest)
    return figure.update_yaxes(title_text=_("Influence"), **axis)


def _add_path(
    figure: go.Figure, one: GradientPaths, path: str, name: str, line: dict[str, object]
) -> None:
    """Add the line of one path; a logarithm has no place for 0, so it ends there."""
    norm = one.relative(path)
    distance = np.arange(len(norm))
    hover = _("%{x} steps (%{customdata:.1f} s) before the end: %{y:.2~e} of the last step")
    figure.add_scatter(
        x=distance,
        y=np.where(norm > 0, norm, np.nan),
        customdata=distance * one.step_seconds,
        name=name,
        mode="lines",
        line=line,
        hovertemplate=f"{hover}<extra>%{{fullData.name}}</extra>",
    )


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
            _("unit {unit}: half-life {seconds} s, {steps} steps (mean forget gate {gate})").format(
                unit="%{customdata[0]:.0f}",
                seconds="%{y:.2f}",
                steps="%{customdata[1]:.1f}",
                gate="%{customdata[2]:.3f}",
            )
            + "<extra></extra>"
        ),
    )
    figure = empty_figure(bars, height=260, bargap=0.1)
    title = _("Units of layer {n}, longest half-life first").format(n=memory.layer)
    figure.update_xaxes(title={"text": title, "standoff": 8}, showticklabels=False, **FIXED)
    figure.update_yaxes(title_text=_("Half-life (s)"), rangemode="tozero", **FIXED)
    return figure
