"""Many runs as a sweep leaves them, made in a moment: settings, curves, predictions by artist."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import wilson_interval
from genre.evaluation.track_figures import confusion_counts
from genre.evaluation.track_predictions import TrackPrediction
from genre.recipes.config import PRESETS
from genre.runs.files import RunStatus, write_status
from genre.runs.store import create_run

GENRES = ("blues", "jazz", "rock")


def answers(rng, *, share=0.6, n_artists=30, tracks=range(90), genres=GENRES):
    """Predictions, right for about a share of the tracks: three tracks an artist."""
    found = []
    for track in tracks:
        genre = genres[track % len(genres)]
        others = [other for other in genres if other != genre]
        given = genre if rng.random() < share else str(rng.choice(others))
        probabilities = tuple(0.8 if name == given else 0.1 for name in genres)
        artist = f"artist {track % n_artists}"
        found.append(TrackPrediction(f"{track:03d}", artist, genre, given, probabilities, 10, 8, 0))
    return tuple(found)


def evaluation_of(predictions, genres=GENRES, about="a test set of artists not in training"):
    """An evaluation of these predictions."""
    right = wilson_interval(sum(one.is_right for one in predictions), len(predictions))
    counts = confusion_counts(predictions, genres)
    return Evaluation(genres, right, right, counts, about, predictions=tuple(predictions))


def epoch_rows(n, rate, *, start=1):
    """Losses and accuracies that rise as those of a real run, faster with a larger rate."""
    for epoch in range(start, start + n):
        learnt = 1 - math.exp(-epoch * (0.1 + 50 * rate))
        yield {
            "event": "epoch",
            "epoch": epoch,
            "loss": 2.3 - 1.5 * learnt,
            "accuracy": 0.1 + 0.7 * learnt,
            "val_loss": 2.3 - 1.2 * learnt + 0.05 * math.sin(9 * epoch),
            "val_accuracy": 0.1 + 0.6 * learnt + 0.02 * math.sin(7 * epoch),
            "time": 10.0 * epoch,
        }


def write_run(
    runs: Path,
    name: str,
    *,
    state="finished",
    n_epochs=4,
    predictions=None,
    n_batches=0,
    data="gtzan-subset",
    preset="quick",
    genres=GENRES,
    **settings,
) -> Path:
    """A run with so many epochs, of which it went through all unless it was stopped."""
    run = runs / name
    config = replace(PRESETS[preset], **{"epochs": n_epochs} | settings)
    create_run(run, config, data)
    write_status(run, RunStatus(state, "asked to" if state == "stopped" else ""))
    events = [{"event": "phase", "phase": "fitting", "time": 0.0}]
    for row in epoch_rows(n_epochs, config.learning_rate):
        for batch in range(1, n_batches + 1):
            facts = {"batch": batch, "n_batches": n_batches, "loss": 1.0, "accuracy": 0.5}
            events.append({"event": "batch", **facts, "time": row["time"] - 1})
        events.append(row)
    if predictions:
        events.append({"event": "phase", "phase": "evaluating", "time": 10.0 * n_epochs})
        measured = evaluation_of(predictions, genres).to_dict()
        events.append({"event": "evaluation", **measured, "time": 10.0 * n_epochs + 1})
    (run / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return run


def write_sweep(runs: Path, rates=(1e-3, 1e-2), seeds=(0, 1), n_epochs=4) -> list[Path]:
    """A grid of learning rates and seeds, named as the page names runs."""
    rng = np.random.default_rng(0)
    return [
        write_run(
            runs,
            f"20261201-1200{i:02d}{j:03d}-quick-{i:02x}{j:02x}",
            n_epochs=n_epochs,
            predictions=answers(rng, share=0.5 + 0.1 * i),
            learning_rate=rate,
            seed=seed,
        )
        for i, rate in enumerate(rates)
        for j, seed in enumerate(seeds)
    ]
