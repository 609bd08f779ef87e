"""The running running, and what silencing a part would have changed."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.errors import ParameterError
from genre.interpret.occlusion import (
    Occlusion,
    OcclusionRun,
    occlude_seconds,
    occlude_values,
    start_occlusion,
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


def test_occlusion_of_a_second_changes_its_segment_only():
    network, steps = make_network(n_steps=12), make_steps(50, n_steps=12)
    audible = np.ones(50, bool)
    audible[4] = False
    *_, last = occlude_seconds(network, steps, audible=audible, genre=2, segment_seconds=3.0)

    assert last.is_finished and last.by == "second" and len(last.change) == 150
    assert last.replaced_by == "the mean of the training data"
    silenced = np.zeros(steps.shape, bool)
    silenced[10, 4:8] = True  # the middle third of segment 10: second 31
    assert last.change[31] == pytest.approx(by_hand(network, steps, silenced, 2)[10], abs=1e-6)
    assert (
        np.isnan(last.change[12:15]).all()
        and np.isfinite(np.delete(last.change, [12, 13, 14])).all()
    )


def test_occlusion_of_a_second_across_two_segments_changes_both():
    network, steps = make_network(n_steps=10), make_steps(2, n_steps=10)
    *_, last = occlude_seconds(
        network, steps, audible=np.ones(2, bool), genre=0, segment_seconds=2.5
    )
    silenced = np.zeros(steps.shape, bool)
    silenced[0, 8:] = True
    silenced[1, :2] = True

    assert len(last.change) == 5
    assert last.change[2] == pytest.approx(by_hand(network, steps, silenced, 0).mean(), abs=1e-6)


def test_occlusion_is_computed_from_the_start_and_keeps_its_values():
    network, steps = make_network(), make_steps(150)
    maps = list(
        occlude_seconds(network, steps, audible=np.ones(150, bool), genre=1, segment_seconds=3.0)
    )

    assert len(maps) > 3
    assert [r.is_finished for r in maps] == [False] * (len(maps) - 1) + [True]
    for occlusion in maps:
        assert np.isnan(occlusion.change[occlusion.n_done :]).all()
        np.testing.assert_array_equal(
            occlusion.change[: occlusion.n_done], maps[-1].change[: occlusion.n_done]
        )
    assert all(a.n_done < b.n_done for a, b in itertools.pairwise(maps))


def test_occlusion_of_silent_segments_is_empty():
    network, steps = make_network(), make_steps(2)
    (occlusion,) = occlude_seconds(
        network, steps, audible=np.zeros(2, bool), genre=1, segment_seconds=3.0
    )

    assert occlusion.is_finished and np.isnan(occlusion.change).all()


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
        next(occlude_seconds(network, steps, audible=audible, genre=4, segment_seconds=3.0))
    with pytest.raises(ParameterError, match=r"no segment.*has a vote"):
        next(occlude_values(network, steps, MfccConfig(n_mfcc=6), audible=~audible, genre=0))


def test_occlusion_run_advanced_by_several_ends_complete(starter, jazz):
    audible = jazz.prediction.audible
    parts = {"audible": audible, "genre": 5}
    whole = [*occlude_values(starter.network, jazz.steps, starter.features, **parts)]
    occlusion = start_occlusion("mfcc", starter.network, jazz.steps, starter.features, **parts)

    # Without time to compute, nothing is added.
    assert occlusion.advance(0).n_done == occlusion.advance(0).n_done == 1
    done = occlusion.advance(60)
    assert done.is_finished and occlusion.advance(60) is done
    np.testing.assert_array_equal(done.change, whole[-1].change)
    seconds = start_occlusion("second", starter.network, jazz.steps, starter.features, **parts)
    assert seconds.advance(60).by == "second"


def test_occlusion_run_is_advanced_by_one_thread_at_a_time():
    lock, inside = threading.Lock(), []

    def slowly():
        for n in range(1, 41):
            inside.append(lock.acquire(blocking=False))
            time.sleep(0.001)
            lock.release()
            yield Occlusion("mfcc", np.zeros(40), n, "the song's own mean")

    occlusion = OcclusionRun(slowly())
    with ThreadPoolExecutor(4) as pool:
        assert all(one.is_finished for one in pool.map(occlusion.advance, [60] * 4))
    assert occlusion.advance(0).is_finished and inside == [True] * 40
