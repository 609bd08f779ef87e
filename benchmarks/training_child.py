"""Train the tutorial's network one way, and print as JSON how long its epochs took.

``python -m benchmarks.training_child ours|usual DATA N_EPOCHS``.  Both ways get the same
segments, the same split and the same weights to start from.  ``losses`` are the mean loss so
far after each batch of an epoch that is not timed: without dropout, in the same order.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from genre.datasets.load import load_dataset
from genre.datasets.types import SegmentSet
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.prepare import prepare_datasets
from genre.splits.split import Split

COURSE = PRESETS["course"]
Measured = dict[str, list[float]]


def train_ours(data: SegmentSet, split: Split, n_epochs: int) -> Measured:
    """Train as ``genre train`` does."""
    from genre.training.tensorflow import load_tensorflow

    load_tensorflow()
    from genre.training.trainer import Trainer

    clock = Clock()
    Trainer.of(data, split, replace(COURSE, epochs=n_epochs)).fit(
        lambda event: None, lambda: False, clock.note
    )
    losses: list[float] = []
    still = Trainer.of(data, split, replace(COURSE, dropout=0.0))
    still.run_epoch(0, lambda event: losses.append(event["loss"]), lambda: False)
    return {"seconds": clock.seconds, "losses": losses}


def train_usual(data: SegmentSet, split: Split, n_epochs: int) -> Measured:
    """Train as the tutorial does: `compile` and `fit`."""
    import keras

    from genre.recipes.augmentation import TrainingSide, draw_epoch

    X, y = data.X(COURSE.feature_config), data.y
    X_train, y_train = X[split.train], y[split.train]
    n_genres = len(data.genres)
    clock, losses = Clock(), []
    model = build_tutorials_model(X.shape[1:], n_genres, COURSE)
    model.fit(
        X_train,
        y_train,
        validation_data=(X[split.validation], y[split.validation]),
        batch_size=32,
        epochs=n_epochs,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.note())],
    )
    side = TrainingSide.of(X_train, y_train, data.track_index[split.train], n_genres)
    drawn, targets = draw_epoch(side, COURSE, 0)
    build_tutorials_model(X.shape[1:], n_genres, replace(COURSE, dropout=0.0)).fit(
        drawn,
        targets.argmax(axis=1),
        batch_size=32,
        shuffle=False,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_train_batch_end=lambda batch, logs: losses.append(float(logs["loss"]))
            )
        ],
    )
    return {"seconds": clock.seconds, "losses": losses}


def build_tutorials_model(shape: tuple[int, ...], n_genres: int, config: TrainConfig) -> Any:
    """Build and compile the tutorial's network, with the weights of the recipe's seed."""
    import keras

    keras.utils.set_random_seed(config.seed)
    model = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.LSTM(64, return_sequences=True),
            keras.layers.LSTM(64),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dropout(config.dropout),
            keras.layers.Dense(n_genres, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.0001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


class Clock:
    """How long each epoch took; the first, with all that is compiled in it, starts the clock."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._last = 0.0

    def note(self) -> None:
        """Note the end of an epoch."""
        now = time.perf_counter()
        if self._last:
            self.seconds.append(now - self._last)
        self._last = now


WAYS: dict[str, Callable[[SegmentSet, Split, int], Measured]] = {
    "ours": train_ours,
    "usual": train_usual,
}


def main(way: str, source: str, n_epochs: int) -> None:
    """Measure one way, and print what it took."""
    data, split = prepare_datasets(load_dataset(source), COURSE)
    measured = WAYS[way](data, split, n_epochs)
    sys.stdout.write(json.dumps({"n_segments": len(split.train), **measured}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
