"""Without TensorFlow all but training works, and training says what is missing."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from genre.errors import RunError
from genre.interpret.memory_job import MemoryRunner
from genre.interpret.memory_test import MemoryTask
from genre.paths import ROOT, SAMPLES
from genre.recipes.config import PRESETS
from genre.runs.store import start_new_run
from genre.system.installed import check_training


def test_tensorflow_installed_is_found_without_loading_it():
    program = (
        "import sys; from genre.system.installed import check_training; check_training(); "
        "print('tensorflow' in sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)

    assert said == "False\n"


@pytest.mark.usefixtures("without_tensorflow")
def test_without_tensorflow_no_run_is_made(tmp_path):
    with pytest.raises(RunError, match="no TensorFlow"):
        check_training()
    with pytest.raises(RunError, match="no TensorFlow"):
        start_new_run(replace(PRESETS["quick"], epochs=1), "gtzan-subset", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("without_tensorflow")
def test_without_tensorflow_no_memory_test_is_started():
    tests = MemoryRunner()
    with pytest.raises(RunError, match="no TensorFlow"):
        tests.start(MemoryTask("recall", "lstm", 10, 0))
    assert not tests.is_busy


@pytest.fixture
def environment(tmp_path):
    """Where `tensorflow` is a name that cannot be imported, in every process."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = (\n"
        "    lambda name, *rest: None if name == 'tensorflow' else find(name, *rest)\n"
        ")\n"
        "import sys\n"
        "sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
    )
    return os.environ | {"PYTHONPATH": str(tmp_path), "GENRE_LAB_HOME": str(tmp_path / "home")}


def test_commands_without_tensorflow_classify_and_refuse_to_train(environment):
    def run(*words):
        command = [sys.executable, "-m", "genre", *words]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    classified = run("classify", str(SAMPLES / "jazz.ogg"))
    trained = run("train", "--preset", "quick")

    assert (classified.returncode, classified.stderr) == (0, "")
    assert "jazz" in classified.stdout
    assert trained.returncode == 1
    assert "This installation has no TensorFlow" in trained.stderr
    assert "Traceback" not in trained.stderr
