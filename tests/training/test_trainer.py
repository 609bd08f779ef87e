"""Training with the real Keras: small networks on made-up tracks."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from genre.audio.features import frames_to_steps
from genre.errors import DatasetError, DivergedError
from genre.models.card import figures_of
from genre.models.classifier import load_classifier
from genre.models.registry import read_card
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.schedule import learning_rate_at
from genre.splits.split import split_tracks, whole_side
from genre.training import trainer
from genre.training.build import build_model, to_network
from genre.training.save import (
    describe_test_side,
    evaluate_test_side,
    figures_of_test_side,
    save_trained,
)
from genre.training.trainer import Trainer, train
from tests.support.leaderboard_runs import guesses

SMALL = TrainConfig(
    texture_frames=10,
    units_1=12,
    units_2=8,
    dense_units=8,
    scaling=True,
    learning_rate=1e-2,
    epochs=6,
    pooling="mean",
)


def test_test_side_of_unknown_artists_does_not_claim_new_ones(two_genres):
    split = split_tracks(two_genres, seed=1)
    assert describe_test_side(two_genres, split) == "a test set of artists not in training"

    unknown = replace(
        two_genres, tracks=tuple(replace(track, artist=None) for track in two_genres.tracks)
    )
    assert describe_test_side(unknown, split_tracks(unknown, seed=1)) == (
        "a test set of tracks not in training, by artists that may have been (no artist is known)"
    )


def test_card_marks_figure_as_leak_free_only_where_it_is(two_genres):
    nameless = tuple(replace(track, artist=None) for track in two_genres.tracks)
    of_known, of_unknown = guesses(two_genres), guesses(replace(two_genres, tracks=nameless))

    def are_leak_free(evaluation, **changes):
        figures = figures_of_test_side(evaluation, replace(SMALL, **changes), "python -m genre")
        assert [figure.unit for figure in figures] == ["tracks", "segments"]
        (said,) = {figure.is_honest for figure in figures}
        return said

    assert are_leak_free(of_known)
    assert not are_leak_free(of_unknown)
    assert not are_leak_free(of_known, split="course")
    assert not are_leak_free(of_known, permute_genres=True)


def test_training_on_two_clear_genres_learns_them(two_genres):
    split = split_tracks(two_genres, seed=1)
    result = train(two_genres, split, SMALL)
    evaluation = evaluate_test_side(result, two_genres, split, SMALL)

    assert evaluation.track_accuracy.value == 1.0
    assert [row["epoch"] for row in result.history] == [1, 2, 3, 4, 5, 6]
    assert result.history[-1]["loss"] < result.history[0]["loss"]
    assert result.history[-1]["val_accuracy"] == 1.0


def test_same_seed_gives_same_history_and_another_does_not(two_genres):
    config = replace(SMALL, epochs=2, mixup=0.4, roll=True, shift=0.1, between_dropout=0.2)
    split = split_tracks(two_genres, seed=1)
    first, again, other = (
        train(two_genres, split, c).history for c in (config, config, replace(config, seed=9))
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cell": "simple_rnn", "pooling": "last", "scaling": False},
        {"bidirectional": True, "pooling": "mean_max"},
        {"pooling": "mean_shortcut"},
        {"texture_frames": 0, "deltas": True, "pooling": "last"},
    ],
    ids=["recommended's family", "simple rnn", "bidirectional", "shortcut", "frames and deltas"],
)
def test_network_after_training_predicts_as_keras(two_genres, changes):
    config = replace(SMALL, epochs=1, **changes)
    result = train(two_genres, whole_side(two_genres), config)
    X = two_genres.X(config.feature_config)[:7]

    np.testing.assert_allclose(
        result.network.predict_proba(X), result.model.predict(X, verbose=0), atol=1e-5
    )


def test_course_model_has_the_layers_and_parameters_of_the_tutorial(two_genres):
    model = build_model(PRESETS["course"], 10)
    kinds = [type(layer).__name__ for layer in model.layers]

    assert kinds == ["InputLayer", "LSTM", "LSTM", "Dense", "Dropout", "Dense"]
    assert model.count_params() == 57_802
    assert to_network(model, PRESETS["course"].network_config(10)).config.n_parameters == 57_802


def test_events_are_plain_and_in_order(two_genres):
    events = []
    config = replace(SMALL, epochs=2, batch_size=20)
    train(two_genres, split_tracks(two_genres), config, on_event=events.append)

    assert json.loads(json.dumps(events)) == events
    kinds = [event["event"] for event in events]
    n_batches = events[1]["n_batches"]
    assert kinds == ["phase", *(["batch"] * n_batches + ["confusion", "epoch"]) * 2]
    assert [e["batch"] for e in events if e["event"] == "batch"] == [*range(1, n_batches + 1)] * 2


def test_stop_ends_training_within_batch_and_leaves_usable_network(two_genres):
    events = []
    result = train(
        two_genres,
        split_tracks(two_genres),
        replace(SMALL, batch_size=8),
        on_event=events.append,
        should_stop=lambda: len(events) >= 4,
    )
    assert result.is_stopped
    assert [event["event"] for event in events] == ["phase", "batch", "batch", "batch"]
    probabilities = result.network.predict_proba(two_genres.X(SMALL.feature_config)[:2])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_patience_stops_early_and_keeps_best_weights(two_genres):
    # Labels at random: the validation loss soon rises.
    rng = np.random.default_rng(3)
    tracks = tuple(
        replace(t, genre=g)
        for t, g in zip(
            two_genres.tracks, rng.permutation([t.genre for t in two_genres.tracks]), strict=True
        )
    )
    shuffled = replace(two_genres, tracks=tracks)
    config = replace(SMALL, epochs=40, patience=2, learning_rate=3e-2)
    split = split_tracks(shuffled, seed=2)
    result = train(shuffled, split, config)
    losses = [row["val_loss"] for row in result.history]

    assert len(losses) < 40
    assert np.argmin(losses) == len(losses) - 3
    X, y = shuffled.X(config.feature_config)[split.validation], shuffled.y[split.validation]
    p = result.network.predict_proba(X)[np.arange(len(y)), y]
    assert -np.log(p).mean() == pytest.approx(min(losses), abs=1e-4)


def test_learning_rate_rises_then_falls_along_cosine():
    config = TrainConfig(learning_rate=1e-2, epochs=10, warmup_epochs=2, schedule="cosine")
    rates = [learning_rate_at(config, epoch) for epoch in (0, 1, 2, 6, 10)]

    assert 0 < rates[0] < rates[1] < rates[2] == pytest.approx(1e-2)
    assert rates[3] == pytest.approx(5e-3)
    assert rates[4] == pytest.approx(0, abs=1e-9)
    assert learning_rate_at(replace(config, schedule="constant"), 9) == 1e-2


@pytest.mark.parametrize("segments_per_track", [0, 4])
def test_batch_larger_than_data_is_all_of_it(two_genres, segments_per_track):
    events = []
    split = split_tracks(two_genres, seed=1)
    n_tracks = len(set(two_genres.track_index[split.train]))
    config = replace(
        SMALL, batch_size=4096, epochs=2, segments_per_track=segments_per_track, mixup=0.4
    )

    result = train(two_genres, split, config, on_event=events.append)

    assert [e["n_batches"] for e in events if e["event"] == "batch"] == [1, 1]
    assert all(np.isfinite(row["loss"]) for row in result.history)
    whole = replace(config, batch_size=segments_per_track * n_tracks or len(split.train))
    assert train(two_genres, split, whole).history == result.history


def test_genre_of_one_track_is_trained_on_beside_others(two_genres):
    """It can be learnt or tested, not both: the figures say of how many tracks they are."""
    lone = replace(two_genres.tracks[0], genre="lone")
    data = replace(two_genres, tracks=(lone, *two_genres.tracks[1:]))
    split = split_tracks(data, seed=1)

    result = train(data, split, replace(SMALL, epochs=1))
    evaluation = evaluate_test_side(result, data, split, SMALL)

    assert result.network.config.n_genres == 3
    assert sum("lone" in absent for absent in split.absent_genres(data).values()) == 2
    n_tested = len(set(data.track_index[split.test]))
    assert evaluation.track_accuracy.n == n_tested == np.sum(evaluation.confusion_matrix)


def test_temperature_is_divided_out_of_last_layer(two_genres):
    split = split_tracks(two_genres, seed=1)
    config = replace(SMALL, epochs=1)
    X = two_genres.X(config.feature_config)[split.test]

    sharp = train(two_genres, split, config)
    soft = train(two_genres, split, replace(config, temperature=2.0))

    expected = np.sqrt(sharp.network.predict_proba(X))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(soft.network.predict_proba(X), expected, atol=1e-5)
    np.testing.assert_allclose(soft.model(X), expected, atol=1e-5)


def test_warp_and_speed_use_the_frames_of_the_dataset(two_genres):
    split = split_tracks(two_genres, seed=1)
    plain = Trainer.of(two_genres, split, SMALL)
    varied = Trainer.of(two_genres, split, replace(SMALL, warp=0.1, speed=0.1))

    np.testing.assert_array_equal(varied.side.X, plain.side.X)
    made = frames_to_steps(varied.side.frames, SMALL.feature_config)
    np.testing.assert_array_equal(made, plain.side.X)
    drawn, _ = draw_epoch(varied.side, varied.config, 0)
    assert not np.array_equal(drawn, draw_epoch(plain.side, plain.config, 0)[0])


def test_empty_training_side_is_refused(two_genres):
    split = split_tracks(two_genres)
    with pytest.raises(DatasetError, match=r"training side of made up is empty"):
        train(two_genres, replace(split, train=split.train[:0]), SMALL)


def test_loss_that_is_not_a_number_ends_training_at_that_batch():
    X = np.random.default_rng(5).standard_normal((24, 13, 26)).astype(np.float32)
    side = TrainingSide.of(X, np.repeat([0, 1], 12), np.arange(24), n_genres=2)
    trainer, events = Trainer(side, replace(SMALL, batch_size=12)), []

    def spoil_after_a_batch():
        trainer.model.get_layer("output").bias.assign([np.nan, 0])
        return False

    message = r"no longer a number in epoch 1, batch 2: .* a learning rate of .*smaller one"
    with pytest.raises(DivergedError, match=message):
        trainer.fit(events.append, spoil_after_a_batch)
    assert [event["batch"] for event in events] == [1]  # no event has a loss of NaN
    assert trainer.history == []


def test_weights_that_are_not_numbers_end_training():
    X = np.random.default_rng(5).standard_normal((24, 13, 26)).astype(np.float32)
    X[11, 3, 2] = np.nan
    side = TrainingSide.of(X, np.repeat([0, 1], 12), np.arange(24), n_genres=2)
    trainer = Trainer(side, replace(SMALL, scaling=False))

    with pytest.raises(DivergedError, match=r"no longer a number in epoch 1"):
        trainer.fit(lambda event: None, lambda: False)


def test_saved_model_predicts_the_same_in_plain_keras(two_genres, tmp_path):
    split = split_tracks(two_genres, seed=1)
    config = replace(SMALL, epochs=1)
    result = train(two_genres, split, config)
    evaluation = evaluate_test_side(result, two_genres, split, config)
    figures = figures_of(evaluation.to_dict(), is_honest=True, command="a command")
    card = {"name": "saved", "about": "a test", "command": "a command"}
    path = save_trained(
        result, two_genres, split, config, card=card, figures=figures, folder=tmp_path
    )
    X = two_genres.X(config.feature_config)[:5]
    # Plain Keras, in a process that does not import this package.
    np.save(tmp_path / "X.npy", X)
    program = (
        "import keras, numpy as np; m = keras.models.load_model('saved/model.keras'); "
        "np.save('p.npy', m.predict(np.load('X.npy'), verbose=0))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    classifier = load_classifier("saved", tmp_path)

    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), classifier.predict_proba(X), atol=1e-5)
    assert path == tmp_path / "saved"
    saved = read_card("saved", tmp_path)
    assert saved.leak_free_figure.n == len(np.unique(two_genres.track_index[split.test]))
    trained = {two_genres.tracks[i].digest for i in two_genres.track_index[split.train]}
    tested = {two_genres.tracks[i].digest for i in two_genres.track_index[split.test]}
    assert trained <= set(saved.heard)
    assert not tested & set(saved.heard)
    assert saved.versions["keras"] == keras.__version__


def with_recurrent_dropout(config, n_genres, **_):
    """A model whose only random states are those inside the cells of its LSTM."""
    lstm = keras.layers.LSTM(4, recurrent_dropout=0.5, dropout=0.5)
    parts = [keras.Input((13, 26)), keras.layers.Bidirectional(lstm), keras.layers.Dense(n_genres)]
    return keras.Sequential([*parts, keras.layers.Softmax()])


@pytest.mark.parametrize("build", [trainer.build_model, with_recurrent_dropout])
def test_dropout_in_an_epoch_depends_on_its_number_alone(monkeypatch, build):
    monkeypatch.setattr(trainer, "build_model", build)
    # The same segments in the same order each time: only what is dropped can differ.
    monkeypatch.setattr(trainer, "draw_epoch", lambda side, config, _: draw_epoch(side, config, 0))
    config = replace(SMALL, scaling=False, dropout=0.5, input_dropout=0.3, learning_rate=1e-6)
    noise = np.random.default_rng(5).standard_normal((72, 13, 26)).astype(np.float32)
    side = TrainingSide.of(noise, np.repeat([0, 1], 36), np.arange(72) // 3, n_genres=2)
    straight, skipping = Trainer(side, config), Trainer(side, config)

    def loss_of(trainer, epoch):
        return trainer.run_epoch(epoch, lambda event: None, lambda: False)[0]["loss"]

    loss_of(straight, 0), loss_of(straight, 1)
    # The rate is too small to move the weights by much: the loss shows what was dropped.
    assert loss_of(straight, 2) == pytest.approx(loss_of(skipping, 2), abs=5e-5)
    assert loss_of(straight, 2) != pytest.approx(loss_of(skipping, 3), abs=5e-5)
