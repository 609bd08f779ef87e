"""Two workers in network namespaces as separate hosts, and a third that falls off the network.

``python -m benchmarks.cluster_hosts FOLDER`` (as root, on Linux, with iproute2): a bridge with
three namespaces, each with an address, an interface and a cache of its own; the scheduler is on
the bridge.  A folder of recordings is extracted here and there and compared; then the cable of one
host is pulled in the middle of it, and it is extracted and compared again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from genre.audio.feature_config import MfccConfig
from genre.cluster.address import use_cluster
from genre.cluster.connection import list_workers
from genre.datasets.folder import extract_folder
from genre.datasets.types import SegmentSet
from genre.paths import CACHE_VARIABLE, ROOT

BRIDGE, NET = "gl-bridge", "10.213.7"
HOSTS = ("gl-host-1", "gl-host-2", "gl-host-3")
DASK = [sys.executable, "-m", "dask"]
SCHEDULER = f"tcp://{NET}.1:8786"
LOST_SECONDS = "5s"
"""After which a worker that says nothing is lost; Dask's own 300 s are for large clusters."""


def say(line: str) -> None:
    """Print a line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(words: str) -> None:
    """Run a command of iproute2."""
    subprocess.run(words.split(), check=True, capture_output=True)


@contextlib.contextmanager
def hosts() -> Iterator[None]:
    """Make the hosts and their network for the length of a block."""
    try:
        run(f"ip link add {BRIDGE} type bridge")
        run(f"ip addr add {NET}.1/24 dev {BRIDGE}")
        run(f"ip link set {BRIDGE} up")
        for i, host in enumerate(HOSTS, start=1):
            run(f"ip netns add {host}")
            run(f"ip link add gl-veth-{i} type veth peer name eth0 netns {host}")
            run(f"ip link set gl-veth-{i} master {BRIDGE} up")
            run(f"ip -n {host} addr add {NET}.{10 + i}/24 dev eth0")
            run(f"ip -n {host} link set eth0 up")
            run(f"ip -n {host} link set lo up")
        yield
    finally:
        for i, host in enumerate(HOSTS, start=1):
            for words in (f"ip link del gl-veth-{i}", f"ip netns del {host}"):
                with contextlib.suppress(subprocess.CalledProcessError):
                    run(words)
        with contextlib.suppress(subprocess.CalledProcessError):
            run(f"ip link del {BRIDGE}")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """Start a scheduler on the bridge and a worker in each host."""
    times = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": LOST_SECONDS}
    started = []
    try:
        for i, host in enumerate(("", *HOSTS)):
            words = ["scheduler", "--host", f"{NET}.1", "--port", "8786", "--no-dashboard"]
            if host:
                words = ["worker", SCHEDULER, "--host", f"{NET}.{10 + i}", "--name", host]
                words += ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
                words += ["--local-directory", str(folder / host)]
            within = ["ip", "netns", "exec", host] if host else []
            cache = {CACHE_VARIABLE: str(folder / f"cache-{i}")}
            with (folder / f"{i}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        [*within, *DASK, *words], cwd=ROOT, env=os.environ | times | cache,
                        stdout=log, stderr=log,
                    )
                )  # fmt: skip
            time.sleep(0 if host else 5)
        until = time.monotonic() + 60
        while len(list_workers(SCHEDULER)) < len(HOSTS):
            if time.monotonic() > until:
                raise TimeoutError((folder / "1.log").read_text(encoding="utf-8"))
            time.sleep(0.5)
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def extract(source: Path, *, pull: bool = False) -> tuple[SegmentSet, float]:
    """Extract a folder with an empty cache; return the data and how many seconds that took."""
    with tempfile.TemporaryDirectory() as temporary:
        os.environ[CACHE_VARIABLE] = temporary
        started = time.monotonic()

        def on_progress(n_done: int, n_tracks: int, name: str) -> None:
            if pull and n_done == n_tracks // 3:
                run("ip link set gl-veth-3 down")
                say(f"{n_done} of {n_tracks} tracks: the cable of {HOSTS[2]} is pulled")

        data = extract_folder(source, MfccConfig(), on_progress=on_progress, n_jobs=1)
        return data, time.monotonic() - started


def main() -> int:
    """Show it; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder for each genre")
    source = parser.parse_args().folder
    use_cluster("")
    here, seconds = extract(source)
    say(f"here: {len(here.tracks)} tracks in {seconds:.1f} s, one process")
    is_same = True
    with tempfile.TemporaryDirectory() as temporary, hosts(), cluster(Path(temporary)):
        for worker in list_workers(SCHEDULER):
            say(f"{worker.name}: {worker.host}, {worker.n_threads} thread")
        use_cluster(SCHEDULER)
        for pull in (False, True):
            there, seconds = extract(source, pull=pull)
            is_same &= np.array_equal(here.frames, there.frames) and here.tracks == there.tracks
            verdict = "equal bit for bit" if is_same else "DIFFERENT"
            say(f"there: {len(there.tracks)} tracks in {seconds:.1f} s, {verdict}")
        say(f"hosts at the end: {', '.join(worker.name for worker in list_workers(SCHEDULER))}")
    return int(not is_same)


if __name__ == "__main__":
    sys.exit(main())
