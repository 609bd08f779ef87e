"""A prediction: from the whole recording and from its sound only."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.errors import AudioError, ModelError, ParameterError
from genre.models.card import ModelCard
from genre.models.classifier import (
    Classifier,
    classify,
    classify_all,
    classify_signal,
    load_classifier,
)
from genre.models.confidence import Thresholds
from genre.models.prediction import Prediction
from genre.models.registry import save_model
from genre.network.config import NetworkConfig
from genre.network.forward import Network
from tests.support.recordings import bad_recordings

SR = 22_050


def noise(seconds: float, seed: int = 440) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SR))


def tone(seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 110 * np.arange(round(seconds * SR)) / SR)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SR))


def song(*parts: np.ndarray) -> Signal:
    return Signal(np.concatenate(parts), SR)


def predicted(segment_probabilities, *, audible=None, genres=("blues", "jazz", "rock")):
    segment_probabilities = np.array(segment_probabilities, np.float32)
    n = len(segment_probabilities)
    return Prediction(
        genres=genres,
        segment_probabilities=segment_probabilities,
        audible=np.ones(n, bool) if audible is None else np.array(audible),
        seconds=3.0 * n,
        segment_seconds=3.0,
        is_short=False,
        is_truncated=False,
        model="ear",
    )


def random_classifier(seed: int) -> Classifier:
    config = NetworkConfig(n_steps=26, n_values=8, n_genres=3, units=(4, 3), dense_units=5)
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(size=s).astype("f4") for name, s in config.weight_shapes().items()}
    weights["normalization.variance"] = np.full(8, 1e4, "f4")
    weights["dense.bias"] = np.full(5, 9, "f4")  # no unit is shut whatever it hears
    weights["output.kernel"] *= 0.1
    features = MfccConfig(n_mfcc=4, texture_frames=5)
    card = ModelCard("random", "", ("blues", "jazz", "rock"), features, config)
    return Classifier(Network(config, weights), card)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), seconds=st.floats(0.5, 8))
def test_probabilities_sum_to_one_and_depend_on_the_sound(seed, seconds):
    classifier = random_classifier(seed)

    one, other = (classify_signal(song(f(seconds)), classifier) for f in (noise, tone))

    for prediction in (one, other):
        assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(prediction.segment_probabilities.sum(axis=1), 1, atol=1e-6)
    assert not np.array_equal(one.probabilities, other.probabilities)


def test_prediction_equals_what_the_network_computes(bass_or_hiss):
    """Not sharpened, not flattened, not normalised again."""
    prediction = classify_signal(song(tone(3), noise(3)), bass_or_hiss)

    bass, hiss = prediction.segment_probabilities
    np.testing.assert_allclose(prediction.probabilities, (bass + hiss) / 2, rtol=1e-6)
    assert prediction.probability == prediction.probabilities.max()
    assert prediction.to_dict()["probability"] == pytest.approx(prediction.probability, abs=1e-6)


def test_different_sounds_get_different_predictions(bass_or_hiss):
    assert classify_signal(song(tone(7)), bass_or_hiss).genre == "bass"
    assert classify_signal(song(noise(7)), bass_or_hiss).genre == "hiss"


def test_changed_last_half_changes_prediction(bass_or_hiss):
    start = noise(6)

    same = classify_signal(song(start, noise(9)), bass_or_hiss)
    changed = classify_signal(song(start, tone(9)), bass_or_hiss)

    np.testing.assert_array_equal(same.segment_probabilities[:2], changed.segment_probabilities[:2])
    assert (same.genre, changed.genre) == ("hiss", "bass")


@pytest.mark.parametrize("silent_first", [False, True])
def test_silent_segments_have_no_vote(bass_or_hiss, silent_first):
    sound, rest = tone(6), silence(12)
    parts = (rest, sound) if silent_first else (sound, rest)

    alone = classify_signal(song(sound), bass_or_hiss)
    with_silence = classify_signal(song(*parts), bass_or_hiss)

    np.testing.assert_array_equal(with_silence.probabilities, alone.probabilities)
    assert with_silence.genre == "bass"
    assert with_silence.agreement == 1
    assert with_silence.audible.sum() == 2
    assert with_silence.to_dict()["n_silent_segments"] == 4


@pytest.mark.parametrize("seconds", [0.5, 2.9, 29.9])
def test_silent_recording_is_refused(bass_or_hiss, seconds):
    with pytest.raises(
        AudioError, match=rf"silent: none of its {max(1, int(seconds // 3))} segments of 3 s"
    ):
        classify_signal(song(silence(seconds)), bass_or_hiss)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.49])
def test_recording_too_short_to_classify_is_refused(bass_or_hiss, seconds):
    with pytest.raises(AudioError, match=r"at least 0\.5 s.*longer recording"):
        classify_signal(song(tone(seconds)), bass_or_hiss)


@pytest.mark.parametrize(
    ("seconds", "is_short", "n_segments"),
    [(0.5, True, 1), (2.9, True, 1), (3.0, False, 1), (29.9, False, 9)],
)
def test_recordings_of_every_length_are_classified_and_short_ones_marked(
    bass_or_hiss, seconds, is_short, n_segments
):
    prediction = classify_signal(song(tone(seconds)), bass_or_hiss)

    assert prediction.genre == "bass"
    assert (prediction.is_short, len(prediction.audible)) == (is_short, n_segments)
    assert prediction.seconds == pytest.approx(seconds)


@pytest.mark.parametrize("is_truncated", [False, True])
def test_recording_cut_off_is_marked(bass_or_hiss, is_truncated):
    signal = Signal(tone(3), SR, is_truncated)

    assert classify_signal(signal, bass_or_hiss).is_truncated == is_truncated


@pytest.mark.parametrize("is_one_side", [False, True])
def test_recording_whose_sides_cancel_is_classified_and_marked(bass_or_hiss, is_one_side):
    right = -tone(3) if is_one_side else tone(3)
    file = io.BytesIO()
    sf.write(file, np.stack([tone(3), right], axis=1), SR, format="WAV")

    prediction = classify(file, bass_or_hiss)

    assert prediction.is_one_side == is_one_side
    assert prediction.to_dict()["is_one_side"] == is_one_side
    mono = classify_signal(song(tone(3)), bass_or_hiss)
    np.testing.assert_allclose(prediction.probabilities, mono.probabilities, atol=1e-3)


def test_signal_at_another_rate_than_the_models_is_refused(bass_or_hiss):
    with pytest.raises(ParameterError, match=r"44100 Hz, the features expect 22050 Hz"):
        classify_signal(Signal(tone(6), 44_100), bass_or_hiss)


def test_file_and_its_bytes_get_the_same_prediction(bass_or_hiss, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(encode_wav(song(tone(4))))

    from_file, from_bytes = (classify(s, bass_or_hiss) for s in (path, path.read_bytes()))

    assert from_file.to_dict() == from_bytes.to_dict()
    assert (from_file.genre, from_file.model) == ("bass", "ear")


def test_bad_recordings_do_not_hide_the_others(bass_or_hiss, tmp_path):
    contents = {name: content for name, (content, _) in bad_recordings().items()}
    for name, content in {"good": encode_wav(song(tone(4))), **contents}.items():
        (tmp_path / name).write_bytes(content)
    good, *bad = [str(tmp_path / name) for name in ("good", *contents, "missing", ".")]

    outcomes = list(classify_all([good, *bad, good], bass_or_hiss))

    assert [path for path, _ in outcomes] == [good, *bad, good]
    kinds = [type(outcome) for _, outcome in outcomes]
    assert kinds == [Prediction, *[AudioError] * len(bad), Prediction]


def test_saved_model_gives_same_prediction(bass_or_hiss, hiss, tmp_path):
    save_model(bass_or_hiss.network, bass_or_hiss.card, folder=tmp_path)

    loaded = load_classifier("ear", tmp_path)

    assert classify_signal(hiss, loaded).to_dict() == classify_signal(hiss, bass_or_hiss).to_dict()


def test_classification_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"there is no model named ear"):
        load_classifier("ear", tmp_path)


def test_ranking_goes_from_most_probable_down():
    prediction = predicted([[0.2, 0.5, 0.3]])

    assert prediction.ranking == ("jazz", "rock", "blues")
    assert (prediction.genre, prediction.probability) == ("jazz", 0.5)


@pytest.mark.parametrize(
    ("probabilities", "ranking"),
    [
        ([0.25, 0.5, 0.25], ("jazz", "blues", "rock")),
        ([0.25, 0.375, 0.375], ("jazz", "rock", "blues")),
        ([1 / 3, 1 / 3, 1 / 3], ("blues", "jazz", "rock")),
    ],
)
def test_ties_are_ranked_in_alphabetical_order_without_loss(probabilities, ranking):
    assert predicted([probabilities]).ranking == ranking


def test_agreement_is_share_of_audible_segments_with_same_prediction():
    segments = [[0.9, 0.1, 0], [0.4, 0.6, 0], [0.9, 0.1, 0], [0, 0, 1], [0, 0, 1]]

    prediction = predicted(segments, audible=[True, True, True, False, True])

    assert prediction.genre == "blues"
    assert prediction.agreement == 0.5


def test_confidence_of_a_song_follows_the_mean_and_the_models_own_thresholds():
    thresholds = Thresholds(clearly=0.8, probably=0.6)
    of_mean = {0.85: [[0.9, 0.1, 0], [0.8, 0.2, 0]], 0.7: [[1, 0, 0], [0.4, 0.6, 0]]}

    levels = [
        replace(predicted(rows), thresholds=thresholds).confidence for rows in of_mean.values()
    ]

    assert levels == ["clearly", "probably"]


def test_confidence_of_a_classifiers_song_is_by_its_cards_thresholds(bass_or_hiss):
    def level(thresholds):
        card = replace(bass_or_hiss.card, thresholds=thresholds)
        return classify_signal(song(tone(3)), Classifier(bass_or_hiss.network, card)).confidence

    assert level(Thresholds(clearly=0.5, probably=0.5)) == "clearly"
    assert level(Thresholds(clearly=None, probably=0.5)) == "probably"
    assert level(Thresholds(clearly=None, probably=None)) == "unsure"


def test_plain_values_survive_json(bass_or_hiss):
    prediction = classify_signal(song(tone(3), silence(3), noise(4)), bass_or_hiss)

    values = json.loads(json.dumps(prediction.to_dict(), allow_nan=False))

    assert values["probabilities"].keys() == {"bass", "hiss"}
    assert values["genre"] == prediction.genre
    assert values["n_segments"] == len(values["timeline"]) == 3
    assert [row["start_seconds"] for row in values["timeline"]] == [0, 3, 6]
    assert [row["audible"] for row in values["timeline"]] == [True, False, True]
    for row, given_to in zip(values["timeline"], prediction.segment_probabilities, strict=True):
        np.testing.assert_allclose(row["probabilities"], given_to, atol=1e-6)


def test_models_features_are_used_whatever_they_are(bass_or_hiss):
    """Training and serving cannot disagree: the settings come with the model."""
    config = replace(bass_or_hiss.card.features, segment_seconds=1.0)
    card = replace(bass_or_hiss.card, features=config)

    prediction = classify_signal(song(tone(4.5)), replace(bass_or_hiss, card=card))

    assert len(prediction.audible) == 4
    assert prediction.segment_seconds == 1


def test_beginning_is_the_prediction_of_its_whole_segments():
    prediction = predicted([[0.9, 0.1, 0], [0.8, 0.2, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]])
    beginning = prediction.beginning(7.5)

    assert (prediction.genre, beginning.genre) == ("rock", "blues")
    assert beginning.probability == pytest.approx(0.85)
    assert (len(beginning.audible), beginning.seconds) == (2, 7.5)


def test_beginning_of_a_shorter_song_or_without_a_sound_is_all_of_it():
    silent_first = predicted([[1, 0, 0], [0, 0, 1]], audible=[False, True])

    assert silent_first.beginning(3) is silent_first
    assert silent_first.beginning(6) is silent_first
