"""Tracks and their segments, from whatever holds them."""

import json
import os

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.audio.features import frames_to_steps
from genre.audio.signal import Signal, encode_wav
from genre.datasets.load import bundled_datasets, load_dataset
from genre.datasets.pack import write_pack
from genre.datasets.types import SegmentSet, Track
from genre.errors import DatasetError

FEATURES = MfccConfig(n_mfcc=3)


def make_data(**changes) -> SegmentSet:
    """Two rock tracks of two segments and a blues track of one that is not whole."""
    values = {
        "frames": np.random.default_rng(0).normal(size=(5, 130, 3)).astype(np.float32),
        "n_frames": np.array([130, 130, 130, 130, 44]),
        "track_index": np.array([0, 0, 1, 1, 2]),
        "tracks": (
            Track("r1", "rock", "The Examples"),
            Track("r2", "rock"),
            Track("b1", "blues", "The Examples"),
        ),
        "features": FEATURES,
        "name": "small",
    }
    return SegmentSet(**values | changes)


def test_genres_are_sorted_and_segments_labelled_by_their_tracks():
    data = make_data()

    assert data.genres == ("blues", "rock")
    assert data.track_genres.tolist() == [1, 1, 0]
    assert data.y.tolist() == [1, 1, 1, 1, 0]


def test_groups_are_artists_and_unknown_artist_is_alone():
    r1, r2, b1 = make_data().groups

    assert r1 == b1 != r2


@pytest.mark.parametrize("artist", [None, ""])
def test_tracks_of_unknown_artist_are_not_one_group(artist):
    assert Track("a", "rock", artist).group != Track("b", "rock", artist).group


@pytest.mark.parametrize(
    ("tracks", "message"),
    [
        ((), r"holds no genre, at least two"),
        ((Track("a", "rock"),), r"one genre \(rock\), at least two"),
    ],
)
def test_dataset_of_one_genre_is_refused(tracks, message):
    with pytest.raises(DatasetError, match=message):
        make_data(tracks=tracks)


def test_network_inputs_are_made_of_the_frames():
    data, asked = make_data(), MfccConfig(n_mfcc=2, deltas=True, texture_frames=5)

    X = data.X(asked)

    assert X.shape == (5, 26, 8)
    np.testing.assert_array_equal(X, frames_to_steps(data.frames[..., :2], asked))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (MfccConfig(n_mfcc=4), r"holds frames with n_mfcc=3, n_mfcc=4 was asked.*again"),
        (MfccConfig(n_mfcc=3, hop_length=256), r"hop_length=512, hop_length=256 was asked"),
        (MfccConfig(n_mfcc=3, sr=16_000), r"sr=22050, sr=16000 was asked"),
        (
            MfccConfig(n_mfcc=3, segment_seconds=5),
            r"segment_seconds=3\.0, segment_seconds=5 was",
        ),
    ],
)
def test_settings_of_other_frames_are_refused(asked, message):
    with pytest.raises(DatasetError, match=message):
        make_data().X(asked)


def test_whole_segments_leave_out_tracks_that_have_none():
    tracks = (Track("r1", "rock"), Track("r2", "blues"), Track("b1", "blues"))

    whole = (data := make_data(tracks=tracks)).whole_segments()

    assert [track.track_id for track in whole.tracks] == ["r1", "r2"]
    assert whole.n_frames.tolist() == [130] * 4
    np.testing.assert_array_equal(whole.frames, data.frames[:4])
    assert whole.y.tolist() == [1, 1, 0, 0]


def test_dataset_without_one_whole_segment_is_refused():
    with pytest.raises(DatasetError, match=r"no recording .* small fills .* 3 s.*longer"):
        make_data(n_frames=np.full(5, 44)).whole_segments()


def test_dataset_given_as_pack_folder_or_json_is_recognised(tmp_path):
    write_pack(tmp_path / "pack", make_data(name="packed"))
    for genre in ("rock", "blues"):
        (tmp_path / "songs" / genre).mkdir(parents=True)
        hiss = 0.1 * np.random.default_rng(len(genre)).standard_normal(22_050)
        (tmp_path / "songs" / genre / "a.wav").write_bytes(encode_wav(Signal(hiss, 22_050)))
    content = {"mapping": ["rock", "blues"], "labels": [0, 1], "mfcc": [[[1.0]], [[2.0]]]}
    (tmp_path / "data.json").write_text(json.dumps(content))
    reported = []

    folder = load_dataset(tmp_path / "songs", on_progress=lambda *args: reported.append(args))

    assert (folder.name, folder.frames.shape) == ("songs", (2, 130, 20))
    assert [(n_done, n) for n_done, n, _ in reported] == [(1, 2), (2, 2)]
    assert load_dataset(tmp_path / "pack").name == "packed"
    assert load_dataset(str(tmp_path / "data.json")).name == "data"


def test_table_of_genres_is_a_dataset(tmp_path):
    for i in range(3):
        hiss = 0.1 * np.random.default_rng(i).standard_normal(22_050)
        (tmp_path / f"{i}.wav").write_bytes(encode_wav(Signal(hiss, 22_050)))
    (tmp_path / "mine.tsv").write_text("path\tgenre\n0.wav\trock\n1.wav\t재즈\n", encoding="utf-8")

    data = load_dataset(tmp_path / "mine.tsv", features=FEATURES)

    assert (data.name, data.genres) == ("mine", ("rock", "재즈"))
    assert [(s.name, s.reason) for s in data.skipped] == [("2.wav", "it is not in mine.tsv")]


def test_dataset_that_is_missing_names_those_there_are(tmp_path):
    with pytest.raises(DatasetError, match=r"no dataset at .*nowhere.*gtzan-subset.*\.json file"):
        load_dataset(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("name", ["songs.zip", "songs.json", "songs"])
def test_pipe_is_no_dataset_and_not_waited_for(tmp_path, monkeypatch, name):
    os.mkfifo(tmp_path / name)
    for reader in ("read_json", "extract_zip"):
        monkeypatch.setattr(f"genre.datasets.load.{reader}", lambda *_, **__: pytest.fail("waits"))

    with pytest.raises(DatasetError, match=rf"{name}' is a pipe \(FIFO\), a dataset was expected"):
        load_dataset(tmp_path / name)


def test_bundled_pack_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert "gtzan-subset" in bundled_datasets()
    assert load_dataset("gtzan-subset").name == "gtzan-subset"


def test_part_of_unnamed_tracks_still_does_not_name_them():
    tracks = (Track("r1", "rock"), Track("r2", "blues"), Track("b1", "blues"))

    assert not make_data(tracks=tracks, has_tracks=False).whole_segments().has_tracks
