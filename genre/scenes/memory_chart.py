"""Charts of the memory tests: what each cell learnt at each length, and how it got there.

Conventions
-----------
As `genre.scenes.prediction_charts`; the cells' colours are those of
`genre.scenes.forgetting_charts`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import get_args

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import NEUTRAL
from genre.charts.parts import FIXED, LEGEND_ABOVE, empty_figure
from genre.interpret.memory_run import MemoryRun
from genre.interpret.memory_test import BATCHES, GUESSING, CellName, TaskName
from genre.language import _
from genre.scenes.forgetting_charts import CELL_COLOURS
from genre.scenes.forgetting_text import CELL_NAMES, TASK_NAMES

LENGTH_TICKS = (10, 100, 1000)
BESIDE = 1.1
"""The cells' marks of one length stand beside each other, this factor apart."""
WIDTH, HEIGHT = 520, 100
LEFT, RIGHT, TOP, BOTTOM = 42, 8, 8, 22
BETWEEN = 0.05
"""Share of the width between two tasks."""


def results(runs: Sequence[MemoryRun]) -> go.Figure:
    """Draw the share of answers that were right at the end, by length, task beside task.

    Parameters
    ----------
    runs : sequence of MemoryRun
        Those that are finished are drawn.

    Returns
    -------
    figure : Figure
        A mark for each run, a line through the means of each cell's, a dashed line for guessing.
    """
    figure = empty_figure(height=240)
    names = get_args(TaskName)
    width = (1 + BETWEEN) / len(names)
    for i, task in enumerate(names):
        number = str(i + 1) if i else ""
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        for cell in get_args(CellName):
            values: dict[int, list[float]] = {}
            for run in sorted(runs, key=lambda run: run.task.length):
                if run.outcome and (run.task.task, run.task.cell) == (task, cell):
                    values.setdefault(run.task.length, []).append(run.outcome.value)
            _add_cell(figure, cell, values, axes, with_legend=not i)
        left = i * width
        figure.update_layout(
            {
                f"xaxis{number}": {
                    "type": "log",
                    "domain": [left, left + width - BETWEEN],
                    "anchor": f"y{number}",
                    "range": [0.8, 3.2],
                    "tickvals": LENGTH_TICKS,
                    "ticktext": [f"{n:,}" for n in LENGTH_TICKS],
                    "title": {
                        "text": _("{task}, steps").format(task=_(TASK_NAMES[task])),
                        "standoff": 4,
                    },
                    "showgrid": False,
                    **FIXED,
                },
                f"yaxis{number}": {
                    "anchor": f"x{number}",
                    "range": [-0.02, 1.05],
                    "tickformat": ".0%",
                    "dtick": 0.5,
                    "showticklabels": not i,
                    "title": {"text": "" if i else _("Right")},
                    **FIXED,
                },
            }
        )
        figure.add_shape(
            y0=GUESSING[task],
            y1=GUESSING[task],
            yref=axes["yaxis"],
            x0=0,
            x1=1,
            xref=f"{axes['xaxis']} domain",
            line={"color": NEUTRAL, "dash": "dash", "width": 1},
        )
    return figure.update_layout(legend=LEGEND_ABOVE, margin={"t": 34, "b": 40})


def _add_cell(
    figure: go.Figure,
    cell: CellName,
    values: dict[int, list[float]],
    axes: dict[str, str],
    *,
    with_legend: bool,
) -> None:
    """Add one cell's runs of one task: a line of means, and a mark for each run."""
    shift = BESIDE ** (get_args(CellName).index(cell) - 1)
    hover = _("{cell}, %{{customdata}} steps: %{{y:.0%}} right").format(cell=_(CELL_NAMES[cell]))
    common = {"legendgroup": cell, "hovertemplate": f"{hover}<extra></extra>", **axes}
    figure.add_scatter(
        x=[length * shift for length in values],
        y=[float(np.mean(shares)) for shares in values.values()],
        customdata=list(values),
        name=_(CELL_NAMES[cell]),
        mode="lines",
        line={"color": CELL_COLOURS[cell], "width": 2},
        showlegend=with_legend,
        **common,
    )
    marks = [(length, share) for length, shares in values.items() for share in shares]
    figure.add_scatter(
        x=[length * shift for length, _share in marks],
        y=[share for _length, share in marks],
        customdata=[length for length, _share in marks],
        mode="markers",
        marker={"color": CELL_COLOURS[cell], "size": 6, "opacity": 0.6},
        showlegend=False,
        **common,
    )


def learning(recorded: Sequence[MemoryRun], live: MemoryRun | None, spoken: str) -> str:
    """Draw how the recorded runs of one task and length learnt, and one that runs now.

    An SVG, as in `genre.charts.svg_curves`: a Plotly chart that is redrawn each second flickers.

    Parameters
    ----------
    recorded : sequence of MemoryRun
    live : MemoryRun or None
    spoken : str
        What it shows, for screen readers.

    Returns
    -------
    svg : str
        A thin line for each recorded run; the axes are the same whatever is live.
    """

    def line(run: MemoryRun, kind: str) -> str:
        points = " ".join(
            f"{_x(batch)},{_y(right)}" for batch, right in zip(run.batches, run.right, strict=True)
        )
        style = f"stroke:{CELL_COLOURS[run.task.cell]}"
        return f'<polyline class="curve {kind}" style="{style}" points="{points}"/>'

    parts = []
    for right in (0, 0.5, 1):
        y = _y(right)
        parts.append(
            f'<line class="axis" x1="{_x(0)}" x2="{_x(BATCHES)}" y1="{y}" y2="{y}"/>'
            f'<text x="{LEFT - 6}" y="{y}" dy="4" text-anchor="end">{right:.0%}</text>'
        )
    for batch in range(0, BATCHES + 1, BATCHES // 5):
        word = html.escape(_("batches")) if batch == BATCHES else ""
        anchor = "end" if word else "middle"
        parts.append(
            f'<text x="{_x(batch)}" y="{HEIGHT - 4}" text-anchor="{anchor}">'
            f"{f'{batch:,} {word}'.strip()}</text>"
        )
    parts += [line(run, "recorded") for run in recorded]
    if live and live.batches:
        parts.append(line(live, "live"))
        parts.append(
            f'<circle class="end" cx="{_x(live.batches[-1])}" cy="{_y(live.right[-1])}" r="4" '
            f'style="fill:{CELL_COLOURS[live.task.cell]}"/>'
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(spoken)}">'
        f"{''.join(parts)}</svg>"
    )


def learning_legend() -> str:
    """Return the lines of `learning` and their names, as HTML."""
    names = [(CELL_COLOURS[cell], "recorded", _(CELL_NAMES[cell])) for cell in get_args(CellName)]
    names.append((NEUTRAL, "live", _("your run")))
    return "".join(
        f'<span><svg viewBox="0 0 30 10" aria-hidden="true"><line class="curve {kind}" '
        f'style="stroke:{colour}" x1="0" x2="30" y1="5" y2="5"/></svg>{html.escape(name)}</span>'
        for colour, kind, name in names
    )


def _x(batch: float) -> str:
    return f"{LEFT + batch / BATCHES * (WIDTH - LEFT - RIGHT):.1f}"


def _y(right: float) -> str:
    return f"{TOP + (1 - right) * (HEIGHT - TOP - BOTTOM):.1f}"
