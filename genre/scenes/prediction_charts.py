"""Charts of a song in the network: shuffled steps, running prediction, occlusion.

Conventions
-----------
As `genre.charts.parts`.  Pass a figure through `genre.charts.parts.legible` before it is
shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from genre.audio.feature_config import ROW_NAMES
from genre.charts.colours import DIVERGING, NEUTRAL, SEQUENTIAL, TRAINING, VALIDATION, genre_colour
from genre.charts.parts import (
    FIXED,
    LEGEND_ABOVE,
    empty_figure,
    frames_heatmap,
    genre_axis,
    genre_label,
    time_axis,
)
from genre.interpret.occlusion import Occlusion
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.sequence import Shuffled
from genre.language import _

MAX_COLUMNS = 2000
ROW_PIXELS = 34


def shuffled_heatmaps(steps: np.ndarray, shuffled: Shuffled, segment: int) -> go.Figure:
    """Draw the steps of one segment in their order, and shuffled.

    Parameters
    ----------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        In order.
    shuffled : Shuffled
    segment : int

    Returns
    -------
    figure : Figure
        The upper heat map in order, the lower one shuffled; each value is standardised over
        the segment.
    """
    figure = empty_figure(height=240)
    for one, axis in ((steps[segment], "y2"), (shuffled.steps[segment], "y3")):
        picture = frames_heatmap(one, 1.0, "value")
        figure.add_trace(picture.update(yaxis=axis, hoverinfo="skip", hovertemplate=None))
    figure.update_layout(
        xaxis={"title": {"text": _("Step"), "standoff": 8}, "anchor": "y3", "showgrid": False}
        | FIXED,
        yaxis2={"domain": [0.54, 1], "title": {"text": _("In order")}},
        yaxis3={"domain": [0, 0.46], "title": {"text": _("Shuffled")}},
    )
    return figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, **FIXED)


def shuffled_prediction(shuffled: Shuffled, genres: Sequence[str]) -> go.Figure:
    """Draw the prediction for a song, and for its shuffled steps.

    Parameters
    ----------
    shuffled : Shuffled
    genres : sequence of str

    Returns
    -------
    figure : Figure
    """
    figure = empty_figure(height=ROW_PIXELS * len(genres) + 90, bargap=0.25)
    for name, values, colour in (
        (_("in order"), shuffled.before, TRAINING),
        (_("shuffled"), shuffled.after, VALIDATION),
    ):
        figure.add_bar(
            x=values,
            y=np.arange(len(genres)),
            orientation="h",
            name=name,
            marker={"color": colour},
            hovertemplate="%{y}, %{fullData.name}: %{x:.1%}<extra></extra>",
        )
    figure.update_layout(barmode="group", legend=LEGEND_ABOVE, margin={"t": 48})
    figure.update_xaxes(range=[0, 1], tickformat=".0%", dtick=0.25, showgrid=False, **FIXED)
    figure.update_yaxes(genre_axis(genres), autorange="reversed")
    return figure


def prefix_curves(running: RunningPrediction, segment: int, genres: Sequence[str]) -> go.Figure:
    """Draw the probabilities after each step of one segment.

    Parameters
    ----------
    running : RunningPrediction
    segment : int
    genres : sequence of str

    Returns
    -------
    figure : Figure
        A dashed line marks the last change of the prediction.
    """
    top = int(running.top[segment, -1])
    lines = [
        go.Scatter(
            x=running.seconds,
            y=running.probabilities[segment, :, i],
            name=genre_label(genre),
            mode="lines+markers" if running.was_rerun else "lines",
            line={"color": genre_colour(genre, genres), "width": 4 if i == top else 2},
            hovertemplate=_("%{fullData.name} %{y:.0%} after %{x:.2f} s") + "<extra></extra>",
        )
        for i, genre in enumerate(genres)
    ]
    figure = empty_figure(*lines, height=380)
    moment = float(running.decided_seconds[segment])
    figure.add_vline(x=moment, line={"color": NEUTRAL, "width": 2, "dash": "dash"})
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 72})
    figure.update_xaxes(
        range=[0, running.segment_seconds],
        title={"text": _("Seconds of the segment read"), "standoff": 8},
        zeroline=False,
        showgrid=False,
        **FIXED,
    )
    figure.update_yaxes(range=[0, 1], tickformat=".0%", dtick=0.25, zeroline=False, **FIXED)
    return figure


def prefix_heatmap(
    running: RunningPrediction, genres: Sequence[str], *, selected: int | None = None
) -> go.Figure:
    """Draw the running prediction over a whole song; it restarts at each segment.

    Parameters
    ----------
    running : RunningPrediction
    genres : sequence of str
    selected : int, optional
        The segment to mark.

    Returns
    -------
    figure : Figure
        Of a long song only some steps are drawn.
    """
    n_segments, n_prefixes, n_genres = running.probabilities.shape
    n_drawn = min(n_prefixes, max(1, MAX_COLUMNS // n_segments))
    drawn = np.arange(1, n_drawn + 1) * n_prefixes // n_drawn - 1  # the last one is the whole
    z = running.probabilities[:, drawn].reshape(-1, n_genres).T  # (n_genres, n_columns)
    seconds = n_segments * running.segment_seconds
    picture = go.Heatmap(
        z=np.rint(100 * z).astype(np.uint8),
        x0=running.segment_seconds / n_drawn / 2,
        dx=running.segment_seconds / n_drawn,
        zmin=0,
        zmax=100,
        colorscale=SEQUENTIAL,
        showscale=False,
        hovertemplate="%{x:.1f} s, %{y}: %{z}%<extra></extra>",
    )
    figure = empty_figure(picture, height=24 * n_genres + 60)
    figure.update_xaxes(time_axis(seconds))
    figure.update_yaxes(genre_axis(genres), autorange="reversed")
    if selected is not None:
        start = selected * running.segment_seconds
        for colour, width in (("#ffffff", 5), ("#000000", 2)):  # visible on any colour
            figure.add_shape(
                type="rect", x0=start, x1=start + running.segment_seconds, yref="paper", y0=0, y1=1,
                line={"color": colour, "width": width},
            )  # fmt: skip
    return figure


def occlusion_bars(occlusion: Occlusion, selected: int | None = None) -> go.Figure:
    """Draw how occluding each second, or each value, changes the probability.

    Parameters
    ----------
    occlusion : Occlusion
        As far as computed; the axis always shows the whole range.
    selected : int, optional
        The part that is marked.

    Returns
    -------
    figure : Figure
        Downward bars are parts that support the prediction, upward bars are against it.
    """
    n = len(occlusion.change)
    by_second = occlusion.by == "second"
    name = _("second") if occlusion.by == "second" else ROW_NAMES[occlusion.by]
    bars = go.Bar(
        x=np.arange(n) + (0.5 if by_second else 0),
        y=100 * occlusion.change,
        width=1,
        customdata=np.arange(n),
        marker={
            "color": occlusion.change,
            "colorscale": DIVERGING,
            "cmin": -0.5,
            "cmax": 0.5,
            "line": {"color": NEUTRAL, "width": 1 if n < 120 else 0},
        },
        hovertemplate=_("without {what}: {change} points").format(
            what=f"{name} %{{customdata}}", change="%{y:+.1f}"
        )
        + "<extra></extra>",
    )
    figure = empty_figure(bars, height=200, bargap=0)
    if selected is not None:
        start = selected if by_second else selected - 0.5
        figure.add_vrect(start, start + 1, fillcolor=NEUTRAL, opacity=0.3, line_width=0)
    if by_second:
        figure.update_xaxes(time_axis(n))
    else:
        figure.update_xaxes(
            range=[-0.6, n - 0.4], title={"text": name, "standoff": 8}, showgrid=False, **FIXED
        )
    figure.update_yaxes(
        title={"text": _("Change (points)"), "standoff": 6},
        zeroline=True,
        zerolinecolor=NEUTRAL,
        **FIXED,
    )
    return figure
