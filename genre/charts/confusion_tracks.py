"""Clickable cells of a confusion matrix, and the chart of one track's predictions.

Conventions
-----------
As `genre.charts.parts`.  Plotly reports clicks on points only, so each cell has an invisible
point; its ``customdata`` holds the true and the predicted genre.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from genre.charts.compare import LINE_COLOURS
from genre.charts.parts import CLEAR, FIXED, LEGEND_ABOVE, empty_figure, genre_axis, safe_label

if TYPE_CHECKING:
    from genre.compare.confusion_tracks import CellTrack

CELL_PIXELS = 30
BAR_PIXELS = 14


def with_clickable_cells(
    figure: go.Figure, genres: Sequence[str], selected: tuple[str, str] | None = None
) -> go.Figure:
    """Make the cells of a matrix clickable.

    Parameters
    ----------
    figure : Figure
        Of `genre.charts.confusion_matrix.confusion_matrix`, or
        `genre.charts.compare.confusion_difference`.
    genres : sequence of str
        Its rows and columns.
    selected : (str, str), optional
        The true and the predicted genre of the cell to mark.

    Returns
    -------
    figure : Figure
        The same one.
    """
    (matrix,) = figure.data
    order = range(len(genres))
    points = go.Scatter(
        x=[column for _ in order for column in order],
        y=[row for row in order for _ in order],
        mode="markers",
        marker={"symbol": "square", "size": CELL_PIXELS, "color": CLEAR, "line": {"width": 0}},
        customdata=[[genres[row], genres[column]] for row in order for column in order],
        hovertext=[text for row in matrix.hovertext for text in row],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    matrix.update(hoverinfo="skip", hovertemplate=None)
    figure.add_trace(points)
    edges = {"range": [-0.5, len(genres) - 0.5]}
    figure.update_xaxes(edges)
    figure.update_yaxes(autorange=False, range=edges["range"][::-1])
    if selected and set(selected) <= set(genres):
        y, x = (list(genres).index(genre) for genre in selected)
        for colour, width in (("#ffffff", 5), ("#000000", 2)):  # visible on any colour
            figure.add_shape(
                type="rect", x0=x - 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5,
                line={"color": colour, "width": width},
            )  # fmt: skip
    return figure


def prediction_bars(track: CellTrack, called: Sequence[str], genres: Sequence[str]) -> go.Figure:
    """Draw the probabilities of each entry for one track.

    Parameters
    ----------
    track : CellTrack
    called : sequence of str
        The titles of the entries, in the order of the track's predictions.
    genres : sequence of str
        Those to draw; a prediction with other genres is left out.

    Returns
    -------
    figure : Figure
        A group of bars per genre, the true one's name in bold; several predictions of one
        entry are averaged.
    """
    figure = empty_figure(
        height=len(genres) * (10 + BAR_PIXELS * max(1, len(called))) + 90,
        barmode="group",
        bargap=0.25,
        legend=LEGEND_ABOVE | {"traceorder": "normal"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
    )
    for place, (title, predictions) in enumerate(zip(called, track.predictions, strict=True)):
        rows = [a.probabilities for a in predictions if len(a.probabilities) == len(genres)]
        if rows:
            figure.add_trace(
                go.Bar(
                    x=np.mean(rows, axis=0).tolist(),
                    y=list(range(len(genres))),
                    orientation="h",
                    name=safe_label(title),
                    marker={"color": LINE_COLOURS[place % len(LINE_COLOURS)]},
                    hovertemplate="%{y}: %{x:.0%}<extra></extra>",
                )
            )
    axis = genre_axis(genres)
    axis["ticktext"] = [
        f"<b>{label}</b>" if genre == track.genre else label
        for genre, label in zip(genres, axis["ticktext"], strict=True)
    ]
    figure.update_xaxes(range=[0, 1], tickformat=".0%", dtick=0.5, zeroline=False, **FIXED)
    figure.update_yaxes(axis, autorange="reversed")
    return figure
