"""Alterations: each does what its name says, on a real song, and the same again."""

import numpy as np
import pytest

from genre.audio.alterations import (
    ALTERATIONS,
    TELEPHONE_BAND,
    alter,
    alter_at_random,
    clip,
    encode_mp3,
)
from genre.audio.level import measure_level
from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.paths import SAMPLES

SR = 22_050


@pytest.fixture(scope="module")
def song():
    return load_audio(SAMPLES / "rock.ogg", sr=SR, max_seconds=6)


def band_share(signal, low, high):
    """Return how much of the energy lies in a band."""
    power = np.abs(np.fft.rfft(signal.samples)) ** 2
    frequencies = np.fft.rfftfreq(len(signal.samples), 1 / signal.sr)
    return power[(frequencies >= low) & (frequencies < high)].sum() / power.sum()


def correlation(one, other):
    n = min(len(one.samples), len(other.samples))
    return np.corrcoef(one.samples[:n], other.samples[:n])[0, 1]


@pytest.mark.parametrize("name", ALTERATIONS)
def test_alter_twice_gives_the_same_and_not_the_original(song, name):
    first, second = alter(song, name, seed=3), alter(song, name, seed=3)
    np.testing.assert_array_equal(first.samples, second.samples)
    assert first.sr == SR
    assert np.isfinite(first.samples).all()
    assert not np.array_equal(first.samples, song.samples[-len(first.samples) :]) or "later" in name


def test_alter_by_an_unknown_name_is_refused_with_the_known_ones(song):
    with pytest.raises(ParameterError, match=r"no alteration 'echo'\. Choose one of gain \+6 dB"):
        alter(song, "echo")


def test_gain_of_minus_40_db_is_that_much_quieter_in_16_bits(song):
    quiet = alter(song, "gain -40 dB")
    assert measure_level(quiet) == pytest.approx(measure_level(song) - 40, abs=0.1)
    np.testing.assert_array_equal(quiet.samples * 32_768, np.rint(quiet.samples * 32_768))


def test_gain_of_6_db_clips_at_full_scale(song):
    loud = alter(Signal(song.samples / np.abs(song.samples).max(), SR), "gain +6 dB")
    assert np.abs(loud.samples).max() == 1
    assert (np.abs(loud.samples) > 0.999).sum() > 10


@pytest.mark.parametrize(("kbit", "least"), [(128, 0.999), (96, 0.99)])
def test_mp3_is_nearly_the_recording_and_as_long(song, kbit, least):
    encoded = encode_mp3(song, kbit)
    assert len(encoded.samples) == len(song.samples)
    assert correlation(song, encoded) > least


def test_mp3_of_few_bits_loses_the_treble(song):
    assert band_share(song, 6000, 11_000) > 20 * band_share(encode_mp3(song, 24), 6000, 11_000)


def test_telephone_keeps_its_band_alone(song):
    assert band_share(song, *TELEPHONE_BAND) < 0.7
    assert band_share(alter(song, "telephone"), *TELEPHONE_BAND) > 0.9


def test_clip_cuts_off_the_share_that_was_asked_for(song):
    clipped = clip(song, 0.1)
    assert (np.abs(clipped.samples) >= 1).mean() == pytest.approx(0.1, abs=0.001)


def test_clip_of_silence_is_silence():
    assert not clip(Signal(np.zeros(SR), SR), 0.1).samples.any()


def test_noise_is_as_far_below_the_song_as_its_name_says(song):
    noisy = alter(song, "noise")
    noise = Signal(noisy.samples - song.samples, SR)
    rms = 10 * np.log10(np.mean(noise.samples.astype(float) ** 2))
    assert rms == pytest.approx(measure_level(song) - 15, abs=0.1)


def test_room_sounds_on_when_the_song_has_stopped():
    click = np.zeros(2 * SR, np.float32)
    click[100] = 1
    heard = alter(Signal(click, SR), "room").samples
    early, late = (np.sum(heard[round(t * SR) :][: SR // 10] ** 2) for t in (0.1, 0.9))
    assert early > 1e3 * late > 0


def test_alter_at_random_with_another_seed_is_another_and_as_long(song):
    versions = [alter_at_random(song, seed) for seed in range(6)]
    assert {len(version.samples) for version in versions} == {len(song.samples)}
    assert len({version.digest() for version in versions}) == 6
    assert song.digest() not in {version.digest() for version in versions}
    again = alter_at_random(song, 3)
    np.testing.assert_array_equal(again.samples, versions[3].samples)
