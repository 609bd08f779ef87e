"""``classify`` of folders: names, progress that is kept, tables in files, genre tags."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import pytest

from genre.__main__ import main
from genre.cli import classify as classify_module
from genre.export.genre_tag import read_genre_tag, write_genre_tag
from genre.paths import ROOT
from tests.support.recordings import recording
from tests.support.sounds import make_wav

SAMPLES = ROOT / "samples"
RTL = "موسيقى"


@pytest.fixture
def music(tmp_path):
    """Two songs, one of them two folders deep, a file that is no audio and a picture."""
    folder = tmp_path / "music"
    (folder / "한국" / "밴드").mkdir(parents=True)
    shutil.copy(SAMPLES / "jazz.ogg", folder / "a.ogg")
    shutil.copy(SAMPLES / "classical.ogg", folder / "한국" / "밴드" / "b.ogg")
    (folder / "한국" / "bad.mp3").write_bytes(b"not a recording")
    (folder / "cover.jpg").write_bytes(b"a picture")
    return folder


NAMES = ["a.ogg", "한국/bad.mp3", "한국/밴드/b.ogg"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def tags_in(folder):
    return [read_genre_tag(path) for path in sorted(folder.rglob("*.ogg"))]


def test_folder_is_classified_with_all_below_it(music, capsys):
    assert main(["classify", str(music)]) == 1

    out, err = capsys.readouterr()
    assert [line.split(":")[0] for line in out.splitlines()] == [NAMES[0], NAMES[2]]
    assert "passed over cover.jpg: it is not a recording that is read" in err
    assert "한국/bad.mp3: this file is not audio" in err


def test_folder_as_csv_and_json_has_paths_in_it(music, capsys):
    assert main(["classify", "--csv", str(music)]) == 1
    rows = rows_of(capsys.readouterr().out)
    assert [(row["file"], bool(row["genre"])) for row in rows] == [
        (name, name != NAMES[1]) for name in NAMES
    ]

    assert main(["classify", "--json", str(music)]) == 1
    assert [entry["file"] for entry in json.loads(capsys.readouterr().out)] == NAMES


def test_folders_among_files_keep_the_name_they_were_given(music, capsys, monkeypatch):
    monkeypatch.chdir(music.parent)
    (music.parent / "empty").mkdir()

    assert main(["classify", "--csv", "music/a.ogg", "music/한국/밴드", "empty"]) == 1

    rows = rows_of(capsys.readouterr().out)
    assert [row["file"] for row in rows] == ["music/a.ogg", "music/한국/밴드/b.ogg", "empty"]
    assert rows[2]["problem"] == "this folder holds no recordings. Give another one."


def test_link_that_leads_back_ends(music, capsys):
    (music / "한국" / "all").symlink_to(music)

    main(["classify", "--csv", str(music)])

    out, err = capsys.readouterr()
    assert [row["file"] for row in rows_of(out)] == NAMES
    assert "passed over 한국/all/: it is the same folder as this/" in err


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_table_in_a_file_is_utf8_and_the_lines_are_printed(music, capsys, tmp_path, form):
    out = tmp_path / "out.txt"

    assert main(["classify", form, "--out", str(out), str(music)]) == 1

    text = out.read_text(encoding="utf-8")
    files = [e["file"] for e in (rows_of(text) if form == "--csv" else json.loads(text))]
    assert files == NAMES
    assert capsys.readouterr().out.count("한국/밴드/b.ogg: clearly") == 1


@pytest.mark.parametrize("words", [["--csv"], ["--write-tags", "--yes"]], ids=["csv", "tags"])
def test_interrupt_keeps_what_was_done(music, capsys, monkeypatch, words):
    classify_all = classify_module.classify_all

    def interrupted(paths, classifier):
        for n_done, one in enumerate(classify_all(paths, classifier)):
            if n_done == 2:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(classify_module, "classify_all", interrupted)

    assert main(["classify", *words, str(music)]) == 130

    out, err = capsys.readouterr()
    assert "stopped after 2 of 3; what was done is kept" in err
    if words == ["--csv"]:
        assert [row["file"] for row in rows_of(out)] == NAMES[:2]
    else:
        assert tags_in(music) == ["jazz", ""]


def test_output_that_is_no_terminal_is_utf8_whatever_the_system_says(music):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    command = [sys.executable, "-m", "genre", "classify", "--csv", str(music)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert [row["file"] for row in rows_of(done.stdout.decode("utf-8"))] == NAMES
    assert "한국/bad.mp3: this file is not audio" in done.stderr.decode("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_name_in_other_bytes_costs_no_other(music, capsysbinary):
    shutil.copy(music / "a.ogg", os.fsencode(music) + b"/caf\xe9.ogg")

    assert main(["classify", "--json", str(music)]) == 1

    entries = json.loads(capsysbinary.readouterr().out)
    assert [entry["file"] for entry in entries] == ["a.ogg", "caf\udce9.ogg", *NAMES[1:]]


def test_tags_are_only_listed_without_yes(music, capsys):
    before = {path: path.read_bytes() for path in music.rglob("*") if path.is_file()}
    write_genre_tag(music / "a.ogg", RTL)
    before[music / "a.ogg"] = (music / "a.ogg").read_bytes()

    assert main(["classify", "--write-tags", str(music)]) == 1

    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"a.ogg: {RTL}\u200e -> jazz (clearly, 100%)",
        "한국/밴드/b.ogg: no genre -> classical (clearly, 99%)",
    ]
    assert "2 genre tags would be written, 0 files left as before. Nothing was written" in err
    assert "--yes writes them" in err
    assert before == {path: path.read_bytes() for path in music.rglob("*") if path.is_file()}


def test_tags_are_written_with_yes_and_once(music, capsys):
    assert main(["classify", "--write-tags", "--yes", str(music)]) == 1
    assert tags_in(music) == ["jazz", "classical"]
    assert "2 genre tags written, 0 files left as before." in capsys.readouterr().err
    written = (music / "a.ogg").read_bytes()

    main(["classify", "--write-tags", "--yes", str(music)])

    assert "a.ogg: jazz stays (it is there already)" in capsys.readouterr().out
    assert (music / "a.ogg").read_bytes() == written


def test_tags_are_of_confident_predictions_of_music_alone(tmp_path, capsys):
    for name in ("pop", "metal"):  # not sure; probably rock
        shutil.copy(SAMPLES / f"{name}.ogg", tmp_path)
    (tmp_path / "rain.wav").write_bytes(make_wav("rain"))
    (tmp_path / "x.webm").write_bytes(recording("webm", seconds=4))
    line = ["classify", "--write-tags", "--yes", str(tmp_path)]

    assert main(line) == 0
    out = capsys.readouterr().out
    assert "metal.ogg: no genre stays (only probably rock)" in out
    assert "pop.ogg: no genre stays (not sure, perhaps pop)" in out
    assert "rain.wav: no genre stays (not music, it sounds like noise)" in out
    assert "x.webm: no genre stays (files of this kind (.webm) have no genre tag to write)" in out
    assert tags_in(tmp_path) == ["", ""]

    assert main([*line, "--min-confidence", "probably"]) == 0
    assert tags_in(tmp_path) == ["rock", ""]


@pytest.mark.parametrize("words", [[], ["--yes"]], ids=["listed", "written"])
def test_read_only_file_is_a_sentence_and_costs_no_other(music, capsys, words):
    (music / "a.ogg").chmod(0o444)
    (music / "한국" / "bad.mp3").unlink()

    assert main(["classify", "--write-tags", *words, str(music)]) == 1

    err = capsys.readouterr().err
    assert "a.ogg: this file is read-only. Allow changes to it and try again." in err
    assert "0 files left as before, 1 could not be changed." in err
    assert tags_in(music) == ["", "classical" if words else ""]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--yes"], "--yes was given without --write-tags"),
        (["--min-confidence", "probably"], "--min-confidence was given without --write-tags"),
        (["--out", "x.csv"], "--out was given without --csv or --json"),
        (["--csv", "--out", "nowhere/x.csv"], "'nowhere/x.csv', which is a folder or lies in none"),
        (["--csv", "--out", "."], r"'\.', which is a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_do_not_belong_together_are_refused_at_once(
    capsys, monkeypatch, words, message
):
    monkeypatch.setattr(classify_module, "load_model", lambda name: pytest.fail("too late"))

    assert main(["classify", *words, "song.mp3"]) == 2
    assert message.replace("\\", "") in capsys.readouterr().err
