"""A song in one line: its waveform in the colours of its genres, as a picture for a table."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

from genre.charts.colours import NEUTRAL, genre_colour

if TYPE_CHECKING:
    from genre.models.song_analysis import SongView

N_BARS = 60
HEIGHT = 24


def waveform_picture(view: SongView) -> str:
    """Return a song's waveform as the address of an SVG picture.

    Parameters
    ----------
    view : SongView

    Returns
    -------
    address : str
        ``data:image/svg+xml;base64,...``: at most `N_BARS` bars, each in the colour of the most
        probable genre of its segment.
    """
    prediction = view.prediction
    swings = np.abs(view.envelope).max(axis=1)
    n_bars = min(N_BARS, len(swings))
    starts = np.arange(n_bars) * len(swings) // n_bars
    heights = np.maximum.reduceat(swings, starts)
    heights = np.maximum(1, heights / max(float(heights.max()), 1e-9) * HEIGHT).round(1)
    middles = (np.arange(n_bars) + 0.5) / n_bars * prediction.seconds
    segments = (middles // prediction.segment_seconds).astype(int)
    best = prediction.segment_probabilities.argmax(axis=1)
    bars = []
    for bar, (segment, height) in enumerate(zip(segments, heights, strict=True)):
        is_heard = segment < len(best) and prediction.audible[segment]
        genre = prediction.genres[best[segment]] if is_heard else ""
        colour = genre_colour(genre, prediction.genres) if genre else NEUTRAL
        y = (HEIGHT - height) / 2
        bars.append(
            f'<rect x="{3 * bar}" y="{y:g}" width="2" height="{height:g}" fill="{colour}"/>'
        )
    size = f'viewBox="0 0 {3 * n_bars} {HEIGHT}" width="{3 * n_bars}" height="{HEIGHT}"'
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(bars)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode("ascii")
