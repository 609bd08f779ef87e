"""Keras models as students make them; run as a script it writes the files in tests/models/keras.

python -m tests.support.keras_models
"""

from pathlib import Path

import numpy as np

from tests.support.lazy import LazyModule

keras = LazyModule("keras")
FILES = Path(__file__).parents[1] / "models" / "keras"
N_SEGMENTS = 4


def segments(n_steps=130, n_values=13):
    """The same segments every time, about as large as MFCCs."""
    shape = (N_SEGMENTS, n_steps, n_values)
    return np.random.default_rng(440).normal(0, 3, shape).astype(np.float32)


def with_weights(model, seed=880):
    """Give a model weights large enough for every gate to matter; variances stay positive."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            np.asarray(w + 1)  # the count of a Normalization
            if w.dtype.kind != "f"
            else rng.uniform(0.2, 1, w.shape).astype(w.dtype)
            if (w.ndim, w.min(initial=1)) == (1, 1)  # variances, and the factors beside them
            else rng.normal(0, 1, w.shape).astype(w.dtype)
            for w in model.get_weights()
        ]
    )
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # it computes with copies of its weights
    return model


def course(n_genres=10, units=(6, 5), n_dense=7):
    """The course's network, smaller."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((130, 13)),
            layers.LSTM(units[0], return_sequences=True),
            layers.LSTM(units[1]),
            layers.Dense(n_dense, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(n_genres, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return with_weights(model)


def functional():
    """A functional model of one simple RNN, with normalization."""
    steps = keras.Input((130, 13))
    x = keras.layers.Normalization()(steps)
    x = keras.layers.SimpleRNN(6)(x)
    return with_weights(keras.Model(steps, keras.layers.Dense(3, activation="softmax")(x)))


def main():
    """Write the files, and what Keras predicts with them."""
    keras.utils.set_random_seed(1)
    FILES.mkdir(exist_ok=True)
    expected = {}
    for name, model in {"course": course(), "functional": functional()}.items():
        for suffix in (".keras", ".h5") if name == "course" else (".h5",):
            model.save(FILES / f"{name}{suffix}")
        expected[name] = model.predict(segments(), verbose=0)
    np.savez(FILES / "expected.npz", **expected)


if __name__ == "__main__":
    main()
