"""A song's way through a model: shapes and numbers, computed again independently."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.fft import dct

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.features import extract_frames, extract_segments, level_frames
from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.interpret.way import MAX_DRAWN_STEPS, MAX_VALUES, trace_way, window_size
from genre.interpret.way_stages import describe_way
from genre.models.classifier import Classifier, load_classifier
from genre.models.registry import read_card
from genre.models.song_analysis import BEGINNING_SECONDS, SongAnalysis, analyze_song
from genre.network.config import NetworkConfig
from tests.interpret.test_trace import JAZZ, make_network, make_steps

TEXTURES = MfccConfig(n_mfcc=20, deltas=True, texture_frames=5)
NETWORKS = {
    "last": {"pooling": "last", "dense_units": (9,)},
    "mean": {"pooling": "mean", "scaling": False},
    "mean_max": {"pooling": "mean_max", "units": (7,), "dense_units": ()},
    "mean_shortcut": {"pooling": "mean_shortcut", "units": (7, 5, 6, 4), "dense_units": (8, 3)},
    "bidirectional": {"pooling": "last", "bidirectional": True},
    "simple": {"pooling": "mean", "cell": "simple_rnn"},
}


def made_up(steps, features, n_samples=None, **settings):
    """A song of made-up steps, and a classifier of random weights that reads them."""
    network = make_network(n_steps=steps.shape[1], n_values=steps.shape[2], **settings)
    card = replace(read_card("starter"), features=features, network=network.config)
    n_samples = n_samples or len(steps) * features.segment_samples
    hiss = np.random.default_rng(3).normal(size=min(n_samples, 30 * features.sr)).astype("f4")
    song = SongAnalysis(None, steps, Signal(hiss, features.sr), n_samples)
    return song, Classifier(network, card)


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def jazz(starter):
    return analyze_song(JAZZ, starter)


@pytest.mark.parametrize("name", ["starter", "course", "simple-rnn", "ear"])
def test_shape_of_every_stage_is_that_of_its_array(name):
    classifier = load_classifier(name)
    song = analyze_song(JAZZ, classifier)
    way = trace_way(song, classifier)
    n = len(song.steps)
    shapes = {stage.name: stage.shape for stage in way.stages}
    trace, sound = classifier.network.trace(song.steps), way.sound

    assert shapes["waveform"] == (n, classifier.features.segment_samples)
    if name == "ear":
        assert shapes["mel"][1:] == sound.bands.shape[1:] == (187, 96)
        assert shapes["musicnn"] == song.steps.shape
    else:
        assert shapes["frames"][1:] == (sound.bands.shape[1], 2048)
        assert shapes["mfcc"][1:] == sound.frames.shape[1:]
    if name in ("starter", "simple-rnn"):
        assert shapes["deltas"] == (n, 130, 40) and shapes["textures"] == song.steps.shape
        assert sound.deltas.shape[1:] == (130, 20)
    assert shapes.get("scaling", trace.scaled.shape) == trace.scaled.shape
    assert shapes["recurrent_1"] == trace.outputs[0].shape
    if name == "course":
        assert shapes["recurrent_2"] == trace.pooled.shape and "pooling" not in shapes
    else:
        assert shapes["recurrent_2"] == trace.outputs[1].shape
        assert shapes["pooling"] == trace.pooled.shape
    assert shapes["dense_1"] == trace.dense[0].shape
    assert shapes["softmax"] == trace.probabilities.shape
    assert shapes["verdict"] == song.prediction.probabilities.shape


@pytest.mark.parametrize("settings", NETWORKS.values(), ids=NETWORKS)
def test_numbers_are_those_of_the_network_for_any_network(settings):
    steps = make_steps(3)
    song, classifier = made_up(steps, TEXTURES, **settings)
    way = trace_way(replace(song, n_samples=10**6), classifier, segment=1)
    network, trace = classifier.network, classifier.network.trace(steps)

    np.testing.assert_array_equal(way.steps, steps)
    np.testing.assert_array_equal(way.trace.scaled, trace.scaled)
    for mine, its in zip(way.trace.outputs, trace.outputs, strict=True):
        np.testing.assert_array_equal(mine, its)
    for mine, its in zip(way.trace.layers, trace.layers, strict=True):
        for one, other in zip(mine, its, strict=True):
            if other.forget_gate is not None:
                np.testing.assert_array_equal(one.forget_gate, other.forget_gate)
    shapes = {stage.name: stage.shape for stage in way.stages}
    for layer, outputs in enumerate(trace.outputs, start=1):
        is_handed_on = layer < len(trace.outputs) or settings["pooling"] != "last"
        assert shapes[f"recurrent_{layer}"] == (outputs if is_handed_on else trace.pooled).shape
    assert [shapes[f"dense_{i}"] for i in range(1, len(trace.dense) + 1)] == [
        layer.shape for layer in trace.dense
    ]
    np.testing.assert_allclose(way.heads.pooled[:, -1], trace.pooled, atol=1e-6)
    np.testing.assert_allclose(way.heads.probabilities[:, -1], trace.probabilities, atol=1e-6)
    if settings.get("bidirectional"):
        assert way.prefixes.tolist() == [26]
        return
    assert way.prefixes.tolist() == list(range(1, 27))
    for k in (1, 9):
        np.testing.assert_allclose(
            way.heads.probabilities[:, k - 1], network.predict_proba(steps[:, :k]), atol=1e-5
        )


def test_coefficients_are_the_cosine_transform_of_the_bands(starter, jazz):
    way = trace_way(jazz, starter)
    frames = extract_frames(load_audio(JAZZ), starter.features.frames)
    by_hand = dct(way.sound.bands, type=2, norm="ortho")[..., :20]

    np.testing.assert_allclose(by_hand, frames, atol=2e-3)
    levelled = level_frames(frames, starter.features)
    np.testing.assert_allclose(way.sound.frames, levelled, atol=2e-3)
    assert way.sound.shown is way.sound.frames


def test_deltas_and_textures_by_hand_are_the_steps(starter, jazz):
    way = trace_way(jazz, starter)
    frames, segment = way.sound.frames, 4
    for frame in (4, 60, 125):  # a straight line through nine frames
        slopes = np.polyfit(np.arange(-4, 5), frames[segment, frame - 4 : frame + 5], 1)[0]
        np.testing.assert_allclose(way.sound.deltas[segment, frame], slopes, atol=2e-3)
    np.testing.assert_array_equal(way.sound.deltas[segment, 2], way.sound.deltas[segment, 4])
    for step in (0, 12, 25):
        five = slice(5 * step, 5 * step + 5)
        both = np.hstack([frames[segment, five], way.sound.deltas[segment, five]])
        by_hand = [*(sum(both) / 5), *np.sqrt(sum((both - sum(both) / 5) ** 2) / 5)]
        np.testing.assert_allclose(way.steps[segment, step], by_hand, atol=3e-3)


def test_other_settings_change_two_stages_and_nothing_after_them(starter, jazz):
    usual = trace_way(jazz, starter)
    shown = MfccConfig(n_mfcc=13, n_fft=1024, hop_length=1024)
    other = trace_way(jazz, starter, shown=shown)
    changed = {s.name: s.label for s in other.stages if s not in usual.stages}

    assert changed == {"frames": "(9, 65, 1024)", "mfcc": "(9, 65, 13)"}
    assert {s.name for s in other.stages if not s.is_as_trained} == set(changed)
    np.testing.assert_allclose(
        other.sound.shown, extract_frames(load_audio(JAZZ), shown), atol=1e-4
    )
    np.testing.assert_allclose(other.sound.frames, usual.sound.frames, atol=1e-4)
    np.testing.assert_array_equal(other.heads.probabilities, usual.heads.probabilities)


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_return_sequences_changes_what_leaves_the_last_layer(pooling):
    config = NetworkConfig(n_steps=130, n_values=13, n_genres=10, pooling=pooling)
    for sequences in (True, False):
        stages = describe_way(
            MfccConfig(), config, n_segments=9, n_samples=10**6, returns_sequences=sequences
        )
        one, last = (stage for stage in stages if stage.kind == "recurrent")
        assert one.label == "(9, 130, 64)" and one.is_as_trained
        assert last.label == ("(9, 130, 64)" if sequences else "(9, 64)")
        assert last.is_as_trained == (sequences == (pooling == "mean"))


def test_long_song_is_followed_in_windows_with_sound_at_its_beginning(starter):
    jazz = load_audio(JAZZ)
    rising = np.linspace(0.05, 1, 5 * len(jazz.samples), dtype="f4")
    signal = Signal(np.tile(jazz.samples, 5) * rising, 22_050)  # its beginning is quieter
    steps = extract_segments(signal, starter.features)
    beginning = Signal(signal.samples[: BEGINNING_SECONDS * 22_050], 22_050)
    song = SongAnalysis(None, steps, beginning, len(signal.samples))
    first, later = (trace_way(song, starter, segment=s) for s in (3, 14))

    frames = extract_frames(signal, starter.features)
    levelled = level_frames(frames, starter.features)[:10]
    np.testing.assert_allclose(first.sound.frames, levelled, atol=5e-3)
    assert (first.first, later.first, later.sound) == (0, 10, None)
    np.testing.assert_array_equal(later.steps, steps[10:20])
    np.testing.assert_array_equal(
        later.heads.probabilities[:, -1], starter.predict_proba(steps[10:20])
    )
    assert later.stages == first.stages and later.stages[0].shape == (len(steps), 66_150)


def test_song_of_one_second_repeats_its_frames(starter):
    signal = Signal(load_audio(JAZZ).samples[:22_050], 22_050)
    steps = extract_segments(signal, starter.features)
    way = trace_way(SongAnalysis(None, steps, signal, 22_050), starter)

    assert way.stages[0].shape == (1, 22_050)
    assert way.sound.frames.shape == (1, 130, 20)
    np.testing.assert_allclose(way.sound.frames[0, :44], way.sound.frames[0, 44:88], atol=1e-5)


def test_segments_longer_than_what_is_kept_have_no_sound():
    features = MfccConfig(segment_seconds=40.0)
    steps = make_steps(2, n_steps=features.n_steps, n_values=13)
    way = trace_way(*made_up(steps, features))

    assert way.sound is None
    assert len(way.prefixes) <= MAX_DRAWN_STEPS and way.stride == 4
    assert way.prefixes[:2].tolist() == [1, 5]


@pytest.mark.parametrize("features", [MfccConfig(), TEXTURES, MusicnnConfig()])
@pytest.mark.parametrize("units", [(64, 64), (1024,) * 4])
def test_window_is_bounded(features, units):
    config = NetworkConfig(
        n_steps=features.n_steps, n_values=features.n_values, n_genres=10, units=units
    )
    n_window, stride = window_size(features, config, 400)
    n_drawn = -(-config.n_steps // stride)

    assert 1 <= n_window <= 10
    assert n_window * n_drawn * 6 * sum(units) <= MAX_VALUES
    assert stride == 1 or units[0] == 1024
