"""The recall task, trained: a small recurrent network learns to recall one early symbol."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from genre.interpret.recall_task import (
    BATCH_SIZE,
    BATCHES,
    FIRST_GAP,
    LEARNING_RATE,
    N_SYMBOLS,
    N_TESTED,
    N_UNITS,
    RECALLED_WELL,
    RECENT_BATCHES,
    VERSION,
    RecallTask,
)

TELL_EVERY = 10


def draw_sequences(rng: np.random.Generator, n: int, gap: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences with a marked symbol first and ``gap`` others after it.

    Parameters
    ----------
    rng : np.random.Generator
    n, gap : int

    Returns
    -------
    X : np.ndarray [shape=(n, 1 + gap, N_SYMBOLS + 1), dtype=float32]
        One column a symbol; the last one is the mark.
    y : np.ndarray [shape=(n,), dtype=int]
        The marked symbols.
    """
    symbols = rng.integers(0, N_SYMBOLS, (n, 1 + gap))
    X = np.zeros((n, 1 + gap, N_SYMBOLS + 1), np.float32)
    X[..., :N_SYMBOLS] = np.eye(N_SYMBOLS, dtype=np.float32)[symbols]
    X[:, 0, N_SYMBOLS] = 1
    return X, symbols[:, 0]


def train_recall_task(
    task: RecallTask, on_event: Callable[[dict[str, Any]], None], *, command: str
) -> None:
    """Train one network on the recall task and report as it goes.

    It ends early once no recent batch, with gaps up to the full length, held a mistake.

    Parameters
    ----------
    task : RecallTask
    on_event : callable
        Gets a dictionary per event: ``start``, ``batch``, ``end``.
    command : str
        What repeats it: kept with the run.
    """
    keras.utils.set_random_seed(task.seed)
    rng = np.random.default_rng(task.seed)
    learn, recall = _network(task)
    on_event(
        {
            "event": "start", "version": VERSION, "cell": task.cell, "gap": task.gap,
            "seed": task.seed, "command": command, "n_symbols": N_SYMBOLS, "n_units": N_UNITS,
            "batches": BATCHES, "batch_size": BATCH_SIZE, "learning_rate": LEARNING_RATE,
            "tensorflow": tf.__version__, "keras": keras.__version__,
        }
    )  # fmt: skip
    began = time.monotonic()
    longest_gap = min(FIRST_GAP, task.gap)
    recent: deque[float] = deque(maxlen=RECENT_BATCHES)
    for batch in range(1, BATCHES + 1):
        X, y = draw_sequences(rng, BATCH_SIZE, int(rng.integers(1, longest_gap + 1)))
        recent.append(float(learn(X, y)))
        share = float(np.mean(recent))
        is_sure = len(recent) == RECENT_BATCHES and share > RECALLED_WELL
        has_learnt = is_sure and longest_gap == task.gap and min(recent) == 1
        if batch % TELL_EVERY == 0 or has_learnt:
            on_event(
                {
                    "event": "batch", "batch": batch, "accuracy": round(share, 4),
                    "longest_gap": longest_gap, "seconds": round(time.monotonic() - began, 2),
                }
            )  # fmt: skip
        if has_learnt:
            break
        if is_sure and longest_gap < task.gap:
            longest_gap = min(2 * longest_gap, task.gap)
            recent.clear()
    n_recalled = _count_recalled(recall, rng, task.gap)
    on_event(
        {
            "event": "end", "n_recalled": n_recalled, "n_tested": N_TESTED,
            "seconds": round(time.monotonic() - began, 2),
        }
    )  # fmt: skip


def _network(task: RecallTask) -> tuple[Callable[..., tf.Tensor], Callable[..., tf.Tensor]]:
    """Build the network, and return how it learns from a batch and how it recalls one."""
    cell = keras.layers.LSTM if task.cell == "lstm" else keras.layers.SimpleRNN
    steps = keras.Input((None, N_SYMBOLS + 1))
    model = keras.Model(steps, keras.layers.Dense(N_SYMBOLS)(cell(N_UNITS)(steps)))
    optimizer = keras.optimizers.Adam(LEARNING_RATE, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    shapes = [
        tf.TensorSpec((None, None, N_SYMBOLS + 1), tf.float32),
        tf.TensorSpec((None,), tf.int64),
    ]

    @tf.function(input_signature=shapes)  # type: ignore[untyped-decorator]
    def learn(X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Learn from one batch and return the share that was recalled before that."""
        with tf.GradientTape() as tape:
            logits = model(X, training=True)
            loss = loss_of(y, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return tf.reduce_mean(tf.cast(tf.argmax(logits, 1) == y, tf.float32))

    @tf.function(input_signature=shapes[:1])  # type: ignore[untyped-decorator]
    def recall(X: tf.Tensor) -> tf.Tensor:
        """Say which symbol was marked."""
        return tf.argmax(model(X), 1)

    return learn, recall


def _count_recalled(recall: Callable[..., tf.Tensor], rng: np.random.Generator, gap: int) -> int:
    """Count the new sequences, each with the full gap, whose marked symbol is recalled."""
    n_recalled = 0
    for start in range(0, N_TESTED, BATCH_SIZE):
        X, y = draw_sequences(rng, min(BATCH_SIZE, N_TESTED - start), gap)
        n_recalled += int((recall(X).numpy() == y).sum())
    return n_recalled
