"""The steps of a song shuffled, predicted and heard, and the tanh of the simplest cell."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.interpret.sequence import play_shuffled, shuffle_steps
from genre.interpret.slopes import multiply_slopes, tanh_curve
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps


def test_shuffled_steps_keep_their_average_and_lose_their_order():
    classifier = load_classifier("starter")
    song = analyze_song(JAZZ, classifier)
    audible = song.prediction.audible
    shuffled = shuffle_steps(classifier.network, song.steps, audible=audible, seed=3)

    assert shuffled.average_moved < 1e-4
    assert not np.array_equal(shuffled.steps, song.steps)
    np.testing.assert_array_equal(np.sort(shuffled.steps, axis=1), np.sort(song.steps, axis=1))
    np.testing.assert_array_equal(shuffled.steps[1], song.steps[1][shuffled.order[1]])
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


def test_shuffled_sound_has_its_parts_in_the_order_of_the_steps():
    features = MfccConfig(n_mfcc=20, deltas=True, texture_frames=5)
    bounds = np.arange(27) * 66_150 // 26
    number = np.repeat(np.arange(26), np.diff(bounds)) / 26
    signal = Signal(np.concatenate([number, 1 + number, number[:9000]]).astype("f4"), 22_050)
    order = np.stack([np.random.default_rng(s).permutation(26) for s in (0, 1)])
    played = play_shuffled(signal, order, features)

    assert len(played.samples) == 2 * 66_150 and played.sr == 22_050
    for segment in (0, 1):
        lengths = np.diff(bounds)[order[segment]]
        middles = segment * 66_150 + np.cumsum(lengths) - lengths // 2
        np.testing.assert_allclose(
            played.samples[middles], segment + order[segment] / 26, atol=1e-6
        )


def test_shuffled_sound_has_no_click_at_its_cuts():
    tone = Signal(np.sin(2 * np.pi * 220 * np.arange(66_150) / 22_050).astype("f4"), 22_050)
    order = np.random.default_rng(5).permutation(26)[np.newaxis]
    played = play_shuffled(tone, order, MfccConfig(texture_frames=5)).samples
    cut = np.concatenate([np.array_split(tone.samples, 26)[i] for i in order[0]])

    assert np.abs(np.diff(cut)).max() > 0.5
    assert np.abs(np.diff(played)).max() < 0.1


@pytest.mark.parametrize("n_samples", [8_000, 16_000, 100_000])
def test_sound_in_its_own_order_is_unchanged(n_samples):
    hiss = Signal(np.random.default_rng(2).normal(size=n_samples).astype("f4"), 16_000)
    features = MusicnnConfig()
    order = np.tile(np.arange(7), (max(1, n_samples // 48_000), 1))
    played = play_shuffled(hiss, order, features).samples

    n_whole = n_samples // 48_000 * 48_000 or n_samples
    np.testing.assert_allclose(played, hiss.samples[:n_whole], atol=1e-6)


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
