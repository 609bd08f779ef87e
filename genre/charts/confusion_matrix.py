"""The confusion matrix as a chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import SEQUENTIAL
from genre.charts.parts import empty_figure, genre_axis, genre_label
from genre.language import _
from genre.text.format import count, tracks

ROW_PIXELS = 36


def confusion_matrix(genres: Sequence[str], counts: np.ndarray) -> go.Figure:
    """Draw a confusion matrix.

    Parameters
    ----------
    genres : sequence of str
    counts : np.ndarray [shape=(n_genres, n_genres)]
        Tracks by true genre (rows) and predicted genre (columns); means over rounds of folds
        need not be whole.

    Returns
    -------
    figure : Figure
        Counts in the cells; the colour is their share of the true genre's tracks.
    """
    counts = np.asarray(counts)
    n_true = counts.sum(axis=1)
    names = [genre_label(genre) for genre in genres]
    hover = [
        [
            _("true {true}, given {given}: {n} of {n_tracks}").format(
                true=a, given=b, n=tracks(n), n_tracks=count(round(n_of_a), "track")
            )
            for b, n in zip(names, row, strict=True)
        ]
        for a, row, n_of_a in zip(names, counts, n_true, strict=True)
    ]
    matrix = go.Heatmap(
        z=(counts / np.maximum(1, n_true)[:, np.newaxis]).astype(np.float32),
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        showscale=False,
        text=[[tracks(n) for n in row] for row in counts.tolist()],
        texttemplate="%{text}",
        textfont={"size": 14, "weight": 600},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = empty_figure(matrix, height=ROW_PIXELS * len(genres) + 120)
    figure.update_xaxes(genre_axis(genres), title_text=_("Predicted genre"), showgrid=False)
    figure.update_yaxes(genre_axis(genres), title_text=_("True genre"), autorange="reversed")
    figure.update_yaxes(title_standoff=6, showgrid=False)
    return figure
