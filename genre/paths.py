"""Where things lie: what comes with the program, and what it writes."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
MODELS = ROOT / "models"
RUNS = ROOT / "runs"
DATASETS = ROOT / "datasets"
SAMPLES = ROOT / "samples"
RECORDED = ROOT / "recorded"
RECORDED_LEAKAGE = RECORDED / "honesty"
RESULTS = ROOT / "docs" / "results"
RECORDED_RECALL = RESULTS / "memory-test"

VARIABLE = "GENRE_LAB_CACHE"
"""Names another folder; everything kept lies below it."""


def cache_folder() -> Path:
    """Return the user's cache folder for this program, which may not be there yet.

    Returns
    -------
    folder : Path
        What ``GENRE_LAB_CACHE`` names, or the place this system has for caches.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_cache_path("genre-lab", appauthor=False)
