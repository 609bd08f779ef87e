"""Why the leaky number lies, drawn from the recorded runs.

Conventions
-----------
As `genre.charts`.  Whiskers are 95 % intervals of segments counted one by one; segments of
a track agree with each other, so the true ones are wider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from genre.chart_parts import FIXED, empty_figure
from genre.charts_compare import whiskers
from genre.colours import NEUTRAL, TRAINING, VALIDATION

if TYPE_CHECKING:
    from genre.honesty import HonestyPicture

PANELS = ((False, "x", "True genres"), (True, "x2", "Genres permuted: nothing to learn"))


def honesty_bars(picture: HonestyPicture) -> go.Figure:
    """Draw each split's accuracy, apart for segments with and without a sibling in training.

    Parameters
    ----------
    picture : HonestyPicture

    Returns
    -------
    figure : Figure
        Left with the true genres, right with permuted ones; a line across each split is
        what always guessing the commonest genre gets right.
    """
    figure = empty_figure(height=380, barmode="group", bargap=0.3)
    for is_control, axis, title in PANELS:
        runs = [run for run in picture.runs if run.recipe.permute_genres == is_control]
        names = [f"split {run.recipe.split}" for run in runs]
        counted = [run.siblings for run in runs]
        for label, colour, accuracies in (
            ("sibling in training", VALIDATION, [c.with_sibling for c in counted]),
            ("no sibling in training", TRAINING, [c.without_sibling for c in counted]),
        ):
            present = [(n, a) for n, a in zip(names, accuracies, strict=True) if a.n]
            figure.add_trace(
                go.Bar(
                    x=[name for name, _ in present],
                    y=[accuracy.value for _, accuracy in present],
                    xaxis=axis,
                    name=label,
                    legendgroup=label,
                    showlegend=not is_control,
                    marker={"color": colour},
                    text=[f"{accuracy.value:.0%}" for _, accuracy in present],
                    textposition="inside",
                    insidetextanchor="start",
                    customdata=[[a.n, a.low, a.high] for _, a in present],
                    hovertemplate=f"%{{y:.0%}} of %{{customdata[0]}} segments with {label} "
                    "(%{customdata[1]:.0%} to %{customdata[2]:.0%})<extra></extra>",
                    error_y=whiskers([accuracy for _, accuracy in present], NEUTRAL),
                )
            )
        figure.add_trace(
            go.Scatter(
                x=names,
                y=[run.majority for run in runs],
                xaxis=axis,
                name="always the commonest genre",
                legendgroup="majority",
                showlegend=not is_control,
                mode="markers",
                marker={
                    "symbol": "line-ew",
                    "size": 60,
                    "line": {"color": NEUTRAL, "width": 3},
                },
                hovertemplate="always the commonest genre: %{y:.0%}<extra></extra>",
            )
        )
        figure.add_annotation(
            text=title, xref=f"{axis} domain", x=0, yref="paper", y=1.02, yanchor="bottom",
            showarrow=False,
        )  # fmt: skip
    figure.update_layout(
        margin={"l": 8, "r": 20, "t": 88, "b": 44},
        legend={"orientation": "h", "x": 0, "yref": "container", "y": 1, "yanchor": "top"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
        xaxis={"domain": [0, 0.48]},
        xaxis2={"domain": [0.52, 1]},
    )
    figure.update_xaxes(showgrid=False, **FIXED)
    figure.update_yaxes(
        range=[0, 1], tickformat=".0%", dtick=0.25, title_text="Segments right", zeroline=False,
        **FIXED,
    )  # fmt: skip
    return figure
