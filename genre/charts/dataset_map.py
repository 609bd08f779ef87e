"""The map of a dataset that was built here: its clips by how they sound, coloured by class.

Conventions
-----------
A point's ``customdata`` is the index of its clip in `genre.builder.check.DatasetCheck.clips`.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from genre.builder.check import DatasetCheck
from genre.charts.colours import NEUTRAL, genre_colour
from genre.charts.parts import FIXED, LEGEND_ABOVE, NO_NAME, empty_figure, genre_label, safe_label
from genre.language import _

HEIGHT = 460
MANY = 1_000
"""From so many clips on they are drawn by WebGL."""
MAX_NAMED = 12
"""Classes that the legend names: more would cover the map on a phone."""
MARGIN = 0.05


def dataset_map_chart(found: DatasetCheck, *, selected: str = "") -> go.Figure:
    """Draw the clips of a dataset, and mark what stands out.

    Parameters
    ----------
    found : DatasetCheck
    selected : str
        The file of the clip that is marked.

    Returns
    -------
    figure : Figure
    """
    classes = sorted({clip.genre for clip in found.clips})
    kind = go.Scattergl if len(found.clips) >= MANY else go.Scatter
    traces = []
    for name in classes:
        rows = [i for i, clip in enumerate(found.clips) if clip.genre == name]
        traces.append(
            kind(
                x=found.positions[rows, 0],
                y=found.positions[rows, 1],
                mode="markers",
                name=genre_label(name),
                showlegend=len(classes) <= MAX_NAMED,
                marker={"size": 8, "color": genre_colour(name, classes), "opacity": 0.8},
                customdata=rows,
                hovertext=[
                    f"{safe_label(found.clips[row].file)}<br>{genre_label(name)}" for row in rows
                ],
                hovertemplate=f"%{{hovertext}}{NO_NAME}",
            )
        )
    traces += [
        _marks(found, [one.clip.file for one in found.suspects], "circle-open", 16, _("label?")),
        _marks(found, [one.clip.file for one in found.outliers], "x-thin-open", 12, _("outlier")),
        _marks(found, [selected], "square-open", 22, _("chosen")),
    ]
    low, high = found.positions.min(axis=0), found.positions.max(axis=0)
    room = MARGIN * np.maximum(high - low, 0.1)
    ranges = np.stack([low - room, high + room], axis=1).tolist()
    x, y = (FIXED | {"visible": False, "range": ends} for ends in ranges)
    return empty_figure(
        *traces,
        height=HEIGHT,
        xaxis=x,
        yaxis=y,
        legend=LEGEND_ABOVE | {"itemclick": False, "itemdoubleclick": False},
        margin={"l": 4, "r": 4, "t": 8, "b": 8},
    )


def _marks(found: DatasetCheck, files: list[str], symbol: str, size: int, name: str) -> go.Scatter:
    """Return marks around some clips; without any they are not in the legend."""
    wanted = set(files)
    rows = [i for i, clip in enumerate(found.clips) if clip.file in wanted]
    return go.Scatter(
        x=found.positions[rows, 0],
        y=found.positions[rows, 1],
        mode="markers",
        name=name,
        showlegend=bool(rows),
        marker={"symbol": symbol, "size": size, "color": NEUTRAL, "line": {"width": 2}},
        hoverinfo="skip",
    )
