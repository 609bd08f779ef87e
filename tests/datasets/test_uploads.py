"""An uploaded zip on its way to the process that reads it."""

import errno
import os

import pytest

from genre.datasets.uploads import MAX_UPLOADS, keep_zip
from genre.errors import DatasetError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path))
    return tmp_path


def test_what_was_uploaded_lies_there_byte_for_byte_and_once(cache):
    path = keep_zip(b"PK songs")

    assert path.read_bytes() == b"PK songs"
    assert keep_zip(b"PK songs") == path
    assert keep_zip(b"PK others") != path
    assert {p.suffix for p in (cache / "uploads").iterdir()} == {".zip"}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("my band's songs.zip", "my-band-s-songs"),
        ("../../etc/passwd.zip", "etc-passwd"),
        ("Müsik_2-live.zip", "Müsik_2-live"),
        ("..zip", "upload"),
        ("", "upload"),
        ("a" * 300, "a" * 40),
    ],
)
def test_of_a_zips_name_only_what_is_harmless_is_kept(cache, name, stem):
    path = keep_zip(b"PK songs", name)

    assert path.parent == cache / "uploads"
    assert path.name.rpartition("-")[0] == stem


def test_the_oldest_go_and_what_is_uploaded_again_is_the_latest():
    paths = [keep_zip(b"%d" % i) for i in range(MAX_UPLOADS)]
    keep_zip(b"0")
    keep_zip(b"one more")

    assert [path.exists() for path in paths] == [True, False, *[True] * (MAX_UPLOADS - 2)]


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(cache, monkeypatch):
    def refuse(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DatasetError, match=r"No space left.*Free some space"):
        keep_zip(b"PK songs")
    assert not list((cache / "uploads").iterdir())
