"""The engine of the live listener in a real browser equals `genre` on the same samples."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.models.card import ModelCard
from genre.models.classifier import Classifier, classify_signal, load_classifier
from genre.network.config import NetworkConfig
from genre.network.forward import Network
from genre.paths import SAMPLES
from tests.support.live_engine import encode, listen, open_engine

pytestmark = pytest.mark.browser

MADE = {
    "both directions": (
        MfccConfig(
            sr=8000, n_fft=1000, hop_length=300, segment_seconds=1.3, deltas=True, level=True
        ),
        {"units": (5, 4), "bidirectional": True, "pooling": "mean_max", "dense_units": ()},
    ),
    "last states": (
        MfccConfig(sr=11_025, n_mfcc=7, n_fft=511, hop_length=512, segment_seconds=1, deltas=True),
        {"cell": "simple_rnn", "units": (6,), "bidirectional": True, "pooling": "last"},
    ),
    "shortcut": (
        MfccConfig(sr=16_000, n_fft=512, hop_length=256, segment_seconds=2.5, texture_frames=7),
        {"units": (8, 4, 3), "pooling": "mean_shortcut", "dense_units": (6, 5)},
    ),
}
"""Settings that the bundled models do not have: features, and network."""


@pytest.fixture(scope="module")
def engine(browser):
    page = open_engine(browser)
    yield page
    page.context.close()


def made_classifier(name):
    """A network of random weights."""
    features, settings = MADE[name]
    config = NetworkConfig(features.n_steps, features.n_values, n_genres=3, **settings)
    rng = np.random.default_rng(3)
    weights = {
        weight: rng.normal(0, 0.3, shape).astype("f4")
        for weight, shape in config.weight_shapes().items()
    }
    weights["normalization.variance"] = np.full(features.n_values, 900, "f4")
    card = ModelCard("made", "Random.", ("a", "b", "c"), features, config)
    return Classifier(Network(config, weights), card)


def music_and_silence(sr, name="jazz", seconds=19.0):
    """Music with two seconds of digital silence in it and a loud end."""
    samples = load_audio(SAMPLES / f"{name}.ogg", sr=sr).samples[: round(seconds * sr)].copy()
    samples[6 * sr : 10 * sr] = 0
    samples[15 * sr :] *= 3
    return samples


def compare(engine, classifier, samples):
    """Assert that the engine gives genre's numbers; return what it heard."""
    heard = listen(engine, classifier, samples)
    signal = Signal(samples, classifier.features.sr)
    expected = classify_signal(signal, classifier)
    frames = extract_frames(signal, classifier.features)
    probabilities = np.array(heard["segments"])

    assert np.array(heard["frames"]).shape == frames.shape
    assert np.abs(np.array(heard["frames"]) - frames).max() < 1e-4
    assert probabilities.shape == expected.segment_probabilities.shape
    assert np.abs(probabilities - expected.segment_probabilities).max() < 1e-4
    assert np.abs(np.array(heard["probabilities"]) - expected.probabilities).max() < 1e-4
    return heard, expected


@pytest.mark.parametrize("name", ["course", "starter", "simple-rnn"])
def test_engine_gives_mfccs_and_probabilities_of_the_bundled_models(engine, name):
    classifier = load_classifier(name)
    samples = load_audio(SAMPLES / "rock.ogg", sr=22_050).samples
    heard, _ = compare(engine, classifier, samples)

    assert len(heard["segments"]) == len(samples) // 66_150 >= 9


@pytest.mark.parametrize("name", [*MADE, "starter"])
def test_engine_gives_those_of_any_settings_with_silence_and_another_level(engine, name):
    classifier = made_classifier(name) if name in MADE else load_classifier(name)
    _, expected = compare(engine, classifier, music_and_silence(classifier.features.sr))

    assert 0 < expected.audible.sum() < len(expected.audible)
    assert np.ptp(expected.segment_probabilities, axis=0).max() > 0.01


@pytest.mark.parametrize("name", ["course", "starter", "both directions"])
def test_running_prediction_hears_no_future_and_ends_at_the_segments_own(engine, name):
    classifier = made_classifier(name) if name in MADE else load_classifier(name)
    features = classifier.features
    n_own = features.segment_samples
    samples = load_audio(SAMPLES / "pop.ogg", sr=features.sr).samples[: 3 * n_own]
    heard = listen(engine, classifier, samples)
    running = np.array(heard["running"])
    at_once = listen(engine, classifier, samples, chunk=len(samples))
    other = samples.copy()
    other[2 * n_own :] = 0.1
    changed = np.array(listen(engine, classifier, other)["running"])

    assert len(running) == 3 * features.n_frames
    assert np.allclose(running.sum(axis=1), 1)
    assert np.array_equal(running, at_once["running"])
    is_same = (running == changed).all(axis=1)
    assert is_same[: 2 * features.n_frames].all() and not is_same[-1]
    ends = running[features.n_frames - 1 :: features.n_frames]
    assert np.abs(ends - heard["segments"]).max() < 0.2  # its level was not yet known


def test_hours_take_no_more_memory_than_half_a_minute(engine):
    classifier = made_classifier("both directions")
    hiss = 0.1 * np.random.default_rng(0).standard_normal(8000 * 120)
    heard = listen(engine, classifier, hiss, chunk=8000)

    n_whole = int(120 / 1.3)
    assert heard["kept"] == [23, 74, n_whole, n_whole - 23]  # of 1.3 s and 0.4 s in 30 s
    assert sum(heard["probabilities"]) == pytest.approx(1)


def test_silence_has_no_prediction(engine):
    heard = listen(engine, load_classifier("course"), np.zeros(4 * 22_050))

    assert heard["probabilities"] is None and set(map(str, heard["running"])) == {"None"}


RESAMPLE = """
([samples, from, to]) => {
  const heard = new Float32Array(Uint8Array.from(atob(samples), c => c.charCodeAt(0)).buffer);
  const resampler = new Resampler(from, to);
  const out = [];
  for (let i = 0; i < heard.length; i += 500) {
    out.push(...resampler.push(heard.subarray(i, i + 500)));
  }
  return out;
}
"""


@pytest.mark.parametrize(("rate", "to"), [(48_000, 22_050), (44_100, 22_050), (16_000, 22_050)])
def test_resampled_tone_is_the_tone_and_what_is_too_high_is_gone(engine, rate, to):
    def resampled(frequency):
        tone = np.sin(2 * np.pi * frequency * np.arange(rate) / rate)
        return np.array(engine.evaluate(RESAMPLE, [encode(tone), rate, to]))

    low = min(rate, to) / 2
    for frequency in (440.0, 0.9 * low):
        got = resampled(frequency)
        assert 0.99 * to < len(got) < to
        expected = np.sin(2 * np.pi * frequency * np.arange(len(got)) / to)
        assert np.abs(got - expected)[500:].max() < 2e-3
    if rate > to:
        assert np.abs(resampled(1.02 * low)[500:]).max() < 1e-3


def test_wav_that_is_kept_is_read_by_genre(engine):
    tone = 0.5 * np.sin(0.1 * np.arange(22_050)).astype("f4")
    content = engine.evaluate(
        "samples => [...encodeWav(new Float32Array(Uint8Array.from(atob(samples), "
        "c => c.charCodeAt(0)).buffer), 22050)]",
        encode(tone),
    )
    signal = load_audio(bytes(content), sr=22_050)

    assert np.abs(signal.samples - tone).max() < 1e-4
