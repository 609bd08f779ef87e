"""A zip of a genre folder: what is read of it, and what it cannot do."""

import os
import stat
import zipfile

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets import archives
from genre.datasets.load import extract_zip, load_dataset
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
        ("hum/c.wav", "it is a link, not a recording")
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
        "hum/more.zip": "it is not a recording that is read",
        "notes.txt": "it is not a recording that is read",
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


def names_and_genres(data):
    return [(track.track_id, track.genre) for track in data.tracks]


def test_names_that_no_disk_can_have_are_kept(tmp_path):
    """A name of 255 characters may have 765 bytes; others are reserved on Windows, or differ
    in case alone."""
    long = "가" * 200
    names = [f"hiss/{long}.wav", "hiss/CON.wav", "hiss/a?.wav ", "hum/B.wav", "hum/b.wav"]
    path = zipped(tmp_path / "a.zip", *(name.strip() for name in names), f"{long}/c.wav")

    data = extract_zip(path, FEATURES)

    assert names_and_genres(data) == [
        *(("CON", "hiss"), ("a?", "hiss"), (long, "hiss"), ("B", "hum"), ("b", "hum")),
        ("c", long),
    ]
    assert data.skipped == ()


def test_names_in_utf8_that_do_not_say_so_are_read(tmp_path):
    """The archiver of macOS writes them so, and decomposed."""
    path = zipped(tmp_path / "a.zip", "hiss/a.wav", "XXXXXX/b.wav", "YYY/c.wav")
    content = path.read_bytes().replace(b"XXXXXX", "cafe\u0301".encode())
    path.write_bytes(content.replace(b"YYY", b"\x82t\x82"))  # "été" in the code page of DOS

    assert names_and_genres(extract_zip(path, FEATURES)) == [
        *(("b", "caf\u00e9"), ("a", "hiss"), ("c", "été"))
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_file_packed_twice_under_one_name_is_the_later_one(tmp_path):
    path = zipped(tmp_path / "a.zip", "hiss/a.wav", "hum/b.wav")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("hum/b.wav", sound("another"))
    data = extract_zip(path, FEATURES)

    assert [(s.name, s.reason) for s in data.skipped] == [
        ("hum/b.wav", "a later file of the archive has the same name")
    ]
    alone = zipped(tmp_path / "b.zip", "hiss/a.wav", **{"hum/b.wav": sound("another")})
    assert data.tracks == extract_zip(alone, FEATURES).tracks


def test_zip_of_albums_and_of_a_table_are_as_their_folders(tmp_path):
    albums = {f"Data/own/{g}/Band {g}/{i}.wav": sound(f"{g}{i}") for g in "ab" for i in range(2)}
    table = {"files/1.wav": sound("1"), "2.wav": sound("2"), "3.wav": sound("3")}
    table["tracks.csv"] = "file;genre;artist\nfiles/1.wav;rock;Ann\n2.wav;jazz;Bo\nx;jazz;\n"
    for name, files in (("albums", albums), ("table", table)):
        path = zipped(tmp_path / f"{name}.zip", **files)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / name)
        zipped_data = load_dataset(path, features=FEATURES)
        data = load_dataset(tmp_path / name, features=FEATURES)

        assert zipped_data.tracks == data.tracks and zipped_data.skipped == data.skipped
        assert np.array_equal(zipped_data.frames, data.frames)
        expected = ["Band a"] * 2 + ["Band b"] * 2 if name == "albums" else ["Bo", "Ann"]
        assert [track.artist for track in data.tracks] == expected
        assert [s.name for s in data.skipped] == (["tracks.csv", "3.wav"] if files is table else [])


def test_zip_without_recordings_names_itself(tmp_path):
    path = zipped(tmp_path / "mine.zip", **{"notes.txt": "hello"})

    with pytest.raises(
        DatasetError, match=r"no recording in 'mine' can be used \(notes.txt: it is"
    ):
        extract_zip(path, FEATURES)
