"""The garbage collector looks at imported modules once, not after every click."""

import gc
import sys
import tomllib

import pytest

from app_pages import garbage
from genre.paths import ROOT
from tests.support.app_page import new_visit


@pytest.fixture(autouse=True)
def thawed(monkeypatch):
    monkeypatch.setattr(garbage, "_seen", {"n_modules": 0, "collected": float("-inf")})
    yield
    gc.unfreeze()
    gc.freeze()  # as it was: each collection would look at thousands of tests


@pytest.fixture
def collected():
    """The generations that were collected on purpose or by themselves, in order."""
    seen = []

    def note(phase, info):
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_tidy_called_twice_freezes_new_imports_only(monkeypatch):
    garbage.tidy()
    n_frozen = gc.get_freeze_count()
    assert n_frozen > 10_000

    kept = [[] for _ in range(1000)]
    garbage.tidy()
    assert gc.get_freeze_count() <= n_frozen
    monkeypatch.setitem(sys.modules, "imported_since", sys)
    garbage.tidy()
    assert gc.get_freeze_count() >= n_frozen + len(kept) - 100


def test_tidy_collects_again_only_after_a_while(monkeypatch, collected):
    now = [100.0]
    monkeypatch.setattr(garbage.time, "monotonic", lambda: now[0])
    garbage.tidy()
    before = collected.count(2)
    garbage.tidy()
    assert collected.count(2) == before
    now[0] += 1.1 * garbage.SECONDS
    garbage.tidy()
    assert collected.count(2) == before + 1


def test_page_run_freezes_libraries():
    page = new_visit().run()
    assert not page.exception
    assert gc.get_freeze_count() > 10_000


def test_streamlit_leaves_collecting_to_the_page():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False
