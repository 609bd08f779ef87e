"""A training run's pictures: what grows, what is pale, and that nothing moves meanwhile."""

import numpy as np
import pytest

from genre import charts_training
from genre.colours import TRAINING, VALIDATION
from genre.recipe import PRESETS
from genre.run_view import Mark

HISTORY = [
    {"epoch": i, "loss": 2 / i, "accuracy": i / 9, "val_loss": 3 / i, "val_accuracy": i / 12}
    for i in range(1, 7)
]
BATCHES = [
    {"batch": 1, "n_batches": 4, "loss": 2.0, "accuracy": 0.3},
    {"batch": 3, "n_batches": 4, "loss": 1.9, "accuracy": 0.4},
]


def drawn(figure):
    """The traces that hold something."""
    return [trace for trace in figure.data if trace.x != (None,)]


def test_both_panels_are_there_before_anything_is_drawn():
    assert [trace.xaxis for trace in charts_training.training_history([]).data] == ["x", "x2"]


def test_both_panels_of_a_history_draw_training_solid_and_validation_dashed():
    figure = charts_training.training_history(HISTORY)
    lines = [(t.yaxis, t.name, t.line.color, t.line.dash) for t in drawn(figure)]

    assert lines == [
        (axis, name, colour, dash)
        for axis in ("y", "y2")
        for name, colour, dash in (
            ("training", TRAINING, "solid"),
            ("validation", VALIDATION, "dash"),
        )
    ]
    assert drawn(figure)[3].y == tuple(epoch["val_loss"] for epoch in HISTORY)
    assert [t.name for t in figure.data if t.showlegend] == ["training", "validation"]


def test_a_history_without_validation_has_two_curves():
    bare = [{key: epoch[key] for key in ("epoch", "loss", "accuracy")} for epoch in HISTORY]

    assert [t.name for t in drawn(charts_training.training_history(bare))] == [
        "training",
        "training",
    ]


def test_a_ghost_is_pale_and_behind_and_named_once():
    figure = charts_training.training_history(HISTORY[:2], ghost=HISTORY)

    assert [trace.opacity < 0.5 for trace in drawn(figure)] == 4 * [True] + 4 * [False]
    legend = [t.name for t in figure.data if t.showlegend]
    assert legend == ["earlier run", "training", "validation"]
    assert figure.layout.xaxis.range[1] > 6  # it does not leave the picture


@pytest.mark.parametrize("n_epochs", [0, 1, 6, 40])
def test_epochs_are_whole_numbers_on_the_axis(n_epochs):
    history = [{"epoch": i + 1, "loss": 1.0, "accuracy": 0.5} for i in range(n_epochs)]
    axis = charts_training.training_history(history).layout.xaxis

    assert axis.dtick in (1, 10) and axis.range[1] >= max(1, n_epochs)


def test_the_curve_grows_inside_an_epoch_from_the_last_finished_one():
    figure = charts_training.training_history(HISTORY[:2], batches=BATCHES, n_epochs=9)
    ends = [trace for trace in drawn(figure) if trace.hoverinfo == "skip"]

    assert [end.x for end in ends] == 2 * [(2, 2.25, 2.75)]
    before = HISTORY[1]["accuracy"]
    np.testing.assert_allclose(
        ends[0].y, [before, 0.75 * before + 0.25 * 0.3, 0.25 * before + 0.75 * 0.4]
    )
    np.testing.assert_allclose(ends[1].y, [1.0, 0.75 + 0.25 * 2.0, 0.25 + 0.75 * 1.9])


def test_the_first_epoch_grows_from_its_first_batch():
    figure = charts_training.training_history([], batches=BATCHES, n_epochs=9)

    assert [trace.x for trace in drawn(figure)] == 2 * [(0.25, 0.75)]
    assert drawn(figure)[0].y == (0.3, 0.4)


@pytest.mark.parametrize("n_done", [0, 1, 5])
def test_the_axis_stays_while_the_curves_grow(n_done):
    figure = charts_training.training_history(HISTORY[:n_done], ghost=HISTORY, n_epochs=5)

    assert figure.layout.xaxis.range == figure.layout.xaxis2.range == (0, 5.5)


def test_a_ghost_ends_where_the_axis_does():
    figure = charts_training.training_history([], ghost=HISTORY, n_epochs=2)

    assert all(max(trace.x) <= 2 for trace in drawn(figure))


def test_a_wild_start_does_not_squeeze_the_curve():
    wild = [{"epoch": 1, "loss": 929.0, "accuracy": 0.1}, {"epoch": 2, "loss": 2, "accuracy": 0.1}]

    assert charts_training.training_history(wild).layout.yaxis2.range[1] < 6
    assert charts_training.training_history(HISTORY).layout.yaxis2.range[1] < 3.5


def test_marks_stand_in_both_panels_with_their_words():
    marks = [Mark(1.5, "learning rate 0.0005"), Mark(3, "paused")]
    layout = charts_training.training_history(HISTORY, marks=marks).layout

    assert [(line.xref, line.x0) for line in layout.shapes] == [
        ("x", 1.5), ("x", 3), ("x2", 1.5), ("x2", 3)
    ]  # fmt: skip
    words = [note.text for note in layout.annotations]
    assert words.count("learning rate 0.0005") == 2 and words.count("paused") == 2


def test_the_history_in_words():
    assert "none is finished" in charts_training.history_alt([])
    assert charts_training.history_alt(HISTORY).startswith(
        f"Accuracy and loss over {len(HISTORY)} epochs: accuracy "
    )


def test_a_song_gets_a_column_for_each_epoch():
    song = [(1, (0.5, 0.3, 0.2)), (2, (0.1, 0.8, 0.1))]
    picture, top = charts_training.song_learning(song, ("a", "b", "c"), 5).data

    assert picture.x == (1, 2)
    np.testing.assert_allclose(picture.z, [[0.5, 0.1], [0.3, 0.8], [0.2, 0.1]], atol=1e-6)
    assert (picture.zmin, picture.zmax) == (0, 1)
    assert top.x == (1, 2) and list(top.y) == [0, 1]


def test_a_song_not_heard_yet_is_an_empty_picture():
    figure = charts_training.song_learning([], ("a", "b"), 5)

    assert np.size(figure.data[0].z) == 0 and figure.layout.xaxis.range == (0, 5.5)


def test_every_layer_is_drawn_with_its_shape_and_parameters():
    (bars,) = charts_training.network_drawing(PRESETS["course"].network_config(10)).data

    assert [text.split("  ·  ") for text in bars.text] == [
        ["Input", "130 × 13"],
        ["LSTM 1", "130 × 64", "19,968"],
        ["LSTM 2", "64", "33,024"],
        ["Dense, relu", "64", "4,160"],
        ["Dropout", "64"],
        ["Dense, softmax", "10", "650"],
    ]
    assert max(bars.x) == bars.x[2] == 1
