"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from genre.paths import ROOT
from genre.runs.files import RunStatus, read_config, write_status
from genre.runs.sent import read_files, write_files
from tests.support.live_runs import data as made_up
from tests.support.live_runs import epoch, phase, tell

DASK = [sys.executable, "-m", "dask"]
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class DaskCluster:
    """A scheduler and its workers.

    Parameters
    ----------
    folder : Path
        For their output and their local files.
    program : Path
        The folder whose `genre` the workers import.
    """

    def __init__(self, folder: Path, program: Path = ROOT) -> None:
        self.folder, self.program = folder, program
        self.address = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler = self._start("scheduler", words, ROOT)
        self.address = self._wait_for("scheduler", r"Scheduler at:\s+(tcp://\S+)")

    def add_workers(self, n: int, *, n_threads: int = 1, cache: str = "cache") -> None:
        """Start workers, with a cache of this name, and wait until the scheduler has them."""
        first = len(self.workers)
        for i in range(first, first + n):
            words = ["worker", self.address, "--nthreads", str(n_threads), "--name", f"w{i}"]
            words += ["--no-nanny", "--no-dashboard", "--local-directory", str(self.folder)]
            self.workers.append(self._start(f"worker-{i}", words, self.program, cache))
        for i in range(first, first + n):
            self._wait_for(f"worker-{i}", r"Registered to:\s+(tcp://\S+)")

    def kill_worker(self, i: int) -> None:
        """End a worker as a power cut would."""
        self.workers[i].send_signal(signal.SIGKILL)
        self.workers[i].wait()

    def kill_scheduler(self) -> None:
        """End the scheduler as a power cut would."""
        self.scheduler.send_signal(signal.SIGKILL)
        self.scheduler.wait()

    def close(self) -> None:
        """End everything."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _start(
        self, name: str, words: list[str], program: Path, cache: str = "cache"
    ) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*DASK, *words],
                cwd=program,
                env=os.environ | QUIET | {"GENRE_LAB_CACHE": str(self.folder / cache)},
                stdout=log,
                stderr=log,
            )

    def _wait_for(self, name: str, pattern: str, seconds: float = 240.0) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            said = (self.folder / f"{name}.log").read_text(encoding="utf-8")
            if found := re.search(pattern, said):
                return found[1]
            time.sleep(0.05)
        raise TimeoutError(f"{name}: {said}")


@contextmanager
def dask_cluster(folder: Path, n_workers: int, **options):
    """A cluster of this program for the length of a block."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = DaskCluster(folder, **options)
    try:
        cluster.add_workers(n_workers)
        yield cluster
    finally:
        cluster.close()


def slow_square(x: int, seconds: float = 0.3) -> tuple[int, int]:
    """Take a while; say in which process."""
    time.sleep(seconds)
    return x * x, os.getpid()


def length_and_place(shared: list[int], path: Path) -> tuple[int, str, bytes, int]:
    """Read what a task was given; return it, and where the shared value lies in memory."""
    return len(shared), path.name, path.read_bytes(), id(shared)


def refuse(path: Path) -> None:
    """Raise what a task may raise."""
    raise OSError(28, "the disk is full", path.name)


def slow_run(data, name: str, files: dict[str, bytes], resume: bool) -> dict[str, bytes]:
    """Pretend to train a run that was sent, for half a minute by its own clock."""
    time.sleep(1.5)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / name
        write_files(run, files)
        epochs = read_config(run)[0].epochs
        rows = [epoch(n, 2 + n * 28 / epochs) for n in range(1, epochs + 1)]
        tell(run, phase("starting", 1), made_up(2), phase("fitting", 2), *rows)
        tell(run, phase("finished", 31))
        write_status(run, RunStatus("finished"))
        assert len(data.tracks) == 24
        return read_files(run)
