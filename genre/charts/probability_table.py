"""Probabilities and counts as HTML tables, which show at once, unlike a chart."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genre.charts.colours import genre_colour
from genre.charts.parts import genre_label
from genre.language import _
from genre.text.format import percent

if TYPE_CHECKING:
    from genre.models.prediction import Prediction


def genre_bars(prediction: Prediction) -> str:
    """Return the probability of each genre: a bar each, the most probable first.

    Parameters
    ----------
    prediction : Prediction

    Returns
    -------
    html : str
        A table, a row a genre.  A bar has its ``--share`` from 0 to 1 and its ``--colour``: the
        page's style sheet draws it, filled for the prediction (``predicted``), pale for the others.
    """
    shares = dict(zip(prediction.genres, prediction.probabilities, strict=True))
    rows = "".join(
        f'<tr><th scope="row">{genre_label(genre)}</th>'
        f'<td title="{percent(shares[genre], 1)}">'
        f'<span class="bar{" predicted" * (genre == prediction.genre)}" '
        f'style="--share:{shares[genre]:.4f};'
        f'--colour:{genre_colour(genre, prediction.genres)}"></span>'
        f"{percent(shares[genre])}</td></tr>"
        for genre in prediction.ranking
    )
    label = html.escape(_("Probability of each genre"))
    return f'<table class="genres" aria-label="{label}">{rows}</table>'


def song_table(
    song: Sequence[tuple[int, Sequence[float]]], genres: Sequence[str], n_epochs: int
) -> str:
    """Return the prediction for a song after each epoch, as rows of cells that fill their place.

    Parameters
    ----------
    song : sequence of (int, sequence of float)
        Epoch, and the probability of each genre.
    genres : sequence of str
    n_epochs : int
        The planned epochs: as many columns.

    Returns
    -------
    html : str
        The stronger a cell, the more probable; the most probable one of a column is ``best``.
    """
    columns = {epoch: probabilities for epoch, probabilities in song}
    last = max(n_epochs, *columns, 1)
    best = {epoch: max(range(len(genres)), key=p.__getitem__) for epoch, p in columns.items()}
    rows = []
    for i, genre in enumerate(genres):
        cells = "".join(
            f'<i class="{"best" * (best[epoch] == i)}" style="--share:{columns[epoch][i]:.3f}"></i>'
            if epoch in columns
            else "<i></i>"
            for epoch in range(1, last + 1)
        )
        rows.append(f"<b>{genre_label(genre)}</b><span>{cells}</span>")
    label = _("The probability of each genre for the tracked song after each epoch.")
    return f'<div class="rows" role="img" aria-label="{html.escape(label)}">{"".join(rows)}</div>'


def confusion_table(genres: Sequence[str], counts: Sequence[Sequence[float]]) -> str:
    """Return a confusion matrix as a table that fills its place.

    Parameters
    ----------
    genres : sequence of str
    counts : sequence of sequence of float
        By true genre (rows) and predicted genre (columns), in the same order.

    Returns
    -------
    html : str
        Counts in the cells; the colour is their share of the true genre.
    """
    rows = []
    for genre, row in zip(genres, counts, strict=True):
        total = max(1, sum(row))
        cells = "".join(
            f'<i style="--share:{n / total:.3f}">{n:g}</i>' if n else "<i></i>" for n in row
        )
        rows.append(f"<b>{genre_label(genre)}</b><span>{cells}</span>")
    label = _("Confusion matrix: true genres in rows, predicted ones in columns, in equal order.")
    return f'<div class="rows" role="img" aria-label="{html.escape(label)}">{"".join(rows)}</div>'
