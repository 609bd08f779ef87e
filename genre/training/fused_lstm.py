"""An LSTM layer that trains faster on a processor: compiled, all steps in one call.

Conventions
-----------
`genre.training.lstm_steps` runs a whole sequence in one function, where Keras runs a loop
of many small operations.  The layer's weights are `keras.layers.LSTM`'s, made by the same
initialisers in the same order.  TensorFlow and the function share their arrays uncopied.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from genre.recipes.config import TrainConfig
from genre.training.lstm_steps import backward, backward_to_inputs, forward

MOST_UNITS = 256
"""Units of a layer up to which the compiled layers were measured to be faster than Keras's loop."""


def is_kernel_faster(config: TrainConfig) -> bool:
    """Return whether a recipe's network learns faster with `FusedLSTM` than with Keras's LSTM.

    Measured in turns on two quiet cores, Keras's time for a batch of ``course`` over that with the
    compiled layers: 2.3 with 64 units, 1.5 with 128, 2.2 with 192, 1.6 with 256.  In both
    directions Keras's own layer would read backwards anyway.  On a graphics card Keras uses its own
    kernel.

    Parameters
    ----------
    config : TrainConfig
    """
    is_light = max(config.units_1, config.units_2) <= MOST_UNITS and not config.bidirectional
    return config.cell == "lstm" and is_light and not tf.config.list_physical_devices("GPU")


class FusedLSTM(keras.layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM` by compiled functions.

    For training: a file that names this class opens only where this package is.  Keras's
    own loop is used where they do not fit: masks, dropout inside the cell, states
    handed in or out, reading backwards, activations or weights of another kind than the
    default.
    """

    def call(
        self,
        sequences: tf.Tensor,
        initial_state: Any = None,
        mask: tf.Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """Run the layer; arguments and answer as `keras.layers.LSTM`'s."""
        if initial_state is not None or mask is not None or not self._is_plain():
            return super().call(sequences, initial_state, mask, training)
        weights = [self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias]
        # Two halves, computed in parallel on two cores.  Two on any machine: to the last bit,
        # the sum of their gradients must not depend on how many cores there are.
        half = tf.shape(sequences)[0] // 2
        parts = [sequences[:half], sequences[half:]]
        outputs = tf.concat([run_lstm(p, *map(tf.convert_to_tensor, weights)) for p in parts], 0)
        return outputs if self.return_sequences else outputs[:, -1]

    def _is_plain(self) -> bool:
        """Whether nothing is asked for that the compiled functions cannot do."""
        cell = self.cell
        return (
            cell.activation is keras.activations.tanh
            and cell.recurrent_activation is keras.activations.sigmoid
            and cell.use_bias
            and not (cell.dropout or cell.recurrent_dropout)
            and not (self.return_state or self.stateful or self.go_backwards)
            and self.compute_dtype == "float32"
        )


@tf.custom_gradient  # type: ignore[untyped-decorator]
def run_lstm(
    x: tf.Tensor, kernel: tf.Tensor, recurrent: tf.Tensor, bias: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]]:
    """Run an LSTM from a state of zeros.

    Parameters
    ----------
    x : tf.Tensor [shape=(n_segments, n_steps, n_values), dtype=float32]
    kernel, recurrent, bias : tf.Tensor
        Keras's weights of the layer.

    Returns
    -------
    outputs : tf.Tensor [shape=(n_segments, n_steps, units)]
    """
    units, answers = recurrent.shape[0], [tf.float32] * 4
    given = [x, kernel, recurrent, bias]
    trace = tf.numpy_function(forward, given, answers[:3], stateful=False)

    def gradient(of_outputs: tf.Tensor) -> tuple[tf.Tensor, ...]:
        given = [of_outputs, x, tf.transpose(recurrent), *trace]
        of_gates, *found = tf.numpy_function(backward, given, answers, stateful=False)
        # A call of its own: TensorFlow leaves it out where nobody asks for it.
        given = [of_gates, tf.transpose(kernel)]
        of_x = tf.numpy_function(backward_to_inputs, given, tf.float32, stateful=False)
        found = [of_x, *found]
        for one, of in zip(found, (x, kernel, recurrent, bias), strict=True):
            one.set_shape(of.shape)
        return tuple(found)

    outputs = trace[0][:, 1:]
    outputs.set_shape((*x.shape[:2], units))
    return outputs, gradient
