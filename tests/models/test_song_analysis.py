"""What a page draws of a recording: all of it, and no more than fits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.audio.load import load_audio
from genre.audio.musicnn_network import TAGS
from genre.audio.signal import Signal, encode_wav
from genre.audio.tags import strongest_tags
from genre.errors import AudioError
from genre.models import song_analysis
from genre.models.classifier import classify, load_classifier
from genre.models.song_analysis import BEGINNING_SECONDS, MAX_COLUMNS, analyze_song, average_columns
from genre.paths import ROOT
from tests.support.musicnn_model import NAME, save_musicnn_model

JAZZ = ROOT / "samples" / "jazz.ogg"


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


def test_view_agrees_with_classification(starter):
    song = (ROOT / "samples" / "blues.ogg").read_bytes()
    view = analyze_song(song, starter).view

    np.testing.assert_array_equal(
        view.prediction.segment_probabilities, classify(song, starter).segment_probabilities
    )
    assert view.columns.shape[1] == starter.features.frame_values
    assert view.column_seconds * len(view.columns) == pytest.approx(27.0)


def test_long_song_is_drawn_in_bounded_pieces(starter):
    minutes = 0.1 * np.random.default_rng(0).standard_normal(4 * 60 * 22_050)
    view = analyze_song(encode_wav(Signal(minutes, 22_050)), starter).view

    assert len(view.prediction.segment_probabilities) == 80
    assert len(view.columns) == MAX_COLUMNS
    assert len(view.envelope) <= 3000


def test_short_recording_is_drawn_once_not_repeated(starter):
    second = 0.1 * np.random.default_rng(0).standard_normal(22_050)
    analysis = analyze_song(encode_wav(Signal(second, 22_050)), starter)
    view = analysis.view

    assert view.prediction.is_short
    assert analysis.steps.shape == (1, 26, 80)
    assert len(view.columns) == 1 + 22_050 // 512
    assert view.column_seconds * len(view.columns) == pytest.approx(1.0)


def test_silence_is_refused(starter):
    with pytest.raises(AudioError, match=r"recording is silent.*Choose a recording with sound"):
        analyze_song(encode_wav(Signal(np.zeros(5 * 22_050), 22_050)), starter)


def test_analysis_of_a_song_keeps_a_copy_of_its_beginning(starter):
    analysis = analyze_song(JAZZ, starter)
    samples = load_audio(JAZZ).samples

    assert analysis.n_samples == len(samples)
    expected = samples[: BEGINNING_SECONDS * 22_050]
    np.testing.assert_array_equal(analysis.beginning.samples, expected)
    assert analysis.beginning.samples.base is None  # a slice would keep all of it in memory


def test_analysis_decodes_once_and_predicts_from_the_steps_it_keeps(starter, monkeypatch):
    loaded = []
    monkeypatch.setattr(
        song_analysis, "load_audio", lambda *a, **k: loaded.append(a) or load_audio(*a, **k)
    )
    analysis = analyze_song(JAZZ, starter)

    assert len(loaded) == 1
    np.testing.assert_array_equal(
        starter.predict_proba(analysis.steps), analysis.prediction.segment_probabilities
    )


@given(n_frames=st.integers(1, 300), n_columns=st.integers(1, 300))
def test_frames_count_in_exactly_one_column(n_frames, n_columns):
    frames = np.arange(n_frames, dtype=np.float64)[:, np.newaxis]
    columns = average_columns(frames, n_columns)
    n = min(n_frames, n_columns)
    counts = np.diff(np.append(np.arange(n) * n_frames // n, n_frames))

    assert len(columns) == n
    assert (columns[:, 0] * counts).sum() == pytest.approx(frames.sum(), rel=1e-5)
    assert (np.diff(columns[:, 0]) > 0).all()


def test_song_read_by_a_musicnn_model_has_its_columns_and_tags(tmp_path):
    save_musicnn_model(tmp_path)
    classifier = load_classifier(NAME, tmp_path)

    analysis = analyze_song(JAZZ, classifier)

    assert analysis.view.row_name == "musicnn value"
    assert analysis.steps.shape == (9, 7, 200)
    assert analysis.view.columns.shape == (63, 200)
    assert analysis.view.column_seconds * 63 == pytest.approx(27.0)
    assert TAGS[int(analysis.view.tags.mean(axis=0).argmax())] == "jazz"
    assert [tag.word for tag in analysis.view.strongest_tags] == ["jazz"]
    assert [tag.word for tag in analysis.view.segment_tags(4)] == ["jazz"]
    expected = classify(JAZZ, classifier).probabilities
    np.testing.assert_array_equal(analysis.prediction.probabilities, expected)


def test_silent_segments_have_no_tags_and_do_not_count_for_the_song(tmp_path):
    save_musicnn_model(tmp_path)
    sound = load_audio(JAZZ, sr=16_000, max_seconds=9).samples
    half = Signal(np.concatenate([sound, np.zeros_like(sound)]), 16_000)
    view = analyze_song(encode_wav(half), load_classifier(NAME, tmp_path)).view

    assert view.strongest_tags == strongest_tags(view.tags[:3])
    assert view.segment_tags(1) and view.segment_tags(4) == ()


def test_song_read_by_an_mfcc_model_has_no_tags(starter):
    view = analyze_song(JAZZ, starter).view

    assert (view.tags, view.strongest_tags, view.segment_tags(0)) == (None, (), ())


def test_song_is_recognised_as_training_track_by_its_samples(starter):
    view = analyze_song(JAZZ, starter).view
    heard = replace(starter.card, heard={load_audio(JAZZ).digest(): "some track"})

    assert heard.was_trained_on(view.as_track("holiday.mp3"))
    assert not starter.card.was_trained_on(view.as_track("holiday.mp3"))


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("blues.00000.wav", True),
        ("Blues.00000 (1).mp3", True),
        ("blues.00000", True),
        ("blues.000001.wav", False),
        ("my blues.00000.wav", False),
        ("blues.99999.wav", False),
    ],
)
def test_song_is_recognised_as_training_track_by_its_gtzan_name(starter, name, is_known):
    view = analyze_song(JAZZ, starter).view

    assert starter.card.was_trained_on(view.as_track(name)) == is_known
