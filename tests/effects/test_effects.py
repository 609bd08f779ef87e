"""Each effect does to real music what its name says, the same each time."""

import numpy as np
import pytest

from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.audio.song_facts import describe_song
from genre.effects.effects import EFFECTS, STREET_SNR_DB, apply_effect
from genre.effects.names import EFFECT_NAMES
from genre.errors import ParameterError
from genre.paths import SAMPLES
from genre.text.effects import ABOUT, LABELS
from tests.support.musicnn_signals import GTZAN

SR = 22_050
TRACK = GTZAN / "rock" / "rock.00000.flac"
SONGS = [SAMPLES / "rock.ogg", *([TRACK] if TRACK.exists() else [])]


@pytest.fixture(params=SONGS, ids=lambda path: path.stem)
def song(request):
    return Signal(load_audio(request.param).samples[: 10 * SR], SR)


def power_between(signal, low, high):
    power = np.abs(np.fft.rfft(signal.samples)) ** 2
    hz = np.fft.rfftfreq(len(signal.samples), 1 / signal.sr)
    return power[(hz >= low) & (hz < high)].sum() / power.sum()


def test_names_are_the_same_everywhere():
    assert tuple(EFFECTS) == EFFECT_NAMES == tuple(LABELS) == tuple(ABOUT)


@pytest.mark.parametrize("name", EFFECT_NAMES)
def test_effect_is_the_same_each_time_within_full_scale_and_changes_nothing_given(song, name):
    given = song.samples.copy()
    changed, again = apply_effect(song, name), apply_effect(song, name)

    np.testing.assert_array_equal(changed.samples, again.samples)
    np.testing.assert_array_equal(song.samples, given)
    assert (changed.sr, changed.samples.dtype) == (SR, np.float32)
    assert np.abs(changed.samples).max() <= 1
    assert changed.samples.std() > 0.01
    assert changed.seconds == pytest.approx(10 / (1.2 if name == "faster" else 1))
    n = min(len(changed.samples), len(given))
    assert np.abs(changed.samples[:n] - given[:n]).max() > 0.01


@pytest.mark.parametrize(("name", "low", "high"), [("telephone", 300, 3400), ("radio", 100, 5000)])
def test_narrow_effects_leave_their_band(song, name, low, high):
    changed = apply_effect(song, name)

    assert power_between(changed, 0, low / 3) < 0.005
    assert power_between(changed, low * 0.8, high * 1.2) > 0.95
    assert power_between(changed, high * 1.5, SR / 2) < 0.005


def test_old_radio_overdrives_and_hisses_on_in_silence(song):
    samples = song.samples.copy()
    samples[5 * SR :] = 0
    heard = apply_effect(Signal(samples, SR), "radio").samples

    loud, hiss = heard[SR : 4 * SR], heard[6 * SR : 9 * SR]
    assert -30 < 20 * np.log10(hiss.std() / loud.std()) < -12
    before = np.abs(samples[SR : 4 * SR])
    assert np.abs(loud).max() / loud.std() < 0.8 * before.max() / before.std()


def test_cathedral_sounds_on_for_seconds():
    samples = np.zeros(6 * SR, np.float32)
    samples[SR : SR + 100] = 0.5
    echo = apply_effect(Signal(samples, SR), "cathedral").samples

    levels = [np.sqrt(np.mean(echo[s * SR : (s + 1) * SR] ** 2)) for s in (0, 1, 2, 3, 4)]
    assert levels[0] < 1e-6
    falls = -20 * np.log10(np.array(levels[3:]) / levels[2:-1])
    assert falls == pytest.approx([12, 12], abs=2)  # 60 dB in 5 s


def test_fourth_lower_moves_the_key_five_semitones_down():
    times = np.arange(2 * SR) / SR
    chords = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))
    hz = [[261.63 * 2 ** (n / 12) for n in chord] for chord in chords]
    samples = [sum(0.1 * np.sin(2 * np.pi * one * times) for one in chord) for chord in hz]
    song = Signal(np.concatenate(samples), SR)

    assert describe_song(song).key == "C major"
    assert describe_song(apply_effect(song, "lower")).key == "G major"


def test_drums_and_harmony_are_the_two_parts_of_the_song(song):
    drums, harmony = apply_effect(song, "drums"), apply_effect(song, "harmony")
    shares = [describe_song(one).harmonic_share for one in (drums, song, harmony)]

    assert shares[0] < shares[1] < shares[2]
    np.testing.assert_allclose(drums.samples + harmony.samples, song.samples, atol=1e-3)


def test_street_noise_is_as_loud_as_is_said(song):
    noisy = apply_effect(song, "street").samples
    gain = np.dot(noisy, song.samples) / np.dot(song.samples, song.samples)

    noise = noisy / gain - song.samples
    snr_db = 10 * np.log10(np.mean(song.samples**2) / np.mean(noise**2))
    assert snr_db == pytest.approx(STREET_SNR_DB, abs=2.5)  # the level is not the mean power


def test_long_song_is_changed_in_its_first_two_minutes(song):
    long = Signal(np.tile(song.samples, 13), SR)
    changed = apply_effect(long, "telephone")

    assert (changed.seconds, changed.is_truncated) == (120.0, True)
    assert not apply_effect(song, "telephone").is_truncated


@pytest.mark.parametrize("name", EFFECT_NAMES)
@pytest.mark.parametrize("n_samples", [1, 700, SR])
def test_short_and_silent_sounds_stay_finite(name, n_samples):
    for samples in (np.zeros(n_samples), np.full(n_samples, 0.1)):
        changed = apply_effect(Signal(samples, SR), name)
        assert np.isfinite(changed.samples).all()


def test_unknown_effect_is_refused(song):
    with pytest.raises(ParameterError, match=r"no effect 'bath'. Choose one of telephone, radio"):
        apply_effect(song, "bath")
