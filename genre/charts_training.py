"""A training run, drawn when it has ended, and its network.

Conventions
-----------
As `genre.charts`.  Epochs are counted from 1.  Curves that grow are drawn by
`genre.curve_drawing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from genre.chart_parts import FIXED, MAX_TICKS, empty_figure, pale
from genre.colours import TRAINING, VALIDATION
from genre.curve_drawing import HIGHEST_LOSS

if TYPE_CHECKING:
    from genre.network_shape import NetworkConfig

Rows = Sequence[Mapping[str, Any]]

LAYER_PIXELS = 46
# An axis that nothing is drawn on would not be drawn itself.
_AXES_SHOWN = tuple(
    go.Scatter(x=[None], y=[None], xaxis=x, yaxis=y, showlegend=False, hoverinfo="skip")
    for x, y in (("x", "y"), ("x2", "y2"))
)
_LAYER_NAMES = {
    "steps": "Input",
    "normalization": "Scaling",
    "pooling": "Pooling",
    "dense": "Dense, relu",
    "dropout": "Dropout",
    "output": "Dense, softmax",
}


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
    for axis, title in (("x", "Accuracy"), ("x2", "Loss (nats)")):
        figure.add_annotation(
            text=title, xref=f"{axis} domain", x=0, yref="paper", y=1.02, yanchor="bottom",
            showarrow=False,
        )  # fmt: skip
    return figure


def network_drawing(network: NetworkConfig) -> go.Figure:
    """Draw a network's layers from input to output: what leaves each, and its parameters.

    Parameters
    ----------
    network : NetworkConfig

    Returns
    -------
    figure : Figure
        The wider a layer's box, the more of the network's parameters it holds.
    """
    cell = "LSTM" if network.cell == "lstm" else "Simple RNN"
    both = ", both directions" if network.bidirectional else ""
    names = _LAYER_NAMES | {f"recurrent_{i}": f"{cell} {i}{both}" for i in (1, 2)}
    rows = [("steps", (network.n_steps, network.n_values), 0), *network.summary()]
    most = max(n_parameters for *_, n_parameters in rows)
    widths = [0.03 + 0.97 * n_parameters / most for *_, n_parameters in rows]
    figure = empty_figure(
        go.Bar(
            x=widths,
            y=list(range(len(rows))),
            orientation="h",
            marker={"color": pale(TRAINING), "line": {"color": TRAINING, "width": 1}},
            text=[
                f"{names[name]}  ·  {' × '.join(map(str, shape))}"
                + (f"  ·  {n_parameters:,}" if n_parameters else "")
                for name, shape, n_parameters in rows
            ],
            textposition=["inside" if width > 0.75 else "outside" for width in widths],
            insidetextanchor="start",
            cliponaxis=False,
            hoverinfo="skip",
        ),
        height=LAYER_PIXELS * len(rows),
        bargap=0.3,
    )
    figure.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4}, showlegend=False)
    figure.update_xaxes(visible=False, range=[0, 1.02], **FIXED)
    figure.update_yaxes(visible=False, autorange="reversed", **FIXED)
    return figure


def _curve(rows: Rows, key: str, axes: tuple[str, str]) -> go.Scatter:
    """Return one figure of a run over its epochs; ``val_...`` is dashed."""
    is_validation = key.startswith("val_")
    name = "validation" if is_validation else "training"
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
        hovertemplate=f"epoch %{{x}}, {name} {value}<extra></extra>",
    )


def epoch_axis(n_epochs: int) -> dict[str, Any]:
    """Return an axis up to an epoch, its ticks whole numbers."""
    step = next((step for step in (1, 2, 5, 10, 20, 50) if n_epochs / step <= MAX_TICKS), 100)
    return {
        "range": [0, n_epochs + 0.5],
        "tick0": 0,
        "dtick": step,
        "title": {"text": "Epoch", "standoff": 8},
        "showgrid": False,
        "zeroline": False,
        **FIXED,
    }


def _highest_loss(history: Rows) -> float:
    """Return where the axis of the loss ends: above all, but a wild start squeezes nothing."""
    losses = [row[key] for row in history for key in ("loss", "val_loss") if key in row]
    return 1.05 * min(max(losses, default=2.5), HIGHEST_LOSS)
