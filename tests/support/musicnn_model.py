"""A saved model that reads musicnn features; its weights are random."""

import numpy as np

from genre.audio.feature_config import MusicnnConfig
from genre.models.card import ModelCard
from genre.models.registry import save_model
from genre.network.config import NetworkConfig
from genre.network.forward import Network
from genre.recipes.config import TrainConfig

NAME = "reads-musicnn"
GENRES = ("blues", "jazz", "rock")


def save_musicnn_model(folder, *, name=NAME, features=None, **settings):
    """Save such a model in a folder of models; return its card."""
    features = features or MusicnnConfig()
    shape = {"units": (6, 5), "dense_units": 8, "pooling": "mean", "scaling": True} | settings
    config = NetworkConfig(
        n_steps=features.n_steps, n_values=features.n_values, n_genres=len(GENRES), **shape
    )
    rng = np.random.default_rng(7)
    weights = {n: rng.normal(0, 0.3, s).astype("f4") for n, s in config.weight_shapes().items()}
    weights["normalization.variance"] = np.ones(features.n_values, "f4")
    recipe = TrainConfig(features="musicnn", **features_of(features)).to_dict()
    card = ModelCard(name, "Random.", GENRES, features, config, recipe)
    save_model(Network(config, weights), card, folder=folder)
    return card


def features_of(features):
    """Return the settings of a recipe that reads these features."""
    return {"window_frames": features.window_frames, "hop_frames": features.hop_frames}
