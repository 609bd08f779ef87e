"""Measure by which path gradients reach the first step: the table of docs/decisions.md.

``python -m docs.measure_gradient_paths``: each bundled model on the ten example songs.
"""

import sys

import numpy as np

from genre import paths
from genre.interpret.gradient_paths import PATHS, measure_paths
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song

DISTANCES = (5, 25, 129)


def measure(name: str, songs: list) -> None:
    """Print a row for each distance of a model: the range over songs of what is left, by path."""
    classifier = load_classifier(name)
    seconds = classifier.features.step_seconds
    found = [
        measure_paths(
            classifier.network, analyze_song(song, classifier).steps, step_seconds=seconds
        )
        for song in songs
    ]
    last = found[0].last
    for distance in sorted({min(d, last) for d in DISTANCES}):
        left = [one.relative()[distance] for one in found]
        alone = [one.relative("cell")[distance] for one in found]
        shares = [np.array([one.shares[path][distance] for one in found]) for path in PATHS]
        cells = [f"{np.min(v):.1g} to {np.max(v):.1g}" for v in (left, alone)]
        cells += [
            f"{np.median(share):.0%} ({share.min():.0%} to {share.max():.0%})" for share in shares
        ]
        sys.stdout.write(f"| `{name}` | {distance} | {' | '.join(cells)} |\n")


if __name__ == "__main__":
    names = ("Model", "Steps back", "Left", "By the cell alone", *(f"Share: {p}" for p in PATHS))
    sys.stdout.write(f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n")
    examples = sorted(paths.SAMPLES.glob("*.ogg"))
    for model in ("starter", "course", "ear", "simple-rnn"):
        measure(model, examples)
