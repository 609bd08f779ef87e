"""Training: an epoch beside the tutorial's own, and whole runs from start to saved model."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable

import numpy as np

from benchmarks.stopwatch import race, run_child
from benchmarks.table import Bench, Row, benchmark, show_seconds, time_row

DATA = "gtzan-subset"


@benchmark("epoch")
def course_epoch(bench: Bench) -> list[Row]:
    """An epoch of the preset `course` beside the tutorial's `compile` and `fit` as written.

    The same segments of the bundled dataset, the same split, network and weights to start
    from, batches of 32, validation included (`benchmarks/training_child.py`).  Each in a
    fresh process of 8 epochs, of which the first, with the compiling in it, does not count;
    medians of the epochs of a process, then of 3 processes each in turns, after a warm-up.
    Losses are compared after each batch of an epoch without dropout, in the same order.
    """
    n_epochs = 2 if bench.quick else 8
    measured: dict[str, dict[str, list[float]]] = {}

    def run(way: str) -> Callable[[], float]:
        def once() -> float:
            arguments = ["-m", "benchmarks.training_child", way, DATA, str(n_epochs)]
            measured[way] = json.loads(run_child(arguments).stdout)
            return statistics.median(measured[way]["seconds"])

        return once

    ours, usual = race(run("ours"), run("usual"), bench.times(3), bench.times(3))
    n_segments = measured["ours"]["n_segments"]
    losses = [np.array(measured[way]["losses"]) for way in ("ours", "usual")]
    difference = float(np.abs(losses[0] - losses[1]).max())
    than = "the tutorial's `fit`"
    return [
        time_row(
            f"An epoch of `course` ({n_segments} segments, batches of 32)",
            *(ours, usual),
            than=than,
            times_faster=2,
        ),
        Row(
            "Training `course`: segments a second, validation's time included",
            f"{n_segments / ours:,.0f}",
            f"{n_segments / usual:,.0f}, {than}",
            "at least 1,200",
            n_segments / ours >= 1200,
        ),
        Row(
            "Training `course`: largest difference between losses, batch by batch",
            f"{difference:.1e}",
            f"losses up to {losses[1].max():.2f}, {than}",
            "within 1e-4",
            difference < 1e-4,
        ),
    ]


@benchmark("recommended")
def recommended_run(bench: Bench) -> list[Row]:
    """A whole run of the preset `recommended` on the bundled dataset.

    `python -m genre train --preset recommended --run FOLDER`, once: from the process's start
    (TensorFlow's included) to the model saved with its evaluation.
    """
    return [_whole_run(bench, "recommended", under=120)]


@benchmark("quick")
def quick_run(bench: Bench) -> list[Row]:
    """A whole run of the preset `quick` on the bundled dataset, measured as `recommended`."""
    return [_whole_run(bench, "quick", under=40)]


def _whole_run(bench: Bench, preset: str, under: float) -> Row:
    """Time a run from its process's start to its saved model."""
    run = bench.folder / "runs" / preset
    arguments = ["-m", "genre", "train", "--preset", preset, "--data", DATA, "--run", run]
    seconds = run_child(arguments).seconds
    if not (run / "model" / "card.json").exists():
        raise RuntimeError(f"the run of {preset} left no model")
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    at = {event["phase"]: event["time"] for event in events if event["event"] == "phase"}
    fitting = at["evaluating"] - at["fitting"]
    return Row(
        f"A run of `{preset}` on the bundled dataset, from start to saved model",
        show_seconds(seconds),
        f"none; {show_seconds(fitting)} of it are the epochs",
        f"under {show_seconds(under)}",
        seconds < under,
    )
