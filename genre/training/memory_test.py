"""The memory tests, trained: a small recurrent network learns to answer about the past."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from genre.interpret.memory_run import VERSION
from genre.interpret.memory_test import (
    BATCH_SIZE,
    BATCHES,
    FIRST_LENGTH,
    LEARNING_RATE,
    LEARNT,
    N_SYMBOLS,
    N_TESTED,
    RECENT_BATCHES,
    TOLERANCE,
    CellName,
    MemoryTask,
    TaskName,
)

TELL_EVERY = 20


def draw_sequences(
    task: MemoryTask, rng: np.random.Generator, n: int, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of a task and their answers.

    Parameters
    ----------
    task : MemoryTask
    rng : np.random.Generator
    n, length : int

    Returns
    -------
    X : np.ndarray [shape=(n, length, n_inputs), dtype=float32]
        A column for each symbol; in ``recall`` and ``adding`` the last one is the mark.
    y : np.ndarray [shape=(n,), dtype=float32]
        The number of the right answer; of ``adding``, the mean.
    """
    rows = np.arange(n)
    X = np.zeros((n, length, task.n_inputs), np.float32)
    if task.task == "adding":
        X[..., 0] = rng.random((n, length))
        marked = rng.random((n, length // 2)).argsort(axis=1)[:, :2]  # two different steps
        X[rows[:, np.newaxis], marked, 1] = 1
        return X, X[rows[:, np.newaxis], marked, 0].mean(axis=1)
    if task.task == "order":
        symbols = 2 + rng.integers(0, 4, (n, length))
        which = rng.integers(0, 2, (n, 2))
        for i, tenth in enumerate((1, 5)):
            place = rng.integers(tenth * length // 10, (tenth + 1) * length // 10, n)
            symbols[rows, place] = which[:, i]
        y = 2 * which[:, 0] + which[:, 1]
    else:
        symbols = rng.integers(0, N_SYMBOLS, (n, length))
        X[:, 0, N_SYMBOLS] = 1
        y = symbols[:, 0]
    X[rows[:, np.newaxis], np.arange(length), symbols] = 1
    return X, y.astype(np.float32)


def train_memory_test(
    task: MemoryTask,
    on_event: Callable[[dict[str, Any]], None],
    *,
    command: str,
    until: float = float("inf"),
) -> None:
    """Train one network on a memory test and report as it goes.

    Parameters
    ----------
    task : MemoryTask
    on_event : callable
        Gets a dictionary per event: ``start``, ``batch``, ``end``.
    command : str
        What repeats it: kept with the run.
    until : float
        Training stops at this moment of `time.monotonic`, and what was learnt is tested.
    """
    rng = np.random.default_rng(task.seed)
    trained = _compiled(task.task, task.cell, task.length)
    trained.start_again(task)
    on_event(
        {
            "event": "start", "version": VERSION, "task": task.task, "cell": task.cell,
            "length": task.length, "seed": task.seed, "command": command,
            "units": task.units, "parameters": task.n_parameters, "batches": BATCHES,
            "batch_size": BATCH_SIZE, "learning_rate": LEARNING_RATE,
            "tensorflow": tf.__version__, "keras": keras.__version__,
        }
    )  # fmt: skip
    began, cpu_began = time.monotonic(), time.process_time()
    grows = task.task == "growing"
    longest = min(FIRST_LENGTH, task.length) if grows else task.length
    recent: deque[float] = deque(maxlen=RECENT_BATCHES)
    for batch in range(1, BATCHES + 1):
        length = int(rng.integers(2, longest + 1)) if grows else longest
        X, y = draw_sequences(task, rng, BATCH_SIZE, length)
        recent.append(float(trained.learn(X, y)) / BATCH_SIZE)
        is_sure = len(recent) == RECENT_BATCHES and float(np.mean(recent)) >= LEARNT
        is_last = batch == BATCHES or time.monotonic() >= until
        has_learnt = is_sure and longest == task.length
        if batch % TELL_EVERY == 0 or has_learnt or is_last:
            on_event(
                {
                    "event": "batch", "batch": batch, "right": round(float(np.mean(recent)), 4),
                    "longest": longest, "seconds": round(time.monotonic() - began, 2),
                }
            )  # fmt: skip
        if has_learnt or is_last:
            break
        if is_sure:
            longest = min(2 * longest, task.length)
            recent.clear()
    n_right = 0
    for start in range(0, N_TESTED, BATCH_SIZE):
        X, y = draw_sequences(task, rng, BATCH_SIZE, task.length)
        n = min(BATCH_SIZE, N_TESTED - start)
        n_right += int(trained.find_right(X, y)[:n].numpy().sum())
    on_event(
        {
            "event": "end", "n_right": n_right, "n_tested": N_TESTED,
            "seconds": round(time.monotonic() - began, 2),
            "cpu_seconds": round(time.process_time() - cpu_began, 2),
        }
    )  # fmt: skip


class Trained:
    """A network of a task and how it learns, compiled to machine code.

    That takes 1 or 2 s and makes the loop over small steps several times as fast, so runs that
    only differ in their seed share one.  Where the length varies each would be compiled anew, so
    nothing is.
    """

    def __init__(self, task: MemoryTask) -> None:
        self._model = _new_model(task)
        self._optimizer = keras.optimizers.Adam(LEARNING_RATE, global_clipnorm=1.0)
        self._optimizer.build(self._model.trainable_variables)
        self._start = [variable.numpy() for variable in self._optimizer.variables]
        self._is_number = task.task == "adding"
        is_fixed = task.task != "growing"
        length = task.length if is_fixed else None
        shapes = [
            tf.TensorSpec((BATCH_SIZE, length, task.n_inputs), tf.float32),
            tf.TensorSpec((BATCH_SIZE,), tf.float32),
        ]
        compiled = tf.function(input_signature=shapes, jit_compile=is_fixed)
        self.learn = compiled(self._learn)
        """Learn from a batch; returns how many answers were right before that."""
        self.find_right = compiled(lambda X, y: self._judge(X, y)[1])
        """Say which answers are right."""

    def start_again(self, task: MemoryTask) -> None:
        """Forget what was learnt, and take the weights of a task's seed."""
        self._model.set_weights(_new_model(task).get_weights())
        for variable, value in zip(self._optimizer.variables, self._start, strict=True):
            variable.assign(value)

    def _judge(self, X: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss, and whether each answer is right."""
        answers = self._model(X)
        if self._is_number:
            error = answers[:, 0] - y
            return tf.reduce_mean(tf.square(error)), tf.abs(error) < TOLERANCE
        classes = tf.cast(y, tf.int32)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(classes, answers)
        return tf.reduce_mean(loss), tf.argmax(answers, 1, tf.int32) == classes

    def _learn(self, X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        variables = self._model.trainable_variables
        with tf.GradientTape() as tape:
            loss, is_right = self._judge(X, y)
        gradients = tape.gradient(loss, variables)
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return tf.reduce_sum(tf.cast(is_right, tf.int32))


@lru_cache(maxsize=12)
def _compiled(task: TaskName, cell: CellName, length: int) -> Trained:
    return Trained(MemoryTask(task, cell, length))


def _new_model(task: MemoryTask) -> keras.Model:
    """Build the network with the weights of its seed."""
    keras.utils.set_random_seed(task.seed)
    steps = keras.Input((None, task.n_inputs))
    layer = keras.layers.SimpleRNN if task.cell == "simple_rnn" else keras.layers.LSTM
    states = layer(task.units)
    model = keras.Model(steps, keras.layers.Dense(task.n_outputs)(states(steps)))
    if task.cell == "open_lstm":  # the forget gates open and the input gates shut
        kernel, recurrent_kernel, bias = states.get_weights()
        span = np.random.default_rng(task.seed).uniform(1, task.length - 1, task.units)
        bias[task.units : 2 * task.units] = np.log(span)
        bias[: task.units] = -np.log(span)
        states.set_weights([kernel, recurrent_kernel, bias])
    return model
