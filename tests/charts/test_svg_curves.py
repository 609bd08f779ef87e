"""Curves as SVG, read back from the drawing: what grows, what is pale, and what never moves."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from app_pages.component_files import FOLDER
from genre.charts.colours import TRAINING, VALIDATION
from genre.charts.song_columns import MAX_COLUMNS, song_columns
from genre.charts.svg_curves import WIDTH, curve_sample, training_curves

HISTORY = [
    {"epoch": i, "loss": 2 / i, "accuracy": i / 10, "val_loss": 3 / i, "val_accuracy": i / 12}
    for i in range(1, 7)
]
BATCHES = [
    {"batch": 1, "n_batches": 4, "loss": 2.0, "accuracy": 0.3},
    {"batch": 3, "n_batches": 4, "loss": 1.9, "accuracy": 0.4},
]
GENRES = ("<script>", "R&B", "a name that is far too long to stand beside a row")


def elements(svg, tag, kind=None):
    """The elements of a drawing, by tag and by all the words of their class."""
    return [e for e in ET.fromstring(svg).iter(tag) if kind in (None, e.get("class"))]


def texts(svg, anchor):
    return [e for e in elements(svg, "text") if e.get("text-anchor") == anchor]


def scale(svg):
    """Return functions from a drawing's pixels to epochs and values, by its own labels."""
    ticks = [e for e in texts(svg, "middle") if float(e.get("y")) > 100]
    (x_0, n_0), (x_1, n_1) = ((float(e.get("x")), float(e.text)) for e in (ticks[0], ticks[-1]))
    levels = [e for e in texts(svg, "end") if e.text != "epoch"]
    rows = [(float(e.get("y")), number(e.text)) for e in (levels[0], levels[-1])]
    (y_0, v_0), (y_1, v_1) = rows
    return (
        lambda x: n_0 + (x - x_0) * (n_1 - n_0) / (x_1 - x_0),
        lambda y: v_0 + (y - y_0) * (v_1 - v_0) / (y_1 - y_0),
    )


def number(text):
    return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def curve(svg, kind):
    """Return a curve's points, in epochs and values."""
    (line,) = elements(svg, "polyline", f"curve {kind}")
    pixels = np.array([pair.split(",") for pair in line.get("points").split()], float)
    epochs, values = scale(svg)
    return epochs(pixels[:, 0]), values(pixels[:, 1])


def label(svg):
    return ET.fromstring(svg).get("aria-label")


@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_curves_of_both_sides_are_drawn_to_scale(metric):
    svg = training_curves(HISTORY, metric, n_epochs=10)

    for side, key in (("training", metric), ("validation", f"val_{metric}")):
        epochs, values = curve(svg, side)
        np.testing.assert_allclose(epochs, range(1, 7), atol=0.01)
        np.testing.assert_allclose(values, [row[key] for row in HISTORY], atol=0.01)
    assert "epoch 2, training" in svg


@pytest.mark.parametrize("largest", [0.004, 0.9, 2.303, 40, 1e6])
def test_loss_of_any_size_fits_its_axis(largest):
    rows = [{"epoch": 1, "loss": largest}, {"epoch": 2, "loss": largest / 3}]
    svg = training_curves(rows, "loss")
    (line,) = elements(svg, "polyline", "curve training")
    y = [float(pair.split(",")[1]) for pair in line.get("points").split()]
    grid = [float(e.get("y1")) for e in elements(svg, "line", "axis")]

    assert 2 <= len(grid) <= 8
    assert min(grid) - 0.1 <= min(y) <= max(y) <= max(grid)


def test_large_first_loss_does_not_squeeze_curve():
    rows = [{"epoch": 1, "loss": 929.0}, {"epoch": 2, "loss": 2.0}, {"epoch": 3, "loss": 1.0}]
    svg = training_curves(rows, "loss")

    np.testing.assert_allclose(curve(svg, "training")[1], [5, 2, 1], atol=0.02)
    assert "training 929.000" in svg  # the truth under the mouse


def test_single_epoch_and_loss_that_is_no_number_are_drawn():
    svg = training_curves([{"epoch": 1, "loss": 2.0, "val_loss": float("nan")}], "loss")

    assert len(elements(svg, "circle", "lonely training")) == 1
    assert not elements(svg, "circle", "lonely validation") and "nan" not in svg


def test_curve_grows_inside_epoch_from_last_finished_one():
    svg = training_curves(HISTORY[:2], "accuracy", batches=BATCHES, n_epochs=9)
    epochs, values = curve(svg, "training growing")

    np.testing.assert_allclose(epochs, [2, 2.25, 2.75], atol=0.01)
    before = HISTORY[1]["accuracy"]
    blend = [before, 0.75 * before + 0.25 * 0.3, 0.25 * before + 0.75 * 0.4]
    np.testing.assert_allclose(values, blend, atol=0.002)


def test_first_epoch_grows_from_its_first_batch():
    epochs, values = curve(
        training_curves([], "accuracy", batches=BATCHES, n_epochs=9), "training growing"
    )

    np.testing.assert_allclose(epochs, [0.25, 0.75], atol=0.01)
    np.testing.assert_allclose(values, [0.3, 0.4], atol=0.002)


def test_epoch_under_way_beyond_wanted_ones_stays_in_picture():
    svg = training_curves(HISTORY[:2], "accuracy", batches=BATCHES, n_epochs=2)
    (line,) = elements(svg, "polyline", "curve training growing")

    assert max(float(pair.split(",")[0]) for pair in line.get("points").split()) < WIDTH


def test_batch_whose_loss_is_no_number_is_left_out():
    diverged = {"batch": 4, "n_batches": 4, "loss": float("nan")}
    svg = training_curves(HISTORY[:1], "loss", batches=[*BATCHES, diverged], n_epochs=3)

    assert "nan" not in svg
    assert curve(svg, "training growing")[0][-1] == pytest.approx(1.75, abs=0.01)


@pytest.mark.parametrize("n_done", [0, 1, 5])
def test_axis_stays_while_curves_grow(n_done):
    svg = training_curves(HISTORY[:n_done], "accuracy", ghost=HISTORY, n_epochs=5)
    empty = training_curves([], "accuracy", n_epochs=5)

    def axis(drawing):
        return [(e.text, e.attrib) for e in elements(drawing, "text")]

    assert axis(svg) == axis(empty)


def test_earlier_run_is_pale_behind_and_ends_with_the_axis():
    svg = training_curves(HISTORY[:2], "accuracy", ghost=HISTORY, n_epochs=3)
    lines = [e.get("class") for e in elements(svg, "polyline")]

    assert lines == [
        *("curve training ghost", "curve validation ghost"),
        *("curve training", "curve validation"),
    ]
    np.testing.assert_allclose(curve(svg, "training ghost")[0], [1, 2, 3], atol=0.01)


def test_earlier_run_of_one_epoch_is_visible():
    svg = training_curves([], "loss", ghost=HISTORY[:1], n_epochs=3)

    assert len(elements(svg, "circle", "lonely training ghost")) == 1


def test_marks_are_numbered_in_their_order_where_they_were():
    svg = training_curves(HISTORY, "loss", [1.5, 3, 99])
    numbers = [e for e in texts(svg, "middle") if float(e.get("y")) < 100]
    epochs, _ = scale(svg)

    assert [e.text for e in numbers] == ["1", "2", "3"]
    places = [float(e.get("x1")) for e in elements(svg, "line", "mark")]
    assert places == [float(e.get("x")) for e in numbers]
    np.testing.assert_allclose([epochs(x) for x in places], [1.5, 3, 6], atol=0.02)


@pytest.mark.parametrize("n_epochs", [1, 2, 7, 15, 40, 999, 1000, 10_000])
def test_ticks_are_few_whole_epochs_and_none_is_cut(n_epochs):
    for svg in (
        training_curves([], "loss", n_epochs=n_epochs),
        song_columns([], GENRES, n_epochs),
    ):
        width = float(ET.fromstring(svg).get("viewBox").split()[2])
        ticks = texts(svg, "middle")
        assert 1 <= len(ticks) <= 7
        assert len({int(tick.text) for tick in ticks}) == len(ticks)
        assert all(float(t.get("x")) + 3.4 * len(t.text) <= width for t in ticks)


@pytest.mark.parametrize(
    ("n_done", "expected"),
    [
        (0, "Accuracy over the epochs: none is finished yet."),
        (1, "Accuracy over 1 epoch: training 10.0%, validation 8.3%."),
        (
            6,
            "Accuracy over 6 epochs: training from 10.0% to 60.0%, validation from 8.3% to 50.0%.",
        ),
    ],
)
def test_drawing_says_what_it_shows(n_done, expected):
    assert label(training_curves(HISTORY[:n_done], "accuracy")) == expected


def test_song_has_column_per_epoch_with_dot_on_most_probable():
    svg = song_columns([(1, (0.5, 0.3, 0.2)), (2, (0.1, 0.8, 0.1))], GENRES, 5)
    shown = elements(svg, "rect", "cell")
    dots = [(float(e.get("cx")), float(e.get("cy"))) for e in elements(svg, "circle", "best")]
    lefts = sorted({float(e.get("x")) for e in shown})

    assert [e.get("style") for e in shown[:3]] == [f"fill-opacity:0.{n}0" for n in (5, 3, 2)]
    assert len(shown) == 6 and len(lefts) == len(dots) == 2
    assert [cy for _, cy in dots] == [10, 30]  # the first row, the second
    assert all(left < cx < left + 123 for left, (cx, _) in zip(lefts, dots, strict=True))


@pytest.mark.parametrize("n_epochs", [1, 119, 120, 121, 1000])
@pytest.mark.parametrize("first", [1, 4])
def test_columns_are_bounded_apart_and_inside_frame(n_epochs, first):
    song = [(n, (0.2, 0.3, 0.5)) for n in range(first, n_epochs + 1)] or [(1, (0.2, 0.3, 0.5))]
    svg = song_columns(song, GENRES, n_epochs)
    (frame,) = elements(svg, "rect", "frame")
    right = float(frame.get("x")) + float(frame.get("width"))
    spans = sorted(
        (float(e.get("x")), float(e.get("width"))) for e in elements(svg, "rect", "cell")
    )
    spans = spans[:: len(GENRES)]

    assert len(spans) == len(elements(svg, "circle", "best")) <= MAX_COLUMNS
    assert len({x for x, _ in spans}) == len(spans)
    assert spans[-1][0] + spans[-1][1] <= right + 0.1


def test_song_with_gaps_has_no_two_columns_in_one_place():
    song = [(n, (1.0, 0.0, 0.0)) for n in (1, 2, 3, 20, 21, 40, 42)]
    lefts = [e.get("cx") for e in elements(song_columns(song, GENRES, 1000), "circle", "best")]

    assert len(lefts) == len(set(lefts)) == 3  # of every nine epochs one


def test_song_before_the_first_epoch_is_an_empty_frame():
    svg = song_columns([], GENRES, 5)

    assert not elements(svg, "rect", "cell") and len(elements(svg, "rect", "frame")) == 1


def test_names_are_escaped_and_shortened():
    svg = song_columns([(1, (0.2, 0.3, 0.5))], GENRES, 1)
    names = [e.text for e in texts(svg, "end")]

    assert "<script" not in svg and names[:2] == ["<script>", "R&B"]
    assert len(names[2]) <= 12 and names[2].endswith("…")
    assert [e.text for e in elements(svg, "title")][2].startswith(f"epoch 1, {GENRES[2]}")


def test_style_sheet_has_colours_of_every_other_chart():
    css = (FOLDER / "drawing.css").read_text()
    colours = dict(re.findall(r"\.(\S+) \{[^}]*?(?:stroke|fill): (#\w+)", css))

    assert colours == {
        "training": TRAINING,
        "validation": VALIDATION,
        "lonely.training": TRAINING,
        "lonely.validation": VALIDATION,
        "cell": TRAINING,
    }


def test_sample_is_drawn_like_its_curve():
    assert 'class="curve training ghost"' in curve_sample("ghost")
    assert curve_sample("ghost").endswith("earlier run")
    assert 'class="curve validation"' in curve_sample("validation")


def test_earlier_folds_are_pale_and_the_axis_holds_the_longest():
    longer = [{**HISTORY[-1], "epoch": 9}]
    drawn = training_curves(HISTORY[:3], "accuracy", folds=[HISTORY, [*HISTORY, *longer]])

    assert len(elements(drawn, "polyline", "curve training ghost")) == 2
    assert len(elements(drawn, "polyline", "curve validation ghost")) == 2
    assert len(elements(drawn, "polyline", "curve training")) == 1
    ticks = [e.text for e in texts(drawn, "middle")]
    assert int(ticks[-1]) >= 8
    assert "earlier folds" in curve_sample("folds")
