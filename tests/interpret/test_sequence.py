"""A song as a series, its steps shuffled, and the network unrolled over them."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.errors import AudioError, ParameterError
from genre.interpret.sequence import describe_sequence, describe_steps, shuffle_steps
from genre.interpret.unrolled import multiply_slopes, tanh_curve, unroll
from genre.models.classifier import load_classifier
from genre.models.song_analysis import BEGINNING_SECONDS, MAX_COLUMNS, analyze_song
from genre.network.config import NetworkConfig
from tests.interpret.test_trace import JAZZ, make_network, make_steps


@pytest.mark.parametrize(("n_mfcc", "n_fft", "hop_length"), [(13, 2048, 512), (20, 1024, 128)])
def test_sequence_shapes_are_those_of_the_arrays(n_mfcc, n_fft, hop_length):
    signal = load_audio(JAZZ)
    settings = {"n_mfcc": n_mfcc, "n_fft": n_fft, "hop_length": hop_length}
    sequence = describe_sequence(signal, **settings)
    frames = extract_frames(signal, MfccConfig(**settings))

    assert sequence.univariate_shape == (*signal.samples.shape, 1)
    assert sequence.segment_shape == frames.shape
    assert sequence.multivariate_shape == (frames.shape[0] * frames.shape[1], n_mfcc)
    assert sequence.frames_per_second == 22_050 / hop_length
    np.testing.assert_array_equal(sequence.frames, frames.reshape(-1, n_mfcc))
    assert sequence.columns.shape[0] <= MAX_COLUMNS


def test_sequence_of_a_long_song_draws_its_beginning(hiss):
    long = Signal(np.tile(hiss.samples, 20), hiss.sr)  # 140 s
    sequence = describe_sequence(long)

    assert sequence.univariate_shape == (140 * 22_050, 1)
    assert sequence.segment_shape == (46, 130, 13) and sequence.multivariate_shape == (5980, 13)
    assert sequence.drawn_seconds == BEGINNING_SECONDS == 30
    assert sequence.frames.shape == (1300, 13) and sequence.seconds == 140
    assert sequence.frame_seconds == pytest.approx(30 / 1300)


def test_sequence_of_the_beginning_equals_that_of_the_song(hiss):
    long = Signal(np.tile(hiss.samples, 20), hiss.sr)
    beginning = Signal(long.samples[: 30 * 22_050], 22_050)
    whole, described = describe_sequence(long), describe_sequence(beginning, n_samples=140 * 22_050)

    for name in ("univariate_shape", "multivariate_shape", "segment_shape", "seconds"):
        assert getattr(described, name) == getattr(whole, name)
    np.testing.assert_array_equal(described.frames, whole.frames)


def test_sequence_of_one_second_has_its_own_frames_only(hiss):
    sequence = describe_sequence(Signal(hiss.samples[:22_050], 22_050))

    assert sequence.segment_shape == (1, 44, 13) and sequence.drawn_seconds == 1
    with pytest.raises(AudioError, match="at least"):
        describe_sequence(Signal(hiss.samples[:2_000], 22_050))


def test_shuffled_steps_keep_their_average_and_lose_their_order():
    classifier = load_classifier("starter")
    song = analyze_song(JAZZ, classifier)
    audible = song.prediction.audible
    shuffled = shuffle_steps(classifier.network, song.steps, audible=audible, seed=3)

    assert shuffled.average_moved < 1e-4
    assert not np.array_equal(shuffled.steps, song.steps)
    np.testing.assert_array_equal(np.sort(shuffled.steps, axis=1), np.sort(song.steps, axis=1))
    pairs = {tuple(step[:3]) for step in song.steps[0]}
    assert {tuple(step[:3]) for step in shuffled.steps[0]} == pairs  # steps stay whole
    np.testing.assert_allclose(shuffled.before, song.prediction.probabilities, atol=1e-6)
    np.testing.assert_array_equal(
        shuffled.after, classifier.predict_proba(shuffled.steps).mean(axis=0, dtype=np.float64)
    )
    assert 0 < shuffled.n_changed <= shuffled.n_segments == len(song.steps)


def test_shuffle_is_repeatable_and_ignores_silent_segments():
    network, steps = make_network(), make_steps(4)
    audible = np.array([True, False, True, True])
    one, same, other = (shuffle_steps(network, steps, audible=audible, seed=s) for s in (1, 1, 2))

    np.testing.assert_array_equal(one.steps, same.steps)
    assert not np.array_equal(one.steps, other.steps)
    np.testing.assert_allclose(
        one.before, network.predict_proba(steps[audible]).mean(axis=0), atol=1e-6
    )
    with pytest.raises(ParameterError, match="no segment of this song has a vote"):
        shuffle_steps(network, steps, audible=np.zeros(4, bool))


# Unrolled


@pytest.mark.parametrize("pooling", ["last", "mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_unrolled_arrows_have_the_shapes_of_the_arrays(pooling, bidirectional):
    network = make_network(pooling=pooling, bidirectional=bidirectional)
    steps = make_steps(3)
    trace = network.trace(steps)
    unrolled = unroll(network.config, batch_size=3)

    shapes = [arrow.shape for arrow in unrolled.arrows]
    assert shapes[:2] == [steps.shape, trace.outputs[0].shape]
    assert shapes[2] == (trace.pooled.shape if pooling == "last" else trace.outputs[1].shape)
    assert unrolled.is_as_trained and unrolled.is_bidirectional == bidirectional


def test_unrolled_return_sequences_changes_the_last_arrow():
    config = NetworkConfig(n_steps=130, n_values=13, n_genres=10)
    with_it = unroll(config, batch_size=32, returns_sequences=True)
    without = unroll(config, batch_size=32, returns_sequences=False)

    assert with_it.arrows[:2] == without.arrows[:2]
    assert (with_it.arrows[2].label, without.arrows[2].label) == ("(32, 130, 64)", "(32, 64)")
    assert without.is_as_trained and not with_it.is_as_trained


# tanh


def test_tanh_slope_is_its_derivative():
    curve = tanh_curve()

    assert np.abs(curve.tanh).max() < 1 and curve.slope.max() == 1
    numeric = np.gradient(curve.tanh, curve.x)
    np.testing.assert_allclose(numeric[1:-1], curve.slope[1:-1], atol=1e-3)


def test_slopes_are_multiplied_from_the_last_step_back():
    network = make_network(cell="simple_rnn", n_steps=5)
    trace = network.trace(make_steps(3, n_steps=5))
    product = multiply_slopes(trace, layer=2)
    slopes = 1 - trace.layers[1][0].hidden.astype(float) ** 2  # (3, 5, units)

    assert product.distance.tolist() == [0, 1, 2, 3, 4]
    assert product.median[0] == product.high[0] == 1
    assert product.median[2] == pytest.approx(np.median(slopes[:, 4] * slopes[:, 3]))
    assert product.low[4] == pytest.approx(np.percentile(slopes[:, 1:].prod(axis=1), 10))
    assert -1 <= product.smallest_state < product.largest_state <= 1


def test_slopes_of_an_lstm_are_refused():
    with pytest.raises(ParameterError, match=r"does not pass through a tanh.*simple recurrent"):
        multiply_slopes(make_network().trace(make_steps(1)), layer=1)
    trace = make_network(cell="simple_rnn").trace(make_steps(1))
    with pytest.raises(ParameterError, match=r"layer=3.*layers 1 to 2"):
        multiply_slopes(trace, layer=3)


def test_sequence_of_steps_is_what_the_network_reads(hiss):
    signal = Signal(hiss.samples[: 7 * 16_000], 16_000)
    features = MusicnnConfig(window_frames=100, hop_frames=43)
    steps = np.random.default_rng(2).standard_normal((2, 3, 200)).astype("f4")
    sequence = describe_steps(signal, steps, features)

    assert sequence.segment_shape == (2, 3, 200)
    assert sequence.multivariate_shape == (6, 200)
    assert sequence.row_name == "musicnn value"
    np.testing.assert_array_equal(sequence.frames, steps.reshape(-1, 200))
    assert sequence.drawn_seconds == 6


def test_sequence_of_steps_of_a_long_song_draws_its_beginning():
    features = MusicnnConfig()
    steps = np.random.default_rng(2).standard_normal((100, 7, 200)).astype("f4")
    beginning = Signal(np.ones(BEGINNING_SECONDS * 16_000, "f4"), 16_000)
    sequence = describe_steps(beginning, steps, features, n_samples=300 * 16_000)

    n = BEGINNING_SECONDS // 3
    assert sequence.multivariate_shape == (700, 200)
    assert sequence.frames.shape == (7 * n, 200)
    assert (sequence.seconds, sequence.drawn_seconds) == (300, 3 * n)
