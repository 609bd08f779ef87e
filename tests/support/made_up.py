"""Data and a classifier that are made up: small, and the same each time."""

import numpy as np

from genre.audio.feature_config import MfccConfig
from genre.datasets.types import SegmentSet, Track
from genre.models.card import ModelCard
from genre.models.classifier import Classifier
from genre.network.config import NetworkConfig
from genre.network.forward import Network


def bass_or_hiss_classifier() -> Classifier:
    """A classifier set by hand: a large second MFCC is bass, all else hiss, silence too."""
    config = NetworkConfig(
        n_steps=130,
        n_values=13,
        n_genres=2,
        cell="simple_rnn",
        units=(1, 1),
        pooling="mean",
        dense_units=1,
    )
    weights = {name: np.zeros(shape, "f4") for name, shape in config.weight_shapes().items()}
    weights["normalization.mean"][1] = 22
    weights["normalization.variance"][:] = 100
    weights["recurrent_1.forward.kernel"][1] = 1  # how far the second MFCC is above 22
    weights["recurrent_2.forward.kernel"][0] = 1
    weights["dense.kernel"][0] = 1
    weights["output.kernel"][0] = [5, -5]
    weights["output.bias"][:] = [-1, 1]
    card = ModelCard("ear", "Set by hand.", ("bass", "hiss"), MfccConfig(), config)
    return Classifier(Network(config, weights), card)


def two_genre_data(n_artists: int = 12) -> SegmentSet:
    """So many artists a genre, one track each, three segments a track: loud and quiet ones."""
    rng = np.random.default_rng(5)
    tracks, frames, index = [], [], []
    for genre, level in (("loud", 40.0), ("quiet", -40.0)):
        for artist in range(n_artists):
            for _ in range(3):
                frames.append(level + 30 * rng.standard_normal((130, 13)))
                index.append(len(tracks))
            name = f"{genre}{artist}"
            tracks.append(Track(name, genre, artist=name, seconds=9, digest=name))
    return SegmentSet(
        frames=np.array(frames, np.float32),
        n_frames=np.full(len(frames), 130),
        track_index=np.array(index),
        tracks=tuple(tracks),
        features=MfccConfig(),
        name="made up",
    )
