"""What is music and what is not, on sounds and recordings."""

import io
import shutil
from dataclasses import replace

import numpy as np
import pytest

from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.errors import ModelError
from genre.models import music_check, music_parameters
from genre.models.classifier import classify, load_classifier
from genre.models.music_check import CLASSES, NOT_CHECKED, check_music, judge
from genre.models.music_parameters import (
    SHAPES,
    bundled_parameters,
    load_parameters,
    save_parameters,
)
from genre.paths import SAMPLES
from genre.system.npz import write_npz
from tests.support.sounds import make_signal, make_wav

JAZZ = SAMPLES / "jazz.ogg"
NOISES = ("coloured", "rain", "applause", "waves")
TONES = ("sine", "dial_tone", "keys", "beeps", "morse")
CLICKS = ("click_track", "crackle", "typing", "ticking")
needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="speech is synthesised by espeak-ng, not installed here"
)
needs_sox = pytest.mark.skipif(
    not shutil.which("sox"), reason="plucked strings are synthesised by sox, not installed here"
)


@pytest.fixture
def arrays():
    """The bundled parameters by the names of their arrays."""
    parameters = bundled_parameters()
    return {name: np.reshape(getattr(parameters, name), SHAPES[name]) for name in SHAPES}


@pytest.mark.parametrize("maker", [*NOISES, *TONES, *CLICKS])
def test_synthesised_sound_is_refused(maker):
    assert check_music(make_signal(maker)).is_refused


@needs_espeak
@pytest.mark.parametrize("maker", ["speaker", "two_speakers", "other_speaker", "interview"])
def test_synthesised_speech_is_refused(maker):
    assert check_music(make_signal(maker)).looks_like in ("speech", "other")


@needs_espeak
def test_one_speaker_is_called_speech():
    assert check_music(make_signal("speaker")).looks_like == "speech"


@pytest.mark.parametrize("maker", ["coloured", "sine", "click_track"])
def test_plain_sound_is_called_by_its_kind(maker):
    kinds = {"coloured": "noise", "sine": "tone", "click_track": "clicks"}

    assert check_music(make_signal(maker)).looks_like == kinds[maker]


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.ogg")), ids=lambda path: path.stem)
def test_example_song_is_music(sample):
    assert check_music(load_audio(sample)).looks_like == "music"


@pytest.mark.parametrize("maker", ["keyboard", "wind_player", "bowed"])
def test_melody_on_one_instrument_is_music(maker):
    assert check_music(make_signal(maker)).looks_like == "music"


@needs_sox
def test_melody_of_plucked_strings_by_sox_is_music():
    assert check_music(make_signal("sox_pluck")).looks_like == "music"


@pytest.mark.parametrize("gain_db", [-40, -20, 6])
def test_gain_changes_no_decision(gain_db):
    for signal in (load_audio(JAZZ), make_signal("rain"), make_signal("click_track")):
        as_it_is = check_music(signal)
        amplified = check_music(
            replace(signal, samples=signal.samples * np.float32(10 ** (gain_db / 20)))
        )

        assert amplified.looks_like == as_it_is.looks_like
        assert amplified.probability == pytest.approx(as_it_is.probability, abs=1e-3)


def test_silence_around_a_song_changes_no_decision():
    song = load_audio(JAZZ)
    silence = np.zeros(30 * song.sr, np.float32)
    padded = Signal(np.concatenate([silence, song.samples, silence]), song.sr)

    assert check_music(padded).looks_like == "music"


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.9, 3.1])
def test_short_recording_is_checked(seconds):
    song, rain = load_audio(JAZZ), make_signal("rain")
    n = round(seconds * song.sr)

    assert check_music(replace(rain, samples=rain.samples[:n])).is_refused
    assert not check_music(replace(song, samples=song.samples[4 * n : 5 * n])).is_refused


def test_long_recording_is_read_at_four_places(monkeypatch):
    lengths = []
    extract = music_check.extract_windows
    monkeypatch.setattr(
        music_check,
        "extract_windows",
        lambda signal, *of, **more: lengths.append(signal.seconds) or extract(signal, *of, **more),
    )
    rain = make_signal("rain")
    check_music(replace(rain, samples=np.tile(rain.samples, 20)))

    assert lengths == [12.0]


@pytest.mark.parametrize("model", ["ear", "starter", "simple-rnn"])
def test_every_model_says_the_same_of_a_recording(model):
    classifier = load_classifier(model)

    assert classify(make_wav("rain"), classifier).music.looks_like == "noise"
    assert classify(JAZZ, classifier).music.looks_like == "music"
    assert classify(make_wav("rain"), classifier).to_dict()["looks_like"] == "noise"


def test_one_segment_has_its_own_threshold_and_a_kind_must_stand_out():
    parameters = replace(bundled_parameters(), least_music=np.array([0.4, 0.7]), least_kind=0.8)

    assert judge(np.array([0.4, 0.6, 0, 0, 0]), 1, parameters).looks_like == "music"
    assert judge(np.array([0.4, 0.6, 0, 0, 0]), 2, parameters).looks_like == "speech"
    assert judge(np.array([0.3, 0, 0.6, 0, 0.1]), 1, parameters).looks_like == "noise"
    assert judge(np.array([0.3, 0.3, 0.4, 0, 0]), 4, parameters).looks_like == "other"
    assert not NOT_CHECKED.is_refused


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_unreadable_parameters_leave_the_prediction_with_one_sentence(
    monkeypatch, tmp_path, content
):
    path = tmp_path / "music_check.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(music_check, "bundled_parameters", lambda: load_parameters(path))
    classifier = load_classifier("starter")
    before = classify(JAZZ, classifier)

    assert before.genre
    assert before.music.looks_like is None
    assert not before.music.is_refused
    assert "parameters of the music check: the file cannot be read" in before.music.problem
    assert before.music.problem.endswith("make_music_check.py.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kernel": np.zeros((5, 399))}, r'"kernel" is float32 of shape'),
        ({"extra": np.zeros(1)}, r"holds 7 arrays"),
        ({"bias": np.full(5, np.nan)}, r"not finite"),
        ({"scale": np.zeros(400)}, r"a scale that is not above 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parameters_of_another_make_are_refused(arrays, tmp_path, change, message):
    write_npz(tmp_path / "file.npz", arrays | change)

    with pytest.raises(ModelError, match=message):
        load_parameters(tmp_path / "file.npz")


def test_parameters_written_again_are_the_bundled_bytes(tmp_path):
    save_parameters(tmp_path / "file.npz", bundled_parameters())

    assert (tmp_path / "file.npz").read_bytes() == music_parameters.PATH.read_bytes()
    assert load_parameters(io.BytesIO(music_parameters.PATH.read_bytes())).kernel.shape == (
        len(CLASSES),
        400,
    )
