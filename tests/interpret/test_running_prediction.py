"""The running verdict, and what silencing a part would have changed."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genre.audio.feature_config import FeatureConfig
from genre.errors import ParameterError
from genre.interpret.occlusion import (
    Occlusion,
    OcclusionRun,
    occlude_mfccs,
    occlude_seconds,
    start_occlusion,
)
from genre.interpret.running_prediction import MAX_RERUNS, RunningPrediction, predict_prefixes
from genre.models.prediction import load_classifier
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


# The running verdict


def test_the_last_running_verdict_of_the_starter_is_each_segments_own(starter, jazz):
    verdict = predict_prefixes(starter.network, jazz.steps, segment_seconds=3.0)

    assert verdict.prefixes.tolist() == list(range(1, 27)) and not verdict.was_rerun
    np.testing.assert_allclose(
        verdict.probabilities[:, -1], starter.predict_proba(jazz.steps), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_running_verdict_is_what_the_network_says_of_the_prefix_alone(settings):
    network, steps = make_network(**settings), make_steps(3)
    verdict = predict_prefixes(network, steps, segment_seconds=3.0)

    for i, k in enumerate(verdict.prefixes):
        alone = network.predict_proba(steps[:, :k])
        np.testing.assert_allclose(verdict.probabilities[:, i], alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("pooling", ["last", "mean", "mean_max"])
def test_a_bidirectional_network_is_asked_again_and_does_not_hear_ahead(pooling):
    network, steps = make_network(bidirectional=True, pooling=pooling), make_steps(3)
    verdict = predict_prefixes(network, steps, segment_seconds=3.0)
    other_end = steps.copy()
    other_end[:, 13:] = 5

    assert verdict.was_rerun and len(verdict.prefixes) == MAX_RERUNS
    np.testing.assert_array_equal(verdict.probabilities[:, -1], network.predict_proba(steps))
    until = verdict.prefixes <= 13
    np.testing.assert_array_equal(
        predict_prefixes(network, other_end, segment_seconds=3.0).probabilities[:, until],
        verdict.probabilities[:, until],
    )


def test_many_segments_each_start_anew():
    network, steps = make_network(), make_steps(140)
    verdict = predict_prefixes(network, steps, segment_seconds=3.0)

    alone = predict_prefixes(network, steps[135:136], segment_seconds=3.0)
    np.testing.assert_allclose(verdict.probabilities[135], alone.probabilities[0], atol=1e-6)


def test_the_moment_of_decision_is_the_last_change_of_mind():
    top = np.array([[0, 1, 0, 2, 2], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0]])
    verdict = RunningPrediction(np.arange(1, 6), np.eye(3)[top], False, 3.0)

    assert verdict.decided.tolist() == [3, 0, 4]
    np.testing.assert_allclose(verdict.decided_seconds, [2.4, 0.6, 3.0])


# Occlusion


def by_hand(network, steps, silenced, genre):
    """Silence a part of copies of all segments and return each segment's change."""
    occluded = steps.copy()
    occluded[silenced] = np.broadcast_to(network.weights["normalization.mean"], steps.shape)[
        silenced
    ]
    return network.predict_proba(occluded)[:, genre] - network.predict_proba(steps)[:, genre]


def test_each_second_is_silenced_alone_in_its_own_segment():
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


def test_a_second_across_two_segments_is_silenced_in_both():
    network, steps = make_network(n_steps=10), make_steps(2, n_steps=10)
    *_, last = occlude_seconds(
        network, steps, audible=np.ones(2, bool), genre=0, segment_seconds=2.5
    )
    silenced = np.zeros(steps.shape, bool)
    silenced[0, 8:] = True
    silenced[1, :2] = True

    assert len(last.change) == 5
    assert last.change[2] == pytest.approx(by_hand(network, steps, silenced, 0).mean(), abs=1e-6)


def test_the_ribbon_fills_in_from_the_start_and_keeps_what_it_has():
    network, steps = make_network(), make_steps(150)
    ribbons = list(
        occlude_seconds(network, steps, audible=np.ones(150, bool), genre=1, segment_seconds=3.0)
    )

    assert len(ribbons) > 3
    assert [r.is_finished for r in ribbons] == [False] * (len(ribbons) - 1) + [True]
    for ribbon in ribbons:
        assert np.isnan(ribbon.change[ribbon.n_done :]).all()
        np.testing.assert_array_equal(
            ribbon.change[: ribbon.n_done], ribbons[-1].change[: ribbon.n_done]
        )
    assert all(a.n_done < b.n_done for a, b in itertools.pairwise(ribbons))


def test_a_song_of_silent_segments_has_an_empty_ribbon():
    network, steps = make_network(), make_steps(2)
    (ribbon,) = occlude_seconds(
        network, steps, audible=np.zeros(2, bool), genre=1, segment_seconds=3.0
    )

    assert ribbon.is_finished and np.isnan(ribbon.change).all()


def test_an_mfcc_is_silenced_with_its_deltas_and_deviations():
    features = FeatureConfig(n_mfcc=3, deltas=True, texture_frames=5)
    network, steps = make_network(n_values=12), make_steps(4, n_values=12)
    audible = np.array([True, True, False, True])
    ribbons = list(occlude_mfccs(network, steps, features, audible=audible, genre=3))

    assert [r.n_done for r in ribbons] == [1, 2, 3] and ribbons[-1].is_finished
    silenced = np.zeros(steps.shape, bool)
    silenced[..., [1, 4, 7, 10]] = True
    expected = by_hand(network, steps, silenced, 3)[audible].mean()
    assert ribbons[-1].change[1] == pytest.approx(expected, abs=1e-6)


def test_without_scaling_the_songs_own_mean_stands_in_and_it_says_so():
    network, steps = make_network(scaling=False), make_steps(4)
    audible = np.ones(4, bool)
    *_, last = occlude_mfccs(network, steps, FeatureConfig(n_mfcc=6), audible=audible, genre=0)
    occluded = steps.copy()
    occluded[..., 2] = steps[..., 2].mean()

    assert last.replaced_by == "the song's own mean"
    moved = network.predict_proba(occluded)[:, 0].mean() - network.predict_proba(steps)[:, 0].mean()
    assert last.change[2] == pytest.approx(moved, abs=1e-6)


def test_a_genre_that_is_none_of_the_networks_is_refused():
    network, steps, audible = make_network(), make_steps(1), np.ones(1, bool)
    with pytest.raises(ParameterError, match=r"genre=4.*tells 4 apart.*0 to 3"):
        next(occlude_seconds(network, steps, audible=audible, genre=4, segment_seconds=3.0))
    with pytest.raises(ParameterError, match=r"no segment.*has a vote"):
        next(occlude_mfccs(network, steps, FeatureConfig(n_mfcc=6), audible=~audible, genre=0))


def test_a_ribbon_goes_on_for_whoever_looks_and_ends_as_the_whole(starter, jazz):
    audible = jazz.prediction.audible
    parts = {"audible": audible, "genre": 5}
    whole = [*occlude_mfccs(starter.network, jazz.steps, starter.features, **parts)]
    ribbon = start_occlusion("mfcc", starter.network, jazz.steps, starter.features, **parts)

    assert ribbon.advance(0).n_done == ribbon.advance(0).n_done == 1  # nobody waits: it stands
    done = ribbon.advance(60)
    assert done.is_finished and ribbon.advance(60) is done
    np.testing.assert_array_equal(done.change, whole[-1].change)
    seconds = start_occlusion("second", starter.network, jazz.steps, starter.features, **parts)
    assert seconds.advance(60).by == "second"


def test_a_ribbon_is_moved_on_by_one_at_a_time():
    lock, inside = threading.Lock(), []

    def slowly():
        for n in range(1, 41):
            inside.append(lock.acquire(blocking=False))
            time.sleep(0.001)
            lock.release()
            yield Occlusion("mfcc", np.zeros(40), n, "the song's own mean")

    ribbon = OcclusionRun(slowly())
    with ThreadPoolExecutor(4) as pool:
        assert all(one.is_finished for one in pool.map(ribbon.advance, [60] * 4))
    assert ribbon.advance(0).is_finished and inside == [True] * 40
