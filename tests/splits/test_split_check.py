"""How a split falls, before anything is extracted: what cannot be, and what works instead."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from genre.datasets.load import list_tracks, source_stamp
from genre.datasets.pack import write_pack
from genre.datasets.types import Track, TrackList
from genre.errors import DatasetError
from genre.splits.split import fold_tracks, split_tracks
from genre.splits.split_check import check_split
from genre.splits.split_plan import SplitPlan

SIDES = ("train", "validation", "test")


def tracks_of(**artists):
    """A list of tracks: for each genre how many tracks each of its artists has."""
    return TrackList(
        tuple(
            Track(f"{genre} {artist} {i}", genre, f"{genre} {artist}")
            for genre, sizes in artists.items()
            for artist, size in enumerate(sizes)
            for i in range(size)
        )
    )


FOUR_GENRES = tracks_of(blues=[8], disco=[2] * 4, jazz=[8], rock=[2] * 4)
"""Eight clips of each of four genres; two genres are by one artist."""


def test_genre_by_one_artist_cannot_be_split_by_artist():
    check = check_split(FOUR_GENRES, SplitPlan("artist"))

    assert set(check.missing) <= {"train", "test"}
    assert set().union(*check.missing.values()) == {"blues", "jazz"}
    assert "artists: " in check.problem
    assert "blues 1" in check.problem
    assert check.option == {"by": "track"}
    with pytest.raises(DatasetError, match=r"the split by artist leaves nothing of .* Do this"):
        check.require(remedy="Do this.")


def test_option_is_a_split_that_can_be():
    check = check_split(FOUR_GENRES, SplitPlan("artist"))

    again = check_split(FOUR_GENRES, replace(check.plan, **check.option))

    assert again.problem == ""
    assert again.option == again.missing == {}
    again.require(remedy="Nothing is raised.")


def test_genre_by_two_artists_is_split_with_another_seed_or_share():
    data = tracks_of(blues=[2, 1], jazz=[1] * 20, rock=[2] * 10)
    plans = [SplitPlan("artist", seed=seed) for seed in range(8)]

    refused = [check for plan in plans if (check := check_split(data, plan)).problem]

    assert refused  # two artists may both be on one side, or none of them be tested
    for check in refused:
        assert set(check.option) <= {"seed", "test_share"}
        assert check_split(data, replace(check.plan, **check.option)).problem == ""


def test_one_track_of_a_genre_leaves_no_split():
    check = check_split(tracks_of(blues=[1], jazz=[1] * 9), SplitPlan("track"))

    assert check.problem
    assert check.option == {}


def test_too_few_artists_are_a_problem_with_an_option():
    check = check_split(tracks_of(blues=[6], jazz=[6]), SplitPlan("artist"))

    assert "2 artists left to divide" in check.problem
    assert check.problem.endswith(".")
    assert check.option == {"by": "track"}


def test_counts_are_those_of_the_split(two_genres):
    check = check_split(two_genres, SplitPlan("artist", seed=3))

    split = split_tracks(two_genres, seed=3)

    for i, row in enumerate(check.genres):
        for side in SIDES:
            tracks = np.unique(two_genres.track_index[getattr(split, side)])
            n = int((two_genres.track_genres[tracks] == i).sum())
            assert row.n_tracks[side] == row.n_artists[side] == n > 0


def test_folds_need_each_genre_learnt_where_it_is_tested():
    check = check_split(FOUR_GENRES, SplitPlan("artist", n_folds=4))

    assert check.missing == {"train": ("blues", "jazz")}
    assert "to train on where they are tested" in check.problem
    assert check.option == {"by": "track"}
    enough = tracks_of(blues=[2] * 4, jazz=[2] * 4)
    assert check_split(enough, SplitPlan("artist", n_folds=4)).problem == ""


@pytest.mark.parametrize("seed", range(4))
def test_check_of_folds_agrees_with_the_folds(two_genres, seed):
    lone = tuple(replace(t, artist="one") if t.genre == "loud" else t for t in two_genres.tracks)
    data = replace(two_genres, tracks=lone)

    check = check_split(data, SplitPlan("artist", n_folds=3, seed=seed))

    absent = [split.absent_genres(data) for split in fold_tracks(data, n_folds=3, seed=seed)]
    assert any("loud" in sides.get("train", ()) for sides in absent)
    assert check.missing == {"train": ("loud",)}


@pytest.mark.parametrize("by", ["course", "artist"])
def test_what_cannot_be_foreseen_is_no_problem(by):
    data = TrackList(FOUR_GENRES.tracks, has_tracks=by == "course")

    assert check_split(data, SplitPlan(by)).problem == ""


@pytest.fixture
def folder(tmp_path):
    """Files that are no recordings: whoever extracts them finds out."""
    for track in FOUR_GENRES.tracks:
        path = tmp_path / "music" / track.genre / f"{track.track_id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no sound")
    rows = [f"{track.track_id},{track.artist}" for track in FOUR_GENRES.tracks]
    (tmp_path / "music" / "artists.csv").write_text("\n".join(["track_id,artist", *rows]) + "\n")
    return tmp_path / "music"


def test_folder_and_its_zip_are_listed_without_being_extracted(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "music.zip", "w") as zipped:
        for path in sorted(folder.rglob("*")):
            zipped.write(path, path.relative_to(tmp_path))

    for source in (folder, tmp_path / "music.zip"):
        listed = list_tracks(source)
        assert listed.name == "music"
        assert {(t.track_id, t.genre, t.artist) for t in listed.tracks} == {
            (t.track_id, t.genre, t.artist) for t in FOUR_GENRES.tracks
        }


def test_pack_is_listed_with_the_tracks_that_fill_a_segment(two_genres, tmp_path):
    short = np.where(two_genres.track_index == 0, 50, two_genres.n_frames)
    write_pack(tmp_path / "pack", replace(two_genres, n_frames=short))

    assert list_tracks(tmp_path / "pack").tracks == two_genres.tracks
    whole = list_tracks(tmp_path / "pack", whole_only=True)
    assert whole.tracks == replace(two_genres, n_frames=short).whole_segments().tracks


def test_what_holds_no_list_is_not_listed(tmp_path):
    (tmp_path / "data.json").write_text("{}")

    assert list_tracks(tmp_path / "data.json") is None
    assert list_tracks(tmp_path / "nothing") is None


def test_stamp_changes_with_the_recordings(folder):
    before = source_stamp(folder)
    (folder / "rock" / "new.wav").write_bytes(b"no sound")
    added = source_stamp(folder)
    (folder / "artists.csv").write_text("track_id,artist\n")

    assert len({before, added, source_stamp(folder)}) == 3
    assert source_stamp(folder / "nothing") == ()


@pytest.mark.parametrize(
    ("artists", "empty", "said"),
    [
        ({"blues": [3]}, (), "has one genre, blues: add a second."),
        ({"blues": [1, 1], "jazz": [3]}, (), "too few tracks of blues 2: each genre needs 3"),
        ({"blues": [3], "jazz": [3]}, ("rock",), "too few tracks of rock 0: each genre needs 3"),
    ],
)
@pytest.mark.parametrize(
    "plan", [SplitPlan("artist"), SplitPlan("track", n_folds=2), SplitPlan("course")]
)
def test_data_too_small_for_any_split_are_refused_with_what_to_add(artists, empty, said, plan):
    check = check_split(replace(tracks_of(**artists), empty=empty), plan)

    assert check.is_too_small
    assert said in check.problem
    assert check.option == {}
    with pytest.raises(DatasetError) as refused:
        check.require(remedy="Do this.")
    assert "Do this." not in str(refused.value)


def test_what_each_genre_lacks_is_told_by_genre():
    check = check_split(tracks_of(blues=[4], jazz=[1] * 8, rock=[1] * 8), SplitPlan("artist"))

    assert [(one.genre, one.n) for one in check.of_genres] == [("blues", 1)]
    assert check.of_genres[0].lacks in ("train", "test")


def test_folds_count_the_fewest_tracks_from_which_a_genre_is_learnt():
    data = tracks_of(blues=[4, 1, 1], jazz=[2, 2, 2])

    check = check_split(data, SplitPlan("artist", n_folds=3))

    assert check.problem == ""
    assert check.n_tracks == 12
    blues, jazz = check.genres
    assert (blues.n_tracks, blues.n_artists) == ({"train": 2, "test": 6}, {"train": 2, "test": 3})
    assert (jazz.n_tracks, jazz.n_artists) == ({"train": 4, "test": 6}, {"train": 2, "test": 3})


def test_fewer_folds_are_an_option_where_there_are_too_few_artists():
    check = check_split(tracks_of(blues=[2] * 3, jazz=[2] * 3), SplitPlan("artist", n_folds=8))

    assert "n_folds" in check.option
    assert check_split(FOUR_GENRES, SplitPlan("fault-filtered", n_folds=3)).option["by"] == "track"


def test_validation_of_a_fold_takes_no_genre_away(two_genres):
    """Two artists of a genre: where one is tested, the other has to be learnt."""
    tracks = tuple(
        replace(track, artist=f"one of {i % 2}") if track.genre == "loud" else track
        for i, track in enumerate(two_genres.tracks)
    )
    data = replace(two_genres, tracks=tracks)
    for seed in range(6):
        for split in fold_tracks(data, n_folds=2, validation_share=0.5, seed=seed):
            parts = np.concatenate([split.train, split.validation, split.test])
            assert sorted(parts) == list(range(len(data.y)))
            assert set(data.y[split.train].tolist()) == {0, 1}
            assert len(split.validation)


def test_empty_folder_beside_the_genres_is_an_empty_genre(folder):
    (folder / "metal").mkdir()
    (folder / ".git").mkdir()
    (folder / "covers").mkdir()
    (folder / "covers" / "blues.jpg").write_bytes(b"a picture")

    assert list_tracks(folder).empty == ("metal",)
