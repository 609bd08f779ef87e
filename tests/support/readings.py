"""Results made up of a few tracks each, for the rules of a reading."""

import numpy as np

from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import wilson_interval
from genre.evaluation.track_figures import PredictionArrays, confusion_counts
from genre.evaluation.track_predictions import TrackPrediction
from genre.reading.figures import Earlier, Figures
from genre.recipes.config import PRESETS

GENRES = ("jazz", "metal", "pop")


def tracks(genre, given, n, *, artist=None, by=None, confidence=0.7, start=0, n_right=None):
    """Some tracks with one prediction: by one artist, by these in turn, or by one each."""
    rest = (1 - confidence) / (len(GENRES) - 1)
    right = (10 if genre == given else 0) if n_right is None else n_right
    return [
        TrackPrediction(
            track_id=f"{genre}-{given}-{start + i}",
            artist=artist or (by[i % len(by)] if by else f"{genre} {given} artist {start + i}"),
            genre=genre,
            given=given,
            probabilities=tuple(confidence if g == given else rest for g in GENRES),
            n_segments=10,
            n_right=right,
        )
        for i in range(n)
    ]


def evaluation(*groups, genres=GENRES):
    """An evaluation with these tracks."""
    predictions = tuple(track for group in groups for track in group)
    arrays = PredictionArrays.of(predictions, genres)
    segments = [(answer.n_right, answer.n_segments) for answer in predictions]
    return Evaluation(
        genres=genres,
        track_accuracy=arrays.accuracy,
        segment_accuracy=wilson_interval(*np.sum(segments, axis=0).tolist()),
        confusion_matrix=confusion_counts(predictions, genres),
        about="a test side",
        predictions=predictions,
    )


def result(*groups, **values):
    """The figures of a result with these tracks."""
    values = {"recipe": PRESETS["quick"], "source": "music"} | values
    return Figures(evaluation=evaluation(*groups) if groups else None, **values)


def rows(val_losses, losses=None, **values):
    """A history with these validation losses; training loss falls unless it is given."""
    losses = losses or [2 - 0.01 * i for i in range(len(val_losses))]
    return tuple(
        {"epoch": i, "loss": loss, "accuracy": 0.5, "val_loss": v, "val_accuracy": 0.5} | values
        for i, (loss, v) in enumerate(zip(losses, val_losses, strict=True), start=1)
    )


def earlier(name, recipe, *groups, kind="run", source="music", is_leak_free=True):
    """An earlier result with these tracks."""
    return Earlier(name, kind, recipe, evaluation(*groups), source, is_leak_free)
