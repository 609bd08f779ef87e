"""The map of songs: the 430 bundled tracks in two dimensions, and where another song lies.

Conventions
-----------
embedding
    The mean of musicnn's 200 penultimate values over the windows of a song's audible segments,
    standardised by the bundled tracks and brought to length 1: the dot product of two is their
    cosine similarity.
map
    Linear discriminant analysis of the bundled tracks' embeddings (9 values), then t-SNE with
    cosine distances [1]_.  Another song lies at the weighted mean of the tracks that are nearest to
    it in these 9 values.  ``models/ears/make_song_map.py`` fits it once and measures how often a
    track lies among tracks of its genre; here it is only applied.

References
----------
.. [1] L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", Journal of Machine
   Learning Research 9, 2008.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from genre.audio.musicnn_network import N_PENULTIMATE
from genre.datasets.pack_header import read_tracks
from genre.datasets.types import Track
from genre.errors import ModelError, ParameterError
from genre.language import N_, _
from genre.paths import DATASETS, MODELS_BUNDLED
from genre.system.npz import read_known, write_npz

PATH = MODELS_BUNDLED / "ears" / "song_map.npz"
PACK = DATASETS / "gtzan-subset-musicnn"
N_TRACKS = 430
N_DISCRIMINANTS = 9
N_ANCHORS = 10
"""Tracks that a song's place is the weighted mean of."""
SHARPNESS = 20.0
"""Weights are ``exp(SHARPNESS * cosine)``."""
SHAPES = {
    "mean": (N_PENULTIMATE,),
    "deviation": (N_PENULTIMATE,),
    "kernel": (N_PENULTIMATE, N_DISCRIMINANTS),
    "vectors": (N_TRACKS, N_PENULTIMATE),
    "positions": (N_TRACKS, 2),
}
_BLOCK_ROWS = 4096
WHAT = N_("the map of songs")
_REMEDY = N_("Install Genre Lab again.")


@dataclass(frozen=True, slots=True, eq=False)
class SongMap:
    """The bundled tracks, and what places other songs among them.

    Parameters
    ----------
    mean, deviation : np.ndarray [shape=(200,), dtype=float32]
        Of the bundled tracks' values.
    kernel : np.ndarray [shape=(200, 9), dtype=float32]
        The linear discriminants.
    vectors : np.ndarray [shape=(430, 200), dtype=float32]
        The tracks' embeddings.
    positions : np.ndarray [shape=(430, 2), dtype=float32]
        Their places on the map, from -1 to 1 on either axis.
    """

    mean: np.ndarray
    deviation: np.ndarray
    kernel: np.ndarray
    vectors: np.ndarray
    positions: np.ndarray

    def embed(self, values: np.ndarray) -> np.ndarray:
        """Return the embeddings of musicnn's values.

        Parameters
        ----------
        values : np.ndarray [shape=(n, 200)]
            Means over windows.

        Returns
        -------
        vectors : np.ndarray [shape=(n, 200), dtype=float32]
            Of length 1.
        """
        return _unit((values - self.mean) / self.deviation)

    def place(self, vectors: np.ndarray) -> np.ndarray:
        """Return where songs lie on the map.

        Parameters
        ----------
        vectors : np.ndarray [shape=(n, 200), dtype=float32]
            Embeddings.

        Returns
        -------
        positions : np.ndarray [shape=(n, 2), dtype=float32]
        """
        anchors = _unit(self.vectors @ self.kernel)  # (430, 9)
        positions = np.empty((len(vectors), 2), np.float32)
        for start in range(0, len(vectors), _BLOCK_ROWS):
            block = _unit(vectors[start : start + _BLOCK_ROWS] @ self.kernel)
            similarity = block @ anchors.T  # (n_rows, 430)
            nearest = np.argpartition(-similarity, N_ANCHORS, axis=1)[:, :N_ANCHORS]
            weights = np.exp(SHARPNESS * np.take_along_axis(similarity, nearest, axis=1))
            weights /= weights.sum(axis=1, keepdims=True)
            positions[start : start + _BLOCK_ROWS] = np.einsum(
                "nk,nkd->nd", weights, self.positions[nearest]
            )
        return positions


def song_values(steps: np.ndarray, audible: np.ndarray) -> np.ndarray:
    """Return what a song's embedding is made of.

    Parameters
    ----------
    steps : np.ndarray [shape=(n_segments, n_windows, 200), dtype=float32]
        As `genre.models.song_analysis.SongAnalysis` has them of a model that reads musicnn.
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments count.

    Returns
    -------
    values : np.ndarray [shape=(200,), dtype=float32]

    Raises
    ------
    ParameterError
        If these are not values of musicnn, or no segment counts.
    """
    if steps.ndim != 3 or steps.shape[2] != N_PENULTIMATE or not audible.any():
        raise ParameterError(
            _(
                "steps of shape {shape} and {audible} audible segments, expected (n_segments, "
                "n_windows, {n_penultimate}) and at least one. Read the song with a model of "
                "musicnn's values."
            ).format(shape=steps.shape, audible=int(audible.sum()), n_penultimate=N_PENULTIMATE)
        )
    values: np.ndarray = steps[audible].mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
    return values


def segment_positions(steps: np.ndarray, audible: np.ndarray) -> np.ndarray:
    """Return where each segment of a song lies on the map: how its point moves as it plays.

    Parameters and errors are those of `song_values`.

    Returns
    -------
    positions : np.ndarray [shape=(n_segments, 2), dtype=float32]
        In playing order; a silent segment is where the one before it was, or, at the start,
        where the first audible one is.
    """
    song_values(steps, audible)  # raises
    song_map = bundled_map()
    positions = song_map.place(song_map.embed(steps.mean(axis=1)))
    last = np.maximum.accumulate(np.where(audible, np.arange(len(steps)), -1))
    kept: np.ndarray = positions[np.where(last < 0, np.flatnonzero(audible)[0], last)]
    return kept


@lru_cache(maxsize=1)
def bundled_map() -> SongMap:
    """Return the map that comes with the program, read once."""
    return load_map()


@lru_cache(maxsize=1)
def bundled_tracks() -> tuple[Track, ...]:
    """Return the tracks of the map's rows, with their artists."""
    tracks = read_tracks((PACK / "tracks.csv").read_bytes())
    if len(tracks) != N_TRACKS:
        raise ModelError(
            _(
                "the bundled data lists {n_tracks} tracks, the map of songs has {n_expected}. "
                "{remedy}"
            ).format(n_tracks=len(tracks), n_expected=N_TRACKS, remedy=_(_REMEDY))
        )
    return tracks


def map_digest(path: Path = PATH) -> str:
    """Return a digest of the map: embeddings made with another one cannot be compared."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_map(path_or_file: str | os.PathLike[str] | BinaryIO = PATH) -> SongMap:
    """Read a map, refusing anything else a file may hold.

    Raises
    ------
    ModelError
        If the file cannot be read, or holds other arrays than are needed, or numbers that are
        not finite.
    """
    arrays = read_known(path_or_file, SHAPES, positive="deviation", what=_(WHAT), remedy=_(_REMEDY))
    return SongMap(**arrays)


def save_map(path: str | os.PathLike[str], song_map: SongMap) -> None:
    """Write a map: the same one always gives the same bytes."""
    write_npz(path, {name: np.reshape(getattr(song_map, name), SHAPES[name]) for name in SHAPES})


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: np.ndarray = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
