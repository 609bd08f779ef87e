"""What all page tests start from."""

import pytest
import streamlit as st

from genre import paths


@pytest.fixture(autouse=True)
def no_warm_worker(monkeypatch):
    """Keep no process ready: it would take the run of a later test."""
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Empty folders for models and runs."""
    for name in ("models", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(paths, name.upper(), tmp_path / name)
    st.cache_data.clear()  # what was looked up in another test's folder
    return tmp_path
