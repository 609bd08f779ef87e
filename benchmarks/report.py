"""The report: the machine, the table, and how each figure came about."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.table import Benchmark, Row

PACKAGES = (
    *("numpy", "scipy", "soundfile", "soxr", "av", "librosa", "numba", "tensorflow", "keras"),
    *("scikit-learn", "joblib", "streamlit", "plotly", "playwright"),
)
HEADER = ("What", "Ours", "Alternative", "Ratio", "Target", "Met")
INTRODUCTION = """\
# Benchmarks

Written by `make bench`, which overwrites it. Each figure stands beside an alternative that was
measured in the same run on the same machine: the ratio (the alternative's figure over ours) is
what carries over to other machines, the times themselves do not. A megabyte is a million bytes.
"""


def describe_load() -> str:
    """Return how busy the machine is with other work, as its load averages say."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    one, five, _ = os.getloadavg()
    return f"{one:.1f} over the last minute, {five:.1f} over five"


def write_table(rows: Iterable[Row]) -> str:
    """Return rows as a Markdown table."""
    met = {True: "yes", False: "**no**", None: ""}
    lines = [
        HEADER,
        *((r.what, r.ours, r.alternative, r.ratio, r.target, met[r.met]) for r in rows),
    ]
    table = [" | ".join(cell.replace("|", "/") for cell in line) for line in lines]
    table.insert(1, " | ".join("---:" if cell == "Ratio" else "---" for cell in HEADER))
    return "".join(f"| {line} |\n" for line in table)


def write_report(rows: Iterable[Row], benchmarks: Sequence[Benchmark], load: str) -> str:
    """Return the whole report.

    Parameters
    ----------
    rows : iterable of Row
    benchmarks : sequence of Benchmark
        What was run.
    load : str
        How busy the machine was before.
    """
    methods = "".join(f"- `{b.name}`: {b.about}\n" for b in benchmarks)
    return (
        f"{INTRODUCTION}\n{describe_machine(load)}\n{write_table(rows)}\n"
        "## How each is measured\n\n"
        '`make bench ARGS="NAME ..."` runs some and prints their rows, `--update` puts them '
        "into this report.\n\n"
        f"{methods}"
    )


def update_report(report: str, rows: Sequence[Row], benchmarks: Sequence[Benchmark]) -> str:
    """Return a report with the rows of some benchmarks that were run later, and when that was.

    Parameters
    ----------
    report : str
        Of `write_report`, or of this.
    rows : sequence of Row
        Each replaces that of the same name; one whose name is new stands before the next of them
        that is not, or last.
    benchmarks : sequence of Benchmark
        What they are of.
    """
    before, table, after = re.split(r"((?:^\|.*\n)+)", report, maxsplit=1, flags=re.MULTILINE)
    old = {line.split(" | ")[0]: line for line in table.splitlines(keepends=True)[2:]}
    waiting: list[str] = []
    for line in write_table(rows).splitlines(keepends=True)[2:]:
        waiting.append(line)
        if (name := line.split(" | ")[0]) in old:
            old[name], waiting = "".join(waiting), []
    lines = [*table.splitlines(keepends=True)[:2], *old.values(), *waiting]
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {describe_load()}"
    later = {f"- Measured later: `{one.name}`, ": now for one in benchmarks}
    kept = [line for line in before.rstrip().splitlines() if not line.startswith(tuple(later))]
    before = "\n".join([*kept, *map("".join, later.items())])
    methods = {f"- `{one.name}`: ": one.about for one in benchmarks}
    for line in after.splitlines():
        for start in filter(line.startswith, methods):
            after = after.replace(line, start + methods[start])
    return f"{before}\n\n{''.join(lines)}{after}"


def describe_machine(load: str) -> str:
    """List the date, the machine and the versions; neither its name nor any path."""
    facts = {
        "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Processor": f"{_cpu_model()}, {os.cpu_count()} cores",
        "Memory": _memory(),
        "Load before the run": load,
        "System": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "Packages": ", ".join(_versions()),
    }
    return "".join(f"- {name}: {value}\n" for name, value in facts.items())


def _cpu_model() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        n_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return "unknown"
    return f"{n_bytes / 1e9:.0f} GB"


def _versions() -> Iterable[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            continue
