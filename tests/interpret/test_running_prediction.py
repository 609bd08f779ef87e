"""The running running, and what silencing a part would have changed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.errors import AudioError, ParameterError
from genre.interpret.occlusion import (
    Occlusion,
    OcclusionRun,
    occlude_values,
)
from genre.interpret.running_prediction import (
    MAX_RERUNS,
    RunningPrediction,
    predict_prefixes,
    seconds_read,
)
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from tests.interpret.test_trace import JAZZ, make_network, make_steps

SETTINGS = [
    {"pooling": pooling, "cell": cell} for pooling in ("last", "mean", "mean_max", "mean_shortcut")
    for cell in ("lstm", "simple_rnn")
]  # fmt: skip


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def jazz(starter):
    return analyze_song(JAZZ, starter)


# The running running


def test_running_prediction_of_the_whole_segment_is_the_networks(starter, jazz):
    running = predict_prefixes(starter.network, jazz.steps, MfccConfig())

    assert running.prefixes.tolist() == list(range(1, 27)) and not running.was_rerun
    np.testing.assert_allclose(
        running.probabilities[:, -1], starter.predict_proba(jazz.steps), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_running_prediction_equals_that_of_the_prefix_alone(settings):
    network, steps = make_network(**settings), make_steps(3)
    running = predict_prefixes(network, steps, MfccConfig())

    for i, k in enumerate(running.prefixes):
        alone = network.predict_proba(steps[:, :k])
        np.testing.assert_allclose(running.probabilities[:, i], alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("pooling", ["last", "mean", "mean_max"])
def test_running_prediction_bidirectional_does_not_read_ahead(pooling):
    network, steps = make_network(bidirectional=True, pooling=pooling), make_steps(3)
    running = predict_prefixes(network, steps, MfccConfig())
    other_end = steps.copy()
    other_end[:, 13:] = 5

    assert running.was_rerun and len(running.prefixes) == MAX_RERUNS
    np.testing.assert_array_equal(running.probabilities[:, -1], network.predict_proba(steps))
    until = running.prefixes <= 13
    np.testing.assert_array_equal(
        predict_prefixes(network, other_end, MfccConfig()).probabilities[:, until],
        running.probabilities[:, until],
    )


def test_running_prediction_of_many_segments_resets_the_state():
    network, steps = make_network(), make_steps(140)
    running = predict_prefixes(network, steps, MfccConfig())

    alone = predict_prefixes(network, steps[135:136], MfccConfig())
    np.testing.assert_allclose(running.probabilities[135], alone.probabilities[0], atol=1e-6)


def test_running_prediction_is_decided_at_its_last_change():
    top = np.array([[0, 1, 0, 2, 2], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0]])
    running = RunningPrediction(np.arange(1, 6), np.eye(3)[top], False, np.arange(1, 6) * 0.6, 3.0)

    assert running.decided.tolist() == [3, 0, 4]
    np.testing.assert_allclose(running.decided_seconds, [2.4, 0.6, 3.0])


def test_seconds_read_of_musicnn_begin_with_a_whole_window():
    features, network = MusicnnConfig(), make_network()
    running = predict_prefixes(network, make_steps(2), MfccConfig())
    np.testing.assert_allclose(running.seconds, np.arange(1, 27) * 3 / 26)

    read = seconds_read(np.array([1, 2, 7]), 7, features)
    np.testing.assert_allclose(read, [0.96, 1.28, 2.88])
    assert read[-1] <= features.segment_seconds


# Occlusion


def by_hand(network, steps, silenced, genre):
    """Silence a part of copies of all segments and return each segment's change."""
    occluded = steps.copy()
    occluded[silenced] = np.broadcast_to(network.weights["normalization.mean"], steps.shape)[
        silenced
    ]
    return network.predict_proba(occluded)[:, genre] - network.predict_proba(steps)[:, genre]


def test_occlusion_of_an_mfcc_includes_deltas_and_deviations():
    features = MfccConfig(n_mfcc=3, deltas=True, texture_frames=5)
    network, steps = make_network(n_values=12), make_steps(4, n_values=12)
    audible = np.array([True, True, False, True])
    maps = list(occlude_values(network, steps, features, audible=audible, genre=3))

    assert [r.n_done for r in maps] == [1, 2, 3] and maps[-1].is_finished
    silenced = np.zeros(steps.shape, bool)
    silenced[..., [1, 4, 7, 10]] = True
    expected = by_hand(network, steps, silenced, 3)[audible].mean()
    assert maps[-1].change[1] == pytest.approx(expected, abs=1e-6)


def test_occlusion_without_scaling_uses_the_songs_mean_and_says_so():
    network, steps = make_network(scaling=False), make_steps(4)
    audible = np.ones(4, bool)
    *_, last = occlude_values(network, steps, MfccConfig(n_mfcc=6), audible=audible, genre=0)
    occluded = steps.copy()
    occluded[..., 2] = steps[..., 2].mean()

    assert last.replaced_by == "the song's own mean"
    moved = network.predict_proba(occluded)[:, 0].mean() - network.predict_proba(steps)[:, 0].mean()
    assert last.change[2] == pytest.approx(moved, abs=1e-6)


def test_occlusion_of_an_unknown_genre_is_refused():
    network, steps, audible = make_network(), make_steps(1), np.ones(1, bool)
    with pytest.raises(ParameterError, match=r"genre=4.*tells 4 apart.*0 to 3"):
        next(occlude_values(network, steps, MfccConfig(n_mfcc=6), audible=audible, genre=4))
    with pytest.raises(ParameterError, match=r"no segment.*has a vote"):
        next(occlude_values(network, steps, MfccConfig(n_mfcc=6), audible=~audible, genre=0))


def test_occlusion_run_advanced_by_several_ends_complete(starter, jazz):
    audible = jazz.prediction.audible
    parts = {"audible": audible, "genre": 5}
    whole = [*occlude_values(starter.network, jazz.steps, starter.features, **parts)]
    occlusion = OcclusionRun(
        lambda: occlude_values(starter.network, jazz.steps, starter.features, **parts)
    )

    # Without time to compute, nothing is added.
    assert occlusion.advance(0).n_done == occlusion.advance(0).n_done == 1
    done = occlusion.advance(60)
    assert done.is_finished and occlusion.advance(60) is done
    np.testing.assert_array_equal(done.change, whole[-1].change)


def test_occlusion_run_is_advanced_by_one_thread_at_a_time():
    lock, inside = threading.Lock(), []

    def slowly():
        for n in range(1, 41):
            inside.append(lock.acquire(blocking=False))
            time.sleep(0.001)
            lock.release()
            yield Occlusion("mfcc", np.zeros(40), n, "the song's own mean")

    occlusion = OcclusionRun(slowly)
    with ThreadPoolExecutor(4) as pool:
        assert all(one.is_finished for one in pool.map(occlusion.advance, [60] * 4))
    assert occlusion.advance(0).is_finished and inside == [True] * 40


def test_occlusion_run_begins_again_once_the_song_can_be_read_again():
    song = {"is_here": True}

    def read():
        for n in range(3):
            if not song["is_here"]:
                raise AudioError("swept away")
            yield Occlusion("second", np.zeros(2), n, "silence")

    occlusion = OcclusionRun(read)
    song["is_here"] = False
    for _ in range(2):  # and not: silent, and never finished
        with pytest.raises(AudioError):
            occlusion.advance(60)
    song["is_here"] = True
    assert occlusion.advance(60).is_finished
