"""The commands ``index`` and ``collection``, with the project's own examples."""

import csv
import io
import json
import shutil
import subprocess
import sys

import pytest

from genre import paths
from genre.__main__ import main
from genre.collection.store import list_collections
from genre.paths import ROOT

JAZZ = str(ROOT / "samples" / "jazz.ogg")


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    """Three indexed examples and a file that is no recording."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    (tmp_path / "songs").mkdir()
    for name in ("blues", "jazz", "pop"):
        shutil.copy(ROOT / "samples" / f"{name}.ogg", tmp_path / "songs")
    (tmp_path / "songs" / "bad.mp3").write_bytes(b"no recording")
    assert main(["index", str(tmp_path / "songs")]) == 1  # a file could not be used
    assert "4 recordings of 4 looked at, 3 read, 1 problem" in capsys.readouterr().err
    return tmp_path / "songs"


def test_collection_is_listed_searched_exported_and_deleted(folder, capsys, tmp_path):
    def said(*words):
        assert main(["collection", *map(str, words)]) == 0
        return capsys.readouterr().out

    assert said().startswith(f"{folder}: 3 songs") and "1 problem" in said()
    assert said(folder) == said()
    assert said(folder, "--problems").startswith("bad.mp3: this file is not audio")
    assert "jazz.ogg: clearly jazz" in said(folder, "--text", "jazz")
    assert said(folder, "--genre", "blues").startswith("blues.ogg")
    assert said(folder, "--like", JAZZ, "-n", 1).startswith("0.")
    assert "jazz.ogg" not in said(folder, "--like", JAZZ)  # it is this song
    assert "jazz.ogg" in said(folder, "--tag", "jazz", "-n", 1)
    rows = list(csv.DictReader(io.StringIO(said(folder, "--csv"))))
    assert [row["file"] for row in rows] == ["blues.ogg", "jazz.ogg", "pop.ogg"]
    assert [one["genre"] for one in json.loads(said(folder, "--json", "--text", "jazz"))] == [
        "jazz"
    ]
    said(folder, "--csv", "--out", tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_text().count("\n") == 4
    said(folder, "--m3u", tmp_path / "lists")
    assert (tmp_path / "lists" / "jazz.m3u8").read_text().endswith(f"{folder / 'jazz.ogg'}\n")
    said(folder, "--delete")
    assert not list_collections() and (folder / "jazz.ogg").exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--like", JAZZ, "--tag", "jazz"], "--like and --tag were given"),
        (["--tag", "jazz", "--genre", "pop"], "--tag and --genre were given"),
        (["--tag", "polka"], "expected one of"),
        (["--text", "a", "-n", "0"], "at least 1"),
        (["--like", "nowhere.mp3"], "there is no such file"),
    ],
)
def test_what_cannot_be_asked_is_refused(folder, capsys, words, error):
    assert main(["collection", str(folder), *words]) in (1, 2)
    assert error in capsys.readouterr().err


def test_folder_that_was_not_indexed_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    assert main(["collection", str(tmp_path)]) == 1
    assert "has not been indexed" in capsys.readouterr().err
    assert main(["collection", str(tmp_path), "--delete"]) == 1
    assert "has not been indexed" in capsys.readouterr().err
    assert main(["index", str(tmp_path / "nowhere")]) == 1
    assert "is no folder here" in capsys.readouterr().err


def test_searching_loads_neither_keras_nor_scikit_learn(folder):
    program = (
        "import sys\nfrom genre.__main__ import main\n"
        f"main(['collection', {str(folder)!r}, '--like', {JAZZ!r}])\n"
        "print(sorted({'tensorflow', 'sklearn', 'librosa', 'numba', 'scipy'} & set(sys.modules)))"
    )
    home = {"GENRE_LAB_HOME": str(folder.parent / "home"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=home, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and lines[-1] == "[]"
