"""Charts that compare models and runs: accuracy, confusion, calibration, coverage.

Conventions
-----------
As `genre.charts.parts`.  Error bars are 95% intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import DIVERGING, GENRE_COLOURS, NEUTRAL, TRAINING
from genre.charts.parts import (
    FIXED,
    NO_NAME,
    empty_figure,
    frames_heatmap,
    genre_axis,
    genre_label,
    label_axis,
    row_ticks,
    safe_label,
    time_axis,
    whiskers,
)
from genre.charts.training import epoch_axis
from genre.errors import ParameterError
from genre.language import _

if TYPE_CHECKING:
    from genre.compare.leaderboard import LeaderboardEntry
    from genre.evaluation.evaluation import Evaluation

ROW_PIXELS = 36
LINE_COLOURS = tuple(
    GENRE_COLOURS[name]
    for name in ("blues", "country", "disco", "reggae", "rock", "classical", "jazz", "pop")
)
"""One per entry, neighbours far apart; after the last they repeat."""


def entry_intervals(entries: Sequence[LeaderboardEntry], called: Sequence[str]) -> go.Figure:
    """Draw the accuracies on unseen artists with their intervals, the best at the top.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry
        Those without such a figure are left out.
    called : sequence of str
        Their titles.

    Returns
    -------
    figure : Figure
    """
    shown = [(t, c.leak_free) for c, t in zip(entries, called, strict=True) if c.leak_free]
    figures = [figure for _title, figure in shown]
    points = go.Scatter(
        x=[figure.value for figure in figures],
        y=list(range(len(shown))),
        mode="markers",
        marker={"color": TRAINING, "size": 10},
        customdata=[[figure.low, figure.high, figure.n] for figure in figures],
        hovertemplate=_(
            "%{x:.0%} of %{customdata[2]} tracks (%{customdata[0]:.0%} to %{customdata[1]:.0%})"
        )
        + NO_NAME,
        error_x=whiskers(figures),
    )
    figure = empty_figure(points, height=ROW_PIXELS * len(shown) + 64)
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", dtick=0.25,
        title_text=_("Accuracy per track, unseen artists"),
        zeroline=False, **FIXED,
    )  # fmt: skip
    figure.update_yaxes(
        label_axis([safe_label(title) for title, _figure in shown]), autorange="reversed"
    )
    return figure


def confusion_difference(first: Evaluation, second: Evaluation) -> go.Figure:
    """Draw the second confusion matrix minus the first, in shares of each genre's tracks.

    Parameters
    ----------
    first, second : Evaluation
        Of the same genres.

    Returns
    -------
    figure : Figure
        Percentage points in the cells; blue where the second predicts a genre more often.

    Raises
    ------
    ParameterError
        If their genres differ.
    """
    if first.genres != second.genres:
        raise ParameterError(
            _(
                "one has the genres {genres}, the other {others}, so their matrices cannot be "
                "subtracted. Choose two with the same genres."
            ).format(genres=", ".join(first.genres), others=", ".join(second.genres))
        )
    one, other = (
        e.confusion_matrix / np.maximum(1, e.confusion_matrix.sum(axis=1, keepdims=True))
        for e in (first, second)
    )
    points = np.rint(100 * (other - one)).astype(int)
    names = [genre_label(genre) for genre in first.genres]
    hover = _("true {true}, given {given}: {points:+d} points")
    matrix = go.Heatmap(
        z=points.tolist(),
        zmin=-100,
        zmax=100,
        zmid=0,
        colorscale=DIVERGING,
        showscale=False,
        text=[[f"{p:+d}" if p else "" for p in row] for row in points],
        texttemplate="%{text}",
        textfont={"size": 14, "weight": 600},
        hovertext=[
            [hover.format(true=a, given=b, points=p) for b, p in zip(names, row, strict=True)]
            for a, row in zip(names, points, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = empty_figure(matrix, height=ROW_PIXELS * len(names) + 120)
    figure.update_xaxes(genre_axis(first.genres), title_text=_("Predicted genre"))
    figure.update_yaxes(genre_axis(first.genres), title_text=_("True genre"), autorange="reversed")
    return figure


def reliability_diagram(evaluation: Evaluation, place: int = 0) -> go.Figure:
    """Draw the accuracy of predictions against their confidence.

    Parameters
    ----------
    evaluation : Evaluation
        With its predictions.
    place : int
        Its number, for the colour.

    Returns
    -------
    figure : Figure
        On the diagonal the accuracy equals the confidence.
    """
    bins = evaluation.reliability
    points = go.Scatter(
        x=[b.probability for b in bins],
        y=[b.accuracy.value for b in bins],
        mode="markers",
        marker={
            "color": LINE_COLOURS[place % len(LINE_COLOURS)],
            "size": [float(6 + np.sqrt(b.accuracy.n)) for b in bins],
        },
        cliponaxis=False,
        customdata=[[b.low, b.high, b.accuracy.n] for b in bins],
        hovertemplate=_(
            "sure %{customdata[0]:.0%} to %{customdata[1]:.0%}: %{y:.0%} of %{customdata[2]} "
            "tracks right"
        )
        + NO_NAME,
        error_y=whiskers([b.accuracy for b in bins], LINE_COLOURS[place % len(LINE_COLOURS)]),
    )
    diagonal = go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot"},
        hoverinfo="skip",
    )
    figure = empty_figure(diagonal, points, height=360, showlegend=False)
    return _shares(figure, _("Confidence"), _("Accuracy"))


def accuracy_against_coverage(evaluations: Mapping[str, Evaluation | None]) -> go.Figure:
    """Draw the accuracy of the most confident predictions against their coverage.

    Parameters
    ----------
    evaluations : mapping of str to Evaluation or None
        By name; without predictions, one has no line.

    Returns
    -------
    figure : Figure
        A line each; to the left the minimum confidence is higher.
    """
    figure = empty_figure(height=360)
    for i, (name, evaluation) in enumerate(evaluations.items()):
        points = evaluation.coverage if evaluation else ()
        if not points:
            continue  # its predictions were not saved; the others keep their colours
        figure.add_trace(
            go.Scatter(
                x=[point.coverage for point in points],
                y=[point.accuracy.value for point in points],
                name=safe_label(name),
                mode="lines+markers",
                cliponaxis=False,
                line={"color": LINE_COLOURS[i % len(LINE_COLOURS)], "width": 2.5},
                customdata=[[p.probability, p.accuracy.n, p.accuracy.low, p.accuracy.high]
                            for p in points],
                hovertemplate=_(
                    "confidence %{customdata[0]:.0%} or more: %{y:.0%} of %{customdata[1]} tracks "
                    "right (%{customdata[2]:.0%} to %{customdata[3]:.0%})"
                )
                + NO_NAME,
            )
        )  # fmt: skip
    coverage = _("Coverage (tracks with at least this confidence)")
    return _shares(figure, coverage, _("Accuracy"))


def overlaid_histories(histories: Mapping[str, Sequence[Mapping[str, Any]]]) -> go.Figure:
    """Draw the accuracy of several runs over the epochs in one chart.

    Parameters
    ----------
    histories : mapping of str to sequence of mappings
        By name, the epochs of a run: ``epoch``, ``accuracy`` and, where there is a
        validation side, ``val_accuracy``.

    Returns
    -------
    figure : Figure
        A colour each; training thin, validation thick and dashed.
    """
    figure = empty_figure(height=360)
    for i, (name, history) in enumerate(histories.items()):
        for key, width, dash in (("accuracy", 1.5, "solid"), ("val_accuracy", 2.5, "dash")):
            if any(key in epoch for epoch in history):
                curve = _("{name}, training") if key == "accuracy" else _("{name}, validation")
                figure.add_trace(
                    go.Scatter(
                        x=[epoch["epoch"] for epoch in history],
                        y=[epoch.get(key) for epoch in history],
                        name=curve.format(name=safe_label(name)),
                        mode="lines",
                        line={
                            "color": LINE_COLOURS[i % len(LINE_COLOURS)],
                            "width": width,
                            "dash": dash,
                        },
                        hovertemplate=_("epoch %{x}: %{y:.1%} of segments") + NO_NAME,
                    )
                )
    n_epochs = max((row["epoch"] for history in histories.values() for row in history), default=1)
    _shares(figure, "", _("Accuracy per segment"))
    figure.update_xaxes(epoch_axis(n_epochs))
    figure.update_xaxes(tickformat="d")
    return figure


def track_features(columns: np.ndarray, column_seconds: float, row_name: str) -> go.Figure:
    """Draw the frames of a track, as the network reads them.

    Parameters
    ----------
    columns : np.ndarray [shape=(n_columns, n_values)]
        As `genre.compare.confusion_tracks.track_frames` gives them.
    column_seconds : float
    row_name : str
        What a value of a frame is.

    Returns
    -------
    figure : Figure
    """
    picture = frames_heatmap(columns, column_seconds, row_name).update(yaxis="y")
    figure = empty_figure(picture, height=240)
    figure.update_xaxes(time_axis(len(columns) * column_seconds))
    ticks = row_ticks(columns.shape[1])
    figure.update_yaxes(
        title_text=_(row_name), dtick=ticks, showgrid=False, zeroline=False, **FIXED
    )
    return figure


def _shares(figure: go.Figure, x_title: str, y_title: str) -> go.Figure:
    """Set axes from 0 to 100%, and the legend above."""
    axis = {"range": [0, 1], "tickformat": ".0%", "dtick": 0.25, "zeroline": False, **FIXED}
    figure.update_xaxes(axis, title_text=x_title)
    figure.update_yaxes(axis, title_text=y_title)
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
    )
    return figure
