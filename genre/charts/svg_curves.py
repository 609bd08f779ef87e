"""The curves of a training run as SVG: for the report, and for live runs.

Conventions
-----------
A Plotly chart in a file needs a script of four megabytes, and redrawn each second it
flickers.  These SVGs have a few kilobytes and are replaced at once.  Colours are classes,
set by the page's style sheet, light or dark.  Only numbers and escaped names are in an SVG.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 360.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 18.0, 18.0, 40.0  # half of "10000" fits to the right
ROW, NAMES, NAME_CHARACTERS = 20.0, 86.0, 12
MAX_TICKS = 6
MAX_COLUMNS = 120
"""Epochs of a song that are drawn; of more, every second, third, ..."""
MAX_POINTS = 100
"""Points of a curve that show their value under the mouse; a curve has them all."""

Rows = Sequence[Mapping[str, Any]]
Points = list[tuple[float, float]]

HIGHEST_LOSS = 5.0
"""Where the axis of the loss ends at most (nats): random predictions for ten genres have 2.3."""


@dataclass(frozen=True)
class _Axes:
    """The positions of epochs and values, and the format of values."""

    metric: str
    last: int
    step: float
    top: float

    def x(self, epoch: float) -> str:
        return f"{LEFT + epoch / self.last * (WIDTH - LEFT - RIGHT):.1f}"

    def y(self, value: float) -> str:
        return f"{TOP + (1 - min(value, self.top) / self.top) * (HEIGHT - TOP - BOTTOM):.1f}"

    def line(self, points: Points, kind: str) -> str:
        through = " ".join(f"{self.x(epoch)},{self.y(value)}" for epoch, value in points)
        return f'<polyline class="curve {kind}" points="{through}"/>' if len(points) > 1 else ""

    def written(self, value: float) -> str:
        return f"{value:.1%}" if self.metric == "accuracy" else f"{value:.3f}"


def training_curves(
    history: Rows,
    metric: str,
    marks: Sequence[float] = (),
    *,
    ghost: Rows = (),
    batches: Rows = (),
    n_epochs: int = 0,
) -> str:
    """Draw one figure of a training run over its epochs, training and validation.

    Parameters
    ----------
    history : sequence of mappings
        Per epoch ``epoch``, the metric and, where there is a validation side, ``val_<metric>``.
    metric : str
        ``accuracy``, drawn from 0 to 1, or ``loss``.
    marks : sequence of float
        Times to mark, in epochs since the start; numbered in their order.
    ghost : sequence of mappings
        The history of an earlier run, drawn pale behind.
    batches : sequence of mappings
        Of the current epoch ``batch``, ``n_batches``, and the means so far: the
        last part of the training curve.
    n_epochs : int
        The planned epochs: the end of the axis, so that it does not change during training.

    Returns
    -------
    svg : str
    """
    done = max((int(row["epoch"]) for row in history), default=0)
    last = max(n_epochs, done + bool(batches))
    last = last or max((int(row["epoch"]) for row in ghost), default=1)
    rows = _sides(history, metric)
    pale = _sides([row for row in ghost if row["epoch"] <= last], metric)
    end = _growing_end(rows["training"], batches, metric)
    drawn = [*rows.values(), *pale.values(), end]
    values = [value for points in drawn for _, value in points]
    highest = min(max(values, default=1.0), HIGHEST_LOSS)
    step = 0.25 if metric == "accuracy" else _step(highest)
    top = 1.0 if metric == "accuracy" else step * max(1, math.ceil(highest / step))
    axes = _Axes(metric, last, step, top)
    parts = [
        *_drawn_axes(axes),
        *_drawn_marks(axes, marks),
        *_drawn_ghost(axes, pale),
        axes.line(end, "training growing"),
        *_drawn_curves(axes, rows),
    ]
    label = _spoken(axes, rows, len(history))
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def curve_sample(kind: str) -> str:
    """Return a sample line and its label, for a legend."""
    line = '<line class="curve {}" x1="0" x2="30" y1="5" y2="5"/>'
    word = "earlier run" if kind == "ghost" else kind
    stroke = line.format("training ghost" if kind == "ghost" else kind)
    return f'<svg viewBox="0 0 30 10" aria-hidden="true">{stroke}</svg>{word}'


def song_columns(
    song: Sequence[tuple[int, Sequence[float]]], genres: Sequence[str], n_epochs: int
) -> str:
    """Draw the prediction for a song after each epoch: a column of probabilities each.

    Parameters
    ----------
    song : sequence of (int, sequence of float)
        Epoch, and the probability of each genre.
    genres : sequence of str
    n_epochs : int
        The planned epochs: the end of the axis.

    Returns
    -------
    svg : str
        The stronger a cell, the more probable; a dot marks the most probable of a column.
    """
    last = max(n_epochs, *(epoch for epoch, _ in song), 1)
    every = math.ceil(last / MAX_COLUMNS)
    height = ROW * len(genres)
    width = 2 * WIDTH
    cell = (width - NAMES - RIGHT) / math.ceil(last / every)
    parts = []
    for i, genre in enumerate(genres):
        is_short = len(genre) <= NAME_CHARACTERS
        label = html.escape(genre if is_short else genre[: NAME_CHARACTERS - 1] + "…")
        parts.append(
            f'<text x="{NAMES - 6:g}" y="{ROW * (i + 0.5):g}" dy="4" '
            f'text-anchor="end">{label}</text>'
        )
    columns: dict[int, tuple[int, Sequence[float]]] = {}
    for epoch, probabilities in song:
        columns.setdefault((epoch - 1) // every, (epoch, probabilities))
    for column, (epoch, probabilities) in columns.items():
        left = NAMES + column * cell
        best = max(range(len(probabilities)), key=lambda i: probabilities[i])
        for i, probability in enumerate(probabilities):
            parts.append(
                f'<rect class="cell" x="{left:.1f}" y="{ROW * i:g}" width="{cell:.2f}" '
                f'height="{ROW - 1:g}" style="fill-opacity:{probability:.2f}">'
                f"<title>epoch {epoch}, {html.escape(genres[i])}: {probability:.0%}</title></rect>"
            )
        parts.append(
            f'<circle class="best" cx="{left + cell / 2:.1f}" cy="{ROW * (best + 0.5):g}" r="3"/>'
        )
    between = max(1, math.ceil(_step(last)))
    for epoch in range(between, last + 1, between):
        place = NAMES + ((epoch - 1) // every + 0.5) * cell
        parts.append(
            f'<text x="{place:.1f}" y="{height + 15:g}" text-anchor="middle">{epoch}</text>'
        )
    outline = f'x="{NAMES:g}" y="0" width="{width - NAMES - RIGHT:g}" height="{height:g}"'
    parts.append(f'<rect class="frame" {outline}/>')
    return (
        f'<svg viewBox="0 0 {width:g} {height + 22:g}" role="img" aria-label="The probability of '
        f'each genre for the pinned song after each epoch.">{"".join(parts)}</svg>'
    )


def _drawn_axes(axes: _Axes) -> list[str]:
    """Draw a line and a number per step of the values, and the numbers of the epochs."""
    parts = []
    for i in range(round(axes.top / axes.step) + 1):
        value = i * axes.step
        label = f"{value:.0%}" if axes.metric == "accuracy" else f"{value:g}"
        height = axes.y(value)
        parts.append(
            f'<line class="axis" x1="{axes.x(0)}" x2="{axes.x(axes.last)}" '
            f'y1="{height}" y2="{height}"/>'
            f'<text x="{LEFT - 6:g}" y="{height}" dy="4" text-anchor="end">{label}</text>'
        )
    under = f"{HEIGHT - BOTTOM + 17:g}"
    for tick in range(0, axes.last + 1, max(1, math.ceil(_step(axes.last)))):
        parts.append(f'<text x="{axes.x(tick)}" y="{under}" text-anchor="middle">{tick}</text>')
    end = axes.x(axes.last)
    parts.append(f'<text x="{end}" y="{HEIGHT - 4:g}" text-anchor="end">epoch</text>')
    return parts


def _drawn_marks(axes: _Axes, marks: Sequence[float]) -> list[str]:
    """Draw a vertical line per marked time, with its number above."""
    parts = []
    for number, moment in enumerate(marks, start=1):
        place = axes.x(min(moment, axes.last))
        parts.append(
            f'<line class="mark" x1="{place}" x2="{place}" y1="{TOP:g}" y2="{axes.y(0)}"/>'
            f'<text x="{place}" y="{TOP - 5:g}" text-anchor="middle">{number}</text>'
        )
    return parts


def _drawn_ghost(axes: _Axes, pale: Mapping[str, Points]) -> list[str]:
    """Draw the curves of the earlier run; a single epoch is a dot."""
    parts = []
    for side, points in pale.items():
        parts.append(axes.line(points, f"{side} ghost"))
        if len(points) == 1:
            place = f'cx="{axes.x(points[0][0])}" cy="{axes.y(points[0][1])}"'
            parts.append(f'<circle class="lonely {side} ghost" {place} r="5"/>')
    return parts


def _drawn_curves(axes: _Axes, rows: Mapping[str, Points]) -> list[str]:
    """Draw the curves of this run, with points that show their value under the mouse."""
    parts = []
    for side, points in rows.items():
        parts.append(axes.line(points, side))
        shown = points[:: max(1, math.ceil(len(points) / MAX_POINTS))]
        kind = "point" if len(points) > 1 else f"lonely {side}"
        for epoch, value in shown:
            parts.append(
                f'<circle class="{kind}" cx="{axes.x(epoch)}" cy="{axes.y(value)}" r="5">'
                f"<title>epoch {epoch:g}, {side} {axes.written(value)}</title></circle>"
            )
    return parts


def _spoken(axes: _Axes, rows: Mapping[str, Points], n_epochs: int) -> str:
    """Return a description of the chart for screen readers."""
    ends = [
        f"{side} {f'from {axes.written(points[0][1])} to ' if len(points) > 1 else ''}"
        f"{axes.written(points[-1][1])}"
        for side, points in rows.items()
        if points
    ]
    over = "1 epoch" if n_epochs == 1 else f"{n_epochs or 'the'} epochs"
    description = ", ".join(ends) or ("no number yet" if n_epochs else "none is finished yet")
    return f"{axes.metric.capitalize()} over {over}: {description}."


def _sides(rows: Rows, metric: str) -> dict[str, Points]:
    """Return the points of training and validation."""
    return {
        side: [(int(row["epoch"]), float(row[key])) for row in rows if _is_number(row.get(key))]
        for side, key in (("training", metric), ("validation", f"val_{metric}"))
    }


def _growing_end(done: Points, batches: Rows, metric: str) -> Points:
    """Return the training curve inside the current epoch, joined to the last finished one.

    Each point is the mean over the last epoch's worth of segments: those of this
    epoch, and for the rest of it the last epoch's mean.  So it ends where the
    epoch's own point will be, and does not jump with the first few batches.
    """
    points = done[-1:]
    epoch, before = points[0] if points else (0.0, None)
    if not batches:
        return []
    for row in batches:
        if not _is_number(row.get(metric)):  # it diverges
            continue
        share, value = row["batch"] / row["n_batches"], float(row[metric])
        if before is not None:
            value = share * value + (1 - share) * before
        points.append((epoch + share, value))
    return points


def _step(largest: float) -> float:
    """Return a round step that divides 0 to ``largest`` into at most `MAX_TICKS` parts."""
    power = 10.0 ** math.floor(math.log10(max(largest, 1e-6) / MAX_TICKS))
    return next(f * power for f in (1, 2, 5, 10) if largest / (f * power) <= MAX_TICKS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
