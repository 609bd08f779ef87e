"""Places that long commands write to: refused before the work, not after it."""

import os
import subprocess
import sys

import pytest

from genre.__main__ import main
from genre.cli import crossval, data, leakage, memory_test, outputs, robustness, songs, training
from genre.errors import ParameterError
from genre.paths import HOME_VARIABLE, ROOT

COMMANDS = {
    "train --plot": ["train", "--preset", "quick", "--plot"],
    "crossval": ["crossval", "--preset", "quick", "--out"],
    "robustness": ["robustness", "--preset", "quick", "--audio", "samples", "--out"],
    "extract": ["extract", "samples"],
    "memory-test": ["memory-test", "--cell", "lstm", "--length", "10", "--out"],
    "honesty": ["honesty", "--record", "--out"],
    "export": ["export", "course", "--script"],
    "models export": ["models", "export", "course"],
}


def must_not_begin(*_, **__):
    pytest.fail("the work began before its place was tried")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("name", ["inner", "inner.json"])
def test_place_that_cannot_be_written_is_refused_first(words, name, tmp_path, monkeypatch, capsys):
    for module in (crossval, data, robustness, songs, training):
        for loader in ("load_data", "load_training_data"):
            monkeypatch.setattr(module, loader, must_not_begin, raising=False)
    monkeypatch.setattr(memory_test, "load_tensorflow", must_not_begin)
    monkeypatch.setattr(leakage, "record_recipes", must_not_begin)
    (tmp_path / "file").write_text("kept")
    path = tmp_path / "file" / name

    assert main([*words, str(path)]) == 2

    assert f"'{path}' cannot be written (" in capsys.readouterr().err
    assert [one.read_text() for one in tmp_path.iterdir()] == ["kept"]


def test_name_is_refused_before_training_where_models_cannot_be_saved(tmp_path):
    (tmp_path / "models").write_text("a file where the folder would be")
    command = [sys.executable, "-m", "genre", "train", "--preset", "quick", "--name", "mine"]

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {HOME_VARIABLE: str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "the model mine could not be saved (" in done.stderr
    assert "TensorFlow" not in done.stderr


def test_place_that_is_tried_stays_as_it_was(tmp_path):
    (tmp_path / "old").write_text("kept")
    (tmp_path / "folder").mkdir()

    outputs.check_file(tmp_path / "old")
    outputs.check_file(tmp_path / "new" / "file")
    outputs.check_folder(tmp_path / "a" / "b")
    outputs.check_folder(tmp_path / "folder")
    outputs.check_file("/dev/null")
    outputs.check_file(None)

    assert (tmp_path / "old").read_text() == "kept"
    assert {path.name for path in tmp_path.rglob("*")} == {"old", "folder", "new"}


@pytest.mark.parametrize("name", ["folder", "x" * 300, "a\0b"])
def test_name_that_no_file_can_have_is_refused(name, tmp_path):
    (tmp_path / "folder").mkdir()

    with pytest.raises(ParameterError, match=r"cannot be written \("):
        outputs.check_file(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
