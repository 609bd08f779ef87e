"""A home of its own for every test of built datasets, and recordings to build them of."""

import numpy as np
import pytest

from genre import paths
from tests.support.recordings import written

SR = 22_050


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, for this process and those it starts."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def sound(seed, seconds=1.0):
    """Noise that no other seed has, as 16 bit integers: the same in every lossless form."""
    rng = np.random.default_rng(seed)
    return rng.integers(-6000, 6000, int(SR * seconds), np.int16)


def wav(seed, seconds=1.0):
    return written(sound(seed, seconds), SR)


@pytest.fixture
def songs(tmp_path):
    """Two classes of two recordings, with a text and a broken file beside them."""
    for n, place in enumerate(("rock/a.wav", "rock/b.wav", "국악/a.wav", "국악/c.wav")):
        path = tmp_path / "songs" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav(n))
    (tmp_path / "songs" / "rock" / "bad.mp3").write_bytes(b"no recording")
    (tmp_path / "songs" / "rock" / "notes.txt").write_text("notes")
    return tmp_path / "songs"
