"""Kill, fill and crowd for some minutes: ``make chaos MINUTES=10``.

Scenarios take turns; the dear ones (a process that loads TensorFlow) begin only while there is
time for them.  The exit code is 1 if a trial failed; its seed repeats it.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.chaos.scenarios import SCENARIOS
from tests.support.reliability import today, write_section
from tests.support.small_disk import NoDisk

LEAST_TRIALS = 20
"""A run of fewer is not written into the report."""


def try_once(name: str, folder: Path, number: int, seed: int) -> str:
    """Carry out one trial; return what failed, or nothing."""
    folder.mkdir(parents=True)
    try:
        SCENARIOS[name](folder, random.Random(f"{seed} {name} {number}"))
    except NoDisk:
        raise
    except Exception:  # noqa: BLE001 (this is what is looked for)
        return traceback.format_exc()
    return ""


def main() -> int:
    """Read the command line, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENARIOS))
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    asked = parser.parse_args()
    names = asked.names or list(SCENARIOS)
    trials, failed, skipped = Counter(), Counter(), {}
    start = time.monotonic()
    end, number = start + 60 * asked.minutes, asked.first
    with tempfile.TemporaryDirectory(prefix="genre-chaos-") as folder:
        while time.monotonic() < end:
            for name in (one for one in names if one not in skipped):
                if time.monotonic() > end and trials[name]:
                    break
                work = Path(folder) / name.replace(" ", "-") / str(number)
                try:
                    fault = try_once(name, work, number, asked.seed)
                except NoDisk as reason:
                    skipped[name] = str(reason)
                    continue
                trials[name] += 1
                if fault:
                    failed[name] += 1
                    sys.stdout.write(f"{name}, trial {number}, seed {asked.seed}:\n{fault}\n")
                sys.stdout.flush()
            number += 1
    rows = [f"| {name} | {trials[name]} | {failed[name]} |" for name in trials]
    summary = (
        f"{today()}: {trials.total()} trials (seed {asked.seed}) in "
        f"{(time.monotonic() - start) / 60:.1f} minutes, {failed.total()} failed."
    )
    notes = [f"Not tried: {name} ({reason})." for name, reason in skipped.items()]
    text = "\n".join([summary, "", "| Scenario | Trials | Failed |", "|---|---:|---:|", *rows])
    text = "\n\n".join([text, *notes])
    sys.stdout.write(f"{text}\n")
    if trials.total() >= LEAST_TRIALS and not asked.names:
        write_section("chaos", text)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
