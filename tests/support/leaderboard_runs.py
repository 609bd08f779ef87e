"""Runs that are over, made in a moment: for the tests of what is compared."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.evaluation.evaluation import Evaluation, evaluate_probabilities
from genre.recipes.config import PRESETS
from genre.runs.files import RunStatus, write_status
from genre.runs.store import create_run


def guesses(data, seed=0) -> Evaluation:
    """What a network that knows nothing says of every track."""
    everything = np.arange(len(data.frames))
    probabilities = np.random.default_rng(seed).dirichlet([1, 1], len(everything))
    return evaluate_probabilities(
        probabilities, data.genres, data, everything, about="a test side", learnt=everything
    )


def add_run(
    runs: Path, name: str, evaluation, *, state="finished", data="somewhere/music", **settings
) -> Path:
    """A run that went through two epochs, with a pause in between."""
    run = runs / name
    create_run(run, replace(PRESETS["quick"], **settings), data)
    write_status(run, RunStatus(state))
    events = [
        {"event": "phase", "phase": "fitting", "time": 10.0},
        {"event": "epoch", "epoch": 1, "loss": 1.0, "accuracy": 0.5, "time": 14.0},
        {"event": "phase", "phase": "paused", "time": 15.0},
        {"event": "phase", "phase": "fitting", "time": 115.0},
        {"event": "epoch", "epoch": 2, "loss": 1.0, "accuracy": 0.5, "time": 120.0},
        {"event": "phase", "phase": "evaluating", "time": 120.5},
        {"event": "evaluation", "time": 121.0, **evaluation.to_dict()},
    ]
    (run / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return run
