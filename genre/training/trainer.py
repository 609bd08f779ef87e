"""Train the two-layer network with Keras, reporting progress as events.

Conventions
-----------
The only modules where Keras and TensorFlow are imported are this one and its
neighbours in this package.  The trainer knows nothing of its observers: it
calls ``on_event`` with plain dictionaries that JSON can hold, and
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

from genre.audio.features import frames_to_steps
from genre.datasets.types import SegmentSet
from genre.errors import DatasetError, DivergedError
from genre.evaluation.validation import count_pairs, validation_figures
from genre.language import _
from genre.network.forward import Network
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import TrainConfig
from genre.recipes.schedule import learning_rate_at
from genre.splits.split import Split
from genre.storage.rows import change, join, select
from genre.training.build import adapt_scaling, build_model, build_optimizer, stock_copy, to_network
from genre.training.fused_lstm import is_kernel_faster
from genre.training.teacher import teach_segments

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
        Its training side is learnt; its validation side, if any, is evaluated after each epoch.
    config : TrainConfig
    on_event : callable
        Called with ``{"event": "phase" | "batch" | "epoch" | "confusion", ...}``.
    should_stop : callable
        Called after each batch; training ends there once it returns True.

    Returns
    -------
    result : TrainResult

    Raises
    ------
    DatasetError
        If the frames do not fit the recipe, or the training side is empty.
    """
    trainer = Trainer.of(data, split, config)
    on_event({"event": "phase", "phase": "fitting", "epochs": config.epochs})
    return trainer.result(is_stopped=trainer.fit(on_event, should_stop))


class Trainer:
    """A model, its optimiser and the data it learns from, one epoch at a time.

    ``should_stop`` may change ``config``: a new learning rate, number of epochs or schedule
    applies from the next batch on.

    Parameters
    ----------
    side : TrainingSide
    config : TrainConfig
    validation : (np.ndarray or Rows, np.ndarray), optional
        ``X`` and ``y`` to evaluate after each epoch.
    """

    def __init__(
        self,
        side: TrainingSide,
        config: TrainConfig,
        validation: tuple[Any, np.ndarray] | None = None,
    ) -> None:
        keras.utils.set_random_seed(config.seed)
        tf.config.experimental.enable_op_determinism()
        self.side, self.config, self.validation = side, config, validation
        self.model = build_model(config, side.n_genres, is_fused=is_kernel_faster(config))
        if config.scaling:
            adapt_scaling(self.model, select(side.X, slice(len(side.y))))
        self.optimizer = build_optimizer(config)
        self.optimizer.build(self.model.trainable_variables)
        self._learn = self._compile()
        self.history: list[Event] = []
        self.best_loss, self.n_worse = math.inf, 0
        self.best_weights: list[np.ndarray] = []
        self.until: int | None = None

    @classmethod
    def of(cls, data: SegmentSet, split: Split, config: TrainConfig) -> Trainer:
        """Prepare to train on the sides of a split; errors as in `train`."""
        features, y, frames = config.feature_config, data.y, None
        if len(split.train) == 0:
            empty = _("the training side of {name} is empty. Use smaller shares.")
            raise DatasetError(empty.format(name=data.name))
        altered = data.altered_versions() if config.altered else ()
        levelled = [version.levelled_frames(features) for version in (data, *altered)]
        X = [change(of, lambda of: frames_to_steps(of, features)) for of in levelled]
        if config.warp or config.speed:
            read = [change(of, lambda of: of[..., : config.n_mfcc]) for of in levelled]
            frames = join([select(of, split.train) for of in read])
        own = (y[split.train], data.track_index[split.train], len(data.genres))
        taught = teach_segments(data, X[0], split.train, config) if config.teacher else None
        side = TrainingSide.of(join([select(of, split.train) for of in X]), *own, frames, taught)
        held_back = (select(X[0], split.validation), y[split.validation])
        return cls(side, config, held_back if len(split.validation) else None)

    def fit(
        self,
        on_event: OnEvent,
        should_stop: Callable[[], bool],
        on_epoch: Callable[[], None] = lambda: None,
    ) -> bool:
        """Train until the recipe's epochs are done, patience ends, or it is asked to stop.

        After the epoch ``until``, where that is set, it stops too.

        Parameters
        ----------
        on_event, should_stop : callable
            As in `train`.
        on_epoch : callable
            Called once an epoch's row is in ``history``: the moment to keep a checkpoint.

        Returns
        -------
        is_stopped : bool
            Whether it ended because it was asked to.
        """
        while (n := len(self.history)) < self.config.epochs and not self._is_out_of_patience():
            if self.until is not None and n >= self.until:
                return True
            row, is_stopped = self.run_epoch(n, on_event, should_stop)
            if is_stopped:
                return True
            if self.validation:
                X, y = self.validation
                probabilities = self.network().predict_proba(X)
                row |= validation_figures(probabilities, y, least=keras.config.epsilon())
                counts = count_pairs(y, probabilities.argmax(axis=1), self.side.n_genres)
                on_event({"event": "confusion", "epoch": row["epoch"], "counts": counts.tolist()})
                self._note_best(row["val_loss"])
            self.history.append(row)
            on_event({"event": "epoch", **row})
            on_epoch()
        return False

    def network(self) -> Network:
        """Return the network as it is now."""
        return to_network(self.model, self.config.network_config(self.side.n_genres))

    def result(self, *, is_stopped: bool) -> TrainResult:
        """Return the network: its best weights, where kept, with the temperature divided out."""
        if self.best_weights:
            self.model.set_weights(self.best_weights)
        stock = stock_copy(self.model, self.config, self.side.n_genres)
        output = stock.get_layer("output")
        output.set_weights([array / self.config.temperature for array in output.get_weights()])
        shape = self.config.network_config(self.side.n_genres)
        return TrainResult(to_network(stock, shape), stock, tuple(self.history), is_stopped)

    def _is_out_of_patience(self) -> bool:
        return 0 < self.config.patience <= self.n_worse

    def _note_best(self, val_loss: float) -> None:
        """Keep the weights of the lowest validation loss, if patience is set."""
        if not self.config.patience:
            return
        self.n_worse += 1
        if val_loss < self.best_loss:
            self.best_loss, self.n_worse = val_loss, 0
            self.best_weights = self.model.get_weights()

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
            rate = learning_rate_at(self.config, epoch + batch / n_batches)
            self.optimizer.learning_rate.assign(rate)
            part = slice(batch * self.config.batch_size, (batch + 1) * self.config.batch_size)
            loss, right = self._learn(X[part], targets[part])
            if not math.isfinite(loss):
                raise _diverged(epoch, batch, rate)
            n_here = len(X[part])
            total_loss += float(loss) * n_here
            n_right += float(right)
            n_seen += n_here
            means = {"loss": total_loss / n_seen, "accuracy": n_right / n_seen}
            row = {"epoch": epoch + 1, **means, "learning_rate": rate}
            on_event({"event": "batch", "batch": batch + 1, "n_batches": n_batches, **row})
            if should_stop():
                return row, True
        # TensorFlow's relu can turn NaN into 0, so the loss alone is not enough.
        if not all(np.isfinite(weights).all() for weights in self.model.get_weights()):
            raise _diverged(epoch, batch, rate)
        return row, False

    def _seed_dropout(self, epoch: int) -> None:
        """Let what is dropped in an epoch depend on the seed and the epoch's number alone."""
        for place, layer in enumerate(self.model.layers):  # a recurrent layer's cells have one each
            states = [v for v in layer.non_trainable_variables if v.name == "seed_generator_state"]
            for part, state in enumerate(states):
                seed = np.random.SeedSequence([self.config.seed, epoch, place, part])
                state.assign(seed.generate_state(2))

    def _compile(self) -> Callable[[np.ndarray, np.ndarray], tuple[tf.Tensor, tf.Tensor]]:
        """Compile one step of the optimiser for batches of any size."""
        shape, n_genres = self.model.input_shape, self.side.n_genres
        signature = [
            tf.TensorSpec((None, *shape[1:]), tf.float32),
            tf.TensorSpec((None, n_genres), tf.float32),
        ]

        # Nothing in it is for AutoGraph to translate, which would take time before the first batch.
        @tf.function(input_signature=signature, autograph=False)  # type: ignore[untyped-decorator]
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


def _diverged(epoch: int, batch: int, rate: float) -> DivergedError:
    """Return the error of a training that has diverged."""
    said = _(
        "the loss or a weight is no longer a number in epoch {epoch}, batch {batch}: training "
        "diverged at a learning rate of {rate:g}. Use a smaller one."
    )
    return DivergedError(said.format(epoch=epoch + 1, batch=batch + 1, rate=rate))
