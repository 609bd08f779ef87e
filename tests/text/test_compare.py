"""What is said of entries: every accuracy with its count and interval, leaky ones as such."""

from dataclasses import replace

import pytest

from genre.compare.confusion_tracks import tracks_in_cell
from genre.compare.leaderboard import LeaderboardEntry
from genre.compare.leakage import read_leakage_study
from genre.models.card import Figure
from genre.recipes.config import PRESETS
from genre.text.compare import (
    confidence_line,
    difference_lines,
    evaluation_line,
    figure_line,
    leakage_line,
    leaky_curve_line,
    prediction_line,
    split_metric,
    track_row,
)
from genre.text.leaderboard import leaderboard_row, ranking_line, recipe_line, settings_rows, titles
from tests.support.leaderboard_runs import guesses

LEAK_FREE = Figure("artists whole", "tracks", 0.5, 0.4, 0.6, 100, True, "c")
LEAKY = Figure("segments at random", "tracks", 0.9, 0.8, 0.95, 100, False, "c")
MEASURES = {"macro_f1": 0.4, "expected_calibration_error": 0.1}
RUN = LeaderboardEntry("one", "run", LEAK_FREE, None, MEASURES, 60, "music", PRESETS["quick"])


@pytest.fixture
def evaluation(two_genres):
    return guesses(two_genres)


def test_titles_of_runs_are_short_unless_two_are_alike():
    stamped = replace(RUN, name="20261122-192634123-quick-ab12")
    model = replace(RUN, name="quick-ab12", kind="model")

    assert titles([RUN, stamped]) == ["one", "quick-ab12"]
    assert titles([model, stamped]) == ["quick-ab12", f"runs/{stamped.name}"]
    labelled = [replace(one, label="가을") for one in (stamped, RUN)]
    assert titles([labelled[0], RUN]) == ["가을", "one"]
    assert titles(labelled) == [f"가을 (runs/{stamped.name})", "가을 (runs/one)"]
    imported = replace(stamped, is_imported=True)
    assert leaderboard_row(imported, "가을")["kind"].startswith("imported run, ")
    assert leaderboard_row(stamped, "x")["kind"] == "run, 22 Nov 19:26"
    assert leaderboard_row(replace(stamped, name="20269922-192634123-quick"), "x")["kind"] == "run"


def test_leaderboard_says_how_it_ranks_and_what_it_cannot_compare():
    one = ranking_line([RUN, replace(RUN, name="other")])
    two = ranking_line([RUN, replace(RUN, data="other songs")])

    assert one.startswith("Sorted by the lower end of the interval")
    assert two == f"{one} Accuracies on different data cannot be compared."
    assert ranking_line([RUN, replace(RUN, data="other songs", leak_free=None)]) == one


def test_leaderboard_says_that_musicnn_may_know_the_tracks():
    warning = "musicnn may have been trained on the tracks"
    plain, ear = PRESETS["course"], PRESETS["ear"]
    taught = replace(plain, teacher=0.7, teacher_features="musicnn")

    assert warning not in ranking_line([replace(RUN, recipe=plain)])
    assert warning not in ranking_line([replace(RUN, recipe=replace(taught, teacher=0.0))])
    for recipe in (ear, taught):
        assert warning in ranking_line([RUN, replace(RUN, recipe=recipe)])


def test_row_leaky_figure_is_in_its_own_column_only():
    row = leaderboard_row(replace(RUN, leak_free=None, leaky=LEAKY), "one")

    assert row["leaky"] == "90% of 100 (80% to 95%)"
    assert row["measured"] == "segments at random"
    for name in ("accuracy", "interval", "tracks", "macro_f1", "calibration_error"):
        assert row[name] is None
    leak_free = leaderboard_row(RUN, "one")
    assert (leak_free["accuracy"], leak_free["interval"], leak_free["leaky"]) == (
        50,
        "40% to 60%",
        None,
    )
    assert leaderboard_row(replace(RUN, leak_free=None), "one")["measured"] == "never measured"


def test_recipe_line_is_the_preset_and_what_differs():
    changed = replace(PRESETS["quick"], epochs=3, deltas=False, learning_rate=0.0005)

    assert recipe_line(RUN) == "quick"
    assert (
        recipe_line(replace(RUN, recipe=changed))
        == "quick, deltas no, learning_rate 0.0005, epochs 3"
    )
    assert recipe_line(replace(RUN, recipe=None)) == "not known"


def test_settings_rows_are_those_that_differ():
    other = replace(RUN, name="two", recipe=replace(PRESETS["quick"], units_1=8), data="other")
    unknown = replace(RUN, name="three", recipe=None)

    assert settings_rows([RUN, other, unknown]) == [
        {"setting": "units 1", "one": "64", "two": "8"},
        {"setting": "data", "one": "music", "two": "other", "three": "music"},
    ]
    assert settings_rows([RUN]) == settings_rows([RUN, unknown]) == []


def test_figure_line_has_split_count_and_interval():
    assert figure_line(RUN, "one") == (
        "one is right for 50% of 100 tracks (95% interval 40% to 60%; artists whole)."
    )
    leaky = figure_line(replace(RUN, leak_free=None, leaky=LEAKY), "one")
    assert "90% of 100 tracks (95% interval 80% to 95%; segments at random)" in leaky
    assert "says nothing about your music" in leaky
    assert (
        figure_line(replace(RUN, leak_free=None), "one")
        == "The accuracy of one was never measured."
    )


def test_difference_line_on_the_same_tracks_has_interval(evaluation, two_genres):
    first = replace(RUN, evaluation=evaluation)
    all_right = tuple(replace(a, given=a.genre) for a in evaluation.predictions)
    right = replace(RUN, name="two", evaluation=replace(evaluation, predictions=all_right))
    fewer = replace(RUN, name="few", evaluation=replace(evaluation, predictions=all_right[:5]))
    elsewhere = tuple(replace(a, track_id=f"other {a.track_id}") for a in all_right)
    apart = replace(RUN, name="apart", evaluation=replace(evaluation, predictions=elsewhere))

    same, better, shared, other, unkept, leaky = difference_lines(
        [first, replace(first, name="same"), right, fewer, apart, replace(RUN, name="bare"),
         replace(first, name="leaks", leak_free=None, leaky=LEAKY)]
    )  # fmt: skip

    assert "+0.0 points" in same
    assert same.endswith(": not significant.")
    assert "24 tracks of 24 artists" in better
    assert better.endswith(": significant.")
    assert "on the same tracks" in better
    assert "on the tracks that both have" in shared
    assert "5 tracks of 5 artists" in shared
    assert "different tracks" in other
    assert "were not saved" in unkept
    assert "cannot be ranked" in leaky


def test_row_has_each_measure_with_its_interval():
    ends = {"macro_f1_low": 0.31, "macro_f1_high": 0.52}
    row = leaderboard_row(replace(RUN, measures=MEASURES | ends), "one")

    assert row["macro_f1"] == "0.40 (0.31 to 0.52)"
    assert row["calibration_error"] == "0.10"  # measured on too few artists
    assert leaderboard_row(replace(RUN, measures={}), "one")["macro_f1"] is None


def test_confident_line_counts_right_predictions(evaluation):
    sure = [a for a in evaluation.predictions if max(a.probabilities) >= 0.7]
    line = confidence_line(evaluation, "one")

    share = sum(a.is_right for a in sure) / len(sure)
    assert line.startswith(
        f"With a confidence of 70% or more, one is right for {share:.0%} of {len(sure)} tracks "
    )
    assert f"these are {len(sure) / 24:.0%} of all tracks" in line
    assert confidence_line(evaluation, "one", probability=0.99).startswith(
        "one has no prediction with"
    )
    assert "were not saved" in confidence_line(replace(evaluation, predictions=()), "one")


def test_curves_of_a_leaky_run_have_a_warning():
    leaky = replace(RUN, leak_free=None, leaky=LEAKY, history=({"epoch": 1},))

    assert leaky_curve_line(leaky, "one")
    assert not leaky_curve_line(RUN, "one")
    assert not leaky_curve_line(replace(leaky, history=()), "one")


def test_track_row_has_all_predictions_and_line_counts_training_segments(evaluation, two_genres):
    track = tracks_in_cell((evaluation, None), "loud", "quiet")[0]
    row = track_row(track, ["one", "none"])
    answer = track.predictions[0][0]

    assert row["track"] == track.track_id
    assert row["one"] == f"quiet {max(answer.probabilities):.0%}"
    assert row["none"] == "not tested"
    line = prediction_line(answer, "one")
    assert f"{answer.n_right} of its 3 segments right. 3 other segments of" in line
    assert "No other segment of this" in prediction_line(replace(answer, n_siblings=0), "one")
    assert "training" not in prediction_line(replace(answer, n_siblings=None), "one")


def test_leakage_lines_have_counts_and_intervals():
    picture = read_leakage_study()
    course = picture.run("course").evaluation.track_accuracy

    label, value, about = split_metric(picture.four_ways[0])
    assert (label, value) == ("Segments at random", f"{course.value:.0%}")
    assert f"of {course.n} tracks (95% interval {course.low:.0%} to {course.high:.0%})" in about
    assert "Data leakage" in about
    assert [split_metric(run)[0] for run in picture.runs] == list(
        dict.fromkeys(split_metric(run)[0] for run in picture.runs)
    )
    counted = picture.run("course", is_control=True).by_seen_track
    for accuracy in (counted.track_seen, counted.track_unseen):
        assert (
            f"{accuracy.value:.0%} of {accuracy.n} segments (95% interval {accuracy.low:.0%} to "
            f"{accuracy.high:.0%})"
        ) in leakage_line(picture)


def test_matrix_caption_says_which_tracks_it_counts(evaluation):
    assert evaluation_line(evaluation).endswith(": a test side.")
    assert "of 24 tracks (95% interval" in evaluation_line(evaluation)
