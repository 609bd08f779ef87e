"""The rows of the report, and the list of benchmarks that make them.

Conventions
-----------
Times are in seconds, memory in bytes; a megabyte is a million bytes.  A ratio is
the alternative's figure divided by ours: above one, ours is the better.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    Parameters
    ----------
    what : str
        What was measured.
    ours, alternative : str
        The two figures with their units, the second with what it is of.
    target : str
        What was aimed at, as a sentence's end; empty where there is no aim.
    met : bool, optional
        Whether the target was met; None where there is none, or nothing was measured.
    ratio : str
        The alternative's figure over ours, where that means something.
    """

    what: str
    ours: str
    alternative: str
    target: str = ""
    met: bool | None = None
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark is given.

    Parameters
    ----------
    folder : Path
        An empty folder for its files; removed afterwards.
    quick : bool
        Whether everything is done once only, to try the benchmark out.
    n_tracks : int
        Of the pack that `big-pack` makes.
    """

    folder: Path
    quick: bool = False
    n_tracks: int = 5_000

    def times(self, n: int) -> int:
        """Return how often to repeat what deserves ``n`` repetitions."""
        return 1 if self.quick else n


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A function that measures, and the name to ask for it by."""

    name: str
    measure: Callable[[Bench], list[Row]]

    @property
    def about(self) -> str:
        """What is measured and how: the function's docstring, as one paragraph."""
        return " ".join((inspect.getdoc(self.measure) or "").split())


BENCHMARKS: list[Benchmark] = []


def benchmark(
    name: str,
) -> Callable[[Callable[[Bench], list[Row]]], Callable[[Bench], list[Row]]]:
    """Put a function on the list of benchmarks."""

    def add(measure: Callable[[Bench], list[Row]]) -> Callable[[Bench], list[Row]]:
        BENCHMARKS.append(Benchmark(name, measure))
        return measure

    return add


def time_row(
    what: str,
    ours: float,
    other: float,
    *,
    than: str,
    times_faster: float | None = None,
    under: float | None = None,
) -> Row:
    """Compare two times in seconds.

    Parameters
    ----------
    what : str
        What was done.
    ours, other : float
        How long it took us, and the alternative.
    than : str
        What the alternative is.
    times_faster : float, optional
        The ratio aimed at.
    under : float, optional
        Our time aimed at, in seconds.
    """
    aim = times_faster and f"at least {times_faster:g} times faster"
    return _compare(what, ours, other, than, show_seconds, (aim, times_faster), under)


def memory_row(
    what: str,
    ours: float,
    other: float,
    *,
    than: str,
    times_less: float | None = None,
    under: float | None = None,
) -> Row:
    """Compare two amounts of memory in bytes; parameters as in `time_row`."""
    aim = times_less and f"at most 1/{times_less:g} of the memory"
    return _compare(what, ours, other, than, show_megabytes, (aim, times_less), under)


def _compare(
    what: str,
    ours: float,
    other: float,
    than: str,
    show: Callable[[float], str],
    ratio: tuple[object, float | None],
    under: float | None,
) -> Row:
    """Make a row of two amounts; ``ratio`` is an aim in words and as a number, or None twice."""
    aims, met = [], []
    if ratio[1] is not None:
        aims.append(str(ratio[0]))
        met.append(other / ours >= ratio[1])
    if under is not None:
        aims.append(f"under {show(under)}")
        met.append(ours < under)
    return Row(
        what=what,
        ours=show(ours),
        alternative=f"{show(other)}, {than}",
        target=" and ".join(aims),
        met=all(met) if met else None,
        ratio=f"{other / ours:.1f}",
    )


def skipped(what: str, reason: str) -> list[Row]:
    """Say why something was not measured."""
    return [Row(what, "not measured", reason)]


def show_seconds(seconds: float) -> str:
    """Write a time with two to three digits.

    Examples
    --------
    >>> show_seconds(0.0304), show_seconds(1.25), show_seconds(14.04)
    ('30 ms', '1.25 s', '14.0 s')
    """
    if seconds < 0.01:
        return f"{1000 * seconds:.1f} ms"
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def show_megabytes(n_bytes: float) -> str:
    """Write an amount of memory in millions of bytes.

    Examples
    --------
    >>> show_megabytes(61_234_567)
    '61 MB'
    """
    return f"{n_bytes / 1e6:.0f} MB"
