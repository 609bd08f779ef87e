"""The probabilities of a prediction as an HTML table, which shows at once, unlike a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genre.charts.colours import genre_colour
from genre.charts.parts import safe_label
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
        f'<tr><th scope="row">{safe_label(genre)}</th>'
        f'<td title="{percent(shares[genre], 1)}">'
        f'<span class="bar{" predicted" * (genre == prediction.genre)}" '
        f'style="--share:{shares[genre]:.4f};'
        f'--colour:{genre_colour(genre, prediction.genres)}"></span>'
        f"{percent(shares[genre])}</td></tr>"
        for genre in prediction.ranking
    )
    return f'<table class="genres" aria-label="Probability of each genre">{rows}</table>'
