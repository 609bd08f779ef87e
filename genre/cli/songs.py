"""The commands on a recording and on saved models, and what all commands share.

Conventions
-----------
One function per command, of the command's name; each takes the parsed arguments
and returns an exit code.  Slow imports are inside the command that needs them:
``classify`` must not wait for scikit-learn, and only ``train`` and ``crossval`` load TensorFlow.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre.audio.feature_config import FeatureConfig
from genre.cli.terminal import column, column_width, printable
from genre.datasets.load import load_dataset
from genre.datasets.types import Progress, SegmentSet
from genre.errors import ParameterError
from genre.models import registry
from genre.models.card_file import CARD_FILE
from genre.models.classifier import Classifier, load_classifier
from genre.system.files import json_text
from genre.text.format import count

if TYPE_CHECKING:
    from genre.evaluation.evaluation import Evaluation


def describe(arguments: argparse.Namespace) -> int:
    """Print tempo, key, and harmonic and percussive shares of a recording."""
    from genre.audio.load import load_audio
    from genre.audio.song_facts import describe_song
    from genre.text.song import fact_lines

    source = sys.stdin.buffer.read() if arguments.file == "-" else arguments.file
    facts = describe_song(load_audio(source))
    if arguments.json:
        print_json(facts.to_json())
        return 0
    for label, value, _ in fact_lines(facts):
        print(f"{label:<12}{value}")
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate a saved model on a dataset."""
    from genre.evaluation.evaluation import evaluate as evaluate_classifier

    classifier = load_model(arguments.model)
    data = load_data(arguments.data, features=classifier.features.frames)
    evaluation = evaluate_classifier(
        classifier, data, include_seen=arguments.include_seen, average=arguments.average
    )
    if arguments.json:
        skipped = [[s.name, s.reason] for s in data.skipped]
        names = {"model": classifier.card.name, "data": data.name}
        print_json(names | evaluation.to_dict() | {"skipped": skipped})
        return int(bool(skipped))
    print(f"{classifier.card.name} on {data.name}: tracks {evaluation.about}")
    print(f"per track    {evaluation.track_accuracy}")
    print(f"per segment  {evaluation.segment_accuracy}")
    for line in measure_lines(evaluation):
        print(line)
    if evaluation.n_left_out:
        print(f"left out     {count(evaluation.n_left_out, 'track')} seen in training")
    return int(bool(data.skipped))


def measure_lines(evaluation: Evaluation) -> list[str]:
    """Return the other measures, a line each, then one per genre."""
    measures = evaluation.measures
    if measures is None:
        return []
    lines = [f"top 2        {measures.top_2}"]
    for label, name, unit in (
        ("macro F1", "macro_f1", ""),
        ("log-loss", "log_loss", " nats"),
        ("calibration", "expected_calibration_error", " (15 bins)"),
    ):
        error = "error " if label == "calibration" else ""
        line = f"{label:<12} {error}{getattr(measures, name):.3f}{unit}"
        lines.append(f"{line}{_ends(measures.intervals.get(name), 3)}")
    width = column_width(genre.genre for genre in measures.per_genre)
    for genre in measures.per_genre:
        shares = ", ".join(
            f"{label} {'-' if value is None else f'{value:.2f}'}{_ends(genre.intervals.get(name))}"
            for label, name in (("precision", "precision"), ("recall", "recall"), ("F1", "f1"))
            for value in [getattr(genre, name)]
        )
        lines.append(f"{column(genre.genre, width)} {shares}, n = {genre.n}")
    if measures.intervals:
        lines.append("(intervals: 95%, artists resampled)")
    return lines


def _ends(interval: list[float] | None, digits: int = 2) -> str:
    """Return an interval in brackets; nothing without one."""
    return "" if interval is None else f" ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})"


def load_data(
    source: str, features: FeatureConfig | None = None, *, teacher_values: bool = False
) -> SegmentSet:
    """Load a dataset, with a progress bar where it comes from audio."""
    with progress_bar() as on_progress:
        data = load_dataset(
            source, features=features, teacher_values=teacher_values, on_progress=on_progress
        )
    for skipped in data.skipped:
        say(f"skipped {printable(skipped.name)}: {skipped.reason}")
    return data


@contextmanager
def progress_bar(unit: str = "track") -> Iterator[Progress]:
    """Show how many tracks are done, on a terminal."""
    from tqdm import tqdm

    with tqdm(total=0, unit=unit, file=sys.stderr, disable=None) as bar:

        def on_progress(n_done: int, n_tracks: int, name: str) -> None:
            bar.total = n_tracks
            bar.update(n_done - bar.n)

        yield on_progress


def say(message: str) -> None:
    """Write a message to standard error."""
    sys.stderr.write(f"{message}\n")


def print_json(values: Any) -> None:
    """Write a result as JSON, each list of numbers on one line."""
    sys.stdout.write(json_text(values))


def load_model(name_or_path: str) -> Classifier:
    """Load a model by its name, or by the path of its folder."""
    path = Path(name_or_path)
    if (path / CARD_FILE).is_file():
        return load_classifier(path.resolve().name, path.resolve().parent)
    if name_or_path not in registry.list_models():
        raise ParameterError(
            f"there is no model {name_or_path!r}. Saved are "
            f"{', '.join(registry.list_models()) or 'none'}; see 'python -m genre models'."
        )
    return load_classifier(name_or_path)
