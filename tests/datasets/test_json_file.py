"""The reference system's JSON, as it writes it and as it may be damaged."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig
from genre.datasets.json_file import read_json
from genre.errors import DatasetError
from genre.splits.split import split_tracks


def table(n_frames: int = 130, n_mfcc: int = 13, seed: int = 0) -> list[list[float]]:
    return np.random.default_rng(seed).normal(0, 50, (n_frames, n_mfcc)).round(3).tolist()


def course_content(n_segments: int = 6, **more) -> dict:
    """What the reference's ``save_mfcc`` leaves: no track names."""
    return {
        "mapping": ["rock", "blues"],
        "labels": [i % 2 for i in range(n_segments)],
        "mfcc": [table(seed=i) for i in range(n_segments)],
    } | more


@pytest.fixture
def read(tmp_path):
    """Write a value as JSON, and read it as a dataset."""

    def _read(content):
        path = tmp_path / "data.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_json(path)

    return _read


def test_courses_file_is_read_as_it_stands(read):
    content = course_content()

    data = read(content)

    assert (data.name, data.genres) == ("data", ("blues", "rock"))
    assert data.features == MfccConfig()
    np.testing.assert_allclose(data.frames, content["mfcc"], rtol=1e-6)
    assert [data.genres[i] for i in data.y] == ["rock", "blues"] * 3
    assert data.n_frames.tolist() == [130] * 6


def test_segments_without_track_names_are_tracks_of_their_own(read):
    data = read(course_content())

    assert not data.has_tracks
    assert data.track_index.tolist() == list(range(6))


@pytest.mark.parametrize("by", ["artist", "track"])
def test_splits_by_artist_without_track_names_are_refused(read, by):
    data = read(course_content(n_segments=40))

    with pytest.raises(
        DatasetError,
        match=r"does not say which segments belong to one track, so it can only be split the "
        r"course way\. Add a 'track' list, or use --split course",
    ):
        split_tracks(data, by=by)

    assert len(split_tracks(data, by="course").test) == 10


def test_segments_with_track_names_belong_together(read):
    names = ["a", "b", "a", "b", "c", "b"]

    data = read(course_content(track=names, artist=["X", None, "X", None, "", None]))

    assert data.has_tracks
    assert [(t.track_id, t.genre, t.artist, t.seconds) for t in data.tracks] == [
        ("a", "rock", "X", 6.0),
        ("b", "blues", None, 9.0),
        ("c", "rock", None, 3.0),
    ]
    assert data.track_index.tolist() == [0, 1, 0, 1, 2, 1]


def test_name_in_two_genres_is_two_tracks(read):
    assert len(read(course_content(track=["1"] * 6)).tracks) == 2


def test_same_frames_have_same_digest(read):
    """It identifies the tracks a model was trained on, without a recording to digest."""
    one, other = read(course_content()), read(course_content(track=list("abcdef")))

    assert [t.digest for t in one.tracks] == [t.digest for t in other.tracks]
    assert len({t.digest for t in one.tracks}) == 6


def test_digest_of_frames_is_never_one_of_samples(read):
    """Else a recording that a model was trained on as frames would pass as unseen."""
    for track in read(course_content(track=list("aabbcc"), labels=[0, 0, 1, 1, 0, 0])).tracks:
        assert re.fullmatch(r"frames:[0-9a-f]{64}", track.digest)


def test_model_trained_on_file_recognises_its_tracks(read, bass_or_hiss):
    names = {"track": list("aabbcc"), "labels": [0, 0, 1, 1, 0, 0]}
    learnt, again = read(course_content(**names)), read(course_content(**names))

    card = replace(bass_or_hiss.card, heard={t.digest: t.track_id for t in learnt.tracks})

    assert all(card.was_trained_on(track) for track in again.tracks)


@pytest.mark.parametrize(
    "mapping",
    [
        ["../genres/rock", "../genres/blues"],
        ["C:\\genres\\rock", "C:\\genres\\blues"],
        ["genres/rock/", "genres/blues/"],
    ],
)
def test_paths_in_mapping_are_genres(read, mapping):
    assert read(course_content(mapping=mapping)).genres == ("blues", "rock")


def test_segments_with_fewer_frames_are_repeated(read):
    content = course_content()
    content["mfcc"][1] = table(44)

    data = read(content)

    assert data.n_frames.tolist() == [130, 44, 130, 130, 130, 130]
    np.testing.assert_array_equal(data.frames[1, 44:88], data.frames[1, :44])
    assert len(data.whole_segments().y) == 5


@settings(deadline=None, max_examples=20)
@given(n_mfcc=st.integers(1, 20), n_segments=st.integers(2, 5), n_frames=st.integers(1, 130))
def test_file_with_any_valid_arrays_is_read(tmp_path_factory, n_mfcc, n_segments, n_frames):
    content = course_content(n_segments)
    content["mfcc"] = [table(n_frames, n_mfcc, i) for i in range(n_segments)]
    path = tmp_path_factory.mktemp("json") / "any.json"
    path.write_text(json.dumps(content))

    data = read_json(path)

    assert data.frames.shape == (n_segments, 130, n_mfcc)
    np.testing.assert_allclose(data.frames[:, :n_frames], content["mfcc"], rtol=1e-6)


def test_byte_order_mark_does_no_harm(read):
    assert len(read("\ufeff" + json.dumps(course_content())).y) == 6


@pytest.mark.parametrize("key", ["mapping", "labels", "mfcc"])
def test_missing_array_is_named(read, key):
    content = course_content()
    del content[key]

    with pytest.raises(DatasetError, match=rf"data\.json lacks {key}\. A data file needs mapping"):
        read(content)


@pytest.mark.parametrize("content", [[], 5, "[1, 2]", {}])
def test_json_without_any_of_the_arrays_is_refused(read, content):
    with pytest.raises(DatasetError, match=r"lacks mapping, labels, mfcc"):
        read(content)


@pytest.mark.parametrize("content", ["", "{", "not JSON", "[" * 100_000])
def test_file_that_is_not_json_is_refused(read, content):
    with pytest.raises(DatasetError, match=r"data\.json is not a readable JSON file.*again"):
        read(content)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "data.json").write_bytes(b"\xff\xfe\x00\x01")

    with pytest.raises(DatasetError, match=r"not a readable JSON file \(UnicodeDecodeError\)"):
        read_json(tmp_path / "data.json")


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("mapping", {"0": "rock"}, "dict"),
        ("labels", 5, "int"),
        ("mfcc", None, "NoneType"),
        ("track", "abcdef", "str"),
        ("artist", None, "NoneType"),
    ],
)
def test_array_that_is_not_a_list_is_refused(read, key, value, kind):
    with pytest.raises(DatasetError, match=rf"{key} in data\.json is a {kind}, expected a list"):
        read(course_content(**{key: value}))


@pytest.mark.parametrize("key", ["labels", "track", "artist"])
def test_lists_of_other_lengths_are_refused(read, key):
    with pytest.raises(DatasetError, match=rf"6 segments in mfcc but 5 entries in {key}"):
        read(course_content(**{key: [0] * 5}))


@pytest.mark.parametrize("label", [2, -1, 0.0, "rock", None])
def test_labels_outside_mapping_are_refused(read, label):
    with pytest.raises(DatasetError, match=r"labels outside its mapping of 2 genres.*0 to 1"):
        read(course_content(labels=[0, 1, 0, 1, 0, label]))


@pytest.mark.parametrize(
    "segment",
    [
        [],
        [[]],
        5,
        "frames",
        [1.0, 2.0],
        [[1.0] * 13, [1.0] * 12],
        [[1.0] * 12] * 130,
        [[float("nan")] * 13] * 130,
        [[float("inf")] * 13] * 130,
        [[None] * 13] * 130,
        [[10**400] * 13] * 130,
        [[{}] * 13] * 130,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_segment_that_is_no_table_is_named(read, segment):
    content = course_content()
    content["mfcc"][3] = segment

    with pytest.raises(DatasetError, match=r"segment 3 in data\.json is not a table .* 13 finite"):
        read(content)


def test_segments_without_coefficients_are_refused(read):
    with pytest.raises(DatasetError, match=r"segment 0 in data\.json is not a table"):
        read(course_content(mfcc=[[[]], *[table() for _ in range(5)]]))


def test_longer_segments_than_networks_are_refused(read):
    content = course_content()
    content["mfcc"][2] = table(131)

    with pytest.raises(DatasetError, match=r"segment 2 .*131 frames.* 3 s has 130\. Export"):
        read(content)


def test_empty_lists_are_refused(read):
    with pytest.raises(DatasetError, match=r"data\.json holds no segments"):
        read({"mapping": [], "labels": [], "mfcc": []})


def test_dataset_of_one_genre_is_refused(read):
    with pytest.raises(DatasetError, match=r"one genre \(rock\), at least two"):
        read(course_content(labels=[0] * 6))
