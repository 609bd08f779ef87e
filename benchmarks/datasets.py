"""Whole datasets: evaluating a model on one, and extracting features for one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks.stopwatch import race, run_child
from benchmarks.table import ROOT, Bench, Row, benchmark, skipped, time_row

RECORDINGS = ROOT.parent / "shared" / "data" / "gtzan-subset"
DATA = "gtzan-subset"


@benchmark("evaluate")
def evaluate_starter(bench: Bench) -> list[Row]:
    """The bundled dataset through the starter, in a fresh process.

    `python -m genre evaluate`, all tracks counted, and the same segments through Keras's
    `predict`: medians of 5 and 3 runs in turns, after a warm-up of each.  What is imported
    is read from Python's own list (`-X importtime`) in a run that is not timed.
    """
    arguments = ["-m", "genre", "evaluate", "starter", "--data", DATA, "--include-seen", "--json"]
    usual = ["-m", "benchmarks.usual_evaluation", DATA]
    seen, seen_usual = (run_child(["-X", "importtime", *a]) for a in (arguments, usual))
    ours = json.loads(seen.stdout)["track_accuracy"]["value"]
    other = float(seen_usual.stdout.split()[-1])
    heavy, heavy_usual = _heavy_imports(seen.stderr), _heavy_imports(seen_usual.stderr)
    taken = race(
        lambda: run_child(arguments).seconds,
        lambda: run_child(usual).seconds,
        bench.times(5),
        bench.times(3),
    )
    than = "the same segments through Keras"
    return [
        time_row("Evaluating the starter on the bundled dataset", *taken, than=than, under=5),
        Row(
            "Evaluating the starter: heavy imports",
            ", ".join(heavy) or "none",
            f"{', '.join(heavy_usual) or 'none'}, {than}",
            "neither TensorFlow nor Keras",
            not {"tensorflow", "keras"} & set(heavy),
        ),
        Row(
            "Evaluating the starter: accuracy per track (seen in training, no honest figure)",
            f"{ours:.1%}",
            f"{other:.1%}, {than}",
            "the same",
            abs(ours - other) < 1e-4,
        ),
    ]


@benchmark("extract")
def extract_folder(bench: Bench) -> list[Row]:
    """The features of the jazz recordings of the GTZAN subset, in a fresh process.

    `python -m genre extract` works on all cores and writes a feature pack; beside it
    librosa takes one recording after the other.  Medians of 3 runs in turns, after a
    warm-up of each.  A dataset needs two genres, so the recordings are linked into two
    folders.
    """
    what = "20 MFCCs of a genre's folder"
    if not (RECORDINGS / "jazz").is_dir():
        return skipped(what, "the GTZAN recordings are not beside the checkout")
    paths = sorted((RECORDINGS / "jazz").glob("*.flac"))
    folder = _linked(bench.folder / "recordings", paths)
    taken = race(
        lambda: run_child(["-m", "genre", "extract", folder, bench.folder / "pack"]).seconds,
        lambda: (
            run_child(
                ["-m", "benchmarks.usual_extraction", folder, bench.folder / "frames.npy"]
            ).seconds
        ),
        bench.times(3),
        bench.times(3),
    )
    return [
        time_row(
            f"{what} ({len(paths)} recordings), process start included",
            *taken,
            than="librosa, one after the other",
            times_faster=2,
        )
    ]


def _heavy_imports(log: str) -> list[str]:
    """Return which heavy packages stand in what ``-X importtime`` wrote."""
    imported = set(re.findall(r"^import time:.*\|\s+(\w+)$", log, flags=re.MULTILINE))
    return sorted(imported & {"tensorflow", "keras", "librosa", "numba"})


def _linked(folder: Path, paths: list[Path]) -> Path:
    """Link recordings into two genre folders."""
    for i, path in enumerate(paths):
        genre = folder / ("first", "second")[i % 2]
        genre.mkdir(parents=True, exist_ok=True)
        (genre / path.name).symlink_to(path)
    return folder
