"""A home of its own for every test of collections."""

import pytest

from genre import paths


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, for this process and those it starts."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
