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
"""Of each path on which anything is left, the rows by something at one step
[shape=(n_segments, n_rows, n)]."""


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
    yield dict.fromkeys(get_args(Path), np.eye(units, dtype=np.float32)[np.newaxis])
    yield from repeat({}, n_steps - 1)


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
        Gradients by the layer's outputs, from the last step to the first; of the last step, of
        each path.
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
    # From the four sums of a unit to all that they have read: (units, 4, units + n).
    reads = np.concatenate([recurrent_kernel, kernel]).reshape(-1, 4, units).transpose(2, 1, 0)
    reads = np.ascontiguousarray(reads)
    forget, output, sums, both_sums = _slopes(trace)
    by_states = np.empty((2 * units, n_segments, reads.shape[2]), np.float32)
    states: dict[Path, np.ndarray] = {}  # rows by the cell state, then by the hidden state
    for step, outer in zip(range(n_steps - 1, -1, -1), wanted, strict=True):
        for path in () if states else outer:
            states[path] = np.zeros((n_segments, outer[path].shape[1], 2 * units), np.float32)
            states[path][..., :units] = of_last_cell
        np.matmul(sums[step, ..., :3], reads[:, :3], out=by_states[:units])
        np.matmul(sums[step, ..., 3:], reads[:, 3:], out=by_states[units:])
        through_states = by_states.swapaxes(0, 1)
        handed_on: dict[Path, np.ndarray] = {}
        of_read: dict[Path, np.ndarray] = {}
        for path, state in states.items():
            of_cell, of_hidden = state[..., :units], state[..., units:]
            if path in outer:
                of_hidden += outer[path]
            elif path == "cell":  # its hidden states hand nothing on
                of_read[path] = of_cell @ through_states[:, :units, units:]
                continue
            elif path == "hidden" and not of_hidden.any():
                continue  # smaller than a float32 can be: so it stays until the first step
            of_cell += of_hidden * output[:, step, np.newaxis]
            if path == "cell":
                of_read[path] = state @ through_states[..., units:]
                continue
            if path == "hidden" and step < n_steps - 1:
                # Nothing is in the cell state but what comes by the hidden one: half the product.
                product = of_hidden @ np.matmul(both_sums[step], reads).swapaxes(0, 1)
            else:
                product = state @ through_states
            handed_on[path], of_read[path] = product[..., :units], product[..., units:]
        yield BackStep({path: state[..., :units] for path, state in states.items()}, of_read)
        for path, state in states.items():
            state[..., :units] *= forget[:, step, np.newaxis] if path != "hidden" else 0
            state[..., units:] = handed_on.get(path, 0)


class _Slopes(NamedTuple):
    """Of an LSTM layer at each step.

    ``forget`` of the cell state by the one before, ``output`` of the hidden state by the cell
    state, both [shape=(n_segments, n_steps, units)].  ``sums`` [shape=(n_steps, units,
    n_segments, 4)] of the cell state by the sums before its two gates and the candidate, and of
    the hidden state by that before the output gate; ``both_sums`` of the hidden state by all four.
    """

    forget: np.ndarray
    output: np.ndarray
    sums: np.ndarray
    both_sums: np.ndarray


def _slopes(trace: LayerTrace) -> _Slopes:
    gates: list[Any] = [trace.input_gate, trace.forget_gate, trace.candidate, trace.output_gate]
    (i, f, g, o), cell = gates, np.asarray(trace.cell)
    before = np.pad(cell, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    squashed = np.tanh(cell)
    output = o * (1 - np.square(squashed))
    of_cell = [g * i * (1 - i), before * f * (1 - f), i * (1 - np.square(g))]
    of_hidden = squashed * o * (1 - o)

    def by_step(*slopes: np.ndarray) -> np.ndarray:
        return np.stack(slopes).transpose(2, 3, 1, 0).copy()

    both = [output * slope for slope in of_cell]
    return _Slopes(f, output, by_step(*of_cell, of_hidden), by_step(*both, of_hidden))


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
            path: ((outer.get(path, 0.0) + handed_on.get(path, 0.0)) * slope) @ into_sums
            for path in outer.keys() | handed_on.keys()
        }
        yield BackStep({}, {path: product[..., units:] for path, product in products.items()})
        handed_on = {path: products[path][..., :units] for path in products if path != "cell"}
