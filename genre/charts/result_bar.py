"""The result of a test as one bar: accuracy, its interval, and what guessing would get.

Conventions
-----------
As `genre.charts.svg_curves`: an SVG with nothing but numbers and words of ours.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from genre.evaluation.track_figures import chance_level
from genre.language import _
from genre.text.format import interval, percent

WIDTH, HEIGHT = 720.0, 62.0
LEFT, RIGHT = 4.0, 40.0
BAR_TOP, BAR_HEIGHT = 22.0, 18.0


def result_bar(evaluation: Mapping[str, Any]) -> str:
    """Draw the accuracy per track with its 95% interval and the chance level.

    Parameters
    ----------
    evaluation : mapping
        As `genre.evaluation.evaluation.Evaluation.to_dict` gives it.

    Returns
    -------
    svg : str
    """
    track, chance = evaluation["track_accuracy"], chance_level(evaluation["confusion_matrix"])
    value, low, high = (float(track[name]) for name in ("value", "low", "high"))
    middle, bottom = BAR_TOP + BAR_HEIGHT / 2, BAR_TOP + BAR_HEIGHT
    spoken = _("Accuracy {value}, 95% interval {interval}; guessing gets {chance}").format(
        value=percent(value), interval=interval(low, high), chance=percent(chance)
    )
    guessing = _("guessing {chance}").format(chance=percent(chance))
    end = "end" if chance > 0.8 else "start"
    shift = -4 if end == "end" else 4
    return (
        f'<svg class="verdict" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{html.escape(spoken)}">'
        f'<rect class="frame" x="{_x(0)}" y="{BAR_TOP:g}" width="{_x(1) - _x(0):.1f}" '
        f'height="{BAR_HEIGHT:g}"/>'
        f'<rect class="cell" x="{_x(0)}" y="{BAR_TOP:g}" width="{_x(value) - _x(0):.1f}" '
        f'height="{BAR_HEIGHT:g}"/>'
        f'<line class="whisker" x1="{_x(low)}" x2="{_x(high)}" y1="{middle:g}" y2="{middle:g}"/>'
        f'<line class="whisker" x1="{_x(low)}" x2="{_x(low)}" y1="{middle - 5:g}" '
        f'y2="{middle + 5:g}"/>'
        f'<line class="whisker" x1="{_x(high)}" x2="{_x(high)}" y1="{middle - 5:g}" '
        f'y2="{middle + 5:g}"/>'
        f'<line class="mark" x1="{_x(chance)}" x2="{_x(chance)}" y1="{BAR_TOP - 18:g}" '
        f'y2="{bottom:g}"/>'
        f'<text x="{_x(chance) + shift}" y="14" text-anchor="{end}">{html.escape(guessing)}</text>'
        f'<text x="{_x(0)}" y="{HEIGHT - 6:g}">0%</text>'
        f'<text x="{_x(1)}" y="{HEIGHT - 6:g}" text-anchor="end">100%</text></svg>'
    )


def _x(share: float) -> float:
    """Return the position of a share."""
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
