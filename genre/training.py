"""Train the two-layer network with Keras, telling whoever watches how it goes.

Conventions
-----------
The only rooms where Keras and TensorFlow are imported are this one and its
neighbours ``training_*.py``.  The trainer knows nothing of its watchers: it
calls ``on_event`` with plain dictionaries that JSON can hold, and asks
``should_stop`` after each batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from genre.dataset import SegmentSet
from genre.errors import DatasetError
from genre.network import Network
from genre.recipe import TrainConfig
from genre.split import Split
from genre.training_batches import TrainingSide, draw_epoch
from genre.training_model import build_model, to_network

Event = dict[str, Any]
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True, eq=False)
class TrainResult:
    """A trained network and how it got there.

    Parameters
    ----------
    network : Network
        What the program runs.
    model : keras.Model
        The same weights in stock Keras layers.
    history : tuple of dict
        One per epoch: ``epoch``, ``loss``, ``accuracy``, ``val_loss``,
        ``val_accuracy`` (absent without a validation side), ``learning_rate``.
    is_stopped : bool
        Whether training ended because it was asked to.
    """

    network: Network
    model: keras.Model
    history: tuple[Event, ...]
    is_stopped: bool


def train(
    data: SegmentSet,
    split: Split,
    config: TrainConfig,
    *,
    on_event: OnEvent = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainResult:
    """Train a network on one side of a split.

    Parameters
    ----------
    data : SegmentSet
    split : Split
        Its training side is learnt; its validation side, where there is one,
        is looked at after each epoch; its test side is not touched.
    config : TrainConfig
    on_event : callable
        Told of ``{"event": "phase" | "batch" | "epoch", ...}``.
    should_stop : callable
        Asked after each batch; training ends within that batch once it says True.

    Returns
    -------
    result : TrainResult

    Raises
    ------
    DatasetError
        If the frames do not fit the recipe, or the training side is empty.
    """
    X, y = data.X(config.features), data.y
    if len(split.train) == 0:
        raise DatasetError(f"the training side of {data.name} is empty. Use smaller shares.")
    side = TrainingSide.of(
        X[split.train], y[split.train], data.track_index[split.train], len(data.genres)
    )
    on_event({"event": "phase", "phase": "fitting", "epochs": config.epochs})
    trainer = Trainer(side, config)
    shape = config.network_config(len(data.genres))
    history: list[Event] = []
    best_loss, best_weights, n_worse = math.inf, None, 0
    is_stopped = False
    for epoch in range(config.epochs):
        row, is_stopped = trainer.run_epoch(epoch, on_event, should_stop)
        if is_stopped:
            break
        if len(split.validation):
            network = to_network(trainer.model, shape)
            row |= _validate(network, X[split.validation], y[split.validation])
        history.append(row)
        on_event({"event": "epoch", **row})
        if config.patience and "val_loss" in row:
            n_worse += 1
            if row["val_loss"] < best_loss:
                best_loss, best_weights, n_worse = row["val_loss"], trainer.model.get_weights(), 0
            if n_worse >= config.patience:
                break
    if best_weights is not None:
        trainer.model.set_weights(best_weights)
    return TrainResult(
        network=to_network(trainer.model, shape),
        model=trainer.model,
        history=tuple(history),
        is_stopped=is_stopped,
    )


class Trainer:
    """A model, its optimiser and the data it learns from, one epoch at a time.

    Parameters
    ----------
    side : TrainingSide
    config : TrainConfig
    """

    def __init__(self, side: TrainingSide, config: TrainConfig) -> None:
        keras.utils.set_random_seed(config.seed)
        tf.config.experimental.enable_op_determinism()
        self.side, self.config = side, config
        self.model = build_model(config, side.n_genres)
        if config.scaling:
            self.model.get_layer("normalization").adapt(side.X)
        self.optimizer = _optimizer(config)
        self.optimizer.build(self.model.trainable_variables)
        self._learn = self._compile()

    def run_epoch(
        self, epoch: int, on_event: OnEvent, should_stop: Callable[[], bool]
    ) -> tuple[Event, bool]:
        """Go through the training side once.

        Parameters
        ----------
        epoch : int
            Number of the epoch, from 0.
        on_event, should_stop : callable
            As in `train`.

        Returns
        -------
        row : dict
            ``epoch`` (from 1), ``loss`` and ``accuracy`` (mean over what was seen,
            with dropout, as Keras reports them), ``learning_rate``.
        is_stopped : bool
            Whether the epoch was cut short.
        """
        self._seed_dropout(epoch)
        X, targets = draw_epoch(self.side, self.config, epoch)
        n_batches = -(-len(X) // self.config.batch_size)
        total_loss = n_right = n_seen = 0.0
        for batch in range(n_batches):
            learning_rate = learning_rate_at(self.config, epoch + batch / n_batches)
            self.optimizer.learning_rate.assign(learning_rate)
            part = slice(batch * self.config.batch_size, (batch + 1) * self.config.batch_size)
            loss, right = self._learn(X[part], targets[part])
            n_here = len(X[part])
            total_loss += float(loss) * n_here
            n_right += float(right)
            n_seen += n_here
            row = {
                "epoch": epoch + 1,
                "loss": total_loss / n_seen,
                "accuracy": n_right / n_seen,
                "learning_rate": learning_rate,
            }
            on_event({"event": "batch", "batch": batch + 1, "n_batches": n_batches, **row})
            if should_stop():
                return row, True
        return row, False

    def _seed_dropout(self, epoch: int) -> None:
        """Let what is dropped in an epoch depend on the seed and the epoch's number alone."""
        for place, layer in enumerate(self.model.layers):
            if generator := getattr(layer, "seed_generator", None):
                seed = np.random.SeedSequence([self.config.seed, epoch, place])
                generator.state.assign(seed.generate_state(2))

    def _compile(self) -> Callable[[np.ndarray, np.ndarray], tuple[tf.Tensor, tf.Tensor]]:
        """Compile one step of the optimiser for batches of any size."""
        shape, n_genres = self.model.input_shape, self.side.n_genres
        signature = [
            tf.TensorSpec((None, *shape[1:]), tf.float32),
            tf.TensorSpec((None, n_genres), tf.float32),
        ]

        @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
        def learn(X: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                probabilities = self.model(X, training=True)
                losses = keras.losses.categorical_crossentropy(targets, probabilities)
                loss = tf.reduce_mean(losses)
            variables = self.model.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            right = tf.argmax(probabilities, axis=1) == tf.argmax(targets, axis=1)
            return loss, tf.reduce_sum(tf.cast(right, tf.float32))

        return learn


def limit_threads(n_threads: int) -> None:
    """Hold TensorFlow to so many threads; it listens only before its first computation."""
    if not tf.config.threading.get_intra_op_parallelism_threads():
        tf.config.threading.set_intra_op_parallelism_threads(n_threads)
        tf.config.threading.set_inter_op_parallelism_threads(n_threads)


def learning_rate_at(config: TrainConfig, epoch: float) -> float:
    """Return the learning rate at a moment of training.

    Parameters
    ----------
    config : TrainConfig
    epoch : float
        Epochs since the start, with fractions.

    Returns
    -------
    learning_rate : float
        Rises over the warm-up, then stays or falls along a cosine to zero.
    """
    if epoch < config.warmup_epochs:
        return config.learning_rate * (epoch + 0.1) / (config.warmup_epochs + 0.1)
    if config.schedule == "constant":
        return config.learning_rate
    share = (epoch - config.warmup_epochs) / max(1e-9, config.epochs - config.warmup_epochs)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def _optimizer(config: TrainConfig) -> keras.optimizers.Optimizer:
    """Adam as the reference's, or AdamW where weights decay; biases never do."""
    if not config.weight_decay:
        return keras.optimizers.Adam(config.learning_rate)
    optimizer = keras.optimizers.AdamW(config.learning_rate, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def _validate(network: Network, X: np.ndarray, y: np.ndarray) -> Event:
    """Loss and accuracy on segments the network does not learn from."""
    probabilities = network.predict_proba(X)
    of_truth = np.maximum(probabilities[np.arange(len(y)), y], keras.config.epsilon())
    return {
        "val_loss": float(-np.log(of_truth).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == y).mean()),
    }
