"""Charts of tanh and of what its slopes leave of a gradient.

Conventions
-----------
As `genre.scenes.prediction_charts`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import NEUTRAL, TRAINING, VALIDATION
from genre.charts.parts import FIXED, LEGEND_ABOVE, decades_axis, empty_figure, pale
from genre.interpret.slopes import SlopeProduct, TanhCurve
from genre.language import _


def tanh_chart(curve: TanhCurve, states: Sequence[float] = ()) -> go.Figure:
    """Draw tanh and its slope.

    Parameters
    ----------
    curve : TanhCurve
    states : sequence of float
        Inputs of real units, to mark on the curve.

    Returns
    -------
    figure : Figure
    """
    figure = empty_figure(height=300)
    for name, y, colour, dash in (
        (_("tanh"), curve.tanh, TRAINING, "solid"),
        (_("its slope"), curve.slope, VALIDATION, "dash"),
    ):
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_scatter(x=curve.x, y=y, name=name, mode="lines", line=line)
    reach = float(np.abs(curve.x).max())
    shown = np.clip(np.asarray(states, float), -reach, reach)
    if len(shown):
        figure.add_scatter(
            x=shown,
            y=np.tanh(shown),
            name=_("the units"),
            mode="markers",
            marker={"color": NEUTRAL, "size": 7, "opacity": 0.7},
        )
    figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 48})
    figure.update_xaxes(title={"text": _("Sum"), "standoff": 8}, zeroline=False, **FIXED)
    figure.update_yaxes(range=[-1.1, 1.1], dtick=0.5, zeroline=True, **FIXED)
    return figure


def slope_product(product: SlopeProduct) -> go.Figure:
    """Draw how the slopes of tanh shrink a gradient, step by step back.

    Parameters
    ----------
    product : SlopeProduct

    Returns
    -------
    figure : Figure
        The median unit, and between the tenth and the ninetieth percentile.  The axis ends where
        the median does; what is below it leaves the picture.
    """
    figure = empty_figure(height=300)
    drawn = product.median[product.median > 0]
    axis = decades_axis(float(drawn.min(initial=1.0)))
    bottom = 10.0 ** (axis["range"][0] - 1)  # a logarithm has no place for 0
    low, high, median = (
        np.maximum(one, bottom) for one in (product.low, product.high, product.median)
    )
    figure.add_scatter(
        x=np.concatenate([product.distance, product.distance[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=pale(VALIDATION, 0.25),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=product.distance,
        y=median,
        customdata=product.median,
        mode="lines",
        line={"color": VALIDATION, "width": 3},
        hovertemplate=_("%{x} steps back: %{customdata:.1e}") + "<extra></extra>",
        showlegend=False,
    )
    title = {"text": _("Steps back from the end"), "standoff": 8}
    figure.update_xaxes(title=title, showgrid=False, zeroline=False, **FIXED)
    figure.update_yaxes(title_text=_("Product of slopes"), **axis)
    return figure
