"""Packs that are mapped: the same numbers as in memory, bit for bit, and refused where damaged."""

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from genre.audio.features import frames_to_steps
from genre.datasets.load import lacks_teacher_values, list_tracks, load_dataset, stored_features
from genre.datasets.pack import read_pack, write_pack
from genre.errors import DatasetError
from genre.paths import ROOT
from genre.recipes import augmentation
from genre.recipes.augmentation import DrawnEpoch, TrainingSide, draw_epoch
from genre.recipes.config import PRESETS
from genre.recipes.prepare import prepare_tracks
from genre.storage import rows
from genre.storage.rows import Rows, change, join, select
from tests.datasets.test_pack import make_data


def full_data():
    """Two tracks whose last segment is repeated, two altered versions and teacher values."""
    data = make_data(n_mfcc=6)
    altered = tuple(np.concatenate([data.frames[:3] + k, data.frames[3:] * 0.5]) for k in (1, 2))
    taught = np.random.default_rng(5).normal(0, 2, (4, 200)).astype(np.float32)
    return replace(data, altered=altered, teacher_values=taught)


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def pack(tmp_path):
    write_pack(tmp_path / "pack", full_data(), is_mapped=True)
    return tmp_path / "pack"


@pytest.fixture
def both(tmp_path, pack):
    """The same data as a mapped pack and as one that is read whole."""
    write_pack(tmp_path / "packed", full_data(), is_mapped=False)
    return read_pack(pack), read_pack(tmp_path / "packed")


def test_mapped_pack_holds_same_numbers_as_packed_one(both):
    mapped, packed = both

    assert isinstance(mapped.frames, Rows)
    assert isinstance(packed.frames, np.ndarray)
    np.testing.assert_array_equal(mapped.frames, packed.frames)
    np.testing.assert_array_equal(mapped.frames[[3, 0, 3]], packed.frames[[3, 0, 3]])
    np.testing.assert_array_equal(mapped.frames[2, :5], packed.frames[2, :5])
    np.testing.assert_array_equal(mapped.teacher_values, packed.teacher_values)
    for one, other in zip(mapped.altered, packed.altered, strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("tracks", "features", "name", "skipped", "has_tracks"):
        assert getattr(mapped, name) == getattr(packed, name), name
    np.testing.assert_array_equal(mapped.track_index, packed.track_index)


def test_mapped_pack_is_written_again_from_itself_and_from_others(pack, tmp_path):
    before = {path.name: path.read_bytes() for path in pack.iterdir()}

    write_pack(pack, read_pack(pack), is_mapped=True)
    write_pack(tmp_path / "again", full_data(), is_mapped=True)

    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == before
    assert before.keys() == {
        *("pack.json", "tracks.csv", "segments.npz"),
        *("frames.npy", "altered.npy", "teacher_values.npy"),
    }
    write_pack(pack, make_data(), is_mapped=False)
    assert {path.name for path in pack.iterdir()} == {"frames.npz", "pack.json", "tracks.csv"}


def test_large_pack_is_mapped_and_small_one_is_not(tmp_path, monkeypatch):
    data = make_data()
    write_pack(tmp_path / "small", data)
    monkeypatch.setattr("genre.datasets.pack_header.MAPPED_BYTES", 2 * 4 * data.n_frames.sum() - 1)
    write_pack(tmp_path / "large", data)

    assert not (tmp_path / "small" / "frames.npy").exists()
    assert (tmp_path / "large" / "frames.npy").exists()


def test_mapped_pack_is_known_without_its_frames(pack):
    (pack / "frames.npy").unlink()

    assert list_tracks(pack).tracks == full_data().tracks
    assert len(list_tracks(pack, whole_only=True).tracks) == 2
    assert stored_features(pack) == full_data().features
    assert not lacks_teacher_values(pack)


def test_mapped_data_is_sent_to_another_process(both):
    mapped, packed = both
    sent = pickle.loads(pickle.dumps(mapped.whole_segments()))

    np.testing.assert_array_equal(sent.frames, packed.whole_segments().frames)
    assert len(pickle.dumps(mapped)) < 20_000


@pytest.mark.parametrize("name", ["course", "recommended"])
def test_epochs_of_mapped_data_are_those_in_memory(tmp_path, monkeypatch, name):
    config, features = PRESETS[name], PRESETS[name].feature_config
    bundled = replace(load_dataset("gtzan-subset"), teacher_values=None)
    for kind in (True, False):
        write_pack(tmp_path / str(kind), bundled, is_mapped=kind)
    drawn = []
    for is_mapped in (True, False):
        data = prepare_tracks(read_pack(tmp_path / str(is_mapped)), config)
        train = np.flatnonzero(data.track_index % 3 > 0)
        frames = select(data.levelled_frames(features), train)
        X = change(frames, lambda of: frames_to_steps(of, features))
        side = TrainingSide.of(
            join([X]), data.y[train], data.track_index[train], len(data.genres), frames
        )
        if is_mapped:
            assert isinstance(side.X, Rows)
            monkeypatch.setattr(augmentation, "CHUNK_BYTES", 1)
            monkeypatch.setattr(augmentation, "PART_BYTES", 300_000)
        epoch, targets = draw_epoch(side, config, 2)
        monkeypatch.undo()
        assert isinstance(epoch, DrawnEpoch) == is_mapped
        batches = [epoch[i : i + 32] for i in range(0, len(epoch), 32)]
        drawn.append((np.concatenate(batches), targets, side.mean, side.deviation))
    for one, other in zip(*drawn, strict=True):
        np.testing.assert_array_equal(one, other)


def test_statistics_by_chunks_are_those_of_the_whole():
    X = np.random.default_rng(1).normal(300, 2, (1000, 5, 3)).astype(np.float32)

    def measure(of):
        return of.mean(axis=(0, 1)), of.var(axis=(0, 1))

    whole = rows.mean_and_variance(X, measure)
    np.testing.assert_array_equal(whole, measure(X))  # one chunk: to the last bit
    lazy = Rows(lambda i: X[i], np.arange(1000), (5, 3))
    np.testing.assert_array_equal(rows.mean_and_variance(lazy, measure), whole)
    few = rows.mean_and_variance(lazy, measure, max_bytes=7000)
    np.testing.assert_allclose(few, (X.mean((0, 1), float), X.var((0, 1), float)), rtol=1e-5)


@pytest.mark.parametrize("name", ["frames.npy", "altered.npy", "teacher_values.npy"])
@pytest.mark.parametrize("how", ["changed", "cut", "longer", "missing"])
def test_damaged_mapped_file_is_refused_in_one_sentence(pack, name, how):
    content = bytearray((pack / name).read_bytes())
    if how == "changed":
        content[-3] ^= 1
    changed = {"cut": content[:-5], "longer": content + b"0"}.get(how, content)
    (pack / name).unlink()
    if how != "missing":
        (pack / name).write_bytes(changed)

    with pytest.raises(DatasetError, match=r"checksum differs.*again|cannot be read .*again"):
        read_pack(pack)


@pytest.mark.parametrize("how", ["cut", "longer", "pickled", "other type", "no array"])
def test_mapped_file_with_its_checksum_that_does_not_fit_is_refused(pack, how):
    content = (pack / "frames.npy").read_bytes()
    if how == "pickled":
        np.save(pack / "frames.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    elif how == "other type":
        np.save(pack / "frames.npy", np.load(pack / "frames.npy").astype(np.int32))
    else:
        other = {"cut": content[:-12], "longer": content + b"0" * 12, "no array": b"0" * 300}[how]
        (pack / "frames.npy").write_bytes(other)
    header = json.loads((pack / "pack.json").read_text())
    header["sha256"]["frames.npy"] = sha256((pack / "frames.npy").read_bytes()).hexdigest()
    (pack / "pack.json").write_text(json.dumps(header))

    with pytest.raises(DatasetError, match=r"the pack pack cannot be read .*again"):
        read_pack(pack)


def test_file_cut_short_while_it_is_in_use_is_noticed(pack):
    data = read_pack(pack)
    os.truncate(pack / "frames.npy", 300)

    with pytest.raises(DatasetError, match=r"frames.npy was changed while it was being read"):
        data.frames[:2]


def test_large_file_is_checked_once(pack, monkeypatch):
    read_pack(pack)
    monkeypatch.setattr("genre.storage.mapped.digest_of", lambda path: "another")

    read_pack(pack)  # known, from when it was written
    os.utime(pack / "frames.npy", ns=(1, 1))
    with pytest.raises(DatasetError, match="checksum differs"):
        read_pack(pack)


PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from benchmarks.big_pack import write_made_up
from genre.datasets.load import load_dataset
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import PRESETS

def held(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024

before = held("RssAnon:")
write_made_up(Path(sys.argv[1]), 7000)
most = held("RssAnon:")
data, config = load_dataset(sys.argv[1]), PRESETS["course"]
side = TrainingSide.of(data.X(config.feature_config), data.y, data.track_index, len(data.genres))
X, _ = draw_epoch(side, config, 0)
n_files = 0
for start in range(0, 20_000, 32):
    X[start : start + 32]
    most = max(most, held("RssAnon:"))
    n_files = max(n_files, held("RssFile:"))
print((Path(sys.argv[1]) / "frames.npy").stat().st_size, most - before, n_files)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the memory is read in /proc")
def test_data_larger_than_what_is_held(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "pack")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    size, held, mapped = map(int, done.stdout.split())

    assert size > 400e6
    assert held < 330e6, f"{held / 1e6:.0f} MB"
    assert mapped < 200e6, f"{mapped / 1e6:.0f} MB"
