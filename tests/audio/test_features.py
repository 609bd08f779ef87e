"""From a signal to segments: librosa's numbers, nothing used twice, nothing padded."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import extract_frames, extract_segments, frames_to_steps
from genre.audio.load import load_audio
from genre.audio.mfcc import N_MELS, mfcc, stretch_matrices
from genre.audio.segments import audible_segments, repeat_frames
from genre.audio.signal import Signal
from genre.errors import AudioError, ParameterError
from genre.paths import ROOT

SR = 22_050
CONFIG = MfccConfig()
GTZAN = ROOT.parent / "shared" / "data" / "gtzan-subset"
TIME = np.arange(7 * SR) / SR


def noise(seconds: float, seed: int = 440) -> Signal:
    samples = 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SR))
    return Signal(samples, SR)


def librosa_mfcc(samples: np.ndarray, n_mfcc: int) -> np.ndarray:
    of_one = librosa.feature.mfcc(y=samples, sr=SR, n_mfcc=n_mfcc, n_fft=2048, hop_length=512)
    return of_one.T  # (n_frames, n_mfcc)


def assert_is_librosas(signal: Signal, n_mfcc: int) -> None:
    segments = extract_segments(signal, replace(CONFIG, n_mfcc=n_mfcc))
    n = CONFIG.segment_samples

    assert len(segments) == len(signal.samples) // n
    for i, segment in enumerate(segments):
        expected = librosa_mfcc(signal.samples[i * n : (i + 1) * n], n_mfcc)
        np.testing.assert_allclose(segment, expected, atol=1e-3, rtol=0)


SIGNALS = {
    "noise": 0.1 * np.random.default_rng(440).standard_normal(len(TIME)),
    "sweep": 0.5 * np.sin(2 * np.pi * (50 * TIME + 700 * TIME**2)),
    "tone": 0.9 * np.sin(2 * np.pi * 440 * TIME),
    "silence": np.zeros(len(TIME)),
    "clicks": np.where(np.arange(len(TIME)) % 5000 == 0, 1.0, 0.0),
    "half silent": np.where(TIME < 4.5, 0, np.sin(2 * np.pi * 220 * TIME)),
}


@pytest.mark.parametrize("n_mfcc", [13, 20])
@pytest.mark.parametrize("name", SIGNALS)
def test_features_of_synthetic_signals_equal_librosa(name, n_mfcc):
    assert_is_librosas(Signal(SIGNALS[name], SR), n_mfcc)


@pytest.mark.skipif(not GTZAN.is_dir(), reason="the GTZAN recordings are not beside the checkout")
@pytest.mark.parametrize("track", ["classical/classical.00000", "metal/metal.00000"])
def test_features_of_real_music_equal_librosa(track):
    path = GTZAN / f"{track}.flac"
    if not path.exists():
        path = min((GTZAN / track.split("/")[0]).glob("*.flac"))

    assert_is_librosas(load_audio(path, sr=SR), 20)


def test_mfccs_with_20_coefficients_start_with_those_with_13(hiss):
    twenty = extract_segments(hiss, replace(CONFIG, n_mfcc=20))

    np.testing.assert_array_equal(twenty[..., :13], extract_segments(hiss, CONFIG))


@pytest.mark.parametrize("stretch", [0.85, 1.0, 1.2])
def test_stretch_moves_what_is_in_spectrum_to_other_bands(stretch):
    band = np.arange(N_MELS) + 0.5
    hill = lambda at: 20 * np.exp(-(((at - 50) / 12) ** 2))  # noqa: E731
    cepstrum_of = lambda spectrum: scipy.fft.dct(spectrum, norm="ortho")[:30]  # noqa: E731

    moved = cepstrum_of(hill(band)) @ stretch_matrices(30, np.array([1.0, stretch]))

    np.testing.assert_allclose(moved[0], cepstrum_of(hill(band)), atol=1e-3)
    np.testing.assert_allclose(moved[1], cepstrum_of(hill(band * stretch)), atol=0.05)


def test_deltas_of_noise_equal_librosa(hiss):
    both = extract_segments(hiss, replace(CONFIG, deltas=True))

    assert both.shape == (2, 130, 26)
    for segment in both:
        expected = librosa.feature.delta(segment[:, :13], axis=0)
        np.testing.assert_allclose(segment[:, 13:], expected, atol=1e-3, rtol=0)


def test_deltas_of_very_short_segments_are_finite_slopes():
    config = MfccConfig(segment_seconds=0.1, n_mfcc=2, deltas=True)
    ramp = np.broadcast_to(np.arange(5, dtype=np.float32)[:, None], (1, 5, 2))

    steps = frames_to_steps(ramp, config)

    assert steps.shape == (1, 5, 4)
    assert 0 < steps[0, 2, 2] <= 1


@pytest.mark.parametrize("deltas", [False, True])
@pytest.mark.parametrize("texture_frames", [2, 5, 130])
def test_texture_windows_are_mean_and_deviation_of_their_frames(hiss, texture_frames, deltas):
    config = replace(CONFIG, deltas=deltas, texture_frames=texture_frames)
    frames = extract_segments(hiss, replace(config, texture_frames=0))

    steps = extract_segments(hiss, config)

    assert steps.shape == (2, 130 // texture_frames, 4 * 13 if deltas else 2 * 13)
    for i in range(len(frames)):
        for step in range(130 // texture_frames):
            window = frames[i, step * texture_frames : (step + 1) * texture_frames]
            expected = np.concatenate([window.mean(axis=0), window.std(axis=0)])
            np.testing.assert_allclose(steps[i, step], expected, atol=1e-4)


def test_texture_windows_of_one_frame_equal_the_frames(hiss):
    one = extract_segments(hiss, replace(CONFIG, texture_frames=1))

    np.testing.assert_array_equal(one, extract_segments(hiss, CONFIG))


def test_loudness_moves_only_first_coefficient(hiss):
    quiet = extract_segments(hiss, CONFIG)
    loud = extract_segments(Signal(4 * hiss.samples, hiss.sr), CONFIG)

    gain_db = 20 * np.log10(4) * np.sqrt(128)  # orthonormal DCT over librosa's 128 mel bands
    np.testing.assert_allclose(loud[..., 0] - quiet[..., 0], gain_db, rtol=1e-4)
    np.testing.assert_allclose(loud[..., 1:], quiet[..., 1:], atol=1e-3)


def test_segment_after_a_quiet_one_is_independent_of_it(hiss):
    n = CONFIG.segment_samples
    hushed = np.concatenate([1e-6 * hiss.samples[:n], hiss.samples[n:]])

    alone = extract_segments(Signal(hushed[:n], hiss.sr), CONFIG)[0]
    in_company = extract_segments(Signal(hushed, hiss.sr), CONFIG)[0]

    np.testing.assert_array_equal(in_company, alone)


def test_segments_extracted_together_equal_each_extracted_alone():
    """More segments than are transformed at a time, each a thousand times the one before."""
    n = CONFIG.segment_samples
    signal = noise(18 * 3)
    loudness = 10.0 ** (-(np.arange(18) % 3) * 3)
    signal = Signal(signal.samples * np.repeat(loudness, n), SR)

    together = extract_segments(signal, CONFIG)

    assert len(together) == 18
    for i, segment in enumerate(together):
        alone = extract_segments(Signal(signal.samples[i * n : (i + 1) * n], SR), CONFIG)[0]
        np.testing.assert_array_equal(segment, alone, err_msg=f"segment {i}")


def test_remainder_after_the_last_whole_segment_is_dropped(hiss):
    n_whole = 2 * CONFIG.segment_samples

    whole = extract_segments(Signal(hiss.samples[:n_whole], SR), CONFIG)

    np.testing.assert_array_equal(extract_segments(hiss, CONFIG), whole)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.7, 2.9])
def test_short_recording_is_one_segment_of_repeated_frames(seconds):
    signal = noise(seconds)
    own = librosa_mfcc(signal.samples, 13)

    segments = extract_segments(signal, CONFIG)

    assert segments.shape == (1, 130, 13)
    for i, frame in enumerate(segments[0]):
        np.testing.assert_allclose(frame, own[i % len(own)], atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("seconds", "n_segments"), [(0.5, 1), (2.9, 1), (3.0, 1), (5.99, 1), (6.0, 2), (29.9, 9)]
)
def test_recording_gives_its_whole_segments_and_at_least_one(seconds, n_segments):
    assert extract_segments(noise(seconds), CONFIG).shape == (n_segments, 130, 13)


@pytest.mark.parametrize(
    ("n_samples", "seconds"), [(0, r"0\.0"), (2205, r"0\.1"), (11_024, r"0\.5")]
)
def test_recording_too_short_is_refused_with_its_length(n_samples, seconds):
    with pytest.raises(AudioError, match=rf"lasts {seconds} s.*at least 0\.5 s.*longer recording"):
        extract_segments(Signal(np.zeros(n_samples), SR), CONFIG)


def test_extraction_at_another_sampling_rate_names_both_rates():
    with pytest.raises(ParameterError, match=r"44100 Hz.*22050 Hz.*load_audio\(path, sr=22050\)"):
        extract_segments(Signal(np.zeros(44_100), 44_100), CONFIG)


def test_segments_with_sound_are_the_only_audible_ones():
    n = CONFIG.segment_samples
    samples = np.zeros(5 * n)
    samples[n : 2 * n] = 0.1  # the recording's level: -20 dB
    samples[2 * n + 5] = -2e-4  # one click less than 60 dB below it is a sound
    samples[3 * n : 4 * n] = 5e-5
    samples[-1] = 1.01e-4

    audible = audible_segments(Signal(samples, SR), CONFIG)
    assert audible.tolist() == [False, True, True, False, True]


def test_frames_stop_where_short_recording_does():
    assert extract_frames(noise(1.0), CONFIG).shape == (1, 44, 13)


def test_frames_repeated_begin_again_at_the_start():
    frames = np.arange(3.0).reshape(1, 3, 1)

    assert repeat_frames(frames, 7).ravel().tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert repeat_frames(frames, 3) is frames


@settings(deadline=None, max_examples=40)
@given(
    n_mfcc=st.integers(1, 40),
    n_fft=st.sampled_from([256, 512, 1000, 1023, 2048]),
    hop_length=st.integers(64, 1500),
    segment_seconds=st.floats(0.3, 2.0),
    deltas=st.booleans(),
    texture_frames=st.integers(0, 12),
    sr=st.sampled_from([8000, 11_025, 22_050]),
    seconds=st.floats(0.6, 4.0),
)
def test_segments_have_shape_their_settings_say(seconds, **values):
    try:
        config = MfccConfig(**values)
    except ParameterError as error:
        assert "texture_frames" in str(error)  # more frames to a window than a segment has
        return
    samples = np.random.default_rng(1).standard_normal(round(seconds * config.sr))

    segments = extract_segments(Signal(samples, config.sr), config)

    n_segments = max(1, len(samples) // config.segment_samples)
    assert segments.shape == (n_segments, config.n_steps, config.n_values)
    assert segments.dtype == np.float32
    assert np.isfinite(segments).all()


@pytest.mark.parametrize("n_fft", [1023, 1024])
def test_frames_are_counted_alike_for_odd_and_even_windows(n_fft):
    """The last frame is centred on the end, also where hops fill a segment exactly."""
    frames = mfcc(np.ones((1, 4096), "f4"), sr=SR, n_mfcc=3, n_fft=n_fft, hop_length=512)

    assert frames.shape == (1, 9, 3)


@given(
    n_mfcc=st.integers(1, 128),
    deltas=st.booleans(),
    texture_frames=st.integers(0, 65),
    segment_seconds=st.floats(1, 60),
)
@settings(deadline=None, max_examples=40)
def test_settings_survive_json(n_mfcc, deltas, texture_frames, segment_seconds):
    config = MfccConfig(
        n_mfcc=n_mfcc,
        deltas=deltas,
        texture_frames=min(texture_frames, 40),
        segment_seconds=segment_seconds,
    )

    assert FeatureConfig.from_dict(config.to_dict()) == config


def test_feature_settings_by_default_are_those_of_the_course():
    assert MfccConfig().to_dict() == {
        "sr": 22_050,
        "n_mfcc": 13,
        "n_fft": 2048,
        "hop_length": 512,
        "segment_seconds": 3.0,
        "deltas": False,
        "texture_frames": 0,
    }
    assert (CONFIG.n_frames, CONFIG.n_steps, CONFIG.n_values) == (130, 130, 13)


def test_settings_of_frames_leave_out_what_is_made_of_them():
    assert replace(CONFIG, deltas=True, texture_frames=5).frames == CONFIG


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sr": 0}, r"sr=0, expected a whole number from 1 up"),
        ({"n_fft": -1}, r"n_fft=-1, expected a whole number from 1 up"),
        ({"hop_length": 0}, r"hop_length=0, expected a whole number from 1 up"),
        ({"n_mfcc": 0}, r"n_mfcc=0, expected a whole number from 1 up"),
        ({"n_mfcc": 129}, r"n_mfcc=129.*1 to 128.*course uses 13"),
        ({"n_mfcc": 13.5}, r"n_mfcc=13\.5, expected a whole number"),
        ({"n_mfcc": "13"}, r"n_mfcc='13', expected a whole number"),
        ({"texture_frames": -1}, r"texture_frames=-1, expected a whole number from 0 up"),
        ({"texture_frames": 131}, r"texture_frames=131.*130 frames.*0 \(off\) to 130"),
        ({"segment_seconds": 0.05}, r"segment_seconds=0\.05 gives 1102 samples.*n_fft=2048"),
        ({"segment_seconds": 0}, r"segment_seconds=0, expected a number above 0 and up to 60"),
        ({"segment_seconds": float("nan")}, r"segment_seconds=nan, expected a number above 0"),
        ({"segment_seconds": float("inf")}, r"segment_seconds=inf, expected.*up to 60"),
        ({"segment_seconds": "3"}, r"segment_seconds='3', expected a number"),
    ],
    ids=str,
)
def test_feature_settings_out_of_range_are_refused_with_both_values(values, message):
    with pytest.raises(ParameterError, match=message):
        FeatureConfig.from_dict(values)


def test_unknown_settings_are_named():
    with pytest.raises(ParameterError, match=r"unknown feature settings \['n_mels'\].*newer"):
        FeatureConfig.from_dict({"n_mels": 40})
