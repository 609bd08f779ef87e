"""Curves of several runs, and their smoothing."""

import math

import numpy as np
import pytest

from genre.experiments.curves import MAX_CURVES, curves_of, smoothed
from genre.experiments.index import RunIndex
from tests.support.many_runs import write_run


def test_smoothing_is_the_weighted_mean_of_what_came_so_far():
    values = np.random.default_rng(0).normal(size=30)
    weight = 0.7

    found = smoothed(values.tolist(), weight)

    for n in range(1, 31):
        weights = weight ** np.arange(n)[::-1]  # the latest counts most
        assert found[n - 1] == pytest.approx(np.average(values[:n], weights=weights))


def test_smoothing_keeps_a_constant_and_steps_over_what_is_no_number():
    assert smoothed([2.0] * 5, 0.9) == pytest.approx([2.0] * 5)
    assert smoothed([1.0, 4.0], 0) == (1.0, 4.0)
    found = smoothed([1.0, math.nan, 3.0], 0.5)
    assert math.isnan(found[1])
    assert found[2] == smoothed([1.0, 3.0], 0.5)[1]


@pytest.mark.parametrize("weight", [-0.1, 1, 2])
def test_weight_outside_its_range_is_refused(weight):
    with pytest.raises(ValueError, match="expected 0 to below 1"):
        smoothed([1.0], weight)


def test_curves_are_over_epochs_or_seconds_of_at_most_twenty_runs(tmp_path):
    for i in range(MAX_CURVES + 2):
        write_run(tmp_path, f"{i:02d}", n_epochs=3, state="stopped" if i == 0 else "finished")
    records = RunIndex(tmp_path).read()[0][::-1]
    names = [record.name for record in records]

    curves = curves_of(records, names, "val_loss", weight=0.5)
    timed = curves_of(records, names, "val_loss", over="seconds")

    assert [curve.name for curve in curves] == names[:MAX_CURVES]
    assert curves[0].x == (1, 2, 3)
    assert curves[0].values == tuple(row["val_loss"] for row in records[0].rows)
    assert curves[0].smooth == smoothed(curves[0].values, 0.5) != curves[0].values
    assert timed[0].x == (10, 20, 30)
    assert [curve.ended_early for curve in curves[:2]] == [True, False]
    assert curves_of(records[:1], names[:1], "no such figure")[0].x == ()
