"""What all page tests start from."""

import importlib
import pkgutil

import pytest
import streamlit as st

import app_pages
from app_pages import classify_parts
from genre import paths
from tests.support.app_page import PAGES

# A page that is imported for the first time while a test has replaced a function keeps it.
for found in pkgutil.iter_modules(app_pages.__path__, "app_pages."):
    if found.name.rpartition(".")[2] not in PAGES:
        importlib.import_module(found.name)


@pytest.fixture(autouse=True)
def no_warm_worker(monkeypatch):
    """Keep no process ready: it would take the run of a later test."""
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Wait for no browser: there is none to show the prediction before its charts."""
    monkeypatch.setattr(classify_parts, "PAUSE_SECONDS", 0)


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Empty folders for models and runs."""
    for name in ("models", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(paths, name.upper(), tmp_path / name)
    st.cache_data.clear()  # what was looked up in another test's folder
    return tmp_path
