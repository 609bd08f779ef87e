"""Backpropagation through time in NumPy: derivatives by what each step read.

Conventions
-----------
gradient
    With respect to what the first recurrent layer read, so in deviations of the training
    data where the network scales: 80 values of different units become comparable.

What is differentiated is the last layer's last hidden state: the whole Jacobian, every unit by
every value, so no direction is chosen.  The prediction would hide forgetting where the network
pools by a mean: there every step reaches the output on a short path of its own.
`genre.interpret.gradient_paths` splits the Jacobian.

References
----------
.. [1] Y. Bengio, P. Simard and P. Frasconi, "Learning long-term dependencies with gradient
   descent is difficult", IEEE Trans. Neural Networks 5(2), 1994.
.. [2] P. J. Werbos, "Backpropagation through time: what it does and how to do it",
   Proc. IEEE 78(10), 1990.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from genre.errors import ParameterError
from genre.language import _
from genre.network.forward import Network, Trace
from genre.network.layers import LayerTrace
from genre.system.threads import one_blas_thread

Path = Literal["all", "cell", "hidden"]


class BackStep(NamedTuple):
    """Derivatives at one step of an LSTM layer, of every row that is differentiated.

    ``of_cell`` by the step's cell state and ``of_previous`` by the hidden state before the step,
    both [shape=(n_segments, n_rows, units)]; ``of_sums`` by the sums before the gates
    [shape=(n_segments, n_rows, 4 * units)].
    """

    step: int
    of_cell: np.ndarray
    of_previous: np.ndarray
    of_sums: np.ndarray


def state_jacobian(network: Network, trace: Trace, *, path: Path = "all") -> np.ndarray:
    """Differentiate the last layer's last hidden state by every value of every step.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.
    path : {"all", "cell", "hidden"}
        How a layer hands on from step to step.  ``cell``: by cell states alone, the gates and the
        candidate take the hidden state before them as a constant.  ``hidden``: by hidden states
        alone, the cell state before each step is a constant.  Every path of a simple RNN is one
        by hidden states.

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
    check_forward(network)
    with one_blas_thread():
        for number in range(len(network.config.units), 0, -1):
            kernel, recurrent_kernel = (
                network.weights[f"recurrent_{number}.forward.{name}"]
                for name in ("kernel", "recurrent_kernel")
            )
            one = trace.layers[number - 1][0]
            of_inputs = np.empty((*wanted.shape[:3], len(kernel)), np.float32)
            for back in back_through(network)(one, wanted, recurrent_kernel, path=path):
                of_inputs[:, :, back.step] = _times(back.of_sums, kernel.T)
            wanted = of_inputs
    return wanted


def back_through(network: Network) -> Callable[..., Iterator[BackStep]]:
    """Return what goes back through a layer of a network's cells."""
    return back_through_lstm if network.config.cell == "lstm" else back_through_simple_rnn


def check_forward(network: Network) -> None:
    """Raise if a network also reads backwards."""
    if network.config.bidirectional:
        raise ParameterError(
            _(
                "this network reads each segment both ways, so no step is far from its "
                "end. Choose a model that reads forwards."
            )
        )


def _times(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Multiply as one product of two matrices: a stack of them takes several times as long."""
    product: np.ndarray = rows.reshape(-1, rows.shape[-1]) @ matrix
    return product.reshape(*rows.shape[:-1], -1)


def back_through_lstm(
    trace: LayerTrace,
    wanted: np.ndarray,
    recurrent_kernel: np.ndarray,
    *,
    path: Path = "all",
    of_last_cell: np.ndarray | float = 0.0,
) -> Iterator[BackStep]:
    """Go back through one LSTM layer, from its last step to its first.

    Parameters
    ----------
    trace : LayerTrace
    wanted : np.ndarray [shape=(n_segments, n_rows, n_steps, units)]
        A gradient for each row, by the layer's outputs.
    recurrent_kernel : np.ndarray [shape=(units, 4 * units)]
    path : {"all", "cell", "hidden"}
        As `state_jacobian` has it.
    of_last_cell : np.ndarray [shape=(n_segments, n_rows, units)], optional
        A gradient for each row by the last cell state, besides.

    Yields
    ------
    back : BackStep
        Its arrays are overwritten at the next step.
    """
    n_segments, n_rows, n_steps, units = wanted.shape
    gates: list[Any] = [trace.input_gate, trace.forget_gate, trace.candidate, trace.output_gate]
    cell: Any = trace.cell
    of_hidden = np.zeros((n_segments, n_rows, units), np.float32)
    of_cell = np.zeros_like(of_hidden)
    of_cell += of_last_cell
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
        of_previous = _times(of_sums, recurrent_kernel.T)
        yield BackStep(step, of_cell, of_previous, of_sums)
        of_hidden = of_previous if path != "cell" else np.zeros_like(of_previous)
        of_cell *= f if path != "hidden" else 0


def back_through_simple_rnn(
    trace: LayerTrace, wanted: np.ndarray, recurrent_kernel: np.ndarray, *, path: Path = "all"
) -> Iterator[BackStep]:
    """Go back through one simple recurrent layer; arguments as `back_through_lstm`'s.

    Yields
    ------
    back : BackStep
        With nothing as ``of_cell``, and ``of_sums`` [shape=(n_segments, n_rows, units)].
    """
    n_segments, n_rows, n_steps, units = wanted.shape
    of_hidden = np.zeros((n_segments, n_rows, units), np.float32)
    for step in range(n_steps - 1, -1, -1):
        slope = 1 - np.square(trace.hidden[:, step, np.newaxis])  # of tanh, (n_segments, 1, units)
        of_sums = (of_hidden + wanted[:, :, step]) * slope
        of_previous = _times(of_sums, recurrent_kernel.T)
        yield BackStep(step, of_sums[..., :0], of_previous, of_sums)
        of_hidden = of_previous if path != "cell" else np.zeros_like(of_previous)
