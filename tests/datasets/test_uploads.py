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


def test_upload_repeated_is_kept_once_byte_for_byte(cache):
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
def test_upload_with_a_hostile_name_keeps_its_safe_part(cache, name, stem):
    path = keep_zip(b"PK songs", name)

    assert path.parent == cache / "uploads"
    assert path.name.rpartition("-")[0] == stem


def test_uploads_over_the_limit_delete_the_oldest():
    paths = [keep_zip(b"%d" % i) for i in range(MAX_UPLOADS)]
    keep_zip(b"0")
    keep_zip(b"one more")

    assert [path.exists() for path in paths] == [True, False, *[True] * (MAX_UPLOADS - 2)]


def test_upload_on_a_full_disk_is_refused_and_leaves_nothing(cache, monkeypatch):
    def refuse(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DatasetError, match=r"No space left.*Free some space"):
        keep_zip(b"PK songs")
    assert not list((cache / "uploads").iterdir())
