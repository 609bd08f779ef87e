"""Evaluate the starter with Keras, and print its accuracy per track.

python -m benchmarks.usual_evaluation gtzan-subset
"""

import sys

import numpy as np

from benchmarks.usual_script import load_model
from genre.audio.feature_config import MfccConfig
from genre.datasets.load import load_dataset


def evaluate(source: str) -> float:
    """Return the share of tracks whose mean over segments names their genre."""
    model, card = load_model()
    data = load_dataset(source)
    probabilities = model.predict(data.X(MfccConfig(**card.features)), verbose=0)
    right = [
        card.genres[probabilities[data.track_index == i].mean(axis=0).argmax()] == track.genre
        for i, track in enumerate(data.tracks)
    ]
    return float(np.mean(right))


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(sys.argv[1]):.4f}\n")
