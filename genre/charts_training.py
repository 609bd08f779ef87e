"""A training run, drawn: its curves while they grow, its network, a song it learns to hear.

Conventions
-----------
As `genre.charts`.  Epochs are counted from 1; a place between two is a fraction.
Axes reach to the last epoch that is wanted, so nothing moves while curves grow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from genre.chart_parts import FIXED, MAX_TICKS, empty_figure, genre_axis, pale
from genre.colours import NEUTRAL, SEQUENTIAL, TRAINING, VALIDATION

if TYPE_CHECKING:
    from genre.network_shape import NetworkConfig
    from genre.run_view import Mark

Rows = Sequence[Mapping[str, Any]]

HIGHEST_LOSS = 5.0
"""Where the axis of the loss ends at most (nats): a guess among ten genres has 2.3."""
GHOST_OPACITY = 0.35
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


def training_history(
    history: Rows,
    *,
    ghost: Rows = (),
    batches: Rows = (),
    marks: Sequence[Mark] = (),
    n_epochs: int = 0,
) -> go.Figure:
    """Draw accuracy and loss over the epochs of a training run, side by side.

    Parameters
    ----------
    history : sequence of mappings
        Per epoch ``epoch``, ``loss``, ``accuracy`` and, where there is a validation side,
        ``val_loss`` and ``val_accuracy``.
    ghost : sequence of mappings
        The history of an earlier run, drawn pale behind.
    batches : sequence of mappings
        Of the epoch under way ``batch``, ``n_batches``, and the means so far: the
        growing end of the training curves.
    marks : sequence of Mark
        Where something was changed.
    n_epochs : int
        How many are wanted: where the axis ends; 0 for as many as there are.

    Returns
    -------
    figure : Figure
        Training solid, validation dashed.
    """
    figure = empty_figure(*_AXES_SHOWN, height=320)
    n_epochs = n_epochs or max((row["epoch"] for row in [*ghost, *history]), default=1)
    for rows, is_ghost in ((ghost, True), (history, False)):
        shown = [row for row in rows if row["epoch"] <= n_epochs] if is_ghost else rows
        for metric, axes in (("accuracy", ("x", "y")), ("loss", ("x2", "y2"))):
            for key in (metric, f"val_{metric}"):
                if any(key in row for row in shown):
                    figure.add_trace(_curve(shown, key, axes, is_ghost=is_ghost))
    for metric, axes in (("accuracy", ("x", "y")), ("loss", ("x2", "y2"))):
        if batches:
            figure.add_trace(_growing_end(history, batches, metric, axes))
    for axis in ("x", "x2"):
        _draw_marks(figure, marks, axis)
    figure.update_layout(
        margin={"l": 8, "r": 20, "t": 68, "b": 44},
        legend={"orientation": "h", "x": 0, "yref": "container", "y": 1, "yanchor": "top"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
        xaxis={"domain": [0, 0.43]},
        xaxis2={"domain": [0.57, 1], "anchor": "y2"},
        yaxis={"range": [0, 1], "tickformat": ".0%", "dtick": 0.25},
        yaxis2={"range": [0, _highest_loss(ghost, history, batches)], "anchor": "x2"},
    )
    figure.update_xaxes(epoch_axis(n_epochs))
    figure.update_yaxes(zeroline=False, **FIXED)
    for axis, title in (("x", "Accuracy"), ("x2", "Loss (nats)")):
        figure.add_annotation(
            text=title, xref=f"{axis} domain", x=0, yref="paper", y=1.02, yanchor="bottom",
            showarrow=False,
        )  # fmt: skip
    return figure


def history_alt(history: Rows) -> str:
    """Return `training_history` as a sentence."""
    if not history:
        return "Accuracy and loss over the epochs; none is finished yet."
    last = history[-1]
    held_back = f", {last['val_accuracy']:.0%} in validation" if "val_accuracy" in last else ""
    return (
        f"Accuracy and loss over {last['epoch']} epochs: accuracy {last['accuracy']:.0%} in "
        f"training{held_back}; loss {last['loss']:.2f} in training."
    )


def song_learning(
    song: Sequence[tuple[int, Sequence[float]]], genres: Sequence[str], n_epochs: int
) -> go.Figure:
    """Draw what a song was to the network after each epoch: a column of probabilities each.

    Parameters
    ----------
    song : sequence of (int, sequence of float)
        Epoch, and the probability of each genre.
    genres : sequence of str
    n_epochs : int
        How many are wanted: where the axis ends.

    Returns
    -------
    figure : Figure
        A dot marks the most probable genre of each column.
    """
    z = np.array([probabilities for _, probabilities in song], np.float32).reshape(-1, len(genres))
    picture = go.Heatmap(
        x=[epoch for epoch, _ in song],
        y=np.arange(len(genres)),
        z=z.T,
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        colorbar={"tickformat": ".0%", "thickness": 12, "outlinewidth": 0},
        hovertemplate="epoch %{x}, %{y}: %{z:.0%}<extra></extra>",
        xgap=1,
    )
    top = go.Scatter(
        x=[epoch for epoch, _ in song],
        y=z.argmax(axis=1) if len(z) else [],
        mode="markers",
        marker={"color": "#ffffff", "size": 9, "line": {"color": "#000000", "width": 1.5}},
        hoverinfo="skip",
        showlegend=False,
    )
    figure = empty_figure(picture, top, height=26 * len(genres) + 70)
    figure.update_xaxes(epoch_axis(max(n_epochs, len(song))))
    figure.update_yaxes(genre_axis(genres), autorange="reversed")
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


def _curve(rows: Rows, key: str, axes: tuple[str, str], *, is_ghost: bool) -> go.Scatter:
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
        name="earlier run" if is_ghost else name,
        mode="lines" if is_ghost or len(rows) > 1 else "markers",
        line={"color": colour, "width": 2.5, "dash": "dash" if is_validation else "solid"},
        marker={"color": colour, "size": 8},
        opacity=GHOST_OPACITY if is_ghost else 1,
        showlegend=key == "accuracy" or (key == "val_accuracy" and not is_ghost),
        hoverinfo="skip" if is_ghost else None,
        hovertemplate=None if is_ghost else f"epoch %{{x}}, {name} {value}<extra></extra>",
    )


def _growing_end(history: Rows, batches: Rows, metric: str, axes: tuple[str, str]) -> go.Scatter:
    """Return a training curve inside the epoch under way, joined to the last finished one.

    Each point is the mean over the last epoch's worth of segments: those of this
    epoch, and for the rest of it the last epoch's mean.  So it ends where the
    epoch's own point will be, and does not jump with the first few batches.
    """
    done, before = (history[-1]["epoch"], history[-1][metric]) if history else (0, None)
    x, y = ([], []) if before is None else ([done], [before])
    for row in batches:
        share = row["batch"] / row["n_batches"]
        x.append(done + share)
        y.append(row[metric] if before is None else share * row[metric] + (1 - share) * before)
    return go.Scatter(
        x=x,
        y=y,
        xaxis=axes[0],
        yaxis=axes[1],
        mode="lines",
        line={"color": TRAINING, "width": 2.5},
        showlegend=False,
        hoverinfo="skip",
    )


def _draw_marks(figure: go.Figure, marks: Sequence[Mark], axis: str) -> None:
    """Draw a line where something was changed, with what it was, low and high in turn."""
    for i, mark in enumerate(marks):
        figure.add_shape(
            type="line", x0=mark.epoch, x1=mark.epoch, xref=axis, y0=0, y1=1,
            yref="paper", line={"color": NEUTRAL, "width": 1, "dash": "dot"},
        )  # fmt: skip
        figure.add_annotation(
            x=mark.epoch, xref=axis, y=i % 2, yref="paper", text=mark.text, textangle=-90,
            xanchor="right", yanchor="top" if i % 2 else "bottom", showarrow=False,
            font={"color": NEUTRAL, "size": 12},
        )  # fmt: skip


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


def _highest_loss(*runs: Rows) -> float:
    """Return where the axis of the loss ends: above all, but a wild start squeezes nothing."""
    losses = [row[key] for run in runs for row in run for key in ("loss", "val_loss") if key in row]
    return 1.05 * min(max(losses, default=2.5), HIGHEST_LOSS)
