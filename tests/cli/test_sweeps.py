"""The command ``sweep``: what it prints of a plan, of sweeps that are there, and of bad words."""

import json
from dataclasses import replace

import pytest

from genre.__main__ import main
from genre.cli import sweeps
from genre.sweeps import store
from genre.sweeps.files import read_state, read_sweep, write_state
from genre.sweeps.spec import SweepSpec
from genre.sweeps.store import create_sweep, list_sweeps

FILE = {"label": "Rates", "preset": "quick", "settings": {"learning_rate": [0.001, 0.01]}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the sweeps are, for the command."""
    monkeypatch.setattr(sweeps, "SWEEPS", tmp_path)
    monkeypatch.setattr(store.find_sweep, "__defaults__", (tmp_path,))
    return tmp_path


@pytest.fixture
def half_done(folder):
    """A sweep of two rates of which the first has ended."""
    made = read_sweep(create_sweep(SweepSpec.from_dict(FILE), folder))
    first, second = read_state(made).trials
    done = replace(first, run="first", state="done", epochs=15, score=0.4321, loss=1.9, seconds=9.0)
    write_state(made, replace(read_state(made), trials=(done, second)))
    return made


def test_plan_is_printed_and_nothing_started(folder, tmp_path, capsys):
    (tmp_path / "rates.json").write_text(json.dumps(FILE | {"seeds": [1, 2, 3]}))
    assert main(["sweep", str(tmp_path / "rates.json"), "--plan"]) == 0
    printed = capsys.readouterr()

    assert printed.out.splitlines() == ["learning_rate 0.001", "learning_rate 0.01"]
    assert "6 runs: 2 combinations with 3 seeds each" in printed.err
    assert list_sweeps(folder) == []


def test_bad_file_is_one_sentence_and_exit_code_2(folder, tmp_path, capsys):
    (tmp_path / "bad.json").write_text(json.dumps(FILE | {"seed": [1]}))
    assert main(["sweep", str(tmp_path / "bad.json")]) == 2
    printed = capsys.readouterr().err.splitlines()

    assert printed == [
        "genre sweep: bad.json: there is no field 'seed' in a sweep. Did you mean seeds?"
    ]
    assert list_sweeps(folder) == []


def test_sweeps_are_listed_and_one_with_its_order(half_done, capsys):
    assert main(["sweep", "--list"]) == 0
    assert capsys.readouterr().out == f"{half_done.name}  1 of 2  Not started\n"

    assert main(["sweep", "rates", "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "43.2%  learning_rate 0.001  15 epochs"

    assert main(["sweep", "--list", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["n_ended"], row["trials"][0]["val_accuracy"]) == (1, 0.4321)


def test_damaged_sweep_is_said_and_can_be_deleted(half_done, folder, capsys):
    (half_done.folder / "state.json").write_text("")
    assert main(["sweep", "--list"]) == 0
    assert "cannot be read (it is empty). Delete the sweep." in capsys.readouterr().err

    assert main(["sweep", half_done.name, "--delete"]) == 0
    assert list_sweeps(folder) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "no file or name of a sweep was given"),
        (["none"], 1, "there is no sweep by the name 'none'"),
        (["rates", "--minutes", "0"], 2, "0 minutes were given, expected 0.1"),
    ],
)
def test_words_that_mean_nothing_are_one_sentence(half_done, capsys, words, code, said):
    assert main(["sweep", *words]) == code
    assert said in capsys.readouterr().err
