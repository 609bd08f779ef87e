"""The command ``change``."""

import subprocess
import sys

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.load import load_audio
from genre.audio.signal import Signal, encode_wav
from genre.effects.effects import apply_effect
from genre.paths import ROOT, SAMPLES


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    """A file of three seconds of music."""
    path = tmp_path_factory.mktemp("songs") / "short.wav"
    path.write_bytes(encode_wav(Signal(load_audio(SAMPLES / "pop.ogg").samples[:66_150], 22_050)))
    return path


@pytest.mark.parametrize("ending", ["flac", "WAV"])
def test_file_written_is_the_changed_song(song, tmp_path, capsys, ending):
    out = tmp_path / f"changed.{ending}"
    assert main(["change", str(song), "--effect", "faster", "--out", str(out)]) == 0

    expected = apply_effect(load_audio(song), "faster").samples
    np.testing.assert_allclose(load_audio(out).samples, expected, atol=1e-4)
    said = capsys.readouterr().out
    assert "2.5 s, 20% faster\n" in said
    assert "phase vocoder" in said
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_standard_input_and_progress_by_lines(song, tmp_path):
    out = tmp_path / "changed.flac"
    words = ["change", "-", "--effect", "lower", "--out", str(out), "--progress"]
    with song.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "genre", *words], cwd=ROOT, stdin=file, capture_output=True,
            check=True, text=True,
        )  # fmt: skip
    shares = [float(line) for line in done.stdout.splitlines()]

    assert shares == sorted(shares)
    assert (shares[0], shares[-1], len(shares) > 2) == (0, 1, True)
    assert load_audio(out).seconds == pytest.approx(3, abs=0.01)


def test_two_minutes_of_a_long_song_are_changed(tmp_path):
    long, out = tmp_path / "long.wav", tmp_path / "out.flac"
    long.write_bytes(encode_wav((np.tile(load_audio(SAMPLES / "pop.ogg").samples, 5), 22_050)))
    assert main(["change", str(long), "--effect", "street", "--out", str(out)]) == 0

    assert load_audio(out).seconds == 120


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("changed.mp3", "a name that ends in .flac or .wav was expected"),
        ("no/such\0folder/x.wav", "cannot be written"),
    ],
)
def test_results_that_cannot_be_written_are_refused_before_the_work(
    song, tmp_path, capsys, name, sentence
):
    out = str(tmp_path / name)
    assert main(["change", str(song), "--effect", "drums", "--out", out]) == 2
    assert sentence in capsys.readouterr().err


def test_what_is_no_recording_leaves_no_file(tmp_path, capsys):
    words, out = tmp_path / "words.wav", tmp_path / "out.wav"
    words.write_text("no music")
    assert main(["change", str(words), "--effect", "drums", "--out", str(out)]) == 1

    assert "genre change: this file is not audio" in capsys.readouterr().err
    assert not out.exists()


def test_unknown_effect_names_all(song, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["change", str(song), "--effect", "bath", "--out", str(tmp_path / "x.wav")])
    assert "'telephone', 'radio', 'cathedral'" in capsys.readouterr().err
