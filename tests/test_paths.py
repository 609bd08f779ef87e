"""One place for everything that can be made or fetched again."""

import sys
from pathlib import Path

import pytest

from genre.paths import cache_folder


def test_the_environment_names_the_place(monkeypatch, tmp_path):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "here"))

    assert cache_folder() == tmp_path / "here"


def test_a_home_is_understood(monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", "~/music-cache")

    assert cache_folder() == Path.home() / "music-cache"


@pytest.mark.skipif(sys.platform != "linux", reason="the rule of Linux")
@pytest.mark.parametrize("value", [None, ""])
def test_otherwise_it_is_where_this_system_has_its_caches(monkeypatch, tmp_path, value):
    if value is None:
        monkeypatch.delenv("GENRE_LAB_CACHE")
    else:
        monkeypatch.setenv("GENRE_LAB_CACHE", value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert cache_folder() == tmp_path / "genre-lab"
