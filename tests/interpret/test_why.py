"""The moments for and against a prediction, and what it would have been without them."""

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.interpret.why import explain

GENRES = ("blues", "jazz", "rock")


def song(*of_jazz, rest="rock", silent=()):
    """What a song of segments of 3 s with these probabilities of jazz rests on."""
    probabilities = np.zeros((len(of_jazz), 3), np.float32)
    probabilities[:, 1] = of_jazz
    probabilities[:, GENRES.index(rest)] = 1 - np.array(of_jazz)
    audible = np.array([i not in silent for i in range(len(of_jazz))])
    seconds = 3.0 * len(of_jazz) + 1.5
    return explain(probabilities, GENRES, audible=audible, segment_seconds=3.0, seconds=seconds)


def starts(moments):
    return [moment.start_seconds for moment in moments]


def test_three_strongest_on_each_side_strongest_first():
    why = song(0.9, 0.2, 0.8, 0.95, 0.1, 0.85, 0.3, 0.6, 0.45)

    assert why.verdict.genre == "jazz"
    assert starts(why.supporting) == [9.0, 0.0, 15.0]
    assert starts(why.opposing) == [12.0, 3.0, 18.0]
    assert [moment.genre for moment in why.supporting + why.opposing] == ["jazz"] * 3 + ["rock"] * 3
    assert why.supporting[0].probability == pytest.approx(0.95)
    assert why.supporting[0].end_seconds == 12.0


def test_without_them_is_mean_of_all_others():
    why = song(0.9, 0.2, 0.8, 0.95, 0.1, 0.85, 0.3, 0.6, 0.45)

    without = why.without_supporting
    assert without.genre == "rock"
    assert without.of_predicted == pytest.approx(np.mean([0.2, 0.8, 0.1, 0.3, 0.6, 0.45]))
    assert without.probability == pytest.approx(1 - without.of_predicted)
    assert why.without_opposing.of_predicted == pytest.approx(
        np.mean([0.9, 0.8, 0.95, 0.85, 0.6, 0.45])
    )


def test_silent_segments_are_no_moments_and_do_not_count():
    why = song(0.9, 1.0, 0.6, 0.0, silent=(1, 3))

    assert (starts(why.supporting), starts(why.opposing)) == ([0.0], [6.0])
    assert why.verdict.probability == pytest.approx(0.75)
    assert why.without_supporting.probability == pytest.approx(0.6)


@pytest.mark.parametrize("of_jazz", [(0.8,), (0.8, 0.8, 0.8), (0.8, 0.799, 0.801)])
def test_song_of_one_segment_or_all_alike_has_no_moments(of_jazz):
    why = song(*of_jazz)

    assert not why.supporting + why.opposing
    assert why.without_supporting is None and why.without_opposing is None
    assert why.verdict.genre == "jazz"


def test_one_segment_against_many_leaves_a_side_empty_where_none_stands_out():
    why = song(*[0.9] * 200, 0.1)

    assert (starts(why.supporting), starts(why.opposing)) == ([], [600.0])
    assert why.without_supporting is None
    assert why.without_opposing.probability == pytest.approx(0.9)


def test_last_moment_ends_with_song():
    probabilities = np.array([[0.2, 0.8], [0.9, 0.1], [0.3, 0.7]])
    why = explain(probabilities, ("a", "b"), audible=np.ones(3, bool), segment_seconds=3, seconds=8)

    assert (why.supporting[0].start_seconds, why.supporting[1].end_seconds) == (0, 8)


@pytest.mark.parametrize("audible", [[True], [False, False], []])
def test_shapes_that_do_not_fit_are_refused(audible):
    with pytest.raises(ParameterError, match=r"Give one row for each segment"):
        explain(np.ones((2, 3)), GENRES, audible=np.array(audible), segment_seconds=3, seconds=6)
