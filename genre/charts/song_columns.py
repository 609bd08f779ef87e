"""What a training run says of the pinned song after each epoch, as SVG.

Conventions
-----------
As `genre.charts.svg_curves`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from genre.charts.svg_curves import RIGHT, WIDTH, step_of
from genre.language import _
from genre.text.format import percent
from genre.text.genres import genre_name

ROW, NAMES, NAME_CHARACTERS = 20.0, 86.0, 12
MAX_COLUMNS = 120
"""Epochs of a song that are drawn; of more, every second, third, ..."""


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
        name = genre_name(genre)
        is_short = len(name) <= NAME_CHARACTERS
        label = html.escape(name if is_short else name[: NAME_CHARACTERS - 1] + "…")
        parts.append(
            f'<text x="{NAMES - 6:g}" y="{ROW * (i + 0.5):g}" dy="4" '
            f'text-anchor="end">{label}</text>'
        )
    title = _("epoch {epoch}, {genre}: {share}")
    columns: dict[int, tuple[int, Sequence[float]]] = {}
    for epoch, probabilities in song:
        columns.setdefault((epoch - 1) // every, (epoch, probabilities))
    for column, (epoch, probabilities) in columns.items():
        left = NAMES + column * cell
        best = max(range(len(probabilities)), key=lambda i: probabilities[i])
        for i, probability in enumerate(probabilities):
            shown = title.format(
                epoch=epoch, genre=genre_name(genres[i]), share=percent(probability)
            )
            parts.append(
                f'<rect class="cell" x="{left:.1f}" y="{ROW * i:g}" width="{cell:.2f}" '
                f'height="{ROW - 1:g}" style="fill-opacity:{probability:.2f}">'
                f"<title>{html.escape(shown)}</title></rect>"
            )
        parts.append(
            f'<circle class="best" cx="{left + cell / 2:.1f}" cy="{ROW * (best + 0.5):g}" r="3"/>'
        )
    between = max(1, math.ceil(step_of(last)))
    for epoch in range(between, last + 1, between):
        place = NAMES + ((epoch - 1) // every + 0.5) * cell
        parts.append(
            f'<text x="{place:.1f}" y="{height + 15:g}" text-anchor="middle">{epoch}</text>'
        )
    outline = f'x="{NAMES:g}" y="0" width="{width - NAMES - RIGHT:g}" height="{height:g}"'
    parts.append(f'<rect class="frame" {outline}/>')
    label = html.escape(_("The probability of each genre for the pinned song after each epoch."))
    return (
        f'<svg viewBox="0 0 {width:g} {height + 22:g}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
