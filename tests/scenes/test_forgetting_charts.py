"""What is drawn of forgetting, read back from the figures."""

import re
from dataclasses import replace

import numpy as np
import pytest

from genre.charts.colours import VALIDATION
from genre.charts.parts import decades_axis
from genre.interpret.cell import rnn_step
from genre.interpret.gradient_paths import measure_paths
from genre.interpret.memory_test import BATCHES
from genre.interpret.slopes import SlopeProduct, multiply_slopes, tanh_curve
from genre.scenes import forgetting_charts as forgetting_charts
from genre.scenes import memory_chart as memory_charts
from genre.scenes import slope_charts as slopes_charts
from tests.interpret.test_memory_test import make_run
from tests.interpret.test_trace import make_network, make_steps


def test_paths_are_drawn_as_shares_of_the_last_step():
    lstm, simple = (
        measure_paths(make_network(cell=cell), make_steps(2), step_seconds=0.1)
        for cell in ("lstm", "simple_rnn")
    )
    figure = forgetting_charts.gradient_paths({"a": lstm, "<b>": simple})

    whole, cell, hidden, mixed, other = figure.data
    assert (whole.name, other.name) == ("LSTM (a)", "Simple RNN (&lt;b&gt;)")
    np.testing.assert_allclose(whole.y, lstm.relative())
    np.testing.assert_allclose(cell.y, lstm.relative("cell"))
    assert np.isnan(hidden.y[0]) and np.isnan(mixed.y[:2]).all()  # no place on the axis
    np.testing.assert_allclose(mixed.y[2:], lstm.relative("mixed")[2:])
    assert hidden.line.color == other.line.color  # the one path of a simple RNN
    assert len({line.line.dash for line in (whole, cell, hidden, mixed)}) == 4
    lowest, highest = figure.layout.yaxis.range
    for line in (whole, other):
        assert 10**lowest <= min(line.y) and max(line.y) <= 10**highest


def test_tanh_and_its_slopes_are_drawn():
    network = make_network(cell="simple_rnn")
    trace = network.trace(make_steps(2))
    numbers = rnn_step(network, trace, layer=1, segment=0, step=3)
    curve, slope, units = slopes_charts.tanh_chart(tanh_curve(), numbers.sums).data
    product = multiply_slopes(trace, layer=2)
    *_, median = slopes_charts.slope_product(product).data

    np.testing.assert_allclose(units.y, np.tanh(np.clip(numbers.sums, -4, 4)))
    assert max(slope.y) == 1 and max(curve.y) < 1
    np.testing.assert_array_equal(median.y, product.median)


def test_slopes_are_drawn_down_to_what_they_are():
    median = 5e-18 ** (np.arange(26) / 25)
    product = SlopeProduct(1, np.arange(26), median, np.zeros(26), median, -1, 1)
    figure = slopes_charts.slope_product(product)

    assert figure.data[1].y[-1] == pytest.approx(5e-18)
    axis = figure.layout.yaxis
    assert axis.range[0] <= np.log10(5e-18)
    assert axis.ticktext == ("10⁻¹⁸", "10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1")
    assert np.isfinite(np.log10(figure.data[0].y)).all()  # also where nothing at all is left


@pytest.mark.parametrize("lowest", [1.0, 0.4, 1e-5, 3e-18, 1e-300])
def test_decades_have_few_ticks_within_the_axis(lowest):
    axis = decades_axis(lowest, 3.0)

    assert 2 <= len(axis["tickvals"]) <= 7 and axis["ticktext"][-1] == "1"
    assert axis["range"][0] <= np.log10(lowest) and axis["range"][1] > np.log10(3)


def test_results_have_a_mark_for_each_run_and_a_line_of_means():
    runs = [
        make_run(cell="lstm", length=100, seed=seed, n_right=n) for seed, n in ((0, 900), (1, 500))
    ]
    runs += [make_run("order", "simple_rnn", 10, n_right=250)]
    figure = memory_charts.results(runs)

    def named(name, axis, mode):
        return [
            t for t in figure.data if t.legendgroup == name and t.xaxis == axis and t.mode == mode
        ]

    [line], [marks] = (named("lstm", "x", mode) for mode in ("lines", "markers"))
    assert line.y == (0.7,) and marks.y == (0.9, 0.5) and marks.customdata == (100, 100)
    assert named("simple_rnn", "x2", "markers")[0].y == (0.25,)
    assert named("simple_rnn", "x", "markers")[0].y == ()
    assert [t.name for t in figure.data if t.showlegend] == [
        "Simple RNN", "LSTM", "LSTM, open at first",
    ]  # fmt: skip
    titles = [figure.layout[f"xaxis{i}"].title.text for i in ("", 2, 3, 4)]
    names = ("One symbol", "Two in order", "Adding", "With curriculum")
    assert titles == [f"{name}, steps" for name in names]
    guessing = [shape.y0 for shape in figure.layout.shapes]
    assert guessing == pytest.approx([1 / 8, 1 / 4, 0.1536, 1 / 8])


def test_live_run_is_drawn_into_the_recorded_ones_without_moving_them():
    recorded = [make_run(seed=seed) for seed in range(2)]
    live = make_run("recall", "simple_rnn", batches=(20, 40, 60))
    before = memory_charts.learning(recorded, None, "<spoken>")
    during = memory_charts.learning(recorded, live, "<spoken>")

    assert before.count("<polyline") == before.count("curve recorded") == 2
    assert before.removesuffix("</svg>") == during[: len(before) - 6]
    added = during[len(before) - 6 :]
    assert added.count("curve live") == 1 and VALIDATION in added
    end = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', added).groups()
    assert f"{end[0]},{end[1]}" in added  # the mark is where the line ends
    left, right = memory_charts.LEFT, memory_charts.WIDTH - memory_charts.RIGHT
    assert float(end[0]) == pytest.approx(left + 60 / BATCHES * (right - left), abs=0.1)
    assert "&lt;spoken&gt;" in during and "<spoken>" not in during
    begun = replace(live, batches=(), right=(), longest=(), at=())
    assert memory_charts.learning(recorded, begun, "<spoken>") == before
    assert memory_charts.learning_legend().count("<span>") == 4
