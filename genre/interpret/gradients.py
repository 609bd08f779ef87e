"""Backpropagation through time in NumPy: how much the end depends on each step.

Conventions
-----------
gradient
    With respect to what the first recurrent layer read, so in deviations of the training
    data where the network scales: 80 values of different units become comparable.
distance
    Steps from the one asked about to the last of the segment, from 0 up.

Two things are measured.  *State*: how much does the last layer's last hidden state
depend on a step?  Its size is the Frobenius norm of the whole Jacobian, every unit by every
value, so no direction is chosen.  *Prediction*: how much does the log-probability of a genre?
Where the network pools by a mean, every step reaches the output on a short path of its own,
so this curve hides forgetting; the first one shows it.

References
----------
.. [1] Y. Bengio, P. Simard and P. Frasconi, "Learning long-term dependencies with gradient
   descent is difficult", IEEE Trans. Neural Networks 5(2), 1994.
.. [2] P. J. Werbos, "Backpropagation through time: what it does and how to do it",
   Proc. IEEE 78(10), 1990.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre.errors import ParameterError
from genre.network.forward import Network, Trace
from genre.network.layers import LayerTrace
from genre.system.threads import one_blas_thread

MAX_ROWS = 512
"""Segments times units that are differentiated at once: a bound on time and memory."""


@dataclass(frozen=True, slots=True, eq=False)
class MemoryCurve:
    """How much the last hidden state depends on a step, by its distance from the end.

    Parameters
    ----------
    distance : np.ndarray [shape=(n_steps,), dtype=int]
        0, 1, 2, ...
    norm : np.ndarray [shape=(n_steps,)]
        Mean over segments of the Frobenius norm of the Jacobian.
    n_segments : int
        Segments it is the mean of.
    step_seconds : float
    """

    distance: np.ndarray
    norm: np.ndarray
    n_segments: int
    step_seconds: float

    @property
    def relative(self) -> np.ndarray:
        """The norm as a share of that of the last step."""
        return self.norm / max(float(self.norm[0]), np.finfo(np.float64).tiny)

    @property
    def tenth(self) -> int | None:
        """Distance from which on less than a tenth is left, or None if that is never so."""
        kept = np.flatnonzero(self.relative >= 0.1)
        first = int(kept[-1]) + 1 if len(kept) else 0
        return first if first < len(self.norm) else None


def measure_memory(network: Network, steps: np.ndarray, *, step_seconds: float) -> MemoryCurve:
    """Measure how much the last hidden state depends on each step.

    Parameters
    ----------
    network : Network
        Of LSTM cells or of simple ones, reading forwards.
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        Of a long song, segments spread evenly over it are taken.
    step_seconds : float

    Returns
    -------
    curve : MemoryCurve

    Raises
    ------
    ParameterError
        If the network also reads backwards.
    """
    n_taken = min(len(steps), max(1, MAX_ROWS // network.config.units[-1]))
    taken = steps[np.arange(n_taken) * len(steps) // n_taken]
    jacobian = state_jacobian(network, network.trace(taken))
    norms = np.sqrt(np.square(jacobian, dtype=np.float64).sum(axis=(1, 3)))  # (n_taken, n_steps)
    return MemoryCurve(
        distance=np.arange(norms.shape[1]),
        norm=norms.mean(axis=0)[::-1],
        n_segments=n_taken,
        step_seconds=step_seconds,
    )


def state_jacobian(network: Network, trace: Trace) -> np.ndarray:
    """Differentiate the last layer's last hidden state by every value of every step.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.

    Returns
    -------
    jacobian : np.ndarray [shape=(n_segments, units, n_steps, n_values), dtype=float32]

    Raises
    ------
    ParameterError
        If the network also reads backwards.
    """
    n_segments, n_steps, units = trace.outputs[-1].shape
    wanted = np.zeros((n_segments, units, n_steps, units), np.float32)
    wanted[:, np.arange(units), -1, np.arange(units)] = 1
    return _through_layers(network, trace, wanted)


def prediction_gradient(network: Network, trace: Trace, genre: int) -> np.ndarray:
    """Differentiate the log-probability of a genre by every value of every step.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.
    genre : int
        Its index.

    Returns
    -------
    gradient : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]

    Raises
    ------
    ParameterError
        If the network also reads backwards.
    """
    weights, pooling = network.weights, network.config.pooling
    outputs = trace.outputs[-1]
    n_segments, n_steps, units = outputs.shape
    of_logits = -trace.probabilities
    of_logits[:, genre] += 1  # (n_segments, n_genres)
    of_values = of_logits @ weights["output.kernel"].T
    for name, dense in reversed([*zip(network.config.dense_layers, trace.dense, strict=True)]):
        of_values = (of_values * (dense > 0)) @ weights[f"{name}.kernel"].T
    of_pooled = of_values  # (n_segments, n_pooled)
    wanted = np.zeros((n_segments, 1, n_steps, units), np.float32)
    if pooling == "last":
        wanted[:, 0, -1] = of_pooled
    else:
        wanted[:, 0] = of_pooled[:, np.newaxis, :units] / n_steps
        if pooling == "mean_max":
            is_largest = outputs == outputs.max(axis=1, keepdims=True)
            share = is_largest / is_largest.sum(axis=1, keepdims=True)
            wanted[:, 0] += of_pooled[:, np.newaxis, units:] * share
    gradient = _through_layers(network, trace, wanted)[:, 0]
    if pooling == "mean_shortcut":
        gradient += of_pooled[:, np.newaxis, units:] / n_steps
    return gradient


def _through_layers(network: Network, trace: Trace, wanted: np.ndarray) -> np.ndarray:
    """Carry gradients of the last layer's outputs back to what the first one read."""
    if network.config.bidirectional:
        raise ParameterError(
            "this network reads each segment both ways, so no step is far from its end. "
            "Choose a model that reads forwards."
        )
    through = _through_lstm if network.config.cell == "lstm" else _through_simple_rnn
    names = ("kernel", "recurrent_kernel")
    with one_blas_thread():
        for number in range(len(network.config.units), 0, -1):
            kernels = [network.weights[f"recurrent_{number}.forward.{name}"] for name in names]
            wanted = through(trace.layers[number - 1][0], wanted, *kernels)
    return wanted


def _times(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Multiply as one product of two matrices: a stack of them takes several times as long."""
    product: np.ndarray = rows.reshape(-1, rows.shape[-1]) @ matrix
    return product.reshape(*rows.shape[:-1], -1)


def _through_lstm(
    trace: LayerTrace, wanted: np.ndarray, kernel: np.ndarray, recurrent_kernel: np.ndarray
) -> np.ndarray:
    """Go back through one LSTM layer.

    ``wanted`` is (n_segments, n_rows, n_steps, units): a gradient for each row, by the
    layer's outputs.  What is returned is by its inputs: (n_segments, n_rows, n_steps, n_inputs).
    """
    n_segments, n_rows, n_steps, units = wanted.shape
    gates: list[Any] = [trace.input_gate, trace.forget_gate, trace.candidate, trace.output_gate]
    cell: Any = trace.cell
    of_inputs = np.empty((n_segments, n_rows, n_steps, len(kernel)), np.float32)
    of_hidden = np.zeros((n_segments, n_rows, units), np.float32)
    of_cell = np.zeros_like(of_hidden)
    for step in range(n_steps - 1, -1, -1):
        i, f, g, o = (gate[:, step, np.newaxis] for gate in gates)  # each (n_segments, 1, units)
        before = cell[:, step - 1, np.newaxis] if step else np.zeros_like(i)
        squashed = np.tanh(cell[:, step, np.newaxis])
        of_hidden += wanted[:, :, step]
        of_cell += of_hidden * (o * (1 - np.square(squashed)))
        # (n_segments, n_rows, 4 * units): by the sums before the gates' sigmoid and tanh
        of_sums = np.concatenate(
            [
                of_cell * (g * i * (1 - i)),
                of_cell * (before * f * (1 - f)),
                of_cell * (i * (1 - np.square(g))),
                of_hidden * (squashed * o * (1 - o)),
            ],
            axis=-1,
        )
        of_inputs[:, :, step] = _times(of_sums, kernel.T)
        of_hidden = _times(of_sums, recurrent_kernel.T)
        of_cell *= f
    return of_inputs


def _through_simple_rnn(
    trace: LayerTrace, wanted: np.ndarray, kernel: np.ndarray, recurrent_kernel: np.ndarray
) -> np.ndarray:
    """Go back through one simple recurrent layer; shapes as in `_through_lstm`."""
    n_segments, n_rows, n_steps, units = wanted.shape
    of_inputs = np.empty((n_segments, n_rows, n_steps, len(kernel)), np.float32)
    of_hidden = np.zeros((n_segments, n_rows, units), np.float32)
    for step in range(n_steps - 1, -1, -1):
        slope = 1 - np.square(trace.hidden[:, step, np.newaxis])  # of tanh, (n_segments, 1, units)
        of_sums = (of_hidden + wanted[:, :, step]) * slope
        of_inputs[:, :, step] = _times(of_sums, kernel.T)
        of_hidden = _times(of_sums, recurrent_kernel.T)
    return of_inputs
