"""A training run's pictures: both panels of its history, and its network."""

import pytest

from genre.charts import training as training_charts
from genre.charts.colours import TRAINING, VALIDATION

HISTORY = [
    {"epoch": i, "loss": 2 / i, "accuracy": i / 9, "val_loss": 3 / i, "val_accuracy": i / 12}
    for i in range(1, 7)
]


def drawn(figure):
    """The traces that hold something."""
    return [trace for trace in figure.data if trace.x != (None,)]


def test_history_that_is_empty_has_both_panels():
    assert [trace.xaxis for trace in training_charts.training_history([]).data] == ["x", "x2"]


def test_history_is_drawn_solid_for_training_and_dashed_for_validation():
    figure = training_charts.training_history(HISTORY)
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


def test_history_without_validation_has_two_curves():
    bare = [{key: epoch[key] for key in ("epoch", "loss", "accuracy")} for epoch in HISTORY]

    assert [t.name for t in drawn(training_charts.training_history(bare))] == [
        "training",
        "training",
    ]


@pytest.mark.parametrize("n_epochs", [0, 1, 6, 40])
def test_epochs_are_whole_numbers_on_axis(n_epochs):
    history = [{"epoch": i + 1, "loss": 1.0, "accuracy": 0.5} for i in range(n_epochs)]
    axis = training_charts.training_history(history).layout.xaxis

    assert axis.dtick in (1, 10) and axis.range[1] >= max(1, n_epochs)


def test_large_first_loss_does_not_squeeze_curve():
    wild = [{"epoch": 1, "loss": 929.0, "accuracy": 0.1}, {"epoch": 2, "loss": 2, "accuracy": 0.1}]

    assert training_charts.training_history(wild).layout.yaxis2.range[1] < 6
    assert training_charts.training_history(HISTORY).layout.yaxis2.range[1] < 3.5
