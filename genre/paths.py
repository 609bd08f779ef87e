"""The folders of the program: what comes with it, and what it writes.

Conventions
-----------
bundled
    What comes with the program and is only read: in a checkout beside the package, in an
    installed package inside it.
home
    Where everything is written.  ``GENRE_LAB_HOME`` names it; otherwise it is the checkout where
    that can be written to, else the user's folder for this program's data.
cache
    What can be computed or downloaded again; it may be deleted at any time.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE, CACHE_VARIABLE = "GENRE_LAB_HOME", "GENRE_LAB_CACHE"
PACKAGE = Path(__file__).resolve().parent
_INSTALLED = PACKAGE / "_bundled"
ROOT = _INSTALLED if _INSTALLED.is_dir() else PACKAGE.parent
"""The folder of the page and of everything bundled."""


def home_folder() -> Path:
    """Return the folder for runs and saved models; it may not exist yet.

    Returns
    -------
    folder : Path
        What ``GENRE_LAB_HOME`` names, the checkout, or the user's data folder.
    """
    if named := os.environ.get(HOME_VARIABLE):
        folder = Path(named).expanduser().absolute()
        os.environ[HOME_VARIABLE] = str(folder)  # background processes have another working folder
        return folder
    if ROOT != _INSTALLED and os.access(ROOT, os.W_OK):
        return ROOT
    return platformdirs.user_data_path("genre-lab", appauthor=False)


def cache_folder() -> Path:
    """Return the cache folder; it may not exist yet.

    Returns
    -------
    folder : Path
        What ``GENRE_LAB_CACHE`` names, ``cache`` in what ``GENRE_LAB_HOME`` names, or the place
        this system has for caches.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().absolute()
    if os.environ.get(HOME_VARIABLE):
        return home_folder() / "cache"
    return platformdirs.user_cache_path("genre-lab", appauthor=False)


HOME = home_folder()
RUNS = HOME / "runs"
SWEEPS = HOME / "sweeps"
MODELS = HOME / "models"
"""Saved models; `MODELS_BUNDLED` has those that come with the program."""
MODELS_BUNDLED = ROOT / "models"
DATASETS = ROOT / "datasets"
SAMPLES = ROOT / "samples"
LOCALE = ROOT / "locale"
"""The catalogues of `genre.language`."""
RECORDED = ROOT / "recorded"
RECORDED_LEAKAGE = RECORDED / "honesty"
RESULTS = ROOT / "docs" / "results"
RECORDED_MEMORY = RESULTS / "memory-test"


def own_datasets() -> Path:
    """Return the folder of the datasets that were built here; it may not exist yet.

    It is not ``datasets``: in a checkout that has what is bundled, and goes into a package.
    """
    return HOME / "own-datasets"
