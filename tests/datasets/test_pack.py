"""Feature packs: what is written is what is read, or it is refused."""

import contextlib
import csv
import errno
import json
import os
import random
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig
from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.audio.segments import repeat_frames
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.pack_header import read_pack_features
from genre.datasets.types import SegmentSet, Skipped, Track
from genre.errors import DatasetError, GenreError
from genre.paths import DATASETS, ROOT
from tests.support.damage import damaged_files, damaged_objects, put, written

GTZAN = ROOT.parent / "shared" / "data" / "gtzan-subset"
needs_gtzan = pytest.mark.skipif(
    not GTZAN.is_dir(), reason="the GTZAN recordings are not beside the checkout"
)


def make_data(seed: int = 0, *, spread: float = 30.0, n_mfcc: int = 4) -> SegmentSet:
    """Two tracks of two segments each; the last segment is a third full."""
    rng = np.random.default_rng(seed)
    level = np.array([-250.0, 100, 0, 20, -5, 3])[:n_mfcc]
    n_frames = np.array([130, 130, 130, 44])
    own = [level + rng.normal(0, spread, (n, n_mfcc)) for n in n_frames]
    frames = [repeat_frames(f[np.newaxis].astype(np.float32), 130)[0] for f in own]
    return SegmentSet(
        frames=np.stack(frames),
        n_frames=n_frames,
        track_index=np.array([0, 0, 1, 1]),
        tracks=(
            Track("a,1", "rock", 'Quoted "Name"', 6.0, "ab" * 32),
            Track("Ünï\ncode", "blues", None, 4.25, "cd" * 32),
        ),
        features=MfccConfig(n_mfcc=n_mfcc),
        name="small",
        skipped=(Skipped("broken", "no sound in it"),),
    )


@pytest.fixture(scope="module")
def bundled() -> SegmentSet:
    """The pack that comes with the program."""
    return read_pack(DATASETS / "gtzan-subset")


@pytest.fixture
def pack(tmp_path) -> Path:
    """A pack on disk."""
    write_pack(tmp_path / "pack", make_data())
    return tmp_path / "pack"


def test_pack_written_and_read_is_the_same(pack):
    written, read = make_data(), read_pack(pack)

    np.testing.assert_allclose(read.frames, written.frames, atol=0.01)
    np.testing.assert_array_equal(read.n_frames, written.n_frames)
    np.testing.assert_array_equal(read.track_index, written.track_index)
    for name in ("tracks", "features", "name", "genres", "skipped", "has_tracks"):
        assert getattr(read, name) == getattr(written, name), name


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0, 300), n_mfcc=st.integers(1, 6))
def test_frames_are_read_within_half_step(tmp_path_factory, seed, spread, n_mfcc):
    data = make_data(seed, spread=spread, n_mfcc=n_mfcc)
    folder = tmp_path_factory.mktemp("pack")

    write_pack(folder, data)

    step = np.ptp(data.frames.astype(np.float64), axis=(0, 1)) / (2**16 - 2)  # all of int16
    error = np.abs(read_pack(folder).frames.astype(np.float64) - data.frames)
    assert (error <= step / 2 + 1e-4).all()  # 1e-4: what float32 leaves of numbers near 1000


def test_same_tracks_give_same_bytes(pack, tmp_path):
    write_pack(tmp_path / "again", make_data())

    for path in pack.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_pack_read_and_written_is_same_pack(pack, tmp_path):
    write_pack(tmp_path / "again", read_pack(pack))
    write_pack(tmp_path / "third", read_pack(tmp_path / "again"))

    np.testing.assert_allclose(
        read_pack(tmp_path / "third").frames, read_pack(pack).frames, atol=1e-3
    )


def test_earlier_pack_is_replaced_and_nothing_is_left_over(pack):
    write_pack(pack, replace(make_data(7), name="other"))

    assert read_pack(pack).name == "other"
    assert {path.name for path in pack.iterdir()} == {"frames.npz", "pack.json", "tracks.csv"}


def test_segments_whose_tracks_are_unknown_stay_so(tmp_path):
    """Else packing would make a leak-free split of data that cannot have one."""
    write_pack(tmp_path, replace(make_data(), has_tracks=False))

    assert not read_pack(tmp_path).has_tracks


@pytest.mark.parametrize("name", ["frames.npz", "tracks.csv"])
def test_altered_file_is_refused(pack, name):
    content = bytearray((pack / name).read_bytes())
    content[len(content) // 2] ^= 1
    (pack / name).write_bytes(content)

    with pytest.raises(DatasetError, match=rf"{name} in the pack .*checksum differs.*again"):
        read_pack(pack)


@pytest.mark.parametrize("name", ["frames.npz", "tracks.csv"])
def test_file_cut_short_is_refused(pack, name):
    content = (pack / name).read_bytes()
    (pack / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(DatasetError, match=rf"{name} in the pack .*checksum differs"):
        read_pack(pack)


@pytest.mark.parametrize("name", ["frames.npz", "tracks.csv", "pack.json"])
def test_missing_file_is_refused(pack, name):
    (pack / name).unlink()

    with pytest.raises(
        DatasetError, match=r"the pack pack cannot be read \((FileNotFound|it is missing).*again"
    ):
        read_pack(pack)


def test_pack_of_another_version_is_refused_by_name(pack):
    header = json.loads((pack / "pack.json").read_text())
    (pack / "pack.json").write_text(json.dumps(header | {"version": 99}))

    with pytest.raises(DatasetError, match=r"version 99, this program reads version 1, 2\..*again"):
        read_pack(pack)


@pytest.mark.parametrize(
    "change",
    [
        *({key: None} for key in ("sha256", "scale", "offset", "features", "skipped")),
        {"scale": [1.0]},
        {"offset": [[0.0] * 4]},
        {"features": {"n_mfcc": 5}},
        {"features": {"sr": "fast"}},
        {"features": {"segment_seconds": float("inf")}},
    ],
    ids=str,
)
def test_header_that_makes_no_sense_is_refused(pack, change):
    header = json.loads((pack / "pack.json").read_text())
    (pack / "pack.json").write_text(json.dumps(header | change))

    with pytest.raises(GenreError, match=r"cannot be read|expected"):
        read_pack(pack)


@pytest.mark.parametrize("content", ["", "[]", "{}", "not JSON", '{"version": 1}'])
def test_header_that_is_none_is_refused(pack, content):
    (pack / "pack.json").write_text(content)

    with pytest.raises(DatasetError, match=r"cannot be read .*Fetch it again"):
        read_pack(pack)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_frames", [130, 130, 130, 45]),
        ("n_frames", [130, 130, 174, 0]),
        ("n_frames", [260, 100, 30, 44]),
        ("track_index", [0, 0, 1, 2]),
        ("track_index", [0, 0, 0, 0]),
        ("track_index", [0, 1]),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(pack, name, value):
    """Also where the checksum is right: a pack may come from anyone."""
    with np.load(pack / "frames.npz") as arrays:
        changed = dict(arrays) | {name: np.array(value)}
    np.savez_compressed(pack / "frames.npz", **changed)
    header = json.loads((pack / "pack.json").read_text())
    header["sha256"]["frames.npz"] = sha256((pack / "frames.npz").read_bytes()).hexdigest()
    (pack / "pack.json").write_text(json.dumps(header))

    with pytest.raises(DatasetError, match=r"its arrays do not fit each other.*again"):
        read_pack(pack)


def test_bundled_pack_has_the_documented_content(bundled):
    assert len(bundled.tracks) == 430
    assert bundled.genres == (
        *("blues", "classical", "country", "disco", "hiphop"),
        *("jazz", "metal", "pop", "reggae", "rock"),
    )
    assert bundled.features == MfccConfig(n_mfcc=20)
    assert bundled.frames.shape == (len(bundled.y), 130, 20)
    assert set(bundled.track_index) == set(range(430))
    assert np.isfinite(bundled.frames).all()
    assert all(len(track.digest) == 64 for track in bundled.tracks)
    assert len({track.digest for track in bundled.tracks}) == 430


def test_bundled_pack_is_small():
    n_bytes = sum(path.stat().st_size for path in (DATASETS / "gtzan-subset").iterdir())

    assert n_bytes <= 8 * 2**20


def test_courses_features_are_in_bundled_pack(bundled):
    X = bundled.X(MfccConfig())

    np.testing.assert_array_equal(X, bundled.frames[..., :13])


@needs_gtzan
def test_bundled_frames_are_those_of_recordings(bundled):
    chosen = random.Random(440).sample(range(430), 5)

    for i in chosen:
        track = bundled.tracks[i]
        signal = load_audio(GTZAN / track.genre / f"{track.track_id}.flac", sr=22_050)

        assert signal.digest() == track.digest
        np.testing.assert_allclose(
            bundled.frames[bundled.track_index == i],
            extract_segments(signal, bundled.features),
            atol=0.01,
            err_msg=track.track_id,
        )


@needs_gtzan
def test_bundled_tracks_are_recordings_with_their_artists(bundled):
    with (GTZAN / "tracks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["track_id"]: row for row in csv.DictReader(file)}

    assert {track.track_id for track in bundled.tracks} == rows.keys()
    for track in bundled.tracks:
        row = rows[track.track_id]
        assert (track.genre, track.artist or "") == (row["genre"], row["artist"]), track.track_id
        assert (GTZAN / track.genre / f"{track.track_id}.flac").exists()
        assert track.seconds == pytest.approx(float(row["seconds"]), abs=0.1)


def test_pack_keeps_altered_versions_and_repeats_short_segments_of_them(tmp_path):
    data = make_data()
    data = replace(data, altered=np.stack([data.frames + 500, data.frames[:, ::-1]]))
    data.altered[1, 3] = repeat_frames(data.altered[1, 3:4, :44], 130)[0]
    write_pack(tmp_path / "pack", data)

    read = read_pack(tmp_path / "pack")

    header = json.loads((tmp_path / "pack" / "pack.json").read_text())
    np.testing.assert_allclose(
        read.altered, data.altered, atol=max(header["scale"]) / 2 + 1e-3, rtol=0
    )
    np.testing.assert_allclose(read.frames, data.frames, atol=max(header["scale"]) / 2 + 1e-3)
    assert [v.altered for v in read.altered_versions()] == [None, None]


def test_pack_whose_altered_versions_do_not_fit_is_refused(pack):
    arrays = dict(np.load(pack / "frames.npz"))
    np.savez(pack / "frames.npz", **arrays, altered=arrays["frames"][np.newaxis, 1:])
    header = json.loads((pack / "pack.json").read_text())
    header["sha256"]["frames.npz"] = sha256((pack / "frames.npz").read_bytes()).hexdigest()
    (pack / "pack.json").write_text(json.dumps(header))

    with pytest.raises(DatasetError, match="do not fit each other"):
        read_pack(pack)


def test_whole_segments_keeps_their_altered_versions():
    data = make_data()
    data = replace(data, altered=data.frames[np.newaxis] + 1)
    whole = data.whole_segments()
    np.testing.assert_array_equal(whole.altered[0], whole.frames + 1)


def test_header_of_any_content_is_read_or_refused_in_one_sentence(pack):
    path = pack / "pack.json"
    content = path.read_bytes()
    for _, damaged in damaged_files(content):
        put(path, damaged)
        assert read_pack_features(pack) is None
        with pytest.raises(DatasetError) as failure:
            read_pack(pack)
        assert len(str(failure.value)) < 500
    for _, document in damaged_objects(json.loads(content)):
        put(path, written(document))
        read_pack_features(pack)
        with contextlib.suppress(GenreError):
            read_pack(pack)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tracks.csv", b"track_id,genre,artist,seconds,digest\n" + b"x" * 200_000 + b",a,b,1,c\n"),
        ("tracks.csv", b"track_id,genre\nx,y\n"),
        ("tracks.csv", bytes(range(256))),
        ("frames.npz", b""),
        ("frames.npz", b"PK\x03\x04 and no more"),
    ],
    ids=["long field", "no artist", "binary", "empty", "half a zip"],
)
def test_file_with_its_checksum_that_cannot_be_read_is_refused(pack, name, content):
    (pack / name).write_bytes(content)
    header = json.loads((pack / "pack.json").read_text())
    header["sha256"][name] = sha256(content).hexdigest()
    (pack / "pack.json").write_text(json.dumps(header))

    with pytest.raises(DatasetError, match=r"the pack pack cannot be read .*Fetch it again"):
        read_pack(pack)


def test_genre_named_in_other_bytes_is_refused():
    data = make_data()
    odd = tuple(replace(track, genre="caf\udce9") for track in data.tracks)

    with pytest.raises(DatasetError, match=r"genre caf\? has a name that is not Unicode\. Rename"):
        replace(data, tracks=odd)


def test_pack_over_another_is_written_whole_and_what_lies_beside_stays(tmp_path, two_genres):
    """`make chaos` kills it; here the disk refuses the second file."""
    folder = tmp_path / "pack"
    write_pack(folder, two_genres)
    (folder / "README.md").write_text("about it")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    written = []

    def refuse(path, content):
        written.append(path.name)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        path.write_bytes(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("genre.datasets.pack.write_bytes", refuse)
        with pytest.raises(OSError, match="No space"):
            write_pack(folder, replace(two_genres, name="another"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    write_pack(folder, replace(two_genres, name="another"))
    assert read_pack(folder).name == "another"
    assert (folder / "README.md").read_text() == "about it"
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_pack_in_a_folder_with_others_is_written_into_it(tmp_path, two_genres):
    write_pack(tmp_path, two_genres)
    (tmp_path / "music").mkdir()
    inode = (tmp_path / "music").stat().st_ino
    write_pack(tmp_path, replace(two_genres, name="another"))
    assert read_pack(tmp_path).name == "another"
    assert (tmp_path / "music").stat().st_ino == inode
