"""The report of the benchmarks: written as a whole, and brought up to date in part."""

from benchmarks.report import update_report, write_report
from benchmarks.table import Benchmark, Row


def bench(name, about):
    def measure(bench):
        return []

    measure.__doc__ = about
    return Benchmark(name, measure)


def test_rows_of_a_benchmark_that_ran_later_take_the_place_of_the_old():
    first, second = bench("first", "As before."), bench("second", "Once.")
    rows = [Row("a | b", "1 s", ""), Row("c", "2 s", ""), Row("d", "3 s", "")]
    report = write_report(rows, [first, second], load="none")

    again = [Row("new", "5 s", ""), Row("c", "4 s", "", met=True), Row("last", "6 s", "")]
    updated = update_report(report, again, [bench("second", "Twice: \\1.")])
    updated = update_report(updated, again, [bench("second", "Twice: \\1.")])

    lines = updated.splitlines()
    names = [line.split(" | ")[0] for line in lines if line.startswith("|")]
    assert names == ["| What", "| ---", "| a / b", "| new", "| c", "| d", "| last"]
    assert "| c | 4 s |  |  |  | yes |" in lines and "| d | 3 s |  |  |  |  |" in lines
    assert "- `first`: As before." in lines and "- `second`: Twice: \\1." in lines
    assert sum(line.startswith("- Measured later: `second`, ") for line in lines) == 1
