"""Measure, and write the report: ``python -m benchmarks [NAME...]``.

Without names all is measured and ``docs/benchmarks.md`` is written again; with
names, or with ``--quick``, the rows are printed and the report is left alone, for
it is to be of one run.  Slow is no failure: the exit code is 1 only if a benchmark
crashed, and then the report is left alone as well.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import describe_load, update_report, write_report, write_table
from benchmarks.table import BENCHMARKS, ROOT, Bench, Row

# Importing one puts its benchmarks on the list; the report follows this order.
MODULES = (
    "classifying",
    "facts",
    "musicnn",
    "memory",
    "server",
    "player",
    "datasets",
    "big_pack",
    "training",
    "starting",
    "durations",
    "page_under_training",
    "inside",
    "live",
    "collection",
)
REPORT = ROOT / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that were asked for and return the exit code."""
    for module in MODULES:
        importlib.import_module(f"benchmarks.{module}")
    names = [b.name for b in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="measure everything once only")
    parser.add_argument("--update", action="store_true", help="put the rows into the report")
    parser.add_argument("--tracks", type=int, default=5_000, help="of the pack of big-pack")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.names) - set(names)):
        parser.error(f"there is no benchmark {', '.join(unknown)}. Known are {', '.join(names)}.")
    chosen = [b for b in BENCHMARKS if not asked.names or b.name in asked.names]
    load = describe_load()
    rows: list[Row] = []
    has_crashed = False
    for i, one in enumerate(chosen, start=1):
        start = time.monotonic()
        sys.stderr.write(f"{i}/{len(chosen)} {one.name} ...")
        sys.stderr.flush()
        try:
            with tempfile.TemporaryDirectory() as folder:
                rows += one.measure(Bench(Path(folder), asked.quick, asked.tracks))
        except Exception:  # the others are still worth having
            sys.stderr.write(" crashed\n")
            logging.exception("the benchmark %s crashed", one.name)
            rows.append(Row(one.name, "crashed", ""))
            has_crashed = True
        else:
            sys.stderr.write(f" {time.monotonic() - start:.0f} s\n")
    is_usual = asked.tracks == parser.get_default("tracks") and not asked.quick
    if has_crashed or not is_usual or (asked.names and not asked.update):
        sys.stdout.write(write_table(rows))
        return int(has_crashed)
    if asked.names:
        report = update_report(REPORT.read_text(encoding="utf-8"), rows, chosen)
    else:
        report = write_report(rows, chosen, load)
    REPORT.write_text(report, encoding="utf-8")
    sys.stderr.write(f"written: {REPORT.relative_to(ROOT)}\n")
    return int(has_crashed)


if __name__ == "__main__":
    sys.exit(main())
