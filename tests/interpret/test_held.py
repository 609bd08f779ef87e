"""What a song becomes with a gate held."""

import time

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.errors import ParameterError
from genre.interpret.cell import MAX_STEPS
from genre.interpret.held import count_changed, most_steps, run_layer
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.network.forward import HeldGate
from tests.interpret.test_trace import make_network, make_steps

TEXTURES = MfccConfig(texture_frames=5)
SHUT = HeldGate(1, "forget", 0.0)


@pytest.mark.parametrize("both", [False, True])
def test_run_keeps_the_layer_and_ends_each_segment_with_its_prediction(both):
    network, steps = make_network(bidirectional=both), make_steps(4)
    for held in ((), (SHUT,)):
        run = run_layer(network, steps, TEXTURES, layer=2, held=held)
        trace = network.trace(steps, held)

        np.testing.assert_array_equal(run.states, trace.layers[1][0].cell)
        np.testing.assert_array_equal(run.hidden, trace.layers[1][0].hidden)
        np.testing.assert_array_equal(run.gates["output"], trace.layers[1][0].output_gate)
        np.testing.assert_allclose(run.probabilities, network.predict_proba(steps, held), atol=1e-6)
        assert run.running.prefixes[-1] == 26


def test_prefix_under_a_held_gate_is_the_prediction_of_that_prefix():
    network, steps = make_network(), make_steps(3)
    run = run_layer(network, steps, TEXTURES, layer=1, held=[SHUT])

    expected = network.predict_proba(steps[:, :9], [SHUT])
    np.testing.assert_allclose(run.running.probabilities[:, 8], expected, atol=1e-6)


def test_verdict_is_the_mean_of_what_can_be_heard():
    network, steps = make_network(), make_steps(3)
    run = run_layer(network, steps, TEXTURES, layer=1)
    audible = np.array([True, False, True])

    np.testing.assert_allclose(run.verdict(audible), run.probabilities[[0, 2]].mean(axis=0))
    np.testing.assert_allclose(run.verdict(~audible & audible), run.probabilities.mean(axis=0))


def test_segments_that_change_are_counted_where_they_can_be_heard():
    network, steps = make_network(seed=445), make_steps(40)
    one = run_layer(network, steps, TEXTURES, layer=1)
    other = run_layer(network, steps, TEXTURES, layer=1, held=[HeldGate(1, "input", 0.0)])
    differs = one.probabilities.argmax(1) != other.probabilities.argmax(1)

    assert 0 < differs.sum() < 40
    assert count_changed(one, other, np.ones(40, bool)) == differs.sum()
    assert count_changed(one, other, ~differs) == 0


def test_simple_cells_have_no_gate_to_hold():
    with pytest.raises(ParameterError, match=r"no gates\. Choose an LSTM model"):
        run_layer(make_network(cell="simple_rnn"), make_steps(1), TEXTURES, layer=1)


@pytest.mark.parametrize("name", ["starter", "course", "ear"])
def test_held_run_takes_no_longer_than_a_click_may(name):
    classifier = load_classifier(name)
    steps = analyze_song("samples/jazz.ogg", classifier).steps
    longest = np.tile(steps, (60, 1, 1))[: MAX_STEPS // steps.shape[1]]  # a stretch of any song
    for song, limit in ((steps, 0.3), (longest, 0.6)):
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            run_layer(classifier.network, song, classifier.features, layer=2, held=[SHUT])
            taken.append(time.perf_counter() - start)
        assert min(taken) < limit


def test_bidirectional_stretch_is_as_much_shorter_as_it_is_run_more_often():
    assert most_steps(make_network()) == MAX_STEPS
    assert most_steps(make_network(bidirectional=True)) * 6 <= MAX_STEPS
