"""The garbage collector looks at imported modules once, not after every click."""

import gc
import sys

import pytest

from app_pages import garbage
from tests.support.app_page import new_visit


@pytest.fixture(autouse=True)
def thawed(monkeypatch):
    monkeypatch.setitem(garbage._seen, "n_modules", 0)
    yield
    gc.unfreeze()


def test_freeze_libraries_called_twice_freezes_new_imports_only(monkeypatch):
    garbage.freeze_libraries()
    n_frozen = gc.get_freeze_count()
    assert n_frozen > 10_000

    kept = [[] for _ in range(1000)]
    garbage.freeze_libraries()
    assert gc.get_freeze_count() <= n_frozen
    monkeypatch.setitem(sys.modules, "imported_since", sys)
    garbage.freeze_libraries()
    assert gc.get_freeze_count() >= n_frozen + len(kept) - 100


def test_page_run_freezes_libraries():
    page = new_visit().run()
    assert not page.exception
    assert gc.get_freeze_count() > 10_000
