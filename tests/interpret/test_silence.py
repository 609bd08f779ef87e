"""A song without a second, against the whole analysis of the silenced recording."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from genre.audio.features import (
    extract_frames,
    extract_segments,
    frames_to_steps,
    level_frames,
)
from genre.audio.level import TARGET_DB, measure_level
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.interpret import silence
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.silence import silence_second, silence_seconds
from genre.models.classifier import classify_signal, load_classifier
from tests.interpret.test_trace import JAZZ, make_network

NAMES = ["starter", "course", "ear"]


class Read:
    """A recording as a model reads it."""

    def __init__(self, name, signal=None):
        self.classifier = load_classifier(name)
        self.features, self.network = self.classifier.features, self.classifier.network
        self.signal = signal or load_audio(JAZZ, sr=self.features.sr)
        self.steps = extract_segments(self.signal, self.features)
        self.running = predict_prefixes(self.network, self.steps, self.features)
        self.audible = classify_signal(self.signal, self.classifier).audible

    def without(self, second):
        return silence_second(
            self.signal, self.steps, self.running, second=second, audible=self.audible,
            network=self.network, features=self.features,
        )  # fmt: skip

    def all(self, audible=None, genre=5):
        return list(
            silence_seconds(
                lambda: self.signal, self.steps, genre=genre,
                audible=self.audible if audible is None else audible,
                network=self.network, features=self.features,
            )
        )  # fmt: skip


@pytest.fixture(scope="module", params=NAMES)
def jazz(request):
    return Read(request.param)


def whole_steps_without(read, second):
    """All steps of the recording without a second, at the level that it has with it."""
    signal, features = read.signal, read.features
    samples = signal.samples.copy()
    samples[second * signal.sr : (second + 1) * signal.sr] = 0
    if features.kind == "musicnn":
        gain = np.float32(10 ** ((TARGET_DB - measure_level(signal)) / 20))
        return extract_windows(Signal(samples * gain, signal.sr), features, is_levelled=True).values
    frames = extract_frames(Signal(samples, signal.sr), features)
    if features.level:
        before = extract_frames(signal, features)
        frames[..., 0] += (level_frames(before, features) - before)[0, 0, 0]
    return frames_to_steps(frames, features)


@pytest.mark.parametrize("second", [0, 7, 26])
def test_silenced_second_equals_whole_analysis_of_the_silenced_recording(jazz, second):
    expected = predict_prefixes(jazz.network, whole_steps_without(jazz, second), jazz.features)
    found = jazz.without(second)

    assert found.segments.tolist() == [second // 3]
    np.testing.assert_allclose(
        found.running.probabilities, expected.probabilities, rtol=0, atol=1e-4
    )
    touched = found.running.probabilities[second // 3] - jazz.running.probabilities[second // 3]
    assert np.abs(touched).max() > 0.001
    voting = found.running.probabilities[:, -1][jazz.audible]
    np.testing.assert_allclose(found.probabilities, voting.mean(axis=0), atol=1e-6)


def test_second_that_is_silent_already_changes_nothing():
    signal = load_audio(JAZZ)
    signal.samples[6 * signal.sr : 7 * signal.sr] = 0
    for name in ("starter", "course"):
        read = Read(name, signal)
        again = read.without(6).running.probabilities
        np.testing.assert_allclose(again, read.running.probabilities, rtol=0, atol=1e-5)


def test_second_across_two_segments_is_silenced_in_both():
    read = Read("starter")
    network = make_network(n_steps=10, n_values=80, n_genres=10)
    features = replace(read.features, segment_seconds=2.5)
    steps = extract_segments(read.signal, features)
    running = predict_prefixes(network, steps, features)
    audible = np.ones(len(steps), bool)
    found = silence_second(
        read.signal, steps, running, second=2, audible=audible, network=network, features=features
    )
    assert found.segments.tolist() == [0, 1]
    moved = (found.running.probabilities - running.probabilities)[:, -1]
    assert (np.abs(moved[:2]).max(axis=1) > 0).all() and not moved[2:].any()

    *_, last = silence_seconds(
        lambda: read.signal, steps, audible=audible, genre=3, network=network, features=features
    )
    assert last.change[2] == pytest.approx(moved[:2, 3].mean(), abs=1e-5)


def test_segment_whose_only_sound_is_silenced_has_no_vote():
    signal = load_audio(JAZZ)
    signal.samples[9 * signal.sr : 12 * signal.sr] = 0
    signal.samples[10 * signal.sr : 11 * signal.sr] = 0.1
    read = Read("starter", signal)
    assert read.audible[3]

    assert not read.without(10).audible[3] and read.without(9).audible[3]


def test_recording_of_one_second_without_it_has_no_prediction():
    for name in NAMES:
        jazz = load_audio(JAZZ, sr=load_classifier(name).features.sr)
        read = Read(name, Signal(jazz.samples[: jazz.sr], jazz.sr))
        assert read.without(0).probabilities is None
        assert len(read.all()[-1].change) == 3


def test_second_outside_the_segments_is_refused():
    read = Read("starter")
    for second in (-1, 27, 10**9):
        with pytest.raises(ParameterError, match=r"second=.*from 0 to 26"):
            read.without(second)
    with pytest.raises(ParameterError, match=r"genre=10.*tells 10 apart.*0 to 9"):
        read.all(genre=10)


# Second by second


def test_each_second_is_silenced_as_by_itself(jazz):
    maps = jazz.all()
    for second in (0, 7, 26):
        moved = jazz.without(second).running.probabilities - jazz.running.probabilities
        expected = moved[second // 3, -1, 5]
        assert maps[-1].change[second] == pytest.approx(expected, abs=1e-4)
    assert maps[-1].replaced_by == "silence"


def test_seconds_are_computed_from_the_start_keep_their_values_and_load_in_parts(monkeypatch):
    monkeypatch.setattr(silence, "HELD_SEGMENTS", 4)
    read = Read("starter")
    maps = read.all()

    assert maps[0].n_done == 0 and np.isnan(maps[0].change).all()
    assert [one.is_finished for one in maps] == [False] * (len(maps) - 1) + [True]
    assert all(a.n_done <= b.n_done for a, b in itertools.pairwise(maps))
    for one in maps:
        assert np.isnan(one.change[one.n_done :]).all()
        np.testing.assert_array_equal(one.change[: one.n_done], maps[-1].change[: one.n_done])
    monkeypatch.undo()
    np.testing.assert_allclose(maps[-1].change, read.all()[-1].change, atol=1e-5)


def test_seconds_of_segments_without_a_vote_are_not_known():
    read = Read("starter")
    audible = np.arange(len(read.steps)) != 4
    last = read.all(audible=audible)[-1]

    assert last.is_finished
    assert np.flatnonzero(np.isnan(last.change)).tolist() == [12, 13, 14]
    nothing = read.all(audible=np.zeros(len(read.steps), bool))[-1]
    assert nothing.is_finished and np.isnan(nothing.change).all() and nothing.strongest is None
