"""The two kinds of features: their settings, their shapes, JSON and back."""

import subprocess
import sys

import numpy as np
import pytest

from genre.audio.feature_config import FeatureConfig, MfccConfig, MusicnnConfig
from genre.audio.features import extract_frames, extract_segments
from genre.audio.level import set_level
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_musicnn, extract_windows
from genre.audio.signal import Signal
from genre.errors import AudioError, ParameterError
from genre.paths import ROOT


@pytest.fixture(scope="module")
def jazz() -> Signal:
    signal = load_audio(ROOT / "samples" / "jazz.ogg", sr=16_000)
    return Signal(signal.samples[: 7 * 16_000], 16_000)


@pytest.mark.parametrize(
    "config",
    [MfccConfig(n_mfcc=20, deltas=True, texture_frames=5), MusicnnConfig(100, 30)],
    ids=lambda config: config.kind,
)
def test_settings_written_come_back(config):
    assert FeatureConfig.from_dict(config.to_dict()) == config


def test_settings_without_kind_are_of_mfccs():
    assert FeatureConfig.from_dict({"n_mfcc": 20}) == MfccConfig(n_mfcc=20)
    assert "kind" not in MfccConfig().to_dict()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "chroma"}, r"the kind 'chroma' were given, expected mfcc or musicnn\."),
        ({"kind": "musicnn", "n_mfcc": 13}, r"unknown feature settings \['n_mfcc'\]"),
        ({"kind": "musicnn", "window_frames": 188}, r"window_frames=188, expected .* 1 to 187\."),
        ({"kind": "musicnn", "hop_frames": 0}, r"hop_frames=0, expected a whole .* 1 to 187\."),
        ({"kind": "musicnn", "hop_frames": 1.5}, r"hop_frames=1\.5, expected a whole number"),
    ],
    ids=str,
)
def test_settings_that_are_none_are_refused(values, message):
    with pytest.raises(ParameterError, match=message):
        FeatureConfig.from_dict(values)


@pytest.mark.parametrize(
    ("window", "hop", "n_steps"), [(60, 20, 7), (187, 1, 1), (186, 1, 2), (1, 187, 1), (100, 87, 2)]
)
def test_windows_count_is_what_fits_a_segment(window, hop, n_steps, jazz):
    config = MusicnnConfig(window, hop)

    assert (config.n_steps, config.n_frames, config.n_values) == (n_steps, n_steps, 200)
    assert extract_segments(jazz, config).shape == (2, n_steps, 200)


def test_one_window_of_all_frames_is_the_segments_penultimate(jazz):
    steps = extract_segments(jazz, MusicnnConfig(window_frames=187))

    np.testing.assert_allclose(steps[:, 0], extract_musicnn(set_level(jazz)).penultimate, atol=1e-4)


def test_window_depends_on_its_own_place_only(jazz):
    coarse, fine = (extract_segments(jazz, MusicnnConfig(60, hop)) for hop in (40, 20))

    np.testing.assert_allclose(coarse, fine[:, ::2], atol=1e-4)


def test_segments_depend_on_what_is_played_before_by_the_recordings_level_alone(jazz):
    whole = extract_segments(jazz, MusicnnConfig())
    part = Signal(set_level(jazz).samples[48_000:96_000], 16_000)

    second = extract_windows(part, MusicnnConfig(), is_levelled=True).values

    np.testing.assert_array_equal(whole[1:], second)


def test_short_recording_gives_one_segment_of_whole_windows(jazz):
    assert extract_frames(Signal(jazz.samples[:16_000], 16_000), MusicnnConfig()).shape == (
        *(1, 7),
        200,
    )
    with pytest.raises(AudioError, match=r"lasts 0\.4 s"):
        extract_frames(Signal(jazz.samples[:6_400], 16_000), MusicnnConfig())


def test_settings_are_read_without_a_decoder():
    program = (
        "import sys, genre.audio.feature_config; "
        "print([m for m in ('soundfile', 'soxr', 'av', 'librosa') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert out.stdout.strip() == "[]", out.stderr
