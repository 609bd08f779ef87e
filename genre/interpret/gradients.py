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

path
    How a layer hands on from step to step.  ``cell``: by cell states alone, the gates and the
    candidate take the hidden state before them as a constant.  ``hidden``: by hidden states
    alone, the cell state before each step is a constant.  ``total``: any way.  Every path of a
    simple RNN is one by hidden states.
rows
    Gradients, one for each unit whose last state is differentiated.

Layers go back together, a step at a time: what a layer is handed at a step is what the layer above
it has just read, and nothing of the size of a whole Jacobian by hidden states is kept.

References
----------
.. [1] Y. Bengio, P. Simard and P. Frasconi, "Learning long-term dependencies with gradient
   descent is difficult", IEEE Trans. Neural Networks 5(2), 1994.
.. [2] P. J. Werbos, "Backpropagation through time: what it does and how to do it",
   Proc. IEEE 78(10), 1990.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from genre.errors import ParameterError
from genre.language import _
from genre.network.forward import Network, Trace
from genre.network.layers import LayerTrace
from genre.system.threads import one_blas_thread

Path = Literal["total", "cell", "hidden"]
Rows = Mapping[Path, np.ndarray]
"""Of each path, the rows by something at one step [shape=(n_segments, n_rows, n)]."""


class BackStep(NamedTuple):
    """Derivatives at one step of a layer, by its cell state and by what it read there."""

    of_cell: Rows
    of_read: Rows


def state_jacobian(network: Network, trace: Trace) -> dict[Path, np.ndarray]:
    """Differentiate the last layer's last hidden state by every value of every step.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.

    Returns
    -------
    jacobians : dict of str to np.ndarray [shape=(n_segments, units, n_steps, n_values)]
        In 32 bits, by each path.

    Raises
    ------
    ParameterError
        If the network also reads backwards.
    """
    check_forward(network)
    n_segments, n_steps, units = trace.outputs[-1].shape
    wanted: Iterable[Rows] = last_state(units, n_steps)
    for number in range(len(network.config.units), 0, -1):
        recurrent_kernel, kernel = kernels_of(network, number)
        one = trace.layers[number - 1][0]
        backs = back_through(network)(one, wanted, recurrent_kernel, kernel)
        wanted = (back.of_read for back in backs)
    return gather(wanted, (n_segments, units, n_steps, trace.scaled.shape[2]))


def kernels_of(network: Network, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a layer's recurrent kernel and its kernel; layers count from 1."""
    prefix = f"recurrent_{layer}.forward"
    return network.weights[f"{prefix}.recurrent_kernel"], network.weights[f"{prefix}.kernel"]


def last_state(units: int, n_steps: int) -> Iterator[Rows]:
    """Yield the derivatives of a last state by the states: the identity first, then nothing."""
    identity = np.eye(units, dtype=np.float32)[np.newaxis]
    yield dict.fromkeys(get_args(Path), identity)
    yield from repeat(dict.fromkeys(get_args(Path), np.zeros_like(identity)), n_steps - 1)


def gather(steps: Iterable[Rows], shape: tuple[int, ...]) -> dict[Path, np.ndarray]:
    """Put what comes from the last step to the first into one array for each path.

    Parameters
    ----------
    steps : iterable of Rows
        At most as many as there are steps.
    shape : tuple of int
        (n_segments, n_rows, n_steps, n).

    Returns
    -------
    jacobians : dict of str to np.ndarray [shape=shape, dtype=float32]
        0 at the steps of which nothing came.
    """
    jacobians: dict[Path, np.ndarray] = {
        path: np.zeros(shape, np.float32) for path in get_args(Path)
    }
    with one_blas_thread():
        for back, rows in enumerate(steps, start=1):
            for path, one in rows.items():
                jacobians[path][:, :, -back] = one
    return jacobians


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


def back_through_lstm(
    trace: LayerTrace,
    wanted: Iterable[Rows],
    recurrent_kernel: np.ndarray,
    kernel: np.ndarray,
    *,
    of_last_cell: np.ndarray | float = 0.0,
) -> Iterator[BackStep]:
    """Go back through one LSTM layer, from its last step to its first, on each path.

    Parameters
    ----------
    trace : LayerTrace
    wanted : iterable of Rows
        Gradients by the layer's outputs, from the last step to the first.
    recurrent_kernel : np.ndarray [shape=(units, 4 * units)]
    kernel : np.ndarray [shape=(n, 4 * units)]
        Of what ``of_read`` is asked for: the layer's kernel for its inputs, its recurrent kernel
        for the hidden state before the step.
    of_last_cell : np.ndarray [shape=(n_segments, n_rows, units)], optional
        Gradients by the last cell state, besides.

    Yields
    ------
    back : BackStep
        Its arrays are overwritten at the next step.
    """
    n_segments, n_steps, units = trace.hidden.shape
    into_sums = np.concatenate([recurrent_kernel, kernel]).T.reshape(4, units, -1)
    states: dict[Path, np.ndarray] = {}  # rows by the cell state, then by the hidden state
    for step, outer in zip(range(n_steps - 1, -1, -1), wanted, strict=True):
        for path in () if states else outer:
            states[path] = np.zeros((n_segments, outer[path].shape[1], 2 * units), np.float32)
            states[path][..., :units] = of_last_cell
        slopes = _slopes_at(trace, step, into_sums)
        by_both = np.concatenate([slopes.by_cell, slopes.by_hidden], axis=1)
        by_output = slopes.output.swapaxes(1, 2) * slopes.by_cell + slopes.by_hidden
        handed_on: dict[Path, np.ndarray] = {}
        of_read: dict[Path, np.ndarray] = {}
        for path, state in states.items():
            of_cell, of_hidden = state[..., :units], state[..., units:]
            of_hidden += outer[path]
            of_cell += of_hidden * slopes.output
            if path == "cell":
                of_read[path] = state @ by_both[..., units:]
                continue
            # By hidden states alone the cell state has nothing but what comes by the hidden one.
            is_short = path == "hidden" and step < n_steps - 1
            product = of_hidden @ by_output if is_short else state @ by_both
            handed_on[path], of_read[path] = product[..., :units], product[..., units:]
        yield BackStep({path: state[..., :units] for path, state in states.items()}, of_read)
        for path, state in states.items():
            state[..., :units] *= slopes.forget if path != "hidden" else 0
            state[..., units:] = handed_on.get(path, 0)


class _Slopes(NamedTuple):
    """Of one step of an LSTM layer.

    ``forget`` of the cell state by the one before, ``output`` of the hidden state by the cell
    state, both [shape=(n_segments, 1, units)]; ``by_cell`` and ``by_hidden``
    [shape=(n_segments, units, units + n)] lead a row by the cell state, through the gates and the
    candidate, or by the hidden state, through the output gate, to what the sums have read.
    """

    forget: np.ndarray
    output: np.ndarray
    by_cell: np.ndarray
    by_hidden: np.ndarray


def _slopes_at(trace: LayerTrace, step: int, into_sums: np.ndarray) -> _Slopes:
    gates: list[Any] = [trace.input_gate, trace.forget_gate, trace.candidate, trace.output_gate]
    cells: Any = trace.cell
    i, f, g, o, cell = (values[:, step, :, np.newaxis] for values in [*gates, cells])
    before = cells[:, step - 1, :, np.newaxis] if step else np.zeros_like(cell)
    squashed = np.tanh(cell)
    output = o * (1 - np.square(squashed))
    by_cell = (g * i * (1 - i)) * into_sums[0]
    by_cell += (before * f * (1 - f)) * into_sums[1]
    by_cell += (i * (1 - np.square(g))) * into_sums[2]
    by_hidden = (squashed * o * (1 - o)) * into_sums[3]
    return _Slopes(f.swapaxes(1, 2), output.swapaxes(1, 2), by_cell, by_hidden)


def back_through_simple_rnn(
    trace: LayerTrace, wanted: Iterable[Rows], recurrent_kernel: np.ndarray, kernel: np.ndarray
) -> Iterator[BackStep]:
    """Go back through one simple recurrent layer; arguments as `back_through_lstm`'s.

    Yields
    ------
    back : BackStep
        With nothing as ``of_cell``.
    """
    units = trace.hidden.shape[2]
    into_sums = np.concatenate([recurrent_kernel, kernel]).T
    handed_on: dict[Path, np.ndarray | float] = {}
    for step, outer in zip(range(trace.hidden.shape[1] - 1, -1, -1), wanted, strict=True):
        slope = 1 - np.square(trace.hidden[:, step, np.newaxis])  # of tanh, (n_segments, 1, units)
        products = {
            path: ((rows + handed_on.get(path, 0.0)) * slope) @ into_sums
            for path, rows in outer.items()
        }
        yield BackStep({}, {path: product[..., units:] for path, product in products.items()})
        handed_on = {path: products[path][..., :units] for path in products if path != "cell"}
