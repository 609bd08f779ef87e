"""The command line, run as a visitor would: real files, real processes."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from genre.__main__ import main
from genre.audio.feature_config import MusicnnConfig
from genre.datasets.load import load_dataset
from genre.models import classifier
from genre.models.music_check import MusicCheck
from genre.models.registry import read_card
from genre.paths import ROOT
from tests.support.musicnn_model import NAME, save_musicnn_model
from tests.support.sounds import make_wav

JAZZ = str(ROOT / "samples" / "jazz.ogg")


@pytest.fixture
def tiny_folder(tmp_path):
    """Two genres of four short recordings: hiss and tones, with a broken file among them."""
    rng = np.random.default_rng(3)
    for genre in ("hiss", "tone"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        for i in range(4):
            t = np.arange(4 * 22_050) / 22_050
            hum = 0.3 * np.sin(2 * np.pi * (200 + 90 * i) * t)
            sound = 0.2 * rng.standard_normal(len(t)) if genre == "hiss" else hum
            sf.write(tmp_path / "music" / genre / f"{genre}{i}.flac", sound, 22_050)
    (tmp_path / "music" / "tone" / "broken.mp3").write_bytes(b"not a recording")
    return tmp_path / "music"


def test_classify_names_genre_and_exits_0(capsys):
    assert main(["classify", JAZZ]) == 0

    out, err = capsys.readouterr()
    assert re.search(r"jazz\.ogg: (clearly|probably|not sure:) \w+ \d+%, then \w+ \d+%", out)
    assert err == ""


def test_classify_noise_says_that_it_is_no_song(tmp_path, capsys):
    (tmp_path / "rain.wav").write_bytes(make_wav("rain"))

    assert main(["classify", str(tmp_path / "rain.wav")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(
        "rain.wav: This is not a song I can judge: it sounds like noise. "
        "Asked all the same, the model says:"
    )
    assert re.search(r"rain\.wav: (clearly|probably|not sure:) \w+ \d+%, then", lines[1])

    assert main(["classify", "--json", str(tmp_path / "rain.wav"), JAZZ]) == 0
    noise, song = json.loads(capsys.readouterr().out)
    assert (noise["looks_like"], song["looks_like"]) == ("noise", "music")
    assert noise["genre"]


def test_classify_without_the_parameters_of_the_check_says_so(monkeypatch, capsys):
    problem = MusicCheck(None, problem="the file is missing.")
    monkeypatch.setattr(classifier, "check_music", lambda signal, values: problem)

    assert main(["classify", JAZZ]) == 0
    out, err = capsys.readouterr()
    assert "jazz.ogg: " in out
    assert err.endswith("jazz.ogg: whether this is music was not checked: the file is missing.\n")


def test_extract_musicnn_features_makes_a_pack_that_trains_that_recipe(tiny_folder, capsys):
    out = tiny_folder.parent / "pack"
    words = ["--features", "musicnn", "--window-frames", "80", "--hop-frames", "50"]

    assert main(["extract", str(tiny_folder), str(out), *words]) == 1  # a broken file among them

    data = load_dataset(out)
    assert data.features == MusicnnConfig(window_frames=80, hop_frames=50)
    assert data.frames.shape == (8, 3, 200)
    assert "8 tracks, 8 segments" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("out", "words", "message"),
    [
        ("pack", ["--features", "musicnn", "--n-mfcc", "13"], r"with --n-mfcc, which is for MFCCs"),
        ("data.json", ["--features", "musicnn"], r"with a \.json file, which is for MFCCs only"),
        ("pack", ["--hop-frames", "20"], r"--hop-frames was given for MFCCs, expected --features"),
        ("pack", ["--features", "musicnn", "--window-frames", "0"], r"window_frames=0, expected"),
        ("pack", ["--features", "musicnn"], r"holds mfcc features, --features reads musicnn"),
    ],
    ids=str,
)
def test_extract_with_options_of_the_other_features_is_one_sentence(
    tmp_path, capsys, out, words, message
):
    assert main(["extract", "gtzan-subset", str(tmp_path / out), *words]) in (1, 2)

    err = capsys.readouterr().err
    assert re.search(message, err)
    assert "Traceback" not in err


def test_extract_of_a_musicnn_pack_with_other_windows_is_refused(tmp_path, capsys):
    words = ["--features", "musicnn", "--window-frames", "100"]

    assert main(["extract", "gtzan-subset-musicnn", str(tmp_path / "pack"), *words]) == 2
    assert "holds musicnn features with window_frames=60, hop_frames=20" in capsys.readouterr().err


def test_classify_with_a_musicnn_model_of_a_folder_names_a_genre(tmp_path, capsys):
    save_musicnn_model(tmp_path)

    assert main(["classify", JAZZ, "--model", str(tmp_path / NAME)]) == 0
    assert re.search(r"jazz\.ogg: .*(blues|jazz|rock) \d+%", capsys.readouterr().out)


def test_classify_goes_on_after_bad_file_and_exits_1(capsys, tmp_path):
    bad = tmp_path / "list.mp3"
    bad.write_text("eggs, milk")

    assert main(["classify", "--json", str(bad), JAZZ, str(tmp_path / "absent.wav")]) == 1

    out, err = capsys.readouterr()
    answers = json.loads(out)
    assert [set(answer) >= {"problem"} for answer in answers] == [True, False, True]
    assert sum(answers[1]["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert len(answers[1]["timeline"]) == answers[1]["n_segments"] == 9
    assert "list.mp3: this file is not audio" in err
    assert "absent.wav: there is no such file" in err


def test_classify_says_that_channels_cancel(capsys, tmp_path):
    hiss = 0.1 * np.random.default_rng(1).standard_normal(4 * 22_050)
    path = tmp_path / "opposite.wav"
    sf.write(path, np.stack([hiss, -hiss], axis=1), 22_050)

    assert main(["classify", str(path), JAZZ]) == 0

    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"{path}: its channels cancel, only the loudest was analysed"


def test_classify_as_csv_has_line_per_file(capsys, tmp_path):
    bad = tmp_path / "=cmd.mp3"
    bad.write_bytes(b"")
    main(["classify", "--csv", JAZZ, str(bad)])

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [bool(row["genre"]) for row in rows] == [True, False]
    assert "empty" in rows[1]["problem"]
    assert rows[0]["genre"] != rows[0]["second_guess"]


def test_name_with_control_characters_is_printed_harmlessly(capsys, tmp_path):
    bad = tmp_path / "a\x1b[31mb.mp3"
    bad.write_bytes(b"")
    main(["classify", str(bad)])

    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["classify"], "required: FILE"),
        (["sing"], "invalid choice: 'sing'"),
        (["train", "--preset", "magic"], "invalid choice: 'magic'"),
        (["train", "--epochs", "many"], "invalid int value"),
    ],
    ids=["no file", "no such command", "no such preset", "no number"],
)
def test_command_that_is_not_understood_exits_2(capsys, line, message):
    with pytest.raises(SystemExit, match="2"):
        main(line)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["classify", "--model", "missing", JAZZ], "no model 'missing'.*Saved are.*starter"),
        (["train", "--learning-rate", "100"], "learning_rate=100.*1e-06 to 1"),
        (["crossval", "--folds", "1"], "at least 2"),
    ],
    ids=["no such model", "a setting out of bounds", "one fold"],
)
def test_value_out_of_range_exits_2_with_range(capsys, line, message):
    assert main(line) == 2
    assert re.search(message, capsys.readouterr().err)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["train", "--name", "starter"], "starter exists.*--replace"),
        (["train", "--data", "nowhere"], "no dataset at 'nowhere'.*gtzan-subset"),
        (["train", "--figures", "README.md"], "not a result of crossval"),
        (["train", "--data", "{few}"], r"few has more than 1 tracks left.*Add recordings"),
        (["crossval", "--data", "{few}"], r"few has 3 artists left.*5 are needed.*by others"),
        (["train", "--data", "{one}"], r"one genre \(a\), at least two are needed"),
        (
            ["train", "--data", "{short}", "--preset", "course"],
            r"no recording in the dataset short fills a segment of 3 s\. Use longer",
        ),
    ],
    ids=[
        *("taken name", "no data", "no figures"),
        *("single tracks", "fewer than folds", "one genre", "only short recordings"),
    ],
)
def test_training_refuses_before_it_loads_tensorflow(monkeypatch, capsys, tmp_path, line, message):
    for name, labels, n_frames in (
        ("few", [0, 1, 2], 130),
        ("one", [0] * 9, 130),
        ("short", [0, 1, 2] * 3, 44),
    ):
        content = {
            "mapping": ["a", "b", "c"],
            "labels": labels,
            "mfcc": [[[float(i)] * 20] * n_frames for i in range(len(labels))],
            "track": [f"track {i}" for i in range(len(labels))],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
        line = [str(tmp_path / f"{name}.json") if w == f"{{{name}}}" else w for w in line]
    for user in ("cli.training", "training.crossval"):
        monkeypatch.setattr(f"genre.{user}.load_tensorflow", lambda: pytest.fail("it was loaded"))
    assert main(line) == 1
    assert re.search(message, capsys.readouterr().err)


def test_extract_makes_same_pack_twice_and_lists_what_it_skipped(capsys, tiny_folder, tmp_path):
    first, second = tmp_path / "first" / "tiny", tmp_path / "second" / "tiny"
    assert main(["extract", str(tiny_folder), str(first)]) == 1  # one track could not be used
    assert main(["extract", str(tiny_folder), str(second)]) == 1

    out, err = capsys.readouterr()
    assert "8 tracks, 8 segments, 2 genres, 1 skipped" in out
    assert "skipped broken: this file is not audio" in err
    for file in ("pack.json", "tracks.csv", "frames.npz"):
        assert (first / file).read_bytes() == (second / file).read_bytes()


@pytest.mark.tensorflow
def test_training_prints_its_layers_epochs_and_test_accuracy_and_plots(tiny_folder, tmp_path):
    quick = ["--epochs", "2", "--units-1", "4", "--units-2", "4", "--test-share", "0.5"]
    line = ["train", "--data", str(tiny_folder), *quick, "--validation-share", "0.5"]
    line += ["--plot", str(tmp_path / "curves.html")]
    command = [sys.executable, "-m", "genre", *line]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+% of 4 tracks \(95% interval", done.stdout)
    assert "by artists that may have been (no artist is known)" in done.stdout
    assert done.stderr.count("epoch ") == 2
    assert re.search(r"recurrent_1 +26x4 +\d+ parameters", done.stderr)
    assert "skipped broken: this file is not audio" in done.stderr
    assert "Plotly" in (tmp_path / "curves.html").read_text(encoding="utf-8")


def test_extract_writes_courses_json_and_reads_it_again(capsys, tiny_folder, tmp_path):
    out = tmp_path / "data.json"
    assert main(["extract", str(tiny_folder), str(out)]) == 1  # one track could not be used
    content = json.loads(out.read_text(encoding="utf-8"))
    data, direct = load_dataset(out), load_dataset(tiny_folder)

    assert content["mapping"] == ["hiss", "tone"]
    assert len(content["mfcc"]) == len(content["labels"]) == 8
    assert np.shape(content["mfcc"][0]) == (130, 13)
    assert data.has_tracks
    np.testing.assert_allclose(data.frames, direct.frames[..., :13], atol=1e-3)


def test_extract_refuses_what_it_cannot_do(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["extract", "gtzan-subset", str(tmp_path / "file")]) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert main(["extract", "gtzan-subset", str(tmp_path / "out"), "--n-mfcc", "5"]) == 2
    assert "holds 20 MFCCs, --n-mfcc 5 was given" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_figures_of_another_recipe_are_refused(capsys):
    measured = str(ROOT / "docs" / "results" / "crossval-recommended.json")
    line = ["train", "--preset", "quick", "--all-tracks", "--name", "x", "--figures", measured]
    assert main(line) == 1
    assert re.search("measured with other settings: epochs", capsys.readouterr().err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize("line", [["models"], ["models", "--json"]], ids=["short", "long"])
def test_full_disk_is_sentence(line):
    command = [sys.executable, "-m", "genre", *line]
    # As a visitor's Python: what is written waits in a buffer.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        "genre models: cannot read or write (No space left on device). "
        "Check the disk and the permissions.\n"
    )


def test_evaluate_leaves_out_tracks_the_model_was_trained_on(capsys):
    assert main(["evaluate", "starter", "--data", "gtzan-subset"]) == 1
    assert "trained on all 430 tracks" in capsys.readouterr().err

    assert main(["evaluate", "starter", "--data", "gtzan-subset", "--json", "--include-seen"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["about"] == "seen in training"
    assert answer["track_accuracy"]["n"] == 430
    assert set(answer["track_accuracy"]) == {"value", "low", "high", "n"}
    assert set(answer["segment_accuracy"]) == {"value", "low", "high", "n"}


def test_models_lists_the_default_first_with_its_leak_free_accuracy(capsys):
    assert main(["models"]) == 0
    assert re.search(r"ear +\d+% of 430 tracks \(95% interval", capsys.readouterr().out)

    assert main(["models", "--json"]) == 0
    cards = json.loads(capsys.readouterr().out)
    assert cards[0]["name"] == "ear"


def test_describe_reads_standard_input():
    command = [sys.executable, "-m", "genre", "describe", "-", "--json"]
    with open(JAZZ, "rb") as song:
        done = subprocess.run(command, cwd=ROOT, stdin=song, capture_output=True, check=True)
    facts = json.loads(done.stdout)
    assert 40 < facts["tempo_bpm"] < 250
    assert len(facts["chroma_over_time"]) == 12


def test_starters_card_has_leak_free_and_leaky_figures():
    card = read_card("starter")
    leak_free = card.leak_free_figure

    assert leak_free.n == 430
    assert "artists whole" in leak_free.what
    assert leak_free.low < leak_free.value < leak_free.high
    assert leak_free.command.startswith("python -m genre crossval")
    assert any(not f.is_honest and "leaky" in f.what for f in card.figures)
    assert len(card.heard) == 430
    assert card.command.startswith("python -m genre train")
    assert {"tensorflow", "keras", "numpy", "python"} <= set(card.versions)
    n_predictions = sum(counts["n"] for counts in card.certainty.values())
    assert n_predictions == 3 * 430  # three rounds of folds
