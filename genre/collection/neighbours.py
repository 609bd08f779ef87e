"""Exact search for the nearest embeddings, by cosine distance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from genre.collection.song_map import bundled_map, bundled_tracks
from genre.datasets.types import Track
from genre.errors import ParameterError
from genre.language import _

N_NEAREST = 5


@dataclass(frozen=True, slots=True)
class NearTrack:
    """A bundled track that sounds like a song.

    Parameters
    ----------
    index : int
        Its row in the map.
    track : Track
        Its name, genre and artist.
    distance : float
        1 minus the cosine similarity: 0 for the same values, 2 for the opposite.
    """

    index: int
    track: Track
    distance: float


def nearest(vector: np.ndarray, vectors: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the embeddings that are nearest to one, compared with every one.

    Parameters
    ----------
    vector : np.ndarray [shape=(200,), dtype=float32]
    vectors : np.ndarray [shape=(n_vectors, 200), dtype=float32]
        May be mapped into memory; of length 1 as ``vector`` is.
    n : int
        At least 1.

    Returns
    -------
    rows : np.ndarray [shape=(min(n, n_vectors),), dtype=int]
        The nearest first.
    distances : np.ndarray [shape=(min(n, n_vectors),), dtype=float32]

    Raises
    ------
    ParameterError
        If the shapes do not fit, or ``n`` is not positive.

    Examples
    --------
    >>> nearest(np.float32([1, 0]), np.float32([[0, 1], [0.6, 0.8], [1, 0]]), 2)[0].tolist()
    [2, 1]
    """
    if vectors.ndim != 2 or vector.shape != vectors.shape[1:] or n < 1:
        raise ParameterError(
            _(
                "{n} nearest of vectors of shape {shape} to one of shape {other_shape} were asked "
                "for, expected at least one, and vectors of one length."
            ).format(n=n, shape=vectors.shape, other_shape=vector.shape)
        )
    distances = 1 - vectors @ vector
    if n < len(distances):
        rows = np.argpartition(distances, n - 1)[:n]
        rows = rows[np.lexsort((rows, distances[rows]))]
    else:
        rows = np.argsort(distances, kind="stable")
    return rows, np.maximum(distances[rows], 0)


def nearest_tracks(
    vector: np.ndarray, *, left_out: Collection[str] = (), n: int = N_NEAREST
) -> list[NearTrack]:
    """Return the bundled tracks that are nearest to a song.

    Parameters
    ----------
    vector : np.ndarray [shape=(200,), dtype=float32]
        The song's embedding.
    left_out : collection of str
        Digests and names of tracks that are the song itself
        (`genre.models.song_analysis.SongView.as_track` recognises one).
    n : int

    Returns
    -------
    tracks : list of NearTrack
        The nearest first.
    """
    tracks = bundled_tracks()
    rows, distances = nearest(vector, bundled_map().vectors, n + len(left_out))
    found = [
        NearTrack(int(row), tracks[row], float(distance))
        for row, distance in zip(rows, distances, strict=True)
        if not {tracks[row].digest, tracks[row].track_id} & set(left_out)
    ]
    return found[:n]
