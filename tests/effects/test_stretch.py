"""Faster at the same pitch, lower at the same tempo."""

import librosa
import numpy as np
import pytest

from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.audio.song_facts import describe_song
from genre.effects.stretch import change_pitch, change_tempo, phase_vocoder
from genre.errors import ParameterError
from genre.paths import SAMPLES
from genre.spectra.stft import stft

SR = 22_050


@pytest.fixture
def music():
    return Signal(load_audio(SAMPLES / "jazz.ogg").samples[: 8 * SR], SR)


def tone(hz, seconds=2.0):
    return Signal(0.3 * np.sin(2 * np.pi * hz * np.arange(round(SR * seconds)) / SR), SR)


def loudest_hz(signal):
    middle = signal.samples[len(signal.samples) // 4 : -len(signal.samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return spectrum.argmax() * SR / len(middle)


@pytest.mark.parametrize("rate", [0.8, 1.2, 2.0])
def test_phase_vocoder_is_librosas(music, rate):
    spectrum = stft(music.samples, n_fft=2048, hop_length=512)

    stretched = phase_vocoder(spectrum, rate, hop_length=512)
    expected = librosa.phase_vocoder(spectrum.T, rate=rate, hop_length=512).T
    assert stretched.shape == expected.shape
    # Phases add up rounding over the frames, in librosa with 32 bits.
    np.testing.assert_allclose(np.abs(stretched), np.abs(expected), atol=1e-3)
    np.testing.assert_allclose(stretched[:40], expected[:40], atol=0.05 * np.abs(expected).max())


def test_batches_leave_no_seam(music, monkeypatch):
    spectrum = stft(music.samples, n_fft=2048, hop_length=512)
    at_once = phase_vocoder(spectrum, 0.8, hop_length=512)
    monkeypatch.setattr("genre.effects.stretch.BATCH_FRAMES", 50)

    by_fifty = phase_vocoder(spectrum, 0.8, hop_length=512)
    assert len(at_once) > 256
    np.testing.assert_allclose(by_fifty, at_once, atol=1e-3)


@pytest.mark.parametrize("rate", [0.8, 1.2])
def test_tempo_changes_length_and_keeps_pitch(rate):
    changed = change_tempo(tone(440), rate)

    assert changed.seconds == pytest.approx(2 / rate, abs=1e-3)
    assert loudest_hz(changed) == pytest.approx(440, rel=0.01)


@pytest.mark.parametrize("semitones", [-5, 3])
def test_pitch_changes_and_length_stays(semitones):
    changed = change_pitch(tone(440), semitones)

    assert len(changed.samples) == 2 * SR
    assert loudest_hz(changed) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.01)


def test_tempo_of_music_is_so_many_times_as_fast():
    song = load_audio(SAMPLES / "disco.ogg")

    before, after = describe_song(song), describe_song(change_tempo(song, 1.2))
    assert after.tempo_bpm == pytest.approx(1.2 * before.tempo_bpm, rel=0.02)
    assert after.key == before.key


def test_level_stays(music):
    for changed in (change_tempo(music, 1.2), change_pitch(music, -5)):
        assert changed.samples.std() == pytest.approx(music.samples.std(), rel=0.35)


def test_progress_grows_to_the_end(music):
    shares = []
    change_tempo(music, 0.5, shares.append)

    assert len(shares) > 2
    assert shares == sorted(shares) and shares[-1] == 1


@pytest.mark.parametrize("rate", [0, -1, 0.2, 5, float("nan")])
def test_rate_out_of_range_is_refused(rate):
    with pytest.raises(ParameterError, match=r"was given; use 0.25 to 4"):
        change_tempo(tone(440), rate)
