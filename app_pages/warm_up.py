"""What a server does at its first visit: sweeps that were killed go on, and examples are read.

A class of fifty presses all examples at once.
"""

from __future__ import annotations

import contextlib
import threading

import streamlit as st
from streamlit import runtime

from app_pages import caches
from genre import paths
from genre.errors import GenreError
from genre.models.registry import list_models
from genre.sweeps.takeover import take_over_once

DELAY_SECONDS = 1.0
"""The first visitor's page is drawn first."""


@st.cache_resource(show_spinner=False)
def begin() -> threading.Timer | None:
    """Begin once for each server; not where pages are run without one."""
    if not has_server():
        return None
    timer = threading.Timer(DELAY_SECONDS, prepare)
    timer.daemon = True
    timer.start()
    return timer


def has_server() -> bool:
    """Tell a server from the stand-in of tests that run a page by itself."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def prepare() -> None:
    """Go on with sweeps, where the server has not done so at its start, and read the examples."""
    take_over_once(paths.SWEEPS, paths.RUNS)
    read_examples()


def read_examples() -> None:
    """Let the first model read every example, as the page does."""
    with contextlib.suppress(GenreError):  # said where the model is used
        classifier = caches.classifier(next(iter(list_models(paths.MODELS)), ""))
        for path in sorted(paths.SAMPLES.glob("*.ogg")):
            caches.read(caches.example(path.stem), classifier)
