"""From Start to the first point of the curve, with TensorFlow loaded before and without."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.stopwatch import race, wait_until
from benchmarks.table import Bench, Row, benchmark, time_row
from genre.recipes.config import preset
from genre.runs.files import read_events, read_status
from genre.runs.store import create_run, new_run, start_run, steer_run
from genre.system.warm_worker import WarmWorker

DATA = "gtzan-subset"


@benchmark("start")
def first_point(bench: Bench) -> list[Row]:
    """From starting a run of `quick` on the bundled data to its first batch.

    Ours: the run is handed to a worker that waits with TensorFlow loaded, as the page keeps
    one.  The alternative: a process of its own, started cold.  The run is stopped at its
    first batch.  Medians, in turns.
    """
    worker = WarmWorker()

    def warm() -> float:
        worker.warm_up()
        wait_until(lambda: worker.is_warm, "a worker was warm")
        return _seconds_to_first_batch(bench.folder, worker)

    def cold() -> float:
        return _seconds_to_first_batch(bench.folder, None)

    ours, usual = race(warm, cold, bench.times(5), bench.times(3))
    worker.stop()
    return [
        time_row(
            "From Start to the first point of the curve, `quick` on the bundled dataset",
            *(ours, usual),
            than="a process started cold",
            under=3.0,
        )
    ]


def _seconds_to_first_batch(folder: Path, worker: WarmWorker | None) -> float:
    """Time one start, and end the run."""
    config = preset("quick")
    run = new_run(config, folder / "runs")
    create_run(run, config, DATA)
    start = time.time()
    start_run(run, worker=worker)
    wait_until(
        lambda: any(event["event"] == "batch" for event in read_events(run)[0]), "a batch was seen"
    )
    first = next(event["time"] for event in read_events(run)[0] if event["event"] == "batch")
    steer_run(run, stop=True)
    wait_until(lambda: not read_status(run).is_live, "a run had ended")
    return float(first - start)
