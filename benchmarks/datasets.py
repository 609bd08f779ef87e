"""Whole datasets: evaluating a model on one, and extracting features for one."""

from __future__ import annotations

import json
import os
import re
import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.stopwatch import race, run_child
from benchmarks.table import ROOT, Bench, Row, benchmark, memory_row, skipped, time_row

RECORDINGS = ROOT.parent / "shared" / "data" / "gtzan-subset"
DATA = "gtzan-subset"
USUAL_JSON = """
import json, sys
import numpy as np
with open(sys.argv[1]) as file:
    data = json.load(file)
X, y = np.array(data["mfcc"]), np.array(data["labels"])
print(X.shape)
"""
"""How the tutorial loads its data file."""
OUR_JSON = """
import sys
from genre.datasets.load import load_dataset
print(load_dataset(sys.argv[1]).frames.shape)
"""


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
            "Evaluating the starter: accuracy per track (seen in training, not leak-free)",
            f"{ours:.1%}",
            f"{other:.1%}, {than}",
            "the same",
            abs(ours - other) < 1e-4,
        ),
    ]


@benchmark("extract")
def extract_folder(bench: Bench) -> list[Row]:
    """The features of the jazz recordings of the GTZAN subset, in a fresh process.

    `python -m genre extract` works on all cores and writes a feature pack, the first time
    with an empty cache and then with what it kept; beside it librosa takes one recording
    after the other.  Medians of 3 runs in turns, after a warm-up of each.  A dataset needs
    two genres, so the recordings are linked into two folders.
    """
    what = "20 MFCCs of a genre's folder"
    if not (RECORDINGS / "jazz").is_dir():
        return skipped(what, "the GTZAN recordings are not beside the checkout")
    paths = sorted((RECORDINGS / "jazz").glob("*.flac"))
    folder = _linked(bench.folder / "recordings", paths)
    usual = ["-m", "benchmarks.usual_extraction", folder, bench.folder / "frames.npy"]

    def extract(cache: str) -> float:
        os.environ["GENRE_LAB_CACHE"] = cache
        return run_child(["-m", "genre", "extract", folder, bench.folder / "pack"]).seconds

    before = os.environ.get("GENRE_LAB_CACHE", "")
    try:
        taken = race(
            lambda: extract(tempfile.mkdtemp(dir=bench.folder)),
            lambda: run_child(usual).seconds,
            bench.times(3),
            bench.times(3),
        )
        kept = tempfile.mkdtemp(dir=bench.folder)
        extract(kept)
        again = statistics.median(extract(kept) for _ in range(bench.times(3)))
    finally:
        os.environ["GENRE_LAB_CACHE"] = before
    what = f"{what} ({len(paths)} recordings), process start included"
    than = "librosa, one after the other"
    return [
        time_row(what, *taken, than=than, times_faster=2),
        time_row(f"{what}, the second time", again, taken[1], than=than),
    ]


@benchmark("json")
def full_size_json(bench: Bench) -> list[Row]:
    """The tutorial's data file of the whole GTZAN collection, read in a fresh process.

    10,000 segments of 130 frames of 13 made-up values, as `json.dump` with `indent=4`
    writes them: 640 MB.  Beside `load_dataset` stands the tutorial's own `json.load` and
    `np.array`.  Time: medians of 3 and 3 runs in turns after a warm-up of each; memory: the
    most that the process ever held.
    """
    path = bench.folder / "data.json"
    _write_json(path, 10_000)
    peaks: dict[str, int] = {}

    def load(program: str) -> float:
        child = run_child(["-c", program, path])
        if child.stdout.strip() != "(10000, 130, 13)":
            raise RuntimeError(f"{child.stdout} was read")
        peaks[program] = child.peak
        return child.seconds

    taken = race(lambda: load(OUR_JSON), lambda: load(USUAL_JSON), bench.times(3), bench.times(3))
    what = f"A data file of {path.stat().st_size / 1e6:.0f} MB (10,000 segments)"
    than = "json.load and np.array"
    return [
        memory_row(f"{what}: memory", peaks[OUR_JSON], peaks[USUAL_JSON], than=than, under=4e9),
        time_row(what, *taken, than=than),
    ]


def _write_json(path: Path, n_segments: int) -> None:
    """Write a data file as the tutorial does, without holding all of it."""
    rng = np.random.default_rng(0)
    head = {
        "mapping": [f"genre {i}" for i in range(10)],
        "labels": [i * 10 // n_segments for i in range(n_segments)],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, indent=4)[:-2] + ',\n    "mfcc": [')
        for i in range(n_segments):
            frames = rng.normal(0, 50, (130, 13)).astype(np.float32).tolist()
            segment = json.dumps(frames, indent=4).replace("\n", "\n" + 8 * " ")
            file.write((",\n" if i else "\n") + 8 * " " + segment)
        file.write("\n    ]\n}")


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
