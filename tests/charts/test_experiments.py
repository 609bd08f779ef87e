"""Charts of many runs: curves, parallel coordinates, the spread over seeds."""

import math

import numpy as np
import pytest

from genre.charts import experiments as charts
from genre.charts.colours import DARK_BACKGROUND, LIGHT_BACKGROUND
from genre.charts.parts import enlarge, legible
from genre.errors import ParameterError
from genre.experiments.configurations import configurations
from genre.experiments.curves import curves_of
from genre.experiments.index import RunIndex
from tests.charts.test_colours import contrast
from tests.support.many_runs import answers, write_run, write_sweep


@pytest.fixture
def records(tmp_path):
    write_sweep(tmp_path)
    rng = np.random.default_rng(1)
    write_run(tmp_path, "<b>early", state="stopped", n_epochs=2, epochs=4,
              predictions=answers(rng), learning_rate=1e-2, seed=5)  # fmt: skip
    return RunIndex(tmp_path).read()[0][::-1]


def drawn(records, metric="val_accuracy", weight=0.0, **settings):
    names = [record.name for record in records]
    over = settings.get("over", "epoch")
    curves = curves_of(records, names, metric, weight=weight, over=over)
    return curves, charts.overlaid_curves(curves, metric, **settings)


def test_each_curve_is_drawn_with_a_name_and_values_to_hover_over(records):
    curves, figure = drawn(records)

    assert [tuple(trace.y) for trace in figure.data] == [curve.values for curve in curves]
    assert figure.data[-1].name == "&lt;b&gt;early"
    assert all("%{fullData.name}" in trace.hovertemplate for trace in figure.data)
    assert all("%{y:.1%}" in trace.hovertemplate for trace in figure.data)
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == len(curves)


def test_smoothed_curves_have_the_measured_ones_pale_behind_them(records):
    curves, figure = drawn(records, "val_loss", weight=0.6)

    pale, full = figure.data[::2], figure.data[1::2]
    assert [tuple(trace.y) for trace in pale] == [curve.values for curve in curves]
    assert [tuple(trace.y) for trace in full] == [curve.smooth for curve in curves]
    assert all(trace.line.color.startswith("rgba") for trace in pale)
    assert all(trace.hoverinfo == "skip" and trace.showlegend is False for trace in pale)
    assert "%{customdata:.3f}" in full[0].hovertemplate
    assert [trace.legendgroup for trace in pale] == [trace.legendgroup for trace in full]


def test_cross_marks_where_a_run_ended_early(records):
    figure = drawn(records)[1]

    assert [trace.marker.symbol for trace in figure.data] == [*["circle"] * 4, "x"]
    assert figure.data[-1].marker.size == (0, 9)


def test_part_that_was_zoomed_into_is_what_is_shown(records):
    whole, part = drawn(records)[1], drawn(records, part=((1, 3), (0.2, 0.4)))[1]

    assert (part.layout.xaxis.range, part.layout.yaxis.range) == ((1, 3), (0.2, 0.4))
    assert (whole.layout.xaxis.range, whole.layout.dragmode) == (None, "select")
    assert drawn(records, zooms=False)[1].layout.dragmode is False


def test_parallel_coordinates_have_an_axis_for_each_setting_that_differs(records):
    figure = charts.parallel_coordinates(records, "test")

    lines = figure.data[0]
    axes = {axis.label: axis for axis in lines.dimensions}
    assert list(axes) == ["learning rate", "seed", "State", "Accuracy (%)"]
    assert axes["learning rate"].values == pytest.approx([math.log10(r.config.learning_rate)
                                                          for r in records])  # fmt: skip
    assert axes["learning rate"].ticktext == ("0.001", "0.01")
    assert list(axes["State"].values) == [0, 0, 0, 0, 1]
    assert axes["State"].ticktext == ("Finished", "Stopped")
    assert lines.line.color == tuple(100 * record.test.value for record in records)


def test_words_and_switches_are_places_on_an_axis(tmp_path):
    rng = np.random.default_rng(0)
    for name, settings in (("a", {"pooling": "mean", "roll": True}),
                           ("b", {"pooling": "last", "roll": False})):  # fmt: skip
        write_run(tmp_path, name, predictions=answers(rng), **settings)

    lines = charts.parallel_coordinates(RunIndex(tmp_path).read()[0], "best_validation").data[0]

    axes = {axis.label: (axis.ticktext, list(axis.values)) for axis in lines.dimensions[:-1]}
    assert axes == {"pooling": (("last", "mean"), [0, 1]), "roll": (("no", "yes"), [0, 1])}


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.1, 0.2], ["0.1", "0.2"]),
        ([1e-4, 1e-2], ["0.0001", "0.01"]),
        ([10.0 ** (-k / 2) for k in range(10)], ["1e-05", "0.0001", "0.001", "0.01", "0.1", "1"]),
        (list(range(20)), None),
    ],
)
def test_axis_of_numbers_has_few_ticks_and_decades_where_they_span_them(values, ticks):
    axis = charts._scale(values)

    assert axis.get("ticktext") == ticks
    assert len(axis["values"]) == len(values)


def test_parallel_coordinates_of_runs_alike_say_what_is_missing(records):
    with pytest.raises(ParameterError, match="at least two runs that differ"):
        charts.parallel_coordinates(records[:1], "test")


def test_colours_of_lines_are_seen_on_both_backgrounds():
    for colour in charts.LINE_SCALE:
        assert min(contrast(colour, LIGHT_BACKGROUND), contrast(colour, DARK_BACKGROUND)) >= 3


def test_texts_of_parallel_coordinates_are_in_the_colour_of_the_page_and_large(records):
    figure = legible(charts.parallel_coordinates(records, "test"), "#e8edf2")
    lines = figure.data[0]

    fonts = (lines.labelfont, lines.tickfont, lines.rangefont, lines.line.colorbar.tickfont)
    assert {font.color for font in fonts} == {"#e8edf2"}
    enlarge(figure, 720)
    assert all(font.size >= 24 for font in fonts)


def test_spread_has_dots_a_mean_and_a_cross_for_what_ended_early(records):
    shown = configurations(records, "test")
    names = [f"rate {i}" for i in range(len(shown))]

    runs, early, means = charts.seed_spread(shown, names, "test").data

    assert sorted(runs.x) == sorted(r.test.value for r in records if not r.ended_early)
    assert [early.marker.symbol, list(early.x)] == ["x", [records[-1].test.value]]
    assert list(means.x) == [one.spread("test").mean for one in shown]
    assert list(means.error_x.array) == [one.spread("test").std for one in shown]
    assert runs.customdata[0][1] == "rate 0"
