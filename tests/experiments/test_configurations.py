"""Runs of the same settings but for the seed, and their spread."""

import statistics

import numpy as np
import pytest

from genre.experiments.configurations import configurations, spread_of
from genre.experiments.index import RunIndex
from tests.support.many_runs import answers, write_run


@pytest.fixture
def records(tmp_path):
    rng = np.random.default_rng(0)
    for i, rate in enumerate((1e-3, 1e-2)):
        for seed in range(3):
            found = answers(rng, share=0.3 + 0.4 * i)
            write_run(tmp_path, f"{i}-{seed}", predictions=found, learning_rate=rate, seed=seed)
    found = answers(rng, share=0.1)
    write_run(tmp_path, "2-9", state="stopped", predictions=found, learning_rate=1e-2, seed=9)
    write_run(tmp_path, "3-0", predictions=found, learning_rate=1e-2, data="other")
    return RunIndex(tmp_path).read()[0]


def test_runs_are_grouped_by_all_but_the_seed_the_best_mean_first(records):
    found = configurations(records, "test")

    groups = [sorted(record.name for record in one.records) for one in found]
    assert groups == [["1-0", "1-1", "1-2", "2-9"], ["0-0", "0-1", "0-2"], ["3-0"]]
    assert "seed" not in found[0].settings
    assert found[0].settings["learning_rate"] == 1e-2


def test_spread_counts_the_runs_that_went_to_their_end(records):
    best = configurations(records, "test")[0]
    of = {r.name: r.test.value for r in records}

    spread = best.spread("test")

    values = [of["1-0"], of["1-1"], of["1-2"]]
    assert best.values("test") == list(enumerate(values))
    assert best.values("test", ended_early=True) == [(9, of["2-9"])]
    assert spread.n == 3
    assert spread.mean == pytest.approx(statistics.fmean(values))
    assert spread.std == pytest.approx(statistics.stdev(values))
    assert (spread.low, spread.high) == (min(values), max(values))


def test_figures_with_leakage_do_not_spread(tmp_path):
    found = answers(np.random.default_rng(0))
    write_run(tmp_path, "a", predictions=found, split="course")

    one = configurations(RunIndex(tmp_path).read()[0], "test")[0]

    assert one.spread("test") is None
    assert one.spread("best_validation").n == 1


def test_spread_of_one_value_has_no_deviation():
    assert spread_of([0.5]).std is None
    assert spread_of([]) is None
