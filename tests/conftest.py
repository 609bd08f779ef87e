"""States that several test files start from."""

import contextlib
import gc
import importlib.util
import os
import shutil
import tempfile
from dataclasses import replace

import numpy as np
import psutil
import pytest

from genre.audio.signal import Signal
from genre.datasets.pack import write_pack
from genre.models.classifier import Classifier
from genre.paths import ROOT
from genre.runs.store import create_run, start_run
from tests.support.live_runs import RECIPE, end_process, has_ended, wait_for
from tests.support.made_up import bass_or_hiss_classifier, two_genre_data
from tests.support.real_server import CHROMIUM, QUIET
from tests.support.shared import made_once

# Tests run in several processes.  Two that compile librosa's functions at the same moment can
# leave a cache that crashes numba from then on, so each keeps its own; set before librosa is
# imported by any test.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
NUMBA_CACHE = ROOT / "build" / "numba" / WORKER
os.environ["NUMBA_CACHE_DIR"] = str(NUMBA_CACHE)
# What is extracted is kept: away from the user's own, and forgotten after the tests.
CACHE = tempfile.TemporaryDirectory(prefix="genre-lab-tests-")
os.environ["GENRE_LAB_CACHE"] = CACHE.name

FINISHED_RUN = "20260101-120000000-custom-calm"

TRAINING_FIXTURES = {"finished_run", "make_run", "trained_scripts", "functions"}
TRAINING_FILES = {
    "test_warm_worker.py",
    "test_memory_job.py",
    "test_train.py",
}
"""Tests outside ``tests/training`` that load TensorFlow, here or in a process of their own."""
BY_TENSORFLOW = (
    "TPU_ML_PLATFORM",
    "TPU_ML_PLATFORM_VERSION",
    "HDF5_PLUGIN_PATH",
    "ENABLE_RUNTIME_UPTIME_TELEMETRY",
)
"""What TensorFlow and Keras set once a process, when they are first imported: whichever test
happens to be the first does not change them, and later tests do not depend on them."""


def pytest_collection_modifyitems(items):
    """Mark what a test needs by where it lies and what it starts from."""
    for item in items:
        folder, name = item.path.parent.name, item.path.name
        trains = folder == "training" or name in TRAINING_FILES
        if trains or TRAINING_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("tensorflow")
        if folder == "browser":
            item.add_marker("browser")


def pytest_collection_finish(session):
    """Let no collection of garbage look at thousands of tests and all libraries again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def environment_stays():
    """No test leaves another environment to the tests after it in this process."""
    before = environment()
    yield
    after = environment()
    for name in before.keys() ^ after.keys() | {n for n in after if after[n] != before.get(n)}:
        os.environ.pop(name, None)
        os.environ.update({name: before[name]} if name in before else {})
    assert after == before


@pytest.fixture(autouse=True)
def priority_stays():
    """A command that trains in this process lets others go before it: not the tests after it."""
    me = psutil.Process()
    before = me.nice()
    yield
    if me.nice() != before:
        with contextlib.suppress(psutil.AccessDenied):  # only root can take it back
            me.nice(before)


def environment():
    """What `environment_stays` compares: pytest itself and TensorFlow's import set the rest."""
    passing = ("PYTEST_", "TF_", "TF2_", "KMP_", "NUMBA_CACHE_DIR")
    names = [name for name in os.environ if not name.startswith(passing)]
    return {name: os.environ[name] for name in names if name not in BY_TENSORFLOW}


@pytest.fixture
def hiss() -> Signal:
    """Seven seconds of the same noise every time: two whole segments and a rest."""
    samples = 0.1 * np.random.default_rng(440).standard_normal(7 * 22_050)
    return Signal(samples.astype(np.float32), 22_050)


@pytest.fixture
def bass_or_hiss() -> Classifier:
    """A classifier set by hand: a large second MFCC is bass, all else hiss, silence too."""
    return bass_or_hiss_classifier()


@pytest.fixture(scope="session")
def two_genres():
    """Twelve artists a genre, one track each, three segments a track: loud and quiet ones."""
    return two_genre_data()


@pytest.fixture(scope="session")
def pack(two_genres, tmp_path_factory):
    """The path of a pack of `two_genres`."""
    folder = tmp_path_factory.mktemp("data") / "made-up"
    write_pack(folder, two_genres)
    return str(folder)


@pytest.fixture
def make_run(tmp_path, pack):
    """Make runs in one folder; whatever still trains at the end is killed."""
    made = []

    def make(name, **changes):
        run = tmp_path / "runs" / name
        create_run(run, replace(RECIPE, **changes), pack)
        made.append(run)
        return run

    yield make
    for run in made:
        end_process(run)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory, two_genres):
    """A real run that nothing disturbed, to be read; copy it to change it.

    It trains once a session, however many processes test: its data lie beside it.
    """

    def train(folder):
        shutil.rmtree(folder, ignore_errors=True)  # what another process could not finish
        write_pack(folder / "made-up", two_genres)
        run = folder / "runs" / FINISHED_RUN
        create_run(run, RECIPE, str(folder / "made-up"))
        start_run(run)
        wait_for(has_ended, run)

    return made_once(tmp_path_factory, "finished", train) / "runs" / FINISHED_RUN


@pytest.fixture
def without_tensorflow(monkeypatch):
    """An installation that has no TensorFlow, as far as can be told without loading it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "tensorflow" else find(name)
    )


@pytest.fixture(scope="session")
def browser():
    """Chromium, this machine's or Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    with playwright.sync_playwright() as p:
        try:
            chromium = p.chromium.launch(executable_path=path, args=QUIET)
        except playwright.Error:
            pytest.skip("no Chromium here: the page was not tested in a browser (see make e2e)")
        yield chromium
        chromium.close()
