"""A finished figure is what it was made of, and its dictionary is made once."""

from genre.charts.parts import FinishedFigure, empty_figure


def test_finished_figure_is_written_as_the_figure_was():
    figure = empty_figure({"type": "bar", "x": [1, 2], "y": [3.0, 4.0]}, height=100)
    finished = FinishedFigure(figure)
    assert finished.to_dict() == figure.to_dict()
    assert finished.to_dict() is finished.to_dict()
