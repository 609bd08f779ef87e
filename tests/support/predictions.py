"""A made-up prediction of a song."""

import numpy as np

from genre.charts.colours import GENRE_COLOURS
from genre.models.prediction import Prediction

GENRES = tuple(GENRE_COLOURS)


def make_prediction(n_segments=10, genres=GENRES, silent=(), **settings):
    """Return a prediction that leaves a third of a second at the song's end."""
    rng = np.random.default_rng(440)
    audible = np.ones(n_segments, dtype=bool)
    audible[list(silent)] = False
    values = {
        "genres": genres,
        "segment_probabilities": rng.dirichlet(np.ones(len(genres)), n_segments).astype(np.float32),
        "audible": audible,
        "seconds": 3 * n_segments + 0.3,
        "segment_seconds": 3.0,
        "is_short": False,
        "is_truncated": False,
        "model": "a model",
    }
    return Prediction(**values | settings)
