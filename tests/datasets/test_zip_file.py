"""A zip of a genre folder: what is read of it, and what it cannot do."""

import os
import stat
import zipfile

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets import archives
from genre.datasets.load import load_dataset
from genre.datasets.zip_file import extract_zip
from genre.errors import DatasetError

FEATURES = MfccConfig(n_mfcc=5)


def sound(name):
    rng = np.random.default_rng(list(name.encode()))
    return encode_wav(Signal(0.1 * rng.standard_normal(22_050), 22_050))


def zipped(path, *names, **extra):
    """A zip with a sound under each name, and whatever else is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, sound(name))
        for name, content in extra.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("around", ["", "music/"], ids=["bare", "in a folder"])
def test_zipped_folder_is_dataset(tmp_path, around):
    names = [f"{around}{genre}/{i}-{genre}.wav" for genre in ("hiss", "hum") for i in range(2)]
    path = zipped(
        tmp_path / "mine.zip", *names, **{f"{around}artists.csv": "track_id,artist\n0-hum,Ann\n"}
    )
    data = load_dataset(path, features=FEATURES)

    assert data.name == "mine"
    assert data.genres == ("hiss", "hum")
    assert [track.track_id for track in data.tracks] == ["0-hiss", "1-hiss", "0-hum", "1-hum"]
    assert [track.artist for track in data.tracks] == [None, None, "Ann", None]
    assert data.skipped == ()


@pytest.mark.parametrize("name", ["../../evil.wav", "/tmp/evil.wav", "hiss/../../evil.wav"])
def test_zip_with_paths_outside_writes_nothing_there(tmp_path, name):
    before = set(os.listdir(tmp_path.parent)) | set(os.listdir("/tmp"))
    path = zipped(tmp_path / "a.zip", "hiss/a.wav", "hum/b.wav", name)
    data = extract_zip(path, FEATURES)

    assert [s.reason for s in data.skipped] == ["its path leads out of the archive"]
    assert "evil.wav" not in {p.name for p in tmp_path.rglob("*")}
    assert "evil.wav" not in set(os.listdir(tmp_path.parent)) | set(os.listdir("/tmp")) - before


def test_link_is_not_followed(tmp_path):
    path = zipped(tmp_path / "a.zip", "hiss/a.wav", "hum/b.wav")
    link = zipfile.ZipInfo("hum/c.wav")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    data = extract_zip(path, FEATURES)

    assert [(s.name, s.reason) for s in data.skipped] == [
        ("c.wav", "it is a link, not a recording")
    ]


def test_zips_in_zips_and_other_files_are_listed(tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        *("hiss/a.wav", "hum/b.wav", "hum/deeper/c.wav", "d.wav"),
        **{
            "hum/more.zip": b"PK",
            "notes.txt": b"hello",
            "__MACOSX/hum/._b.wav": b"",
            ".DS_Store": b"",
        },
    )
    skipped = {s.name: s.reason for s in extract_zip(path, FEATURES).skipped}

    assert skipped == {
        "more.zip": "it is not a recording that is read",
        "notes.txt": "it is not a recording that is read",
        "c.wav": "it is not in a genre's folder",
        "d.wav": "it is not in a genre's folder",
    }


def test_zip_that_grows_two_hundredfold_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SMALL_BYTES", 2**20)
    path = zipped(tmp_path / "bomb.zip", **{"hiss/a.wav": bytes(8 * 2**20)})

    with pytest.raises(
        DatasetError, match=r"bomb.zip holds 1 files that unpack to 8 MiB.*200 times"
    ):
        extract_zip(path, FEATURES)


def test_zip_of_hundred_thousand_files_is_refused(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(archives.MAX_MEMBERS + 1):
            archive.writestr(f"hiss/{i}.wav", b"")

    with pytest.raises(DatasetError, match=r"holds 20,001 files.*up to 20,000 files"):
        extract_zip(path, FEATURES)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"text"])
def test_file_that_is_not_a_zip_is_refused(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"a.zip cannot be unpacked.*Pack the folder again"):
        extract_zip(path, FEATURES)


def test_cut_off_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", "hiss/a.wav", "hum/b.wav")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DatasetError, match=r"cannot be unpacked"):
        extract_zip(path, FEATURES)
