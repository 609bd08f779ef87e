"""An LSTM layer that trains faster on a processor: TensorFlow's fused kernel.

Conventions
-----------
The kernel runs a whole sequence in one operation, where Keras runs a loop of many
small ones.  It reads time-major arrays, ``(n_steps, n_segments, ...)``; its gates
stand in the order of Keras's weights, so the layer's weights are `keras.layers.LSTM`'s,
made by the same initialisers in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from genre.recipes.config import TrainConfig

MOST_UNITS = 96
"""Units of a layer up to which the kernel was never found slower than Keras's loop."""


def is_kernel_faster(config: TrainConfig) -> bool:
    """Return whether a recipe's network learns faster with `FusedLSTM` than with Keras's LSTM.

    Measured on two cores, Keras's time for a batch over the kernel's: ``course`` 2.0 to 2.6
    (batches of 512: 1.9), ``recommended`` 1.3 to 1.5 (batches of 128 and more: 1.0).  The larger
    a step, the smaller the share of Keras's loop in it: with 96 units 2.0 and 1.2, with 128 1.0
    and 0.7, with 64 in both directions 1.1 and 0.9.  On a graphics card Keras uses that card's
    own kernel.

    Parameters
    ----------
    config : TrainConfig
    """
    is_light = max(config.units_1, config.units_2) <= MOST_UNITS and not config.bidirectional
    return config.cell == "lstm" and is_light and not tf.config.list_physical_devices("GPU")


class FusedLSTM(keras.layers.LSTM):  # type: ignore[misc]
    """`keras.layers.LSTM` by the fused kernel.

    For training: a file that names this class opens only where this package is.  Keras's
    own loop is used where the kernel does not fit: masks, dropout inside the cell, states
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
        weights = tf.concat([self.cell.kernel, self.cell.recurrent_kernel], axis=0)
        bias = tf.convert_to_tensor(self.cell.bias)
        steps = tf.transpose(sequences, (1, 0, 2))
        # Two halves, computed in parallel on two cores.  Two on any machine: to the last bit,
        # the sum of their gradients must not depend on how many cores there are.
        half = tf.shape(steps)[1] // 2
        parts = [steps[:, :half], steps[:, half:]]
        outputs = tf.concat([run_lstm(part, weights, bias) for part in parts], axis=1)
        return tf.transpose(outputs, (1, 0, 2)) if self.return_sequences else outputs[-1]

    def _is_plain(self) -> bool:
        """Whether nothing is asked for that the kernel cannot do."""
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
    steps: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]]:
    """Run an LSTM from a state of zeros.

    TensorFlow's own gradient of this kernel is another kernel's (the first version's, whose
    gates stand in another order) and wrong; hence this one.

    Parameters
    ----------
    steps : tf.Tensor [shape=(n_steps, n_segments, n_values), dtype=float32]
    weights : tf.Tensor [shape=(n_values + units, 4 * units)]
        Keras's kernel with the recurrent kernel below it.
    bias : tf.Tensor [shape=(4 * units,)]

    Returns
    -------
    outputs : tf.Tensor [shape=(n_steps, n_segments, units)]
    """
    units = bias.shape[0] // 4
    state = tf.zeros((tf.shape(steps)[1], units))
    no_peephole = tf.zeros(units)
    given = {
        "seq_len_max": tf.shape(steps, out_type=tf.int64)[0],
        "x": steps,
        "cs_prev": state,
        "h_prev": state,
        "w": weights,
        **dict.fromkeys(("wci", "wcf", "wco"), no_peephole),
        "b": bias,
        "use_peephole": False,
    }
    trace = tf.raw_ops.BlockLSTMV2(**given, cell_clip=0)._asdict()  # its gates, states, outputs

    def gradient(of_outputs: tf.Tensor) -> tuple[tf.Tensor, ...]:
        found = tf.raw_ops.BlockLSTMGradV2(
            **given, **trace, cs_grad=tf.zeros_like(of_outputs), h_grad=of_outputs
        )
        # Without any segment, the kernel leaves the last two uninitialised.
        is_filled = tf.shape(steps)[1] > 0
        of_weights = tf.where(is_filled, found.w_grad, tf.zeros_like(found.w_grad))
        return found.x_grad, of_weights, tf.where(is_filled, found.b_grad, tf.zeros_like(bias))

    return trace["h"], gradient
