"""What was imported is looked at once by the garbage collector, not after every click."""

import gc
import sys

import pytest

from app_pages import collector
from genre.paths import ROOT


@pytest.fixture(autouse=True)
def thawed(monkeypatch):
    monkeypatch.setitem(collector._seen, "n_modules", 0)
    yield
    gc.unfreeze()


def test_what_was_imported_is_set_aside_once(monkeypatch):
    collector.set_libraries_aside()
    aside = gc.get_freeze_count()
    assert aside > 10_000

    kept = [[] for _ in range(1000)]
    collector.set_libraries_aside()
    assert gc.get_freeze_count() <= aside
    monkeypatch.setitem(sys.modules, "imported_since", sys)
    collector.set_libraries_aside()
    assert gc.get_freeze_count() >= aside + len(kept) - 100


def test_a_page_sets_its_libraries_aside():
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    assert not page.exception
    assert gc.get_freeze_count() > 10_000
