"""The pictures of Compare, read back: what they show is what was measured."""

import json
from dataclasses import replace

import numpy as np
import pytest

from genre.charts import compare as compare_charts
from genre.compare.leaderboard import LeaderboardEntry
from genre.errors import ParameterError
from genre.evaluation.evaluation import evaluate_probabilities
from genre.models.card import Figure


@pytest.fixture
def evaluation(two_genres):
    rng = np.random.default_rng(0)
    everything = np.arange(len(two_genres.frames))
    guesses = rng.dirichlet([1, 1], len(everything))
    return evaluate_probabilities(
        guesses, two_genres.genres, two_genres, everything, about="a test side"
    )


def test_difference_of_two_matrices_is_in_points_of_each_genres_tracks(evaluation):
    first = replace(evaluation, confusion_matrix=np.array([[8, 2], [5, 5]]))
    second = replace(evaluation, confusion_matrix=np.array([[4, 0], [5, 5]]))

    (matrix,) = compare_charts.confusion_difference(first, second).data

    assert [list(row) for row in matrix.z] == [[20, -20], [0, 0]]
    assert [list(row) for row in matrix.text] == [["+20", "-20"], ["", ""]]
    assert (matrix.zmin, matrix.zmid, matrix.zmax) == (-100, 0, 100)
    assert matrix.hovertext[0][1] == "true loud, given quiet: -20 points"


def test_matrices_of_other_genres_are_not_subtracted(evaluation):
    with pytest.raises(ParameterError, match="cannot be subtracted"):
        compare_charts.confusion_difference(evaluation, replace(evaluation, genres=("a", "b")))


def test_reliability_diagram_shows_each_bin_with_its_interval(evaluation):
    diagonal, points = compare_charts.reliability_diagram(evaluation).data

    bins = evaluation.reliability
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]
    assert list(points.y) == [b.accuracy.value for b in bins]
    assert list(points.error_y.array) == [b.accuracy.high - b.accuracy.value for b in bins]
    assert list(points.error_y.arrayminus) == [b.accuracy.value - b.accuracy.low for b in bins]
    assert sum(row[2] for row in points.customdata) == 24


def test_coverage_starts_with_every_track(evaluation):
    line, _ = compare_charts.accuracy_against_coverage({"a": evaluation, "<b>": evaluation}).data

    assert (line.x[0], line.y[0]) == (1, evaluation.track_accuracy.value)
    assert list(line.x) == sorted(line.x, reverse=True)


def test_names_become_labels_without_markup(evaluation):
    figure = compare_charts.accuracy_against_coverage({"<b>x</b>": evaluation})
    history = [{"epoch": 1, "accuracy": 0.5}]

    assert figure.data[0].name == "&lt;b&gt;x&lt;/b&gt;"
    (curve,) = compare_charts.overlaid_histories({"<i>": history}).data
    assert curve.name == "&lt;i&gt;, training"


def test_runs_are_overlaid_in_a_colour_each():
    history = [{"epoch": i, "accuracy": i / 9, "val_accuracy": i / 12} for i in range(1, 7)]

    curves = compare_charts.overlaid_histories({"one": history, "two": history[:3]}).data

    assert len(curves) == 4
    assert len({curve.line.color for curve in curves}) == 2
    assert list(curves[3].y) == [i / 12 for i in range(1, 4)]


def test_entries_without_leak_free_figure_are_not_drawn():
    figure = Figure("artists whole", "tracks", 0.5, 0.4, 0.7, 100, True, "c")
    fields = ("model", None, None, {}, None, "data", None)
    leak_free = LeaderboardEntry("a", fields[0], figure, *fields[2:])
    leaky = LeaderboardEntry("b", fields[0], None, figure, *fields[3:])

    (points,) = compare_charts.entry_intervals([leak_free, leaky], ["A", "B"]).data

    assert list(points.x) == [0.5]
    assert points.error_x.array[0] == pytest.approx(0.2)
    assert points.error_x.arrayminus[0] == pytest.approx(0.1)


def test_pictures_are_small_and_set_no_background(evaluation):
    for figure in (
        compare_charts.confusion_difference(evaluation, evaluation),
        compare_charts.reliability_diagram(evaluation),
        compare_charts.accuracy_against_coverage({"a": evaluation}),
    ):
        text = figure.update_layout(template=None).to_json()
        assert len(text) < 20_000
        assert not json.loads(text)["layout"].keys() & {"plot_bgcolor", "paper_bgcolor"}


def test_tracks_mfccs_have_row_per_coefficient(two_genres):
    columns = two_genres.own_frames(np.flatnonzero(two_genres.track_index == 0))

    figure = compare_charts.track_features(columns, 0.02, "MFCC")

    (picture,) = figure.data
    assert np.shape(picture.z) == (13, 390)
    assert figure.layout.xaxis.range == (0, pytest.approx(7.8))
