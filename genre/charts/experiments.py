"""Charts of many runs: curves over each other, parallel coordinates, the spread over seeds.

Conventions
-----------
As `genre.charts.parts`.  A run that ended early has a cross: at the end of its curve, and in place
of its dot.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from genre.charts.colours import GENRE_COLOURS, NEUTRAL, TRAINING
from genre.charts.compare import LINE_COLOURS
from genre.charts.parts import FIXED, NO_NAME, empty_figure, label_axis, pale, safe_label
from genre.errors import ParameterError
from genre.experiments.configurations import Configuration, Quantity, figure_of
from genre.experiments.curves import Curve
from genre.experiments.records import RunRecord
from genre.language import _
from genre.text.experiments import (
    METRIC_NAMES,
    QUANTITY_NAMES,
    STATES,
    setting_value,
    settings_columns,
    state_of,
)
from genre.text.format import general

Part = tuple[tuple[float, float], tuple[float, float]]
"""From where to where of a horizontal and of a vertical axis."""
DASHES = ("solid", "dash", "dot")
"""One for each round of the colours."""
ROW_PIXELS = 36
MAX_CONFIGURATIONS = 30
MAX_AXES = 10
"""Settings of a parallel-coordinates picture."""
LINE_SCALE = [GENRE_COLOURS[name] for name in ("jazz", "classical", "country")]
"""From low to high: a line of each colour is seen on a light and on a dark page."""
MAX_TICKS = 8
DECADES = 10
"""Numbers that differ by this factor stand on a logarithmic axis."""


def overlaid_curves(
    curves: Sequence[Curve],
    metric: str,
    *,
    over: str = "epoch",
    zooms: bool = True,
    part: Part | None = None,
) -> go.Figure:
    """Draw the curves of several runs over each other: as they are pale, smoothed in full colour.

    Parameters
    ----------
    curves : sequence of Curve
    metric : str
        One of `genre.experiments.records.METRICS`.
    over : str
        ``epoch``, or ``seconds``.
    zooms : bool
        Whether dragging selects a part, for the page to zoom in.
    part : (pair of float, pair of float), optional
        What is shown of both axes, horizontal first; by default all.

    Returns
    -------
    figure : Figure
    """
    is_share = metric.endswith("accuracy")
    value = "%{y:.1%}" if is_share else "%{y:.3f}"
    place = _("epoch %{x}") if over == "epoch" else _("%{x:.0f} s")
    figure = empty_figure(height=420)
    for i, curve in enumerate(curves):
        if not curve.x:
            continue
        colour, dash = LINE_COLOURS[i % len(LINE_COLOURS)], DASHES[i // len(LINE_COLOURS) % 3]
        shared, measured = {"x": curve.x, "legendgroup": str(i)}, ""
        if curve.smooth != curve.values:
            measured = f" ({_('measured')}: {value.replace('y', 'customdata')})"
            figure.add_scatter(
                **shared, y=curve.values, mode="lines", showlegend=False, hoverinfo="skip",
                line={"color": pale(colour, 0.3), "width": 1.5},
            )  # fmt: skip
        last = len(curve.x) - 1
        figure.add_scatter(
            **shared,
            y=curve.smooth,
            name=safe_label(curve.name),
            mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={
                "color": colour,
                "symbol": "x" if curve.ended_early else "circle",
                "size": [9 if at == last else 0 for at in range(len(curve.x))],
                "opacity": [1 if at == last else 0 for at in range(len(curve.x))],
            },
            customdata=curve.values,
            hovertemplate=f"%{{fullData.name}}<br>{place}: {value}{measured}" + NO_NAME,
        )
    figure.update_layout(
        dragmode="select" if zooms else False,
        margin={"l": 8, "r": 20, "t": 8, "b": 44},
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        hoverlabel={"namelength": -1},
    )
    x_title = _("Epoch") if over == "epoch" else _("Training time (s)")
    figure.update_xaxes(title_text=x_title, zeroline=False, showgrid=False, **FIXED)
    figure.update_yaxes(
        title_text=_(METRIC_NAMES[metric]),
        tickformat=".0%" if is_share else None,
        zeroline=False,
        **FIXED,
    )
    if part:
        figure.update_xaxes(range=part[0])
        figure.update_yaxes(range=part[1])
    return figure


def parallel_coordinates(records: Sequence[RunRecord], of: Quantity) -> go.Figure:
    """Draw each run as a line through its settings, coloured by its accuracy.

    Parameters
    ----------
    records : sequence of RunRecord
        Those without this figure are left out.
    of : str
        ``test`` or ``best_validation``.

    Returns
    -------
    figure : Figure
        An axis for each setting that differs, `MAX_AXES` at most, and the accuracy at the right.

    Raises
    ------
    ParameterError
        If fewer than two runs have the figure, or no setting differs.
    """
    shown = [record for record in records if figure_of(record, of) is not None]
    settings = settings_columns([record for record in shown])
    if len(shown) < 2 or not settings:
        raise ParameterError(
            _(
                "{n} of these runs have this accuracy, and {n_settings} of their settings differ. "
                "Choose at least two runs that differ in a setting."
            ).format(n=len(shown), n_settings=len(settings))
        )
    axes = [
        _dimension(name.replace("_", " "), values)
        for name, values in list(settings.items())[:MAX_AXES]
    ]
    if len({state_of(record) for record in shown}) > 1:
        axes.append(_dimension(_("State"), [_(STATES[state_of(record)]) for record in shown]))
    values = [100 * (figure_of(record, of) or 0.0) for record in shown]
    axes.append({"label": _("Accuracy (%)"), "values": values, "tickformat": ".0f"})
    lines = go.Parcoords(
        dimensions=axes,
        line={
            "color": values,
            "colorscale": LINE_SCALE,
            "showscale": True,
            "colorbar": {"thickness": 12, "ticksuffix": "%"},
        },
        unselected={"line": {"color": NEUTRAL, "opacity": 0.1}},
        labelangle=-20,
    )
    return empty_figure(lines, height=420, margin={"l": 60, "r": 20, "t": 84, "b": 24})


def _dimension(label: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return an axis for the values of a setting: of numbers, or a place for each word."""
    axis: dict[str, Any] = {"label": safe_label(label)}
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values):
        words = [str(setting_value(value)) for value in values]
        places = {word: place for place, word in enumerate(sorted(set(words)))}
        return axis | {
            "values": [places[word] for word in words],
            "tickvals": list(places.values()),
            "ticktext": [safe_label(word) for word in places],
        }
    return axis | _scale(numbers)


def _scale(numbers: Sequence[float]) -> dict[str, Any]:
    """Return the axis of some numbers, with a tick at each where they are few."""
    distinct = sorted(set(numbers))
    is_log = distinct[0] > 0 and distinct[-1] / distinct[0] >= DECADES
    scale = math.log10 if is_log else float
    axis: dict[str, Any] = {"values": [scale(value) for value in numbers]}
    ticks = distinct if len(distinct) <= MAX_TICKS else []
    if is_log and not ticks:
        powers = range(math.floor(scale(distinct[0])), math.ceil(scale(distinct[-1])) + 1)
        ticks = [10.0**power for power in powers]
    if not ticks:
        return axis
    return axis | {
        "tickvals": [scale(value) for value in ticks],
        "ticktext": [general(value) for value in ticks],
    }


def seed_spread(shown: Sequence[Configuration], titles: Sequence[str], of: Quantity) -> go.Figure:
    """Draw the accuracies of each configuration over its seeds, with mean and deviation.

    Parameters
    ----------
    shown : sequence of Configuration
        The first `MAX_CONFIGURATIONS` are drawn.
    titles : sequence of str
    of : str
        ``test`` or ``best_validation``.

    Returns
    -------
    figure : Figure
    """
    rows = list(enumerate(shown[:MAX_CONFIGURATIONS]))
    of_run = "%{customdata[1]}<br>" + _("seed %{customdata[0]}: %{x:.1%}") + NO_NAME
    called = [html.escape(title, quote=False) for title in titles]
    figure = empty_figure(height=ROW_PIXELS * len(rows) + 84)
    for early, symbol, name in (
        (False, "circle", _("a run")),
        (True, "x", _("a run that was stopped or failed")),
    ):
        points = [(v, row, s) for row, one in rows for s, v in one.values(of, ended_early=early)]
        if points:
            accuracy, place, seeds = zip(*points, strict=True)
            figure.add_scatter(
                x=accuracy, y=place, name=name, mode="markers",
                customdata=[[seed, called[row]] for seed, row in zip(seeds, place, strict=True)],
                marker={"color": pale(TRAINING, 0.6), "size": 10, "symbol": symbol},
                hovertemplate=of_run,
            )  # fmt: skip
    means = [(row, spread) for row, one in rows if (spread := one.spread(of))]
    figure.add_scatter(
        x=[spread.mean for _row, spread in means],
        y=[row for row, _spread in means],
        name=_("mean, ± one standard deviation"),
        mode="markers",
        marker={
            "color": NEUTRAL,
            "symbol": "line-ns",
            "size": 18,
            "line": {"width": 3, "color": NEUTRAL},
        },
        error_x={
            "type": "data",
            "array": [spread.std or 0.0 for _row, spread in means],
            "color": NEUTRAL,
            "thickness": 2,
            "width": 5,
        },
        customdata=[[spread.std or 0.0, spread.n] for _row, spread in means],
        hovertemplate=_("mean %{x:.1%} ± %{customdata[0]:.1%}, n = %{customdata[1]}") + NO_NAME,
    )
    figure.update_xaxes(title_text=_(QUANTITY_NAMES[of]), tickformat=".0%", zeroline=False, **FIXED)
    labels = [f"{row + 1}. {safe_label(titles[row])}" for row, _one in rows]
    figure.update_yaxes(label_axis(labels), range=[len(rows) - 0.5, -0.5])
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
        margin={"l": 8, "r": 20, "t": 40, "b": 44},
    )
    return figure
