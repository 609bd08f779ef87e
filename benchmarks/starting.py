"""From Start to the first point of the curve, with TensorFlow loaded before and without."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.stopwatch import race
from benchmarks.table import Bench, Row, benchmark, time_row
from genre.recipes.config import preset
from genre.runs.files import read_events, read_status
from genre.runs.store import create_run, new_run, start_run, steer_run
from genre.system.warm_worker import WarmWorker

DATA = "gtzan-subset"
POLL_SECONDS = 0.02
PATIENT_SECONDS = 120.0


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
        _wait(lambda: worker.is_warm)
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
    _wait(lambda: any(event["event"] == "batch" for event in read_events(run)[0]))
    first = next(event["time"] for event in read_events(run)[0] if event["event"] == "batch")
    steer_run(run, stop=True)
    _wait(lambda: not read_status(run).is_live)
    return float(first - start)


def _wait(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENT_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("a run did not come so far in two minutes")
        time.sleep(POLL_SECONDS)
