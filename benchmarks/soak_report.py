"""The section that `benchmarks.soak` writes: the times, the memory, and the machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page_under_training import percentile_95
from benchmarks.report import describe_machine
from benchmarks.table import show_megabytes, show_seconds

BEGIN, END = "<!-- written by make soak -->", "<!-- end of what make soak wrote -->"
TARGETS = {"Files": 2.0, "First paint": 2.0, "Verdict": 2.0, "Click": 0.5, "Page": 3.0}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the server held at a moment: seconds, bytes."""

    seconds: float
    resident: int
    n_threads: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a soak showed; all times are in seconds, by what was done."""

    n_visitors: int
    minutes: float
    first: dict[str, list[float]]
    in_step: dict[str, list[float]]
    going: dict[str, list[float]]
    memory: list[Memory]
    n_visits: int
    problems: list[str]


def write_section(measured: Measured, report: Path | None, load: str) -> str:
    """Return the section, and put it into a report in place of the one before it.

    Parameters
    ----------
    measured : Measured
    report : Path, optional
        A Markdown file; the section is added at its end where it has none.
    load : str
        How busy the machine was before.
    """
    section = f"{BEGIN}\n{_section(measured, load)}{END}\n"
    if report is not None:
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        before, _, rest = text.partition(f"{BEGIN}\n")
        after = rest.partition(f"{END}\n")[2]
        report.write_text(before + section + after, encoding="utf-8")
    return section


def _section(measured: Measured, load: str) -> str:
    n = measured.n_visitors
    header = ("What", "First visitor", f"{n} in the same instant", "Longest", "n",
              f"{n} come and go", "Longest", "n", "Target", "Met")  # fmt: skip
    lines = [header, ("---", *["---:"] * 8, "---")]
    for name, at_once in measured.in_step.items():
        going = measured.going.get(name, [])
        most = next(most for kind, most in TARGETS.items() if name.startswith(kind))
        lines.append(
            (name, show_seconds(max(measured.first[name])), *_shown(at_once), *_shown(going),
             f"under {show_seconds(most)}",
             " / ".join("yes" if _is_met(t, most) else "**no**" for t in (at_once, going) if t))
        )  # fmt: skip
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return (
        f"#### {n} visitors at once\n\n"
        f"Written by `make soak MINUTES={measured.minutes:g}`: {measured.n_visits} visits. Columns "
        "are 95th percentiles and the longest; the target is for the 95th percentile, and no page "
        "may take over 3 s.\n\n"
        f"{describe_machine(load)}\n{table}\n{_memory(measured)}\n{_problems(measured.problems)}"
    )


def _shown(seconds: list[float]) -> tuple[str, str, str]:
    if not seconds:
        return "", "", "0"
    return show_seconds(percentile_95(seconds)), show_seconds(max(seconds)), str(len(seconds))


def _is_met(seconds: list[float], most: float) -> bool:
    return percentile_95(seconds) < most and max(seconds) < TARGETS["Page"]


def _memory(measured: Measured) -> str:
    """Say what the server held after a quarter of the time, at the end, and at most."""
    if not measured.memory:
        return ""
    last = measured.memory[-1]
    quarter = next(m for m in measured.memory if m.seconds >= last.seconds / 4)
    most = max(measured.memory, key=lambda m: m.resident)
    threads = max(m.n_threads for m in measured.memory)
    return (
        f"The server's memory: {show_megabytes(quarter.resident)} after a quarter of the time, "
        f"{show_megabytes(last.resident)} at its end, {show_megabytes(most.resident)} at most; "
        f"{threads} threads at most, {last.n_threads} in the end.\n"
    )


def _problems(problems: list[str]) -> str:
    """Say what went wrong, each kind once."""
    if not problems:
        return "No visit failed.\n"
    counted = Counter(problems).most_common()
    return f"{len(problems)} failures:\n\n" + "".join(f"- {n}x {what}\n" for what, n in counted)
