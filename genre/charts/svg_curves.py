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

from genre.language import N_, _, ngettext
from genre.text.format import percent

WIDTH, HEIGHT = 360.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 18.0, 18.0, 40.0  # half of "10000" fits to the right
MAX_TICKS = 6
MAX_POINTS = 100
"""Points of a curve that show their value under the mouse; a curve has them all."""

Rows = Sequence[Mapping[str, Any]]
Points = list[tuple[float, float]]

SIDES = {"training": N_("training"), "validation": N_("validation")}
"""What a curve shows, by its class."""
PALE = {"ghost": N_("earlier run"), "folds": N_("earlier folds")}
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
        return percent(value, 1) if self.metric == "accuracy" else f"{value:.3f}"


def training_curves(
    history: Rows,
    metric: str,
    marks: Sequence[float] = (),
    *,
    ghost: Rows = (),
    folds: Sequence[Rows] = (),
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
    folds : sequence of sequences of mappings
        The histories of other folds of this run, drawn pale instead.
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
    behind = folds or [ghost]
    if folds:
        last = max(last, *(int(row["epoch"]) for rows in folds for row in rows))
    last = last or max((int(row["epoch"]) for row in ghost), default=1)
    rows = _sides(history, metric)
    pale = [_sides([row for row in of if row["epoch"] <= last], metric) for of in behind]
    end = _growing_end(rows["training"], batches, metric)
    drawn = [*rows.values(), *(points for of in pale for points in of.values()), end]
    values = [value for points in drawn for _, value in points]
    highest = min(max(values, default=1.0), HIGHEST_LOSS)
    step = 0.25 if metric == "accuracy" else step_of(highest)
    top = 1.0 if metric == "accuracy" else step * max(1, math.ceil(highest / step))
    axes = _Axes(metric, last, step, top)
    parts = [
        *_drawn_axes(axes),
        *_drawn_marks(axes, marks),
        *(part for of in pale for part in _drawn_ghost(axes, of)),
        axes.line(end, "training growing"),
        *_drawn_curves(axes, rows),
    ]
    label = _spoken(axes, rows, len(history))
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{html.escape(label)}">'
        f"{''.join(parts)}</svg>"
    )


def curve_sample(kind: str) -> str:
    """Return a sample line and its label, for a legend."""
    line = '<line class="curve {}" x1="0" x2="30" y1="5" y2="5"/>'
    word = _(PALE[kind] if kind in PALE else SIDES[kind])
    stroke = line.format("training ghost" if kind in PALE else kind)
    return f'<svg viewBox="0 0 30 10" aria-hidden="true">{stroke}</svg>{html.escape(word)}'


def _drawn_axes(axes: _Axes) -> list[str]:
    """Draw a line and a number per step of the values, and the numbers of the epochs."""
    parts = []
    for i in range(round(axes.top / axes.step) + 1):
        value = i * axes.step
        label = percent(value) if axes.metric == "accuracy" else f"{value:g}"
        height = axes.y(value)
        parts.append(
            f'<line class="axis" x1="{axes.x(0)}" x2="{axes.x(axes.last)}" '
            f'y1="{height}" y2="{height}"/>'
            f'<text x="{LEFT - 6:g}" y="{height}" dy="4" text-anchor="end">{label}</text>'
        )
    under = f"{HEIGHT - BOTTOM + 17:g}"
    for tick in range(0, axes.last + 1, max(1, math.ceil(step_of(axes.last)))):
        parts.append(f'<text x="{axes.x(tick)}" y="{under}" text-anchor="middle">{tick}</text>')
    end, title = axes.x(axes.last), html.escape(_("epoch"))
    parts.append(f'<text x="{end}" y="{HEIGHT - 4:g}" text-anchor="end">{title}</text>')
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
    """Draw the curves of an earlier run or fold; a single epoch is a dot."""
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
        title = (
            _("epoch {epoch:g}, training {value}")
            if side == "training"
            else _("epoch {epoch:g}, validation {value}")
        )
        for epoch, value in shown:
            words = html.escape(title.format(epoch=epoch, value=axes.written(value)))
            parts.append(
                f'<circle class="{kind}" cx="{axes.x(epoch)}" cy="{axes.y(value)}" r="5">'
                f"<title>{words}</title></circle>"
            )
    return parts


def _spoken(axes: _Axes, rows: Mapping[str, Points], n_epochs: int) -> str:
    """Return a description of the chart for screen readers."""
    title = _("Accuracy") if axes.metric == "accuracy" else _("Loss")
    ends = [_spoken_side(axes, side, points) for side, points in rows.items() if points]
    if not n_epochs:
        words = _("{metric} over the epochs: none is finished yet.")
    elif not ends:
        words = ngettext(
            "{metric} over {n} epoch: no number yet.",
            "{metric} over {n} epochs: no number yet.",
            n_epochs,
        )
    else:
        words = ngettext(
            "{metric} over {n} epoch: {sides}.", "{metric} over {n} epochs: {sides}.", n_epochs
        )
    return words.format(metric=title, n=n_epochs, sides=", ".join(ends))


def _spoken_side(axes: _Axes, side: str, points: Points) -> str:
    """Return how one curve goes."""
    words = _("{side} from {first} to {last}") if len(points) > 1 else _("{side} {last}")
    first, last = axes.written(points[0][1]), axes.written(points[-1][1])
    return words.format(side=_(SIDES[side]), first=first, last=last)


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


def step_of(largest: float) -> float:
    """Return a round step that divides 0 to ``largest`` into at most `MAX_TICKS` parts."""
    power = 10.0 ** math.floor(math.log10(max(largest, 1e-6) / MAX_TICKS))
    return next(f * power for f in (1, 2, 5, 10) if largest / (f * power) <= MAX_TICKS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
