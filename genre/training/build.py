"""The recipe's network in Keras, and the conversion of its weights.

Conventions
-----------
Layers carry the names that `genre.network.config` gives their weights.  What is
saved is made of stock layers only and opens in any Keras 3; the model that is
trained may have a faster LSTM in their place.
"""

from __future__ import annotations

import keras
import numpy as np

from genre.network.config import NetworkConfig
from genre.network.forward import Network
from genre.recipes.config import TrainConfig
from genre.storage.rows import Array, mean_and_variance
from genre.training.fused_lstm import FusedLSTM


def build_model(config: TrainConfig, n_genres: int, *, is_fused: bool = False) -> keras.Model:
    """Build the recipe's network.

    Parameters
    ----------
    config : TrainConfig
    n_genres : int
    is_fused : bool
        Whether its LSTM layers are `FusedLSTM`, with the weights they would have had, and
        not Keras's own.

    Returns
    -------
    model : keras.Model
        Reads [shape=(n_segments, n_steps, n_values)], returns probabilities
        [shape=(n_segments, n_genres)].  For the preset ``course`` it is the
        reference's ``build_model``.
    """
    shape = config.network_config(n_genres)
    steps = keras.Input((shape.n_steps, shape.n_values), name="steps")
    x = keras.layers.Normalization(name="normalization")(steps) if shape.scaling else steps
    if config.input_dropout:
        x = keras.layers.Dropout(config.input_dropout, name="dropout_input")(x)
    read, x = x, _recurrent(shape, 0, is_fused, return_sequences=True)(x)
    if config.between_dropout:
        x = keras.layers.Dropout(config.between_dropout, name="dropout_between")(x)
    x = _recurrent(shape, 1, is_fused, return_sequences=shape.pooling != "last")(x)
    if shape.pooling == "mean":
        x = keras.layers.GlobalAveragePooling1D(name="pooling")(x)
    elif shape.pooling == "mean_max":
        mean = keras.layers.GlobalAveragePooling1D(name="pooling_mean")(x)
        largest = keras.layers.GlobalMaxPooling1D(name="pooling_max")(x)
        x = keras.layers.Concatenate(name="pooling")([mean, largest])
    elif shape.pooling == "mean_shortcut":
        mean = keras.layers.GlobalAveragePooling1D(name="pooling_mean")(x)
        shortcut = keras.layers.GlobalAveragePooling1D(name="pooling_shortcut")(read)
        x = keras.layers.Concatenate(name="pooling")([mean, shortcut])
    for name, units in shape.dense_layers.items():
        x = keras.layers.Dense(units, activation="relu", name=name)(x)
    x = keras.layers.Dropout(config.dropout, name="dropout")(x)
    probabilities = keras.layers.Dense(n_genres, activation="softmax", name="output")(x)
    return keras.Model(steps, probabilities, name="genre_lab")


def adapt_scaling(model: keras.Model, X: Array) -> None:
    """Set a model's scaling to the mean and variance of what it is trained on.

    Parameters
    ----------
    model : keras.Model
        Built by `build_model` for a recipe with ``scaling``.
    X : np.ndarray or Rows [shape=(n_segments, n_steps, n_values)]
        Measured by chunks; of one chunk, exactly as Keras measures it.
    """
    layer = model.get_layer("normalization")

    def measure(of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        layer.adapt(of)
        mean, variance, *_ = layer.get_weights()
        return mean, variance

    mean, variance = mean_and_variance(X, measure)
    layer.adapt_mean.assign(mean)
    layer.adapt_variance.assign(variance)
    layer.finalize_state()


def stock_copy(model: keras.Model, config: TrainConfig, n_genres: int) -> keras.Model:
    """Return a model of stock layers alone with a model's weights.

    Parameters
    ----------
    model : keras.Model
        Built by `build_model` for the same recipe, whichever its LSTM layers are.
    config : TrainConfig
    n_genres : int

    Returns
    -------
    stock : keras.Model
    """
    stock = build_model(config, n_genres)
    stock.set_weights(model.get_weights())
    if config.scaling:
        stock.get_layer("normalization").finalize_state()  # it computes with copies of its weights
    return stock


def to_network(model: keras.Model, shape: NetworkConfig) -> Network:
    """Convert a Keras model to a `Network`.

    Parameters
    ----------
    model : keras.Model
        Built by `build_model`.
    shape : NetworkConfig

    Returns
    -------
    network : Network
        Gives the same probabilities within 1e-5.
    """
    weights: dict[str, np.ndarray] = {}
    if shape.scaling:
        mean, variance, *_ = model.get_layer("normalization").get_weights()
        weights |= {"normalization.mean": mean, "normalization.variance": variance}
    for layer in (f"recurrent_{i}" for i in range(1, len(shape.units) + 1)):
        arrays = iter(model.get_layer(layer).get_weights())
        for direction in shape.directions:
            for part in ("kernel", "recurrent_kernel", "bias"):
                weights[f"{layer}.{direction}.{part}"] = next(arrays)
    for layer in (*shape.dense_layers, "output"):
        kernel, bias = model.get_layer(layer).get_weights()
        weights |= {f"{layer}.kernel": kernel, f"{layer}.bias": bias}
    shapes = shape.weight_shapes()
    return Network(
        shape,
        {name: np.asarray(weights[name], np.float32).reshape(shapes[name]) for name in shapes},
    )


def _recurrent(
    shape: NetworkConfig, layer: int, is_fused: bool, *, return_sequences: bool
) -> keras.layers.Layer:
    """One recurrent layer of the network."""
    lstm = FusedLSTM if is_fused else keras.layers.LSTM
    cell = lstm if shape.cell == "lstm" else keras.layers.SimpleRNN
    name = f"recurrent_{layer + 1}"
    inner = "cells" if shape.bidirectional else name
    recurrent = cell(shape.units[layer], return_sequences=return_sequences, name=inner)
    return keras.layers.Bidirectional(recurrent, name=name) if shape.bidirectional else recurrent


def build_optimizer(config: TrainConfig) -> keras.optimizers.Optimizer:
    """Adam as the reference's, or AdamW with weight decay, which biases never have."""
    if not config.weight_decay:
        return keras.optimizers.Adam(config.learning_rate)
    optimizer = keras.optimizers.AdamW(config.learning_rate, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer
