"""A long song is classified by some of its segments first, and then as if it never had been."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.audio.feature_config import MusicnnConfig
from genre.audio.load import load_audio
from genre.audio.signal import Signal, encode_wav
from genre.errors import AudioError
from genre.models import song_analysis
from genre.models.classifier import classify, load_classifier
from genre.models.song_analysis import (
    N_FIRST,
    FirstImpression,
    SongAnalysis,
    analyze_in_stages,
    first_segments,
)
from genre.paths import SAMPLES

SR = MusicnnConfig.sr
SEGMENT = 3 * SR
GENRES = ("jazz", "country", "metal")


def long_song(n_segments, *silent):
    """A WAV of some segments of real music, with a bit left over."""
    samples = np.concatenate([load_audio(SAMPLES / f"{g}.ogg", sr=SR).samples for g in GENRES])
    samples = np.tile(samples, 4)[: n_segments * SEGMENT + 1000].copy()
    for segment in silent:
        samples[segment * SEGMENT : (segment + 1) * SEGMENT] = 0
    return encode_wav(Signal(samples, SR))


@pytest.fixture(scope="module")
def ear():
    return load_classifier("ear")


def test_long_song_has_a_first_impression_from_twelve_segments_all_over_it(ear):
    content = long_song(40)
    first, last = analyze_in_stages(content, ear)
    of_segments = last.prediction.segment_probabilities
    chosen = first_segments(load_audio(content, sr=SR), ear.features)

    assert isinstance(first, FirstImpression) and isinstance(last, SongAnalysis)
    assert first.n_segments == len(of_segments) == 40
    assert len(chosen) == N_FIRST and chosen[0] < 4 and chosen[-1] > 35
    np.testing.assert_allclose(
        first.prediction.segment_probabilities, of_segments[chosen], atol=1e-6
    )


def test_first_impression_changes_nothing_in_what_follows(ear, monkeypatch):
    content = long_song(40, 7, 8)
    _, staged = analyze_in_stages(content, ear)
    monkeypatch.setattr(song_analysis, "N_FIRST", 1000)
    [whole] = analyze_in_stages(content, ear)

    np.testing.assert_array_equal(
        staged.prediction.segment_probabilities, classify(content, ear).segment_probabilities
    )
    np.testing.assert_array_equal(staged.steps, whole.steps)
    np.testing.assert_array_equal(staged.view.tags, whole.view.tags)
    np.testing.assert_array_equal(staged.view.columns, whole.view.columns)
    assert staged.prediction.to_dict() == whole.prediction.to_dict()


def test_long_song_is_decoded_once_and_no_segment_computed_twice(ear, monkeypatch):
    decoded, computed = [], []
    load, extract = song_analysis.load_audio, song_analysis.extract_windows
    monkeypatch.setattr(
        song_analysis, "load_audio", lambda *a, **k: decoded.append(1) or load(*a, **k)
    )
    monkeypatch.setattr(
        song_analysis,
        "extract_windows",
        lambda signal, *a, **k: (
            computed.append(len(signal.samples) / SEGMENT) or extract(signal, *a, **k)
        ),
    )
    stages = analyze_in_stages(long_song(60), ear)
    next(stages)
    assert computed == [12]
    next(stages)

    assert decoded == [1]
    assert computed == [12, 32, 16]


@pytest.mark.parametrize(
    ("model", "segments"),
    [("ear", (12,)), ("ear", (14, 3, 4)), ("starter", (20,))],
    ids=["12 segments", "12 that are audible", "MFCCs"],
)
def test_song_without_need_of_a_first_impression_has_none(model, segments):
    stages = list(analyze_in_stages(long_song(*segments), load_classifier(model)))

    assert [type(stage) for stage in stages] == [SongAnalysis]


def test_long_silence_is_refused(ear):
    with pytest.raises(AudioError, match="recording is silent"):
        next(analyze_in_stages(long_song(15, *range(16)), ear))


@given(audible=st.lists(st.booleans(), min_size=1, max_size=90).map(np.array))
def test_first_segments_are_audible_and_evenly_spread(audible):
    segments = np.flatnonzero(audible)
    signal = Signal(np.repeat(audible.astype("f4"), SEGMENT), SR)
    chosen = first_segments(signal, MusicnnConfig())

    if len(segments) <= N_FIRST:
        assert len(chosen) == 0
        return
    places = np.searchsorted(segments, chosen)
    assert set(chosen) <= set(segments)
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert max(gaps) - min(gaps) <= 1 and min(gaps) >= 1
    assert abs(places[0] - (len(segments) - 1 - places[-1])) <= 1
