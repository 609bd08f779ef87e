"""The usual script: librosa and Keras from file to genre, as the tutorials write it.

    python -m benchmarks.usual_script song.mp3

It reads the same model as ``python -m genre classify`` and gives it the same
features, so the two should name the same genre.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import librosa
import numpy as np

from benchmarks.librosa_features import extract_steps

MODEL = Path(__file__).resolve().parent.parent / "models" / "starter"


def load_model() -> tuple[keras.Model, SimpleNamespace]:
    """Return the starter model and what its card says."""
    card = SimpleNamespace(**json.loads((MODEL / "card.json").read_text(encoding="utf-8")))
    return keras.models.load_model(MODEL / "model.keras"), card


def classify(path: str, model: keras.Model, card: SimpleNamespace) -> str:
    """Return the genre of a recording."""
    features = SimpleNamespace(**card.features)
    samples, _ = librosa.load(path, sr=features.sr)
    X = extract_steps(samples, features)  # (n_segments, n_steps, n_values)
    probabilities = model.predict(X, verbose=0).mean(axis=0)
    return card.genres[int(np.argmax(probabilities))]


if __name__ == "__main__":
    sys.stdout.write(classify(sys.argv[1], *load_model()) + "\n")
