"""Spectrograms and what they tell, beside librosa's, on sounds that were made and on music."""

import librosa
import numpy as np
import pytest
import scipy.ndimage

from benchmarks import librosa_facts
from genre.audio.load import load_audio
from genre.audio.mfcc import mel_power
from genre.audio.song_facts import describe_song, estimate_key
from genre.paths import ROOT
from genre.spectra.chroma import chroma, chroma_filters, estimate_tuning
from genre.spectra.separation import harmonic_mask, medians
from genre.spectra.stft import istft, stft
from genre.spectra.tempo import MIN_PULSE, onset_strength
from tests.support.musicnn_signals import GTZAN

SR = 22_050
TIME = np.arange(6 * SR) / SR
TRACKS = [p for p in sorted(GTZAN.glob("*/*.flac")) if p.stat().st_size > 400_000][::6][:24]
SAMPLES = sorted((ROOT / "samples").glob("*.ogg"))


def made_up(name):
    rng = np.random.default_rng(11)
    sounds = {
        "noise": 0.1 * rng.standard_normal(len(TIME)),
        "out of tune": 0.5 * np.sin(2 * np.pi * 452 * TIME),
        "clicks": np.where(TIME % 0.5 < 0.01, 0.5, 0) * rng.standard_normal(len(TIME)),
        "half silent": np.where(TIME < 3, 0, np.sin(2 * np.pi * 220 * TIME)),
        "short": 0.1 * rng.standard_normal(SR // 2),
    }
    return sounds[name].astype(np.float32)


MADE_UP = ["noise", "out of tune", "clicks", "half silent", "short"]


@pytest.fixture(params=[*MADE_UP, "jazz", "metal"])
def samples(request):
    if request.param in MADE_UP:
        return made_up(request.param)
    return load_audio(ROOT / "samples" / f"{request.param}.ogg").samples[: 10 * SR]


@pytest.mark.filterwarnings("ignore:n_fft=.*is too large")
@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (4096, 1024)])
def test_stft_is_librosas(samples, n_fft, hop_length):
    expected = librosa.stft(samples, n_fft=n_fft, hop_length=hop_length).T

    np.testing.assert_allclose(
        stft(samples, n_fft=n_fft, hop_length=hop_length), expected, atol=1e-3
    )


def test_istft_gives_samples_back(samples):
    spectrum = stft(samples, n_fft=2048, hop_length=512)

    again = istft(spectrum, hop_length=512, n_samples=len(samples))
    np.testing.assert_allclose(again, samples, atol=1e-5)
    longer = istft(spectrum, hop_length=512, n_samples=len(samples) + 5000)
    assert (len(longer), longer[-2000:].any()) == (len(samples) + 5000, np.False_)


@pytest.mark.parametrize(("shape", "size"), [((40, 200), 31), ((9, 5), 17), ((1, 1), 17)])
def test_medians_are_scipys_row_by_row(shape, size):
    values = np.random.default_rng(3).standard_normal(shape).astype(np.float32)

    expected = scipy.ndimage.median_filter(values, (1, size), mode="reflect")
    np.testing.assert_array_equal(medians(values, size), expected)


def test_harmonic_mask_is_librosas(samples):
    magnitude = np.abs(stft(samples, n_fft=2048, hop_length=1024))

    expected, _ = librosa.decompose.hpss(magnitude.T, kernel_size=(17, 31), mask=True)
    np.testing.assert_allclose(harmonic_mask(magnitude), expected.T, atol=1e-4)


@pytest.mark.parametrize("tuning", [-0.3, 0.0, 0.25])
def test_chroma_filters_are_librosas(tuning):
    expected = librosa.filters.chroma(sr=SR, n_fft=4096, tuning=tuning)

    np.testing.assert_allclose(chroma_filters(SR, 4096, tuning), expected, atol=1e-6)


def test_chroma_and_tuning_are_librosas(samples):
    power = np.square(np.abs(stft(samples, n_fft=4096, hop_length=1024)))

    expected = librosa.estimate_tuning(S=power.T, sr=SR)
    assert estimate_tuning(power, sr=SR) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(chroma(power, sr=SR).T, librosa_facts.chroma(samples), atol=2e-3)


def test_silence_has_neither_chroma_nor_tuning():
    power = np.zeros((20, 2049), np.float32)

    assert estimate_tuning(power, sr=SR) == 0
    assert not chroma(power, sr=SR).any()


def test_onsets_are_librosas(samples):
    mel = mel_power(samples[np.newaxis], sr=SR, n_fft=2048, hop_length=512)[0]

    onsets = onset_strength(mel, n_fft=2048, hop_length=512)
    np.testing.assert_allclose(onsets, librosa_facts.tempo_and_onsets(samples)[1], atol=1e-3)


@pytest.mark.parametrize("song", [*SAMPLES, *TRACKS], ids=lambda path: path.stem)
def test_songs_have_the_facts_that_librosa_gives(song):
    signal = load_audio(song)
    facts = describe_song(signal)
    tempo, onsets = librosa_facts.tempo_and_onsets(signal.samples)
    of_librosa = librosa_facts.chroma(signal.samples).mean(axis=1)

    assert facts.key == estimate_key(of_librosa)[0]
    assert facts.chroma == pytest.approx(of_librosa, abs=2e-3)
    assert facts.harmonic_share == pytest.approx(
        librosa_facts.harmonic_share(signal.samples), abs=1e-3
    )
    lag = 60 * SR / 512 / tempo  # in frames, of which librosa answers whole ones
    if facts.tempo_bpm is None:
        pulse = librosa.autocorrelate(onsets - onsets.mean())
        assert pulse[round(lag)] < MIN_PULSE * pulse[0]
    else:
        assert abs(60 * SR / 512 / facts.tempo_bpm - lag) < 1
