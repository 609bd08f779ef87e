"""The command ``data``: what it prints, and its exit codes."""

import pytest

from genre import paths
from genre.__main__ import main
from tests.builder.conftest import wav


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")


@pytest.fixture
def songs(tmp_path):
    for n, place in enumerate(("rock/a.wav", "jazz/b.wav", "jazz/c.wav")):
        (tmp_path / "songs" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "songs" / place).write_bytes(wav(n))
    return tmp_path / "songs"


def run(capsys, *words):
    code = main(["data", *map(str, words)])
    return code, *capsys.readouterr()


def test_dataset_is_built_listed_exported_imported_and_deleted(songs, tmp_path, capsys):
    code, out, _err = run(capsys, "build", "내 음악", songs)
    assert (code, out) == (0, "3 clips added, 0 skipped.\n")
    code, out, err = run(capsys, "build", "내 음악", songs)
    assert (code, out) == (1, "0 clips added, 3 skipped.\n")
    assert "a.wav: it is the same file as a.wav, which is in rock" in err
    assert "nae-eumag  내 음악  2 classes, 3 clips, 3 s" in run(capsys, "list")[1]
    out = run(capsys, "show", "nae-eumag")[1]
    assert {tuple(line.split()[:2]) for line in out.splitlines()[1:]} == {
        ("rock", "1"),
        ("jazz", "2"),
    }
    code, out, _err = run(capsys, "export", "내 음악", tmp_path / "out.zip")
    assert (code, out) == (0, f"{tmp_path / 'out.zip'}\n")
    assert run(capsys, "import", tmp_path / "out.zip")[0] == 0
    assert run(capsys, "delete", "내 음악 2")[0] == 1
    assert run(capsys, "delete", "내 음악 2", "--yes")[0] == 0
    assert len(run(capsys, "list")[1].splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nothing"), "there is no dataset 'nothing'. There are: none yet."),
        (("import", "/nowhere.zip"), "there is no file '/nowhere.zip'"),
        (("build", "x", "/nowhere"), "there is nothing at '/nowhere'"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(words, said, capsys):
    code, _out, err = run(capsys, *words)

    assert code == 1 and said in err
