"""Loudness: what a gain must not change, and what it must not be measured by."""

from dataclasses import replace

import numpy as np
import pytest

from genre.audio.alterations import change_gain
from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.features import extract_frames, extract_segments
from genre.audio.level import TARGET_DB, level_mfcc, measure_level, set_level
from genre.audio.load import load_audio
from genre.audio.mfcc import dct_basis
from genre.audio.segments import audible_segments
from genre.audio.signal import Signal
from genre.datasets.types import SegmentSet, Track
from genre.paths import SAMPLES

SR = 22_050


@pytest.fixture(scope="module")
def song():
    return load_audio(SAMPLES / "classical.ogg", sr=SR, max_seconds=12)


def test_measure_level_of_a_sine_is_that_of_its_power():
    sine = np.sin(2 * np.pi * 100 * np.arange(2 * SR) / SR).astype(np.float32)
    assert measure_level(Signal(sine, SR)) == pytest.approx(-3.01, abs=0.01)


def test_measure_level_of_a_song_with_a_long_pause_is_that_of_the_song(song):
    pause = np.zeros(60 * SR, np.float32)
    paused = Signal(np.concatenate([song.samples, pause]), SR)
    assert measure_level(paused) == pytest.approx(measure_level(song), abs=0.5)


@pytest.mark.parametrize("n_samples", [1, 100, SR // 2])
def test_measure_level_of_less_than_a_block_is_finite(n_samples):
    assert measure_level(Signal(np.full(n_samples, 0.5), SR)) == pytest.approx(-6.02, abs=0.01)


def test_set_level_of_silence_is_silence():
    silence = Signal(np.zeros(SR), SR)
    assert measure_level(silence) == -np.inf
    assert not set_level(silence).samples.any()


@pytest.mark.parametrize("decibels", [-40, -20, 6])
def test_set_level_after_a_gain_gives_the_same_level(song, decibels):
    turned = change_gain(song, decibels)
    assert measure_level(set_level(turned)) == pytest.approx(TARGET_DB, abs=0.001)


@pytest.mark.parametrize("decibels", [-40, 6])
@pytest.mark.parametrize("config", [MfccConfig(n_mfcc=20, level=True), MusicnnConfig()])
def test_features_after_a_gain_are_the_same(config, decibels):
    signal = load_audio(SAMPLES / "classical.ogg", max_seconds=12, sr=config.sr)
    turned = replace(signal, samples=signal.samples * np.float32(10 ** (decibels / 20)))
    plain = extract_segments(signal, config)
    np.testing.assert_allclose(extract_segments(turned, config), plain, atol=2e-3 * plain.std())


def test_mfccs_without_level_follow_the_gain(song):
    plain, turned = (
        extract_segments(signal, MfccConfig())[..., 0].mean()
        for signal in (song, change_gain(song, -20))
    )
    # Each of 128 bands is 20 dB lower; some are at their floor, 80 dB below the loudest.
    assert plain - turned == pytest.approx(20 * np.sqrt(128), rel=0.05)


def test_level_mfcc_leaves_the_other_coefficients_alone():
    frames = np.random.default_rng(0).normal(size=(2, 130, 13)).astype(np.float32)
    np.testing.assert_array_equal(level_mfcc(frames)[..., 1:], frames[..., 1:])


def test_level_mfcc_with_a_pause_is_that_of_the_loud_frames(song):
    frames = extract_frames(song, MfccConfig(n_mfcc=20))
    pause = frames[:2] - np.float32(900) * (np.arange(20) == 0)  # 80 dB below
    both = level_mfcc(np.concatenate([frames, pause]))
    np.testing.assert_allclose(both[:4], level_mfcc(frames), atol=0.2)


def test_level_mfcc_is_the_level_of_the_mel_spectrum(song):
    levelled = level_mfcc(extract_frames(song, MfccConfig(n_mfcc=40)))
    power = 10 ** (levelled @ dct_basis(40).T / 10)
    assert 0.9 < power.sum(axis=-1).mean() < 1.1  # few frames of it are not loud


@pytest.mark.parametrize("decibels", [-30, 0, 6])
def test_audible_segments_after_a_gain_are_the_same(song, decibels):
    quiet = np.concatenate([song.samples, np.float32(0.0001) * song.samples[: 3 * SR]])
    signal = change_gain(Signal(quiet / 2.1, SR), decibels)
    assert audible_segments(signal, MfccConfig()).tolist() == [True] * 4 + [False]


def test_audible_segments_of_a_silent_recording_are_none():
    noise = 5e-5 * np.random.default_rng(0).uniform(-1, 1, 7 * SR)
    assert not audible_segments(Signal(noise, SR), MfccConfig()).any()


def test_pack_of_more_mfccs_than_are_read_gives_what_a_recording_gives(song):
    features = MfccConfig(n_mfcc=13, level=True)
    held = extract_frames(song, MfccConfig(n_mfcc=20))
    data = SegmentSet(
        frames=np.concatenate([held, held - 40]),
        n_frames=np.full(8, 130),
        track_index=np.repeat([0, 1], 4),
        tracks=(Track("song", "jazz"), Track("other", "rock")),
        features=MfccConfig(n_mfcc=20),
    )
    np.testing.assert_allclose(data.X(features)[:4], extract_segments(song, features), atol=1e-3)
