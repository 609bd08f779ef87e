"""A song among others: where it lies on the map, how it moves as it plays, what is nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.collection.neighbours import NearTrack, nearest_tracks
from genre.collection.song_map import bundled_map, segment_positions, song_values
from genre.models.song_analysis import SongAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSong:
    """A song on the map.

    Parameters
    ----------
    vector : np.ndarray [shape=(200,), dtype=float32]
        Its embedding.
    position : np.ndarray [shape=(2,), dtype=float32]
    segment_positions : np.ndarray [shape=(n_segments, 2), dtype=float32]
        Where each segment lies by itself.
    segment_seconds : float
    nearest : tuple of NearTrack
        The bundled tracks that sound like it, without itself.
    """

    vector: np.ndarray
    position: np.ndarray
    segment_positions: np.ndarray
    segment_seconds: float
    nearest: tuple[NearTrack, ...]


def can_place(features: FeatureConfig) -> bool:
    """Tell whether a model with these features reads what places a song."""
    return features == MusicnnConfig()


def place_song(analysis: SongAnalysis, name: str) -> PlacedSong:
    """Place a song on the map.

    Parameters
    ----------
    analysis : SongAnalysis
        Of a model for which `can_place` is true.
    name : str
        Of its file: a bundled track is known by it, or by its samples, and is then left out.

    Raises
    ------
    ParameterError
        If the model reads other values.
    """
    audible = analysis.prediction.audible
    song_map = bundled_map()
    vector = song_map.embed(song_values(analysis.steps, audible)[None])[0]
    itself = analysis.view.as_track(name)
    return PlacedSong(
        vector=vector,
        position=song_map.place(vector[None])[0],
        segment_positions=segment_positions(analysis.steps, audible),
        segment_seconds=analysis.prediction.segment_seconds,
        nearest=tuple(nearest_tracks(vector, left_out=[itself.digest, itself.track_id])),
    )
