"""The fused LSTM layer against Keras's own, and against calculus."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from genre.recipes.augmentation import TrainingSide
from genre.recipes.config import PRESETS, TrainConfig
from genre.splits.split import split_tracks
from genre.training import trainer
from genre.training.fused_lstm import MOST_UNITS, FusedLSTM, is_kernel_faster, run_lstm
from genre.training.trainer import Trainer, train

COURSE = PRESETS["course"]


@pytest.fixture(scope="module")
def noise():
    """Seventy-one segments of noise in ten genres: two whole batches and a part of one."""
    X = np.random.default_rng(5).standard_normal((71, 130, 13)).astype(np.float32)
    return TrainingSide.of(X, np.arange(71) % 10, np.arange(71), n_genres=10)


def run_layer(make_layer, X):
    """A layer's outputs, and the gradients of a weighted sum of them."""
    keras.utils.set_random_seed(3)
    layer, inputs = make_layer(), tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
        weighting = np.random.default_rng(1).standard_normal(outputs.shape)
        total = tf.reduce_sum(outputs * weighting.astype(np.float32))
    gradients = tape.gradient(total, [inputs, *layer.trainable_variables])
    return outputs.numpy(), [gradient.numpy() for gradient in gradients]


@pytest.mark.parametrize("n_segments", [1, 2, 31, 32])
@pytest.mark.parametrize("return_sequences", [True, False], ids=["sequences", "last"])
def test_fused_layer_has_the_outputs_and_gradients_of_keras(n_segments, return_sequences):
    X = np.random.default_rng(0).standard_normal((n_segments, 130, 13)).astype(np.float32)

    (ours, our_gradients), (expected, gradients) = (
        run_layer(lambda kind=kind: kind(24, return_sequences=return_sequences), X)
        for kind in (FusedLSTM, keras.layers.LSTM)
    )

    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6)
    assert len(our_gradients) == len(gradients)
    for our, gradient in zip(our_gradients, gradients, strict=True):
        np.testing.assert_allclose(our, gradient, rtol=0, atol=2e-6 * np.abs(gradient).max())


def lstm_by_the_book(x, kernel, recurrent, bias):
    """An LSTM in 64 bits, straight from its equations; gates i, f, c, o."""

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    units = len(bias) // 4
    h = c = np.zeros((len(x), units))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("which", range(4), ids=["x", "kernel", "recurrent", "bias"])
def test_fused_gradient_equals_finite_differences(which):
    rng = np.random.default_rng(2)
    arguments = [
        rng.standard_normal((3, 7, 4)),
        0.5 * rng.standard_normal((4, 20)),
        0.5 * rng.standard_normal((5, 20)),
        0.5 * rng.standard_normal(20),
    ]
    weighting = rng.standard_normal((3, 7, 5))

    def total(changed):
        given = [changed if i == which else a for i, a in enumerate(arguments)]
        return (lstm_by_the_book(*given) * weighting).sum()

    expected = np.empty_like(arguments[which])
    for place in np.ndindex(expected.shape):
        nudge = np.zeros_like(expected)
        nudge[place] = 1e-6
        around = [total(arguments[which] + sign * nudge) for sign in (1, -1)]
        expected[place] = (around[0] - around[1]) / 2e-6

    tensors = [tf.constant(a, tf.float32) for a in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        loss = tf.reduce_sum(run_lstm(*tensors) * weighting.astype(np.float32))
    gradient = tape.gradient(loss, tensors[which])
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


def test_gradients_of_an_empty_batch_are_zero():
    """Half of a batch of one is empty."""
    tensors = [tf.zeros((0, 5, 3)), tf.ones((3, 16)), tf.ones((4, 16)), tf.ones(16)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        loss = tf.reduce_sum(run_lstm(*tensors))
    for gradient in tape.gradient(loss, tensors):
        np.testing.assert_array_equal(gradient, np.zeros(gradient.shape))


def test_what_is_not_a_number_reaches_the_outputs():
    x = np.zeros((2, 5, 3), np.float32)
    x[1, 2, 0] = np.nan
    outputs = FusedLSTM(4, return_sequences=True)(x).numpy()
    assert np.isnan(outputs).any(axis=-1).tolist() == [[False] * 5, [False, False, *[True] * 3]]


def test_fused_layer_with_masks_or_states_falls_back_to_keras():
    X = np.random.default_rng(0).standard_normal((4, 9, 3)).astype(np.float32)
    mask = np.arange(9) < np.array([[9], [4], [1], [6]])
    masked = [kind(5, seed=1)(X, mask=mask) for kind in seeded(FusedLSTM, keras.layers.LSTM)]
    dropping = [
        kind(5, recurrent_dropout=0.5, seed=1)(X, training=True)
        for kind in seeded(FusedLSTM, keras.layers.LSTM)
    ]
    [(_, *states), (_, *expected)] = [
        kind(5, return_state=True)(X) for kind in seeded(FusedLSTM, keras.layers.LSTM)
    ]
    backwards = [kind(5, go_backwards=True)(X) for kind in seeded(FusedLSTM, keras.layers.LSTM)]

    np.testing.assert_allclose(*masked, atol=1e-6)
    np.testing.assert_allclose(*dropping, atol=1e-6)
    np.testing.assert_allclose(states, expected, atol=1e-6)
    np.testing.assert_allclose(*backwards, atol=1e-6)


def seeded(*kinds):
    """Yield each, with the dice as they were for the first."""
    for kind in kinds:
        keras.utils.set_random_seed(3)
        yield kind


def kinds_of(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize(
    "config",
    [COURSE, replace(COURSE, scaling=True, pooling="mean", units_2=16, between_dropout=0.2)],
    ids=["course", "pooled"],
)
def test_first_epochs_losses_are_those_of_keras_own_layers(noise, monkeypatch, config):
    def losses():
        trainer, events = Trainer(noise, config), []
        start = trainer.model.get_weights()
        trainer.run_epoch(0, events.append, lambda: False)
        return trainer, start, [event["loss"] for event in events]

    fused, start, ours = losses()
    monkeypatch.setattr(trainer, "is_kernel_faster", lambda config: False)
    stock, expected_start, expected = losses()

    assert kinds_of(fused.model).count("FusedLSTM") == kinds_of(stock.model).count("LSTM") == 2
    for weights, expected_weights in zip(start, expected_start, strict=True):
        np.testing.assert_array_equal(weights, expected_weights)
    assert len(ours) == 3
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)
    for weights, expected_weights in zip(
        fused.model.get_weights(), stock.model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(weights, expected_weights, rtol=0, atol=1e-4)


def test_batch_of_one_is_learnt(noise):
    trainer = Trainer(noise, replace(COURSE, batch_size=70))
    before = trainer.model.get_weights()
    row, _ = trainer.run_epoch(0, lambda event: None, lambda: False)

    assert np.isfinite(row["loss"])
    for weights, old in zip(trainer.model.get_weights(), before, strict=True):
        # Two steps of Adam: none is longer than about the learning rate.
        assert np.abs(weights - old).max() < 3 * COURSE.learning_rate


def test_model_after_training_is_made_of_stock_layers(two_genres):
    config = TrainConfig(units_1=8, units_2=8, dense_units=8, epochs=1, scaling=True)
    result = train(two_genres, split_tracks(two_genres), config)
    X = two_genres.X(config.feature_config)[:5]

    assert all(type(layer).__module__.startswith("keras.") for layer in result.model.layers)
    assert kinds_of(result.model).count("LSTM") == 2
    np.testing.assert_allclose(result.model(X), result.network.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"units_1": MOST_UNITS + 1},
        {"units_2": MOST_UNITS + 1},
        {"bidirectional": True},
        {"cell": "simple_rnn"},
    ],
    ids=["wide first", "wide second", "both ways", "simple"],
)
def test_kernel_for_wide_or_other_cells_is_not_chosen(changes):
    assert is_kernel_faster(COURSE) and is_kernel_faster(PRESETS["recommended"])
    assert not is_kernel_faster(replace(COURSE, **changes))


def test_graphics_card_is_left_to_keras(noise, monkeypatch):
    assert kinds_of(Trainer(noise, COURSE).model).count("FusedLSTM") == 2
    found = tf.config.list_physical_devices

    def find(kind=None):
        return ["a card"] if kind == "GPU" else found(kind)

    monkeypatch.setattr(tf.config, "list_physical_devices", find)
    assert kinds_of(Trainer(noise, COURSE).model).count("LSTM") == 2
