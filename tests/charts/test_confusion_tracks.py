"""Cells that can be clicked, and the predictions about a track, read back from the pictures."""

import numpy as np
import pytest

from genre.charts.compare import confusion_difference
from genre.charts.confusion_matrix import confusion_matrix
from genre.charts.confusion_tracks import prediction_bars, with_clickable_cells
from genre.compare.confusion_tracks import tracks_in_cell
from tests.support.leaderboard_runs import guesses


@pytest.fixture
def evaluation(two_genres):
    return guesses(two_genres)


@pytest.mark.parametrize("kind", ["matrix", "difference"])
def test_matrix_cells_have_a_point_that_names_their_genres(evaluation, kind):
    genres = ("loud", "quiet")
    figure = (
        confusion_matrix(genres, np.array([[1, 2], [3, 4]]))
        if kind == "matrix"
        else confusion_difference(evaluation, evaluation)
    )
    (before,) = figure.to_dict()["data"]

    _, points = with_clickable_cells(figure, genres).data

    cells = {
        (y, x): (tuple(names), text)
        for y, x, names, text in zip(
            points.y, points.x, points.customdata, points.hovertext, strict=True
        )
    }
    for (row, column), (names, text) in cells.items():
        assert names == (genres[row], genres[column])
        assert text == before["hovertext"][row][column]
        assert text.startswith(f"true {names[0]}, given {names[1]}")
    assert len(cells) == 4


def test_chosen_cell_is_framed(evaluation):
    figure = with_clickable_cells(
        confusion_difference(evaluation, evaluation), evaluation.genres, ("quiet", "loud")
    )

    assert {(s.x0, s.x1, s.y0, s.y1) for s in figure.layout.shapes} == {(-0.5, 0.5, 0.5, 1.5)}
    elsewhere = with_clickable_cells(
        confusion_difference(evaluation, evaluation), evaluation.genres, ("jazz", "loud")
    )
    assert not elsewhere.layout.shapes


def test_track_has_bar_per_genre_and_entry(evaluation, two_genres):
    other = guesses(two_genres, seed=1)
    track = tracks_in_cell((evaluation, None, other), "loud", "quiet")[0]

    figure = prediction_bars(track, ["one", "<b>none</b>", "two"], evaluation.genres)

    assert [bar.name for bar in figure.data] == ["one", "two"]
    assert list(figure.data[0].x) == pytest.approx(track.predictions[0][0].probabilities)
    assert list(figure.data[1].x) == pytest.approx(track.predictions[2][0].probabilities)
    assert figure.data[0].marker.color != figure.data[1].marker.color
    assert list(figure.layout.yaxis.ticktext) == ["<b>loud</b>", "quiet"]  # the true one
