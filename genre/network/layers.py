"""The recurrent layers, step by step: one LSTM [1]_ or simple RNN [2]_, in one direction.

Conventions
-----------
axes
    ``(n_segments, n_steps, ...)`` in arguments and results.  Inside, steps come first, so
    that the values of one step are contiguous in memory: results are views of such arrays.
gates
    Side by side in the columns of an LSTM's weights, in Keras's order: input, forget,
    candidate, output.
state
    Every segment starts from zeros: it does not depend on other segments.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation
   9(8), 1997.
.. [2] J. L. Elman, "Finding structure in time", Cognitive Science 14(2), 1990.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.network.config import Direction
from genre.network.held import Held


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """The values of a recurrent layer in one direction.

    Every array is [shape=(n_segments, n_steps, units), dtype=float32].  The gates are after
    their activation: input, forget and output in [0, 1], the candidate in [-1, 1].  A simple
    RNN has neither gates nor cell, only ``hidden``.  Entry ``[:, t]`` belongs to step ``t``
    in both directions, although a backward layer reads the last step first.
    """

    direction: Direction
    hidden: np.ndarray
    input_gate: np.ndarray | None = None
    forget_gate: np.ndarray | None = None
    candidate: np.ndarray | None = None
    output_gate: np.ndarray | None = None
    cell: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LayerWeights:
    """The weights of a recurrent layer in one direction, all float32.

    An LSTM has ``n_columns = 4 * units``, a simple RNN ``n_columns = units``.

    Parameters
    ----------
    kernel : np.ndarray [shape=(n_inputs, n_columns)]
    recurrent_kernel : np.ndarray [shape=(units, n_columns)]
    bias : np.ndarray [shape=(n_columns,)]
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray


def run_lstm(
    inputs: np.ndarray, weights: LayerWeights, direction: Direction, held: Sequence[Held] = ()
) -> LayerTrace:
    """Run an LSTM over every segment.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n_segments, n_steps, n_inputs), dtype=float32]
        Its inputs.
    weights : LayerWeights
        With four columns per unit.
    direction : {"forward", "backward"}
        Whether it starts with the first step, or with the last.
    held : sequence of (slice, float)
        Columns of gates that are held at a value: `genre.network.held.held_columns`.

    Returns
    -------
    trace : LayerTrace

    Examples
    --------
    >>> zeros = LayerWeights(*(np.zeros(shape, "f4") for shape in [(13, 8), (2, 8), 8]))
    >>> run_lstm(np.ones((3, 130, 13), "f4"), zeros, "forward").forget_gate[0, 0]
    array([0.5, 0.5], dtype=float32)
    """
    units = len(weights.recurrent_kernel)
    # sigmoid(x) = tanh(x / 2) / 2 + 1 / 2: one tanh serves all four gates, and never overflows.
    slope = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), units)
    offset = np.repeat(np.array([0.5, 0.5, 0.0, 0.5], np.float32), units)
    recurrent_kernel = weights.recurrent_kernel * slope
    gates = _project(inputs, weights.kernel * slope, weights.bias * slope)
    # gates: (n_steps, n_segments, 4 * units), turned from sums into gates step by step
    input_gate, forget_gate, candidate, output_gate = np.split(gates, 4, axis=2)
    cell = np.empty(input_gate.shape, np.float32)  # (n_steps, n_segments, units)
    hidden = np.empty_like(cell)
    cell_before = np.zeros(cell.shape[1:], np.float32)  # the cell before this step
    hidden_before = np.zeros_like(cell_before)  # the hidden state before this step
    for step in _reading_order(len(gates), direction):
        now = gates[step]
        now += hidden_before @ recurrent_kernel  # (n_segments, 4 * units)
        np.tanh(now, out=now)
        now *= slope
        now += offset
        for columns, value in held:
            now[:, columns] = value
        cell_before = np.multiply(
            forget_gate[step], cell_before, out=cell[step]
        )  # (n_segments, units)
        cell_before += input_gate[step] * candidate[step]
        hidden_before = np.tanh(cell_before, out=hidden[step])  # (n_segments, units)
        hidden_before *= output_gate[step]
    steps_first = (hidden, input_gate, forget_gate, candidate, output_gate, cell)
    return LayerTrace(direction, *(array.swapaxes(0, 1) for array in steps_first))


def run_simple_rnn(inputs: np.ndarray, weights: LayerWeights, direction: Direction) -> LayerTrace:
    """Run a simple RNN over every segment.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n_segments, n_steps, n_inputs), dtype=float32]
        Its inputs.
    weights : LayerWeights
        With one column per unit.
    direction : {"forward", "backward"}
        Whether it starts with the first step, or with the last.

    Returns
    -------
    trace : LayerTrace
        Without gates and cell.

    Examples
    --------
    >>> zeros = LayerWeights(*(np.zeros(shape, "f4") for shape in [(13, 2), (2, 2), 2]))
    >>> run_simple_rnn(np.ones((3, 130, 13), "f4"), zeros, "forward").hidden.shape
    (3, 130, 2)
    """
    hidden = _project(inputs, weights.kernel, weights.bias)
    # hidden: (n_steps, n_segments, units), turned from sums into states step by step
    hidden_before = np.zeros(hidden.shape[1:], np.float32)  # the hidden state before this step
    for step in _reading_order(len(hidden), direction):
        now = hidden[step]
        now += hidden_before @ weights.recurrent_kernel  # (n_segments, units)
        hidden_before = np.tanh(now, out=now)
    return LayerTrace(direction, hidden.swapaxes(0, 1))


def _reading_order(n_steps: int, direction: Direction) -> range:
    return range(n_steps) if direction == "forward" else range(n_steps - 1, -1, -1)


def _project(inputs: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Apply the kernel to all steps of all segments at once, and put the steps first."""
    n_segments, n_steps, n_inputs = inputs.shape
    rows = inputs.swapaxes(0, 1).reshape(n_steps * n_segments, n_inputs)
    sums: np.ndarray = rows @ kernel  # (n_steps * n_segments, n_columns)
    sums += bias
    return sums.reshape(n_steps, n_segments, -1)  # (n_steps, n_segments, n_columns)
