"""Listen to a long song one way, and print the memory it took as JSON.

``python -m benchmarks.memory_child WAY LONG_SONG SHORT_SONG``.  Idle is the memory held
once everything is imported and loaded and the short song was listened to; the peak is
the most held until the long one is done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.stopwatch import resident_bytes
from genre.models.classifier import Classifier, classify, load_classifier
from genre.models.song_analysis import analyze_song


def classify_path(song: Path, classifier: Classifier) -> object:
    """Classify a file on the disk."""
    return classify(song, classifier).genre


def classify_bytes(song: Path, classifier: Classifier) -> object:
    """Classify an upload, which is in memory as a whole."""
    return classify(song.read_bytes(), classifier).genre


def view_bytes(song: Path, classifier: Classifier) -> object:
    """Do what the page does with an upload."""
    return analyze_song(song.read_bytes(), classifier)


def with_librosa(song: Path, classifier: Classifier) -> object:
    """Load the song with librosa, then classify it segment by segment."""
    import librosa

    from benchmarks.librosa_features import extract_steps

    samples, _ = librosa.load(song, sr=classifier.features.sr)
    return classifier.predict_proba(extract_steps(samples, classifier.features))


WAYS: dict[str, Callable[[Path, Classifier], object]] = {
    "classify-path": classify_path,
    "classify-bytes": classify_bytes,
    "view-bytes": view_bytes,
    "librosa": with_librosa,
}


def main(way: str, long_song: Path, short_song: Path) -> None:
    """Measure one way, and print what it took."""
    classifier = load_classifier("starter")
    WAYS[way](short_song, classifier)
    idle = resident_bytes()
    kept = WAYS[way](long_song, classifier)  # held, so that what a page keeps is counted
    measured = {"idle": idle, "peak": resident_bytes(peak=True), "after": resident_bytes()}
    del kept
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
