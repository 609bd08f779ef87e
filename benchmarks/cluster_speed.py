"""What a cluster brings: ``python -m benchmarks.cluster_speed FOLDER [ROUNDS] [FEATURES]``.

A folder of recordings is extracted with an empty cache in this process, by one worker and by two,
in turns, so that what else the machine does meets all of them; the medians and their ratios are
printed, then what a task costs that computes nothing, and how long shared data takes to be there.
"""

from __future__ import annotations

import argparse
import operator
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureKind
from genre.cluster.address import use_cluster
from genre.cluster.tasks import run_tasks
from genre.datasets.folder import extract_folder
from genre.datasets.load import USUAL_FEATURES
from genre.paths import CACHE_VARIABLE
from tests.support.clusters import dask_cluster

SHARED_BYTES = 64_000_000


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def extract(source: Path, kind: FeatureKind) -> float:
    """Return how many seconds the extraction of a folder takes with an empty cache."""
    with tempfile.TemporaryDirectory() as temporary:
        os.environ[CACHE_VARIABLE] = temporary
        return seconds_of(lambda: extract_folder(source, USUAL_FEATURES[kind], n_jobs=1))


def add_up(shared: np.ndarray, x: int) -> int:
    """Do nothing with what is shared."""
    return x + len(shared)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("rounds", type=int, nargs="?", default=3, metavar="ROUNDS")
    parser.add_argument("features", nargs="?", default="mfcc", choices=list(USUAL_FEATURES))
    asked = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as temporary:
        places = [Path(temporary) / name for name in ("one", "two")]
        with dask_cluster(places[0], 1) as one, dask_cluster(places[1], 2) as two:
            addresses = {"here": "", "1 worker": one.address, "2 workers": two.address}
            took: dict[str, list[float]] = {name: [] for name in addresses}
            for i in range(asked.rounds + 1):
                for name, address in addresses.items():
                    use_cluster(address)
                    seconds = extract(asked.folder, asked.features)
                    if i:  # the first round imports the decoders
                        took[name].append(seconds)
            for name, all_seconds in took.items():
                ratios = [a / b for a, b in zip(took["here"], all_seconds, strict=True)]
                lines.append(
                    f"extraction, {name}: {statistics.median(all_seconds):.1f} s, "
                    f"{statistics.median(ratios):.2f} times as fast as here"
                )
            use_cluster(two.address)
            empty = seconds_of(lambda: list(run_tasks(operator.add, ((i, i) for i in range(300)))))
            lines.append(f"a task that computes nothing: {1000 * empty / 300:.1f} ms")
            shared = np.random.default_rng(0).random(SHARED_BYTES // 8)
            for name in ("first", "again"):
                there = seconds_of(lambda: list(run_tasks(add_up, [(1,)], shared=(shared,))))
                lines.append(
                    f"{SHARED_BYTES / 1e6:.0f} MB shared by two workers, {name}: {there:.2f} s"
                )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
