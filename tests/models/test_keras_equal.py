"""What is imported from files that Keras writes predicts what Keras predicts."""

import numpy as np
import pytest

from genre.models.keras_weights import read_keras
from genre.network.forward import Network
from tests.support.keras_models import course, functional, segments, with_weights
from tests.support.lazy import LazyModule

pytestmark = pytest.mark.tensorflow
keras = LazyModule("keras")


def sequential(*layers, steps=130):
    return with_weights(keras.Sequential([keras.Input((steps, 13)), *layers]))


def simple_rnns():
    layers = keras.layers
    return sequential(
        layers.SimpleRNN(6, return_sequences=True, use_bias=False),
        layers.SimpleRNN(5, dropout=0.2, recurrent_dropout=0.2),
        layers.Dense(4, activation="softmax", use_bias=False),
        steps=None,
    )


def three_layers_pooled():
    layers = keras.layers
    return sequential(
        *(layers.LSTM(units, return_sequences=True) for units in (6, 5, 4)),
        layers.GlobalAveragePooling1D(),
        layers.Dense(8, activation="relu"),
        layers.Dense(7),
        layers.ReLU(),
        layers.Dense(3),
        layers.Softmax(),
    )


def both_directions():
    layers = keras.layers
    return sequential(
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
        layers.Bidirectional(layers.LSTM(3)),
        layers.Dense(3, activation="softmax"),
    )


def normalized_everywhere():
    layers = keras.layers
    return sequential(
        layers.Normalization(),
        layers.BatchNormalization(),
        layers.LSTM(6, return_sequences=True),
        layers.BatchNormalization(center=False, epsilon=0.01),
        layers.SpatialDropout1D(0.2),
        layers.LSTM(5),
        layers.Normalization(axis=None),
        layers.Dense(6),
        layers.BatchNormalization(scale=False),
        layers.Activation("relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(3),
        layers.BatchNormalization(),
        layers.Activation("softmax"),
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    "make",
    [course, functional, simple_rnns, three_layers_pooled, both_directions, normalized_everywhere],
    ids=lambda make: make.__name__,
)
def test_probabilities_equal_those_of_keras(make, suffix, tmp_path):
    model = make()
    path = tmp_path / f"model{suffix}"
    model.save(path)
    X = segments()
    expected = np.asarray(model(X))

    network, weights, has_steps = read_keras(path.read_bytes())

    assert has_steps == (model.input_shape[1] is not None)
    assert np.ptp(expected, axis=1).max() > 0.2  # not all the same
    np.testing.assert_allclose(Network(network, weights).predict_proba(X), expected, atol=1e-5)


def test_model_that_branches_is_refused_by_the_layer(tmp_path):
    steps = keras.Input((130, 13))
    x = keras.layers.LSTM(3, name="one")(steps)
    y = keras.layers.LSTM(3, name="other")(steps)
    x = keras.layers.Concatenate()([x, y])
    model = keras.Model(steps, keras.layers.Dense(3, activation="softmax")(x))
    model.save(tmp_path / "model.keras")

    with pytest.raises(ValueError, match=r"layer 'concatenate\w*' \(Concatenate\) is of a kind"):
        read_keras((tmp_path / "model.keras").read_bytes())
