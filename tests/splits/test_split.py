"""Splits: nothing on two sides, artists whole, and what leaks is seen to leak."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neighbors import KNeighborsClassifier

from genre.audio.feature_config import MfccConfig
from genre.datasets.types import SegmentSet, Track
from genre.errors import DatasetError, ParameterError
from genre.evaluation.intervals import wilson_interval
from genre.splits.split import Split, fold_tracks, split_tracks

KINDS = ("artist", "track")


def make_data(sizes: list[int], *, tracks_each: int = 2, seed: int = 0) -> SegmentSet:
    """``sizes[g]`` artists in genre ``g``, of a few tracks of one to four segments each."""
    tracks = tuple(
        Track(f"{genre}.{artist}.{i}", f"genre {genre}", f"artist {genre}.{artist}")
        for genre, size in enumerate(sizes)
        for artist in range(size)
        for i in range(tracks_each)
    )
    n_segments = np.random.default_rng(seed).integers(1, 5, len(tracks))
    n = n_segments.sum()
    return SegmentSet(
        frames=np.zeros((n, 1, 1), np.float32),
        n_frames=np.ones(n, int),
        track_index=np.repeat(np.arange(len(tracks)), n_segments),
        tracks=tracks,
        features=MfccConfig(n_mfcc=1),
        name="made up",
    )


def sides_of(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


some_sizes = st.lists(st.integers(5, 12), min_size=2, max_size=6)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=40)
@given(sizes=some_sizes, seed=seeds, by=st.sampled_from(KINDS), tracks_each=st.integers(1, 3))
def test_split_puts_each_track_on_one_side_and_keeps_groups_whole(sizes, seed, by, tracks_each):
    data = make_data(sizes, tracks_each=tracks_each, seed=seed)

    split = split_tracks(data, by=by, seed=seed)

    segments = np.concatenate(sides_of(split))
    assert sorted(segments) == list(range(len(data.y)))  # each segment on exactly one side
    tracks = [set(data.track_index[side]) for side in sides_of(split)]
    assert sum(map(len, tracks)) == len(data.tracks)
    assert all(tracks)
    if by == "artist":
        artists = [{data.tracks[i].artist for i in side} for side in tracks]
        assert sum(map(len, artists)) == len({track.artist for track in data.tracks})


@settings(deadline=None, max_examples=25)
@given(sizes=some_sizes, seed=seeds, by=st.sampled_from((*KINDS, "course")))
def test_folds_test_every_segment_once_and_never_train_on_it(sizes, seed, by):
    data = make_data(sizes, seed=seed)

    splits = fold_tracks(data, by=by, n_folds=4, seed=seed)

    assert len(splits) == 4
    assert sorted(np.concatenate([s.test for s in splits])) == list(range(len(data.y)))
    for split in splits:
        assert sorted(np.concatenate(sides_of(split))) == list(range(len(data.y)))
        assert len(split.validation) == 0
        if by == "artist":
            trained = {data.tracks[i].artist for i in data.track_index[split.train]}
            assert not trained & {data.tracks[i].artist for i in data.track_index[split.test]}


def test_folds_with_a_validation_share_keep_artists_whole():
    data = make_data([10, 10])

    for split in fold_tracks(data, n_folds=5, validation_share=0.2):
        assert len(split.validation)
        assert sorted(np.concatenate(sides_of(split))) == list(range(len(data.y)))
        artists = [{data.tracks[i].artist for i in data.track_index[s]} for s in sides_of(split)]
        assert sum(map(len, artists)) == 20


@pytest.mark.parametrize("by", [*KINDS, "course"])
def test_split_with_the_same_seed_is_the_same(by):
    data = make_data([10, 10, 10])

    first, again, other = (split_tracks(data, by=by, seed=seed) for seed in (3, 3, 4))

    for side, same in zip(sides_of(first), sides_of(again), strict=True):
        np.testing.assert_array_equal(side, same)
    assert set(first.test) != set(other.test)


@pytest.mark.parametrize("by", KINDS)
def test_validation_with_seed_is_drawn_with_that_seed(by):
    data = make_data([20, 20])

    split = split_tracks(data, by=by, seed=7)

    rest = np.setdiff1d(np.arange(len(data.tracks)), data.track_index[split.test])
    groups = data.groups[rest] if by == "artist" else rest
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=7)
    y = data.track_genres[rest]
    validation = rest[next(folds.split(y, y, groups))[1]]
    assert set(data.track_index[split.validation]) == set(validation)


@pytest.mark.parametrize("by", KINDS)
@pytest.mark.parametrize("test_share", [0.1, 0.2, 0.25, 0.5])
def test_shares_are_about_what_was_asked_for(by, test_share):
    data = make_data([40, 40], tracks_each=1)

    split = split_tracks(data, by=by, test_share=test_share, validation_share=0.25)

    n_test = len(set(data.track_index[split.test]))
    assert n_test / 80 == pytest.approx(test_share, abs=0.03)
    n_validation = len(set(data.track_index[split.validation]))
    assert n_validation / (80 - n_test) == pytest.approx(0.25, abs=0.03)


def test_genres_are_shared_out_evenly():
    data = make_data([20, 40], tracks_each=1)

    split = split_tracks(data, by="artist")

    for side in sides_of(split):
        genres = data.track_genres[np.unique(data.track_index[side])]
        assert np.mean(genres) == pytest.approx(40 / 60, abs=0.05)


def test_tracks_of_unknown_artists_are_groups_of_their_own():
    data = make_data([10, 10])
    data = replace(data, tracks=tuple(replace(t, artist=None) for t in data.tracks))

    by_artist, by_track = (split_tracks(data, by=by, seed=1) for by in KINDS)

    assert len(np.unique(data.groups)) == len(data.tracks)
    assert len(by_artist.test) > 0
    assert len(set(data.track_index[by_artist.test])) == len(set(data.track_index[by_track.test]))


def test_genre_by_one_artist_is_absent_from_sides_and_split_says_which():
    data = make_data([1, 10, 10], tracks_each=4)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split = split_tracks(data)

    present = [
        name for name in ("train", "validation", "test") if 0 in data.y[getattr(split, name)]
    ]
    assert len(present) == 1
    absent = split.absent_genres(data)
    assert absent == {
        name: ("genre 0",) for name in ("train", "validation", "test") if name not in present
    }


@pytest.mark.parametrize("by", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_genre_of_one_track_is_on_one_side_and_split_says_so(by, seed):
    data = make_data([1, 10, 10], tracks_each=1)

    split = split_tracks(data, by=by, seed=seed)

    present = [
        name for name in ("train", "validation", "test") if 0 in data.y[getattr(split, name)]
    ]
    assert len(present) == 1
    assert {side for side, genres in split.absent_genres(data).items() if "genre 0" in genres} == {
        "train",
        "validation",
        "test",
    } - set(present)


def test_split_that_lacks_nothing_says_nothing():
    data = make_data([10, 10])

    assert split_tracks(data).absent_genres(data) == {}


@pytest.mark.parametrize("by", KINDS)
@pytest.mark.parametrize("n_tracks", [3, 4, 5, 6, 7])
def test_split_of_a_few_tracks_fills_every_side(n_tracks, by):
    """What a visitor's first try looks like: a few songs of two genres."""
    data = make_data([n_tracks, n_tracks], tracks_each=1)

    split = split_tracks(data, by=by)

    assert all(len(side) for side in sides_of(split))
    assert sum(len(set(data.track_index[side])) for side in sides_of(split)) == 2 * n_tracks
    assert "train" not in split.absent_genres(data)


@pytest.mark.parametrize("by", KINDS)
def test_single_tracks_say_what_is_missing(by):
    with pytest.raises(DatasetError, match=r"made up has more than 1 tracks left.*2 are needed"):
        split_tracks(make_data([1, 1, 1], tracks_each=1), by=by)


def test_too_few_artists_say_how_many_there_are_and_are_needed():
    data = make_data([1, 1], tracks_each=8)

    with pytest.raises(
        DatasetError,
        match=r"has 2 artists left to divide, 4 are needed to keep artists whole.*by others",
    ):
        split_tracks(data)

    assert len(split_tracks(data, by="track").test)


def test_too_few_artists_for_folds_are_refused():
    with pytest.raises(DatasetError, match=r"has 4 artists left to divide, 5 are needed"):
        fold_tracks(make_data([2, 2]), n_folds=5)


def test_folds_that_no_genre_can_fill_are_refused():
    with pytest.raises(
        DatasetError, match=r"has more than 3 tracks left.*5 are needed.*fewer folds"
    ):
        fold_tracks(make_data([3, 3, 3], tracks_each=1), n_folds=5)


@pytest.mark.parametrize("share", [0.0, 0.04, 0.51, 1.0, -0.2, float("nan")])
@pytest.mark.parametrize("name", ["test_share", "validation_share"])
@pytest.mark.parametrize("by", ["artist", "course"])
def test_shares_out_of_range_are_refused(by, name, share):
    with pytest.raises(ParameterError, match=rf"{name}={share} was given, expected 0\.05 to 0\.5"):
        split_tracks(make_data([10, 10]), by=by, **{name: share})


def test_folds_validation_share_out_of_range_is_refused():
    with pytest.raises(ParameterError, match=r"validation_share=0\.9 was given, expected 0\.05"):
        fold_tracks(make_data([10, 10]), validation_share=0.9)


@pytest.mark.parametrize("n_folds", [1, 0, -3])
def test_folds_fewer_than_two_are_refused(n_folds):
    with pytest.raises(ParameterError, match=rf"{n_folds} folds were asked for, at least 2"):
        fold_tracks(make_data([10, 10]), n_folds=n_folds)


def test_courses_split_has_courses_proportions_and_leaks():
    data = make_data([10, 10], tracks_each=10)

    split = split_tracks(data, by="course", test_share=0.25, validation_share=0.2)

    n = len(data.y)
    assert split.by == "course"
    assert len(split.test) == -(-n // 4)
    assert len(split.validation) == -(-(n - len(split.test)) // 5)
    assert sorted(np.concatenate(sides_of(split))) == list(range(n))
    trained = np.isin(data.track_index[split.test], data.track_index[split.train])
    assert trained.mean() > 0.5  # other segments of the tested tracks are in training


def test_too_few_segments_for_courses_split_are_refused():
    data = make_data([1, 1], tracks_each=1)
    three = replace(data, frames=data.frames[:3], track_index=np.array([0, 0, 1]))

    with pytest.raises(DatasetError, match=r"has 3 segments, at least 4 are needed"):
        split_tracks(three, by="course")
    with pytest.raises(DatasetError, match=r"has 3 segments, 5 folds need as many"):
        fold_tracks(three, by="course", n_folds=5)


@pytest.mark.parametrize(("by", "seed"), [(b, s) for b in (*KINDS, "course") for s in (0, 1, 2)])
def test_permuted_genres_are_learnt_by_leakage_only(by, seed):
    """Random genres: only a model trained on a track's other segments can predict its genre."""
    rng = np.random.default_rng(seed)
    n_tracks, n_each, n_genres = 100, 8, 5
    fingerprints = rng.normal(size=(n_tracks, 12))
    segments = np.repeat(fingerprints, n_each, axis=0)
    segments += rng.normal(0, 0.2, segments.shape)
    data = SegmentSet(
        frames=segments[:, np.newaxis].astype(np.float32),
        n_frames=np.ones(len(segments), int),
        track_index=np.repeat(np.arange(n_tracks), n_each),
        tracks=tuple(
            Track(f"{i}", f"genre {genre}", f"artist {i // 2}")
            for i, genre in enumerate(rng.integers(n_genres, size=n_tracks))
        ),
        features=MfccConfig(n_mfcc=12),
    )

    given = np.empty(len(segments), int)
    for split in fold_tracks(data, by=by, n_folds=5, seed=seed):
        neighbour = KNeighborsClassifier(1).fit(segments[split.train], data.y[split.train])
        given[split.test] = neighbour.predict(segments[split.test])

    right = given == data.y
    if by == "course":
        assert right.mean() > 0.9
    else:
        n_right = sum(right[data.track_index == track].mean() > 0.5 for track in range(n_tracks))
        chance = wilson_interval(n_right, n_tracks)
        assert chance.low <= 1 / n_genres <= chance.high


def test_course_folds_can_set_validation_side_apart():
    data = make_data([6, 6])
    for split in fold_tracks(data, by="course", n_folds=3, validation_share=0.25):
        sides = (split.train, split.validation, split.test)
        assert len(split.validation) > 0
        assert sorted(np.concatenate(sides)) == list(range(len(data.y)))


def test_split_by_an_unknown_kind_is_refused():
    with pytest.raises(ParameterError, match=r"split by 'album'.*artist, track, course"):
        split_tracks(make_data([6, 6]), by="album")
