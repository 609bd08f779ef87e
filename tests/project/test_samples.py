"""The ten examples that come with the app, and the MIDI writer behind them."""

from __future__ import annotations

import importlib
import struct
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
import soundfile as sf

from genre.paths import ROOT

SAMPLES = ROOT / "samples"
GENRES = (
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """Import a module as `make_samples.py` does when it is run as a script."""
    monkeypatch.syspath_prepend(str(SAMPLES))
    return importlib.import_module


@pytest.fixture
def midi(load) -> ModuleType:
    """Return the MIDI writer."""
    return load("scores.midi")


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Split a MIDI file into (type, body) with nothing left over."""
    found = []
    while data:
        kind, length = struct.unpack(">4sI", data[:8])
        body = data[8 : 8 + length]
        assert len(body) == length
        found.append((kind, body))
        data = data[8 + length :]
    return found


@pytest.mark.parametrize("genre", GENRES)
def test_recording_has_documented_format_and_length(genre: str) -> None:
    path = SAMPLES / f"{genre}.ogg"
    assert path.stat().st_size <= 300_000
    audio, rate = sf.read(path, always_2d=True)
    assert rate in (22_050, 44_100)
    assert 20.0 <= len(audio) / rate <= 30.0
    assert 0.5 < np.max(np.abs(audio)) < 1.0
    # Not silent, and not just one loud moment: every second but the last ones sounds.
    for start in range(0, len(audio) - 3 * rate, rate):
        assert np.sqrt(np.mean(audio[start : start + rate] ** 2)) > 0.005


def test_scores_are_one_for_each_recording(load) -> None:
    scores = load("scores").SCORES
    assert tuple(scores) == GENRES
    assert {path.stem for path in SAMPLES.glob("*.ogg")} == set(GENRES)


def test_variable_length_quantities(midi: ModuleType) -> None:
    # The examples of the Standard MIDI File specification.
    examples = {
        0x00: "00", 0x40: "40", 0x7F: "7f", 0x80: "8100", 0x2000: "c000",
        0x3FFF: "ff7f", 0x4000: "818000", 0x1FFFFF: "ffff7f", 0x200000: "81808000",
        0x0FFFFFFF: "ffffff7f",
    }  # fmt: skip
    assert {value: midi.variable_length(value).hex() for value in examples} == examples
    for value in (-1, 0x10000000):
        with pytest.raises(ValueError, match="variable-length"):
            midi.variable_length(value)


@pytest.mark.parametrize("genre", GENRES)
def test_header_says_its_number_of_tracks(load, genre: str) -> None:
    score = load("scores").SCORES[genre]
    data = load("scores.performance").perform(score)
    (kind, header), *tracks = _chunks(data)
    assert kind == b"MThd"
    assert struct.unpack(">HHH", header) == (1, len(tracks), 480)
    assert len(tracks) == len(score.parts) + 1
    for kind, body in tracks:
        assert kind == b"MTrk"
        assert body.endswith(b"\x00\xff\x2f\x00")


def test_midi_note_ends_before_the_next_on_the_same_tick(midi: ModuleType) -> None:
    first = midi.note_events(0, 480, 3, 60, 90)
    second = midi.note_events(480, 960, 3, 60, 91)
    _, (_, body) = _chunks(midi.midi_file([second + first]))
    expected = "00933c5a" + "8360833c00" + "00933c5b" + "8360833c00" + "00ff2f00"
    assert body.hex() == expected


def test_midi_of_the_same_seed_has_the_same_bytes(load) -> None:
    score = load("scores").SCORES["jazz"]
    perform = load("scores.performance").perform
    assert perform(score) == perform(score)
    assert perform(score) != perform(replace(score, seed=score.seed + 1))


def test_notation_bar_of_wrong_length_is_refused(load) -> None:
    notation = load("scores.notation")
    assert len(notation.line("C4:1 D4 E4 F4 | G4:4")) == 5
    with pytest.raises(ValueError, match="bar line at beat 3"):
        notation.line("C4:1 D4 E4 | G4:4")
    with pytest.raises(ValueError, match="bar line at step 15"):
        notation.drums({"kick": "9... 9... 9... 9..|"})


def test_swing_moves_only_the_offbeat(load) -> None:
    swung = load("scores.performance").swung
    times = [swung(beat, 2 / 3, 1.0) for beat in (0.0, 0.5, 1.0, 1.25, 1.5)]
    assert times == pytest.approx([0.0, 2 / 3, 1.0, 4 / 3, 5 / 3])


def test_limiter_keeps_within_full_scale(load) -> None:
    rng = np.random.default_rng(5)
    quiet = 0.1 * rng.standard_normal((20_000, 2))
    loud = quiet.copy()
    loud[9_000:9_050] *= 60
    limit = load("make_samples").limit
    assert np.max(np.abs(limit(loud))) <= 1.0 + 1e-9
    assert limit(quiet) == pytest.approx(quiet)


@pytest.mark.parametrize(
    ("program", "package"), [(None, "fluidsynth"), ("/bin/true", "fluid-soundfont-gm")]
)
def test_soundfont_missing_is_named(load, monkeypatch, tmp_path, program, package) -> None:
    make_samples = load("make_samples")
    monkeypatch.setattr(make_samples.shutil, "which", lambda name: program)
    with pytest.raises(make_samples.RenderError, match=f"apt-get install {package}`"):
        make_samples.find_synthesizer(tmp_path / "none.sf2")


def test_soundfont_invalid_is_refused(load, monkeypatch, tmp_path) -> None:
    make_samples = load("make_samples")
    monkeypatch.setattr(make_samples.shutil, "which", lambda name: "/bin/true")
    path = tmp_path / "other.sf2"
    path.write_bytes(b"RIFF----WAVEfmt ")
    with pytest.raises(make_samples.RenderError, match="not a soundfont"):
        make_samples.find_synthesizer(path)
