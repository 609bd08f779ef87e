"""Differences on the same tracks: exact where they can be worked out, resampled by artist."""

import numpy as np
import pytest

from genre.errors import DatasetError
from genre.evaluation.paired_bootstrap import paired_difference
from genre.evaluation.track_predictions import TrackPrediction


def answers_of(rights, artists=None, genre="jazz"):
    """One answer per track; ``artists[i]`` made track ``i``."""
    artists = artists or [None] * len(rights)
    return [
        TrackPrediction(f"t{i}", artist, genre, genre if is_right else "pop", (1.0, 0.0), 1, 0)
        for i, (is_right, artist) in enumerate(zip(rights, artists, strict=True))
    ]


def test_difference_is_that_of_accuracies():
    difference = paired_difference(answers_of([1, 1, 1, 0]), answers_of([1, 0, 0, 1]))

    assert difference.value == pytest.approx(0.75 - 0.5)
    assert (difference.n_tracks, difference.n_artists) == (4, 4)
    assert difference.low < difference.value < difference.high


def test_difference_of_equal_answers_is_zero_with_no_width():
    same = paired_difference(answers_of([1, 0, 1]), answers_of([1, 0, 1]))

    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_difference_of_one_on_every_track_has_no_width():
    artists = ["Ann", *["Bob"] * 5, *["Cy"] * 20]
    always, never = (answers_of([right] * len(artists), artists) for right in (1, 0))

    difference = paired_difference(always, never)

    assert (difference.value, difference.low, difference.high) == (1, 1, 1)
    assert difference.n_artists == 3


def test_interval_of_many_tracks_is_that_of_normal_distribution():
    rng = np.random.default_rng(2)
    first, second = rng.random(900) < 0.6, rng.random(900) < 0.5

    difference = paired_difference(answers_of(first), answers_of(second))

    error = np.std(first.astype(float) - second) / np.sqrt(900)
    assert difference.low == pytest.approx(difference.value - 1.96 * error, abs=0.1 * error)
    assert difference.high == pytest.approx(difference.value + 1.96 * error, abs=0.1 * error)


def test_tracks_of_one_artist_are_resampled_together():
    """Ten artists whose ten tracks are all right or all wrong weigh as ten, not as a hundred."""
    first = np.repeat([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], 10)
    second = np.repeat([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], 10)
    artists = [f"artist {i // 10}" for i in range(100)]

    by_artist = paired_difference(answers_of(first, artists), answers_of(second, artists))
    by_track = paired_difference(answers_of(first), answers_of(second))

    assert by_artist.value == by_track.value
    assert by_artist.n_artists == 10
    width, narrow = by_artist.high - by_artist.low, by_track.high - by_track.low
    assert width == pytest.approx(np.sqrt(10) * narrow, rel=0.2)


def test_order_of_tracks_and_rounds_of_folds_do_not_matter():
    first, second = answers_of([1, 1, 0, 0]), answers_of([0, 1, 0, 1])

    once = paired_difference(first, second)
    again = paired_difference([*first, *first], second[::-1])

    assert again.value == once.value
    assert again.n_tracks == 4


def test_interval_with_the_same_seed_is_the_same():
    first, second = answers_of([1, 1, 0, 0, 1]), answers_of([0, 1, 0, 1, 0])

    assert paired_difference(first, second) == paired_difference(first, second)


@pytest.mark.parametrize("second", [[], answers_of([1, 0], genre="rock")])
def test_difference_without_a_shared_track_is_refused(second):
    with pytest.raises(DatasetError, match=rf"for 3 and {len(second)} tracks, none of them"):
        paired_difference(answers_of([1, 0, 1]), second)


def test_difference_counts_the_shared_tracks_alone():
    difference = paired_difference(answers_of([1, 0, 1, 1, 1]), answers_of([0, 0]))

    assert (difference.value, difference.n_tracks, difference.n_artists) == (0.5, 2, 2)
