"""Change inputs at random, and say what the program does not stand: ``make fuzz MINUTES=10``.

Inputs are numbered, and a number always gives the same input; more minutes are more numbers.
Each finding is printed and its input kept in ``build/fuzz``; the exit code is 1 if there is one.
``--first 1234 --inputs 1`` repeats the input 1234.  A new finding belongs into
``tests/fuzz/corpus/<target>/``, where every test run looks at it again.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from genre.errors import GenreError
from genre.models.keras_import import read_keras_model
from genre.paths import ROOT
from tests.fuzz.targets import target_of
from tests.fuzz.worker import INPUT
from tests.support.reliability import today, write_section

FOUND = ROOT / "build" / "fuzz"
N_WORKERS = 2
BOUNDED = {"keras-model": lambda content: read_keras_model(content, "any.h5")}
"""What the program leaves to a process that it ends: HDF5 may read a damaged file for ever."""
LEAST_INPUTS = 10_000
"""A run of fewer is not written into the report."""


@dataclass
class Tally:
    """What came of the inputs so far."""

    n_inputs: Counter = field(default_factory=Counter)
    n_refused: Counter = field(default_factory=Counter)
    findings: list[dict] = field(default_factory=list)
    most_seconds: float = 0.0
    most_grown: int = 0

    def add(self, report: dict) -> None:
        """Count an input."""
        self.n_inputs[report["target"]] += 1
        self.n_refused[report["target"]] += report["refused"]
        self.most_seconds = max(self.most_seconds, report["seconds"])
        self.most_grown = max(self.most_grown, report["grown"])
        if "found" in report:
            self.findings.append(report)
            keep(report)


def keep(report: dict) -> None:
    """Keep the input of a finding, and tell of it."""
    FOUND.mkdir(parents=True, exist_ok=True)
    name = f"{report['target']}-{report['number']}"
    (FOUND / f"{name}.input").write_bytes(bytes.fromhex(report.get("content", "")))
    sys.stdout.write(f"{name} ({report.get('kind', '?')}): {report['found']}\n")
    sys.stdout.flush()


def go_through(numbers, tally: Tally, folder: Path, seed: int, lock: threading.Lock) -> None:
    """Let processes go through numbers; one that ends at an input is a finding, and replaced."""
    for n_processes in itertools.count():
        work = folder / str(n_processes)
        command = [sys.executable, "-m", "tests.fuzz.worker", str(work), str(seed)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=(folder / "stderr").open("wb"),
        )  # fmt: skip
        with process:
            while (line := process.stdout.readline()) != b"ready\n":
                if not line:
                    raise SystemExit((folder / "stderr").read_text(errors="replace")[-3_000:])
            for number in numbers:
                report = ask(process, number)
                if report is None:
                    break
                with lock:
                    tally.add(report)
            else:
                process.stdin.close()
                return
        report = report_of_lost(number, process.returncode, folder)
        with lock:
            tally.add(report)


def report_of_lost(number: int, code: int, folder: Path) -> dict:
    """Return the report of an input at which a process ended."""
    target, content = target_of(number), (folder / INPUT).read_bytes()
    report = {"number": number, "target": target, "seconds": 0.0, "grown": 0}
    if target in BOUNDED:
        try:
            BOUNDED[target](content)
        except GenreError:
            return report | {"refused": True}
    last = (folder / "stderr").read_bytes()[-600:].decode(errors="replace")
    found = f"its process ended with {code}\n{last}"
    return report | {"refused": False, "content": content.hex(), "found": found}


def ask(process: subprocess.Popen, number: int) -> dict | None:
    """Return what a process reports of an input; None if it has ended."""
    try:
        process.stdin.write(f"{number}\n".encode())
        process.stdin.flush()
    except OSError:
        process.wait()
        return None
    while line := process.stdout.readline():
        if line.startswith(b'{"number": '):  # decoders may mutter in between
            return json.loads(line)
    process.wait()
    return None


def fuzz(*, seed: int, first: int, n_inputs: int | None, minutes: float) -> Tally:
    """Go through so many inputs, or as many as the minutes allow."""
    tally, lock, end = Tally(), threading.Lock(), time.monotonic() + 60 * minutes
    numbers = itertools.count(first) if n_inputs is None else iter(range(first, first + n_inputs))

    def dealt():  # to whichever process is free
        while n_inputs is not None or time.monotonic() < end:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            yield number

    with tempfile.TemporaryDirectory(prefix="genre-fuzz-") as folder:
        threads = []
        for i in range(N_WORKERS):
            (own := Path(folder) / str(i)).mkdir()
            arguments = (dealt(), tally, own, seed, lock)
            threads.append(threading.Thread(target=go_through, args=arguments))
            threads[-1].start()
        for thread in threads:
            thread.join()
    return tally


def report_of(tally: Tally, seed: int, seconds: float) -> str:
    """Return the section of ``docs/reliability.md``."""
    rows = [
        f"| {name} | {n:,} | {tally.n_refused[name]:,} | "
        f"{sum(one['target'] == name for one in tally.findings)} |"
        for name, n in sorted(tally.n_inputs.items())
    ]
    total = tally.n_inputs.total()
    summary = (
        f"{today()}: {total:,} inputs (seed {seed}) in {seconds / 60:.1f} minutes, "
        f"{len(tally.findings)} findings. The dearest took {tally.most_seconds:.1f} s of processor "
        f"time, the largest {tally.most_grown / 2**20:.0f} MiB."
    )
    head = ["| Input | Inputs | Refused in a sentence | Findings |", "|---|---:|---:|---:|"]
    return "\n".join([summary, "", *head, *rows])


def main() -> int:
    """Read the command line, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--inputs", type=int, help="so many, however long it takes")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.monotonic()
    tally = fuzz(seed=asked.seed, first=asked.first, n_inputs=asked.inputs, minutes=asked.minutes)
    text = report_of(tally, asked.seed, time.monotonic() - start)
    sys.stdout.write(f"{text}\n")
    if tally.n_inputs.total() >= LEAST_INPUTS:
        write_section("fuzz", text)
    return int(bool(tally.findings))


if __name__ == "__main__":
    sys.exit(main())
