"""The chart of data leakage, from the recorded runs.

Conventions
-----------
As `genre.charts.parts`.  Error bars are 95% intervals for independent segments; segments of a
track are not independent, so the true intervals are wider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from genre.charts.colours import NEUTRAL, TRAINING, VALIDATION
from genre.charts.parts import FIXED, LEGEND_ABOVE, NO_NAME, empty_figure, whiskers
from genre.language import _
from genre.text.format import percent

if TYPE_CHECKING:
    from genre.compare.leakage import LeakageStudy


def leakage_bars(picture: LeakageStudy, *, is_control: bool = False) -> go.Figure:
    """Draw the accuracy of each split of segments whose track is, and is not, in training.

    Parameters
    ----------
    picture : LeakageStudy
    is_control : bool
        Draw the runs with permuted genres, not those with the true ones.

    Returns
    -------
    figure : Figure
        A line across each split is the accuracy of always predicting the most common genre.
    """
    figure = empty_figure(height=340, barmode="group", bargap=0.3)
    runs = [run for run in picture.runs if run.recipe.permute_genres == is_control]
    names = [_("split {kind}").format(kind=run.recipe.split) for run in runs]
    counted = [run.by_seen_track for run in runs]
    for label, hover, colour, accuracies in (
        (
            _("other segments of the track in training"),
            _(
                "%{y:.0%} of %{customdata[0]} segments with other segments of the track in "
                "training (%{customdata[1]:.0%} to %{customdata[2]:.0%})"
            ),
            VALIDATION,
            [c.track_seen for c in counted],
        ),
        (
            _("none of the track in training"),
            _(
                "%{y:.0%} of %{customdata[0]} segments with none of the track in training "
                "(%{customdata[1]:.0%} to %{customdata[2]:.0%})"
            ),
            TRAINING,
            [c.track_unseen for c in counted],
        ),
    ):
        present = [(n, a) for n, a in zip(names, accuracies, strict=True) if a.n]
        figure.add_trace(
            go.Bar(
                x=[name for name, _accuracy in present],
                y=[accuracy.value for _name, accuracy in present],
                name=label,
                marker={"color": colour},
                text=[percent(accuracy.value) for _name, accuracy in present],
                textposition="inside",
                insidetextanchor="start",
                textangle=0,
                constraintext="none",
                customdata=[[a.n, a.low, a.high] for _name, a in present],
                hovertemplate=hover + NO_NAME,
                error_y=whiskers([accuracy for _name, accuracy in present], NEUTRAL),
            )
        )
    figure.add_trace(
        go.Scatter(
            x=names,
            y=[run.majority for run in runs],
            name=_("always the most common genre"),
            mode="markers",
            marker={"symbol": "line-ew", "size": 60, "line": {"color": NEUTRAL, "width": 3}},
            hovertemplate=_("always the most common genre: %{y:.0%}") + NO_NAME,
        )
    )
    figure.update_layout(legend=LEGEND_ABOVE, legend_itemclick=False, legend_itemdoubleclick=False)
    figure.update_xaxes(showgrid=False, **FIXED)
    figure.update_yaxes(
        range=[0, 1], tickformat=".0%", dtick=0.25,
        title_text=_("Accuracy per segment"),
        zeroline=False, **FIXED,
    )  # fmt: skip
    return figure
