"""Train on a large pack one way, and print as JSON what it took.

``python -m benchmarks.big_pack_child memory PACK`` or ``speed PACK N_TURNS``.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.stopwatch import resident_bytes, timed
from genre.datasets.load import list_tracks, load_dataset
from genre.datasets.types import SegmentSet
from genre.recipes.config import PRESETS
from genre.recipes.prepare import prepare_datasets
from genre.splits.split_check import SplitPlan, check_split
from genre.storage.rows import select

COURSE = replace(PRESETS["course"], epochs=1)
TURN = 310
"""Batches between two looks at the clock: about two parts of an epoch (`DrawnEpoch`)."""
N_SMALL = 500
N_PREDICTED = 50_000


def measure_memory(pack: str) -> dict[str, float]:
    """Read, split, train for two turns and predict; return times and memory."""
    from genre.training.tensorflow import load_tensorflow

    load_tensorflow()
    from genre.training.trainer import Trainer

    before = resident_bytes()
    with _peak() as peak:
        measured = _reading(pack)
        data, split = prepare_datasets(load_dataset(pack), COURSE)
        trainer = Trainer.of(data, split, COURSE)
        n = [0]

        def should_stop() -> bool:
            n[0] += 1
            return n[0] >= 2 * TURN

        trainer.run_epoch(0, lambda event: None, should_stop)
        if trainer.validation:
            trainer.network().predict_proba(select(trainer.validation[0], slice(N_PREDICTED)))
    return {**measured, "before": before, "anonymous": peak[0], "peak": resident_bytes(peak=True)}


def _reading(pack: str) -> dict[str, float]:
    """Return how long it takes to know a pack, and how it will be split."""
    names = timed(lambda: list_tracks(pack, whole_only=True))()
    tracks = list_tracks(pack)
    if tracks is None:
        raise RuntimeError("the tracks are not known")
    known = os.environ.get("GENRE_LAB_CACHE", "")
    with tempfile.TemporaryDirectory() as folder:  # where nothing was checked yet
        os.environ["GENRE_LAB_CACHE"] = folder
        first = timed(lambda: load_dataset(pack))()
    os.environ["GENRE_LAB_CACHE"] = known
    return {
        "names_seconds": names,
        "first_seconds": first,
        "open_seconds": timed(lambda: load_dataset(pack))(),
        "split_seconds": timed(lambda: check_split(tracks, SplitPlan("artist")))(),
    }


class Turns:
    """A trainer that goes on batch by batch, and tells when a turn is over."""

    def __init__(self, trainer: Any) -> None:
        self.trainer, self.n_batches, self.seconds = trainer, 0, [0.0]

    def train(self, between: Callable[[], object], n_turns: int) -> list[float]:
        """Train for so many turns with something between them; return the seconds of each."""
        self._began, self._between, self._n_turns = time.perf_counter(), between, n_turns
        self.n_batches, self.seconds = 0, []
        while len(self.seconds) < n_turns:
            self.trainer.run_epoch(0, lambda event: None, self._should_stop)
        return self.seconds

    def _should_stop(self) -> bool:
        self.n_batches += 1
        if self.n_batches % TURN == 0:
            self.seconds.append(time.perf_counter() - self._began)
            self._between()
            self._began = time.perf_counter()
        return len(self.seconds) >= self._n_turns


def measure_speed(pack: str, n_turns: int) -> dict[str, float]:
    """Train on the pack and on a few of its tracks in turns; return segments a second.

    ``share`` is the median over the turns of the one speed over the other just after it.
    """
    from genre.training.tensorflow import load_tensorflow

    load_tensorflow()
    from genre.training.trainer import Trainer

    data = load_dataset(pack)
    mapped = Turns(Trainer.of(*prepare_datasets(data, COURSE), COURSE))
    small = Turns(Trainer.of(*prepare_datasets(_in_memory(data), COURSE), COURSE))
    taken: list[float] = []
    seconds = mapped.train(
        lambda: taken.extend(small.train(lambda: None, 1)), n_turns + 1
    )  # the first turn of each compiles
    n_segments = TURN * COURSE.batch_size
    pairs = zip(seconds[1:], taken[1:], strict=True)
    return {
        "mapped": n_segments / statistics.median(seconds[1:]),
        "small": n_segments / statistics.median(taken[1:]),
        "share": statistics.median(own / ours for ours, own in pairs),
    }


def _in_memory(data: SegmentSet) -> SegmentSet:
    """Return the first tracks of a dataset, held in memory."""
    own = data.track_index < N_SMALL
    return replace(
        data,
        frames=data.frames[own],
        n_frames=data.n_frames[own],
        track_index=data.track_index[own],
        tracks=data.tracks[:N_SMALL],
    )


@contextmanager
def _peak() -> Iterator[list[int]]:
    """Watch the memory that this process holds of its own, and keep the most."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            status = Path("/proc/self/status").read_text()
            own = next(line for line in status.splitlines() if line.startswith("RssAnon:"))
            peak[0] = max(peak[0], int(own.split()[1]) * 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def main(way: str, pack: str, *others: str) -> None:
    """Measure one way, and print what it took."""
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "memory": lambda: measure_memory(pack),
        "speed": lambda: measure_speed(pack, int(others[0])),
    }
    sys.stdout.write(json.dumps(ways[way]()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
