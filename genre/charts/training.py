"""The chart of a finished training run.

Conventions
-----------
As `genre.charts.parts`.  Epochs are counted from 1.  `genre.charts.svg_curves`
draws live runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from genre.charts.colours import TRAINING, VALIDATION
from genre.charts.parts import FIXED, MAX_TICKS, NO_NAME, empty_figure
from genre.charts.svg_curves import HIGHEST_LOSS, SIDES
from genre.language import _

Rows = Sequence[Mapping[str, Any]]

# An axis without a trace would not be drawn.
_AXES_SHOWN = tuple(
    go.Scatter(x=[None], y=[None], xaxis=x, yaxis=y, showlegend=False, hoverinfo="skip")
    for x, y in (("x", "y"), ("x2", "y2"))
)


def training_history(history: Rows) -> go.Figure:
    """Draw accuracy and loss over the epochs of a training run, side by side.

    Parameters
    ----------
    history : sequence of mappings
        Per epoch ``epoch``, ``loss``, ``accuracy`` and, where there is a validation side,
        ``val_loss`` and ``val_accuracy``.

    Returns
    -------
    figure : Figure
        Training solid, validation dashed.
    """
    figure = empty_figure(*_AXES_SHOWN, height=320)
    for metric, axes in (("accuracy", ("x", "y")), ("loss", ("x2", "y2"))):
        for key in (metric, f"val_{metric}"):
            if any(key in row for row in history):
                figure.add_trace(_curve(history, key, axes))
    figure.update_layout(
        margin={"l": 8, "r": 20, "t": 68, "b": 44},
        legend={"orientation": "h", "x": 0, "yref": "container", "y": 1, "yanchor": "top"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
        xaxis={"domain": [0, 0.43]},
        xaxis2={"domain": [0.57, 1], "anchor": "y2"},
        yaxis={"range": [0, 1], "tickformat": ".0%", "dtick": 0.25},
        yaxis2={"range": [0, _highest_loss(history)], "anchor": "x2"},
    )
    figure.update_xaxes(epoch_axis(max((row["epoch"] for row in history), default=1)))
    figure.update_yaxes(zeroline=False, **FIXED)
    for axis, title in (("x", _("Accuracy")), ("x2", _("Loss (nats)"))):
        figure.add_annotation(
            text=title, xref=f"{axis} domain", x=0, yref="paper", y=1.02, yanchor="bottom",
            showarrow=False,
        )  # fmt: skip
    return figure


def _curve(rows: Rows, key: str, axes: tuple[str, str]) -> go.Scatter:
    """Return one figure of a run over its epochs; ``val_...`` is dashed."""
    is_validation = key.startswith("val_")
    name = _(SIDES["validation" if is_validation else "training"])
    colour = VALIDATION if is_validation else TRAINING
    value = "%{y:.1%}" if key.endswith("accuracy") else "%{y:.3f}"
    return go.Scatter(
        x=[row["epoch"] for row in rows],
        y=[row.get(key) for row in rows],
        xaxis=axes[0],
        yaxis=axes[1],
        name=name,
        mode="lines" if len(rows) > 1 else "markers",
        line={"color": colour, "width": 2.5, "dash": "dash" if is_validation else "solid"},
        marker={"color": colour, "size": 8},
        showlegend=key.endswith("accuracy"),
        hovertemplate=_("epoch %{{x}}, {side} {value}").format(side=name, value=value) + NO_NAME,
    )


def epoch_axis(n_epochs: int) -> dict[str, Any]:
    """Return an axis up to an epoch, its ticks whole numbers."""
    step = next((step for step in (1, 2, 5, 10, 20, 50) if n_epochs / step <= MAX_TICKS), 100)
    return {
        "range": [0, n_epochs + 0.5],
        "tick0": 0,
        "dtick": step,
        "title": {"text": _("Epoch"), "standoff": 8},
        "showgrid": False,
        "zeroline": False,
        **FIXED,
    }


def _highest_loss(history: Rows) -> float:
    """Return the end of the loss axis: above all values, but limited."""
    losses = [row[key] for row in history for key in ("loss", "val_loss") if key in row]
    return 1.05 * min(max(losses, default=2.5), HIGHEST_LOSS)
