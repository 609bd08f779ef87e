"""The curves of a training run as SVG: drawn once, for a page that needs no script.

Conventions
-----------
Plotly's script alone weighs more than four megabytes and would have to be inside
a page that is to stand alone; these two pictures take a few kilobytes, and they
print.  Colours are classes: the page's style sheet says what they are, light or
dark.  Only numbers enter a drawing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 360.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 18.0, 40.0
MAX_TICKS = 6
MAX_POINTS = 100
"""Points of a curve that show their value under the mouse; a curve has them all."""


def training_curves(
    history: Sequence[Mapping[str, Any]], metric: str, marks: Sequence[float] = ()
) -> str:
    """Draw one figure of a training run over its epochs, training and validation.

    Parameters
    ----------
    history : sequence of mappings
        Per epoch ``epoch``, the metric and, where there is a validation side, ``val_<metric>``.
    metric : str
        ``accuracy``, drawn from 0 to 1, or ``loss``.
    marks : sequence of float
        Moments to mark, in epochs since the start; numbered in their order.

    Returns
    -------
    svg : str
    """
    rows = {
        side: [(int(row["epoch"]), float(row[key])) for row in history if _is_number(row.get(key))]
        for side, key in (("training", metric), ("validation", f"val_{metric}"))
    }
    values = [value for points in rows.values() for _, value in points]
    step = 0.25 if metric == "accuracy" else _step(max(values, default=1.0))
    top = 1.0 if metric == "accuracy" else step * max(1, math.ceil(max(values, default=1) / step))
    last = max((int(row["epoch"]) for row in history), default=1)

    def x(epoch: float) -> str:
        return f"{LEFT + epoch / last * (WIDTH - LEFT - RIGHT):.1f}"

    def y(value: float) -> str:
        return f"{TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM):.1f}"

    def written(value: float) -> str:
        return f"{value:.1%}" if metric == "accuracy" else f"{value:.3f}"

    parts = []
    for i in range(round(top / step) + 1):
        label = f"{i * step:.0%}" if metric == "accuracy" else f"{i * step:g}"
        height = y(i * step)
        parts.append(
            f'<line class="axis" x1="{x(0)}" x2="{x(last)}" y1="{height}" y2="{height}"/>'
            f'<text x="{LEFT - 6:g}" y="{height}" dy="4" text-anchor="end">{label}</text>'
        )
    every = max(1, math.ceil(_step(last)))
    for epoch in range(0, last + 1, every):
        parts.append(
            f'<text x="{x(epoch)}" y="{HEIGHT - BOTTOM + 17:g}" text-anchor="middle">{epoch}</text>'
        )
    parts.append(f'<text x="{x(last)}" y="{HEIGHT - 4:g}" text-anchor="end">epoch</text>')
    for number, moment in enumerate(marks, start=1):
        place = x(min(moment, last))
        parts.append(
            f'<line class="mark" x1="{place}" x2="{place}" y1="{TOP:g}" y2="{y(0)}"/>'
            f'<text x="{place}" y="{TOP - 5:g}" text-anchor="middle">{number}</text>'
        )
    for side, points in rows.items():
        line = " ".join(f"{x(epoch)},{y(value)}" for epoch, value in points)
        if len(points) > 1:
            parts.append(f'<polyline class="curve {side}" points="{line}"/>')
        shown = points[:: max(1, math.ceil(len(points) / MAX_POINTS))]
        kind = "point" if len(points) > 1 else f"lonely {side}"
        for epoch, value in shown:
            parts.append(
                f'<circle class="{kind}" cx="{x(epoch)}" cy="{y(value)}" r="5">'
                f"<title>epoch {epoch}, {side} {written(value)}</title></circle>"
            )
    changes = [
        f"{side} from {written(points[0][1])} to {written(points[-1][1])}"
        for side, points in rows.items()
        if points
    ]
    label = f"{metric.capitalize()} over {last} epochs: {', '.join(changes) or 'nothing yet'}."
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def _step(largest: float) -> float:
    """Return a round step that divides 0 to ``largest`` into at most `MAX_TICKS` parts."""
    power = 10.0 ** math.floor(math.log10(max(largest, 1e-6) / MAX_TICKS))
    return next(f * power for f in (1, 2, 5, 10) if largest / (f * power) <= MAX_TICKS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
