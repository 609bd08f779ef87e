"""From Start to the first point of the curve, with TensorFlow loaded before and without."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.recordings import make_dataset
from benchmarks.stopwatch import race, wait_until
from benchmarks.table import Bench, Row, benchmark, time_row
from genre.datasets.load import load_dataset
from genre.recipes.config import preset
from genre.recipes.prepare import extraction_features
from genre.runs.files import read_events, read_status
from genre.runs.store import create_run, new_run, start_run, steer_run
from genre.system.warm_worker import WarmWorker

BUNDLED = "gtzan-subset"


@benchmark("start")
def first_point(bench: Bench) -> list[Row]:
    """From starting a run of `quick` to its first batch, on the bundled data and on a folder.

    Ours: the run is handed to a worker that waits with TensorFlow loaded, as the page keeps
    one.  The alternative: a process of its own, started cold.  The run is stopped at its
    first batch.  The folder has 30 recordings of 30 s, whose features are in the cache.  Medians,
    in turns.
    """
    own = make_dataset(bench.folder / "music", 10)
    load_dataset(own, features=extraction_features(preset("quick")))
    worker, rows = WarmWorker(), []
    for data, name in ((BUNDLED, "the bundled dataset"), (str(own), "a folder in the cache")):

        def warm(data: str = data) -> float:
            worker.warm_up()
            wait_until(lambda: worker.is_warm, "a worker was warm")
            return _seconds_to_first_batch(bench.folder, data, worker)

        def cold(data: str = data) -> float:
            return _seconds_to_first_batch(bench.folder, data, None)

        ours, usual = race(warm, cold, bench.times(5), bench.times(3))
        what = f"From Start to the first point of the curve, `quick` on {name}"
        rows.append(time_row(what, ours, usual, than="a process started cold", under=1.5))
    worker.stop()
    return rows


def _seconds_to_first_batch(folder: Path, data: str, worker: WarmWorker | None) -> float:
    """Time one start, and end the run."""
    config = preset("quick")
    run = new_run(config, folder / "runs")
    create_run(run, config, data)
    start = time.time()
    start_run(run, worker=worker)
    wait_until(
        lambda: any(event["event"] == "batch" for event in read_events(run)[0]), "a batch was seen"
    )
    first = next(event["time"] for event in read_events(run)[0] if event["event"] == "batch")
    steer_run(run, stop=True)
    wait_until(lambda: not read_status(run).is_live, "a run had ended")
    return float(first - start)
