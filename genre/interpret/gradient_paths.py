"""The paths of a gradient back through the steps: by the cell, by hidden states, by both in turns.

Conventions
-----------
distance
    Steps from the one asked about to the last of the segment, from 0 up.
cell alone
    From each step to the next as ``c_t = f_t * c_{t-1} + ...`` adds to the cell state, which
    multiplies by the forget gate and by nothing else.  The gates and the candidate of every layer
    take ``h_{t-1}`` as a constant: TensorFlow's ``stop_gradient`` there.
hidden states alone
    From each step to the next from ``h_{t-1}`` through a gate or the candidate, as in a simple
    RNN: ``stop_gradient`` on ``c_{t-1}``.
both in turns
    All else: some steps of the path one way, some the other.  It takes two steps at least.
share
    The Jacobians of the three paths add up to the whole one; their norms do not, for two may
    cancel.  A path's share is ``<path, whole> / <whole, whole>``, with the sum of the products of
    all entries as ``<., .>``; the three add up to 1.  Below 0 a path works against the whole.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation
   9(8), 1997: there the gradient by hidden states was cut off while training.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Literal, get_args

import numpy as np

from genre.errors import ParameterError
from genre.interpret.gradients import (
    Path,
    Rows,
    back_through,
    back_through_lstm,
    check_forward,
    gather,
    kernels_of,
    last_state,
    state_jacobian,
)
from genre.language import _
from genre.network.config import Cell
from genre.network.forward import Network, Trace

Source = Literal["input", "cell", "hidden"]
"""By what is differentiated: what the network read, a cell state, a hidden state."""
PATHS = ("cell", "hidden", "mixed")
MAX_ROWS, MAX_ROW_STEPS = 512, 50_000
"""Segments times units that are differentiated at once, and times their steps: bounds on memory
and on time."""


@dataclass(frozen=True, slots=True, eq=False)
class GradientPaths:
    """How much a segment's end depends on each step, and by which path.

    Parameters
    ----------
    kind : {"lstm", "simple_rnn"}
    source : {"input", "cell", "hidden"}
        ``dh_T/dx_t`` of the whole network, or ``dc_T/dc_t`` or ``dh_T/dh_t`` within a layer.
    layer : int
        That layer, from 1; of ``input``, the last one.
    norms : dict of str to np.ndarray [shape=(n_steps,)]
        By distance: mean over segments of the Frobenius norm of the whole Jacobian (``total``)
        and of each of `PATHS`.
    shares : dict of str to np.ndarray [shape=(n_steps,)]
        Of each of `PATHS`, over all segments; 0 where nothing is left.
    n_segments : int
    step_seconds : float
    """

    kind: Cell
    source: Source
    layer: int
    norms: dict[str, np.ndarray]
    shares: dict[str, np.ndarray]
    n_segments: int
    step_seconds: float

    def relative(self, path: str = "total") -> np.ndarray:
        """Return a path's norm as a share of the whole one's at the last step."""
        last = max(float(self.norms["total"][0]), np.finfo(np.float64).tiny)
        return self.norms[path] / last

    @property
    def last(self) -> int:
        """The largest distance."""
        return len(self.norms["total"]) - 1

    @property
    def tenth(self) -> int | None:
        """Distance from which on less than a tenth is left, or None if that is never so."""
        kept = np.flatnonzero(self.relative() >= 0.1)
        first = int(kept[-1]) + 1 if len(kept) else 0
        return first if first <= self.last else None


def measure_paths(
    network: Network,
    steps: np.ndarray,
    *,
    step_seconds: float,
    source: Source = "input",
    layer: int = 1,
) -> GradientPaths:
    """Measure how much a segment's end depends on each step, by each path.

    Parameters
    ----------
    network : Network
        Of LSTM cells or of simple ones, reading forwards.
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        Of a long song, segments spread evenly over it are taken.
    step_seconds : float
    source : {"input", "cell", "hidden"}
    layer : int
        Without effect on ``input``.

    Returns
    -------
    paths : GradientPaths

    Raises
    ------
    ParameterError
        If the network also reads backwards, has no such layer, or no cell states.
    """
    kind, units = network.config.cell, network.config.units
    layer = len(units) if source == "input" else layer
    _check(source, layer, kind, len(units))
    check_forward(network)
    most_rows = min(MAX_ROWS, MAX_ROW_STEPS // steps.shape[1])
    n_taken = min(len(steps), max(1, most_rows // units[layer - 1]))
    trace = network.trace(steps[np.arange(n_taken) * len(steps) // n_taken])
    jacobians = split_jacobian(network, trace, source=source, layer=layer)
    total = jacobians["total"]
    square = np.square(total, dtype=np.float64).sum(axis=(0, 1, 3))
    norms, shares = {}, {}
    for name, one in jacobians.items():
        rows = np.sqrt(np.square(one, dtype=np.float64).sum(axis=(1, 3)))  # (n_segments, n_steps)
        norms[name] = rows.mean(axis=0)[::-1]
        if name != "total":
            product = (one * total).sum(axis=(0, 1, 3), dtype=np.float64)
            share = np.divide(product, square, out=np.zeros_like(square), where=square > 0)
            shares[name] = share[::-1]
    return GradientPaths(kind, source, layer, norms, shares, n_taken, step_seconds)


def split_jacobian(
    network: Network, trace: Trace, *, source: Source = "input", layer: int = 1
) -> dict[str, np.ndarray]:
    """Return the whole Jacobian (``total``) and its parts by each of `PATHS`.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.
    source : {"input", "cell", "hidden"}
    layer : int

    Returns
    -------
    jacobians : dict of str to np.ndarray [shape=(n_segments, units, n_steps, n_values or units)]
        Where no step lies between, no way was taken: that is counted with the cell's.  A hidden
        state can only be read by the gates of the step after it: its paths begin there.
    """
    if source == "input":
        jacobians = state_jacobian(network, trace)
    else:
        jacobians = layer_jacobian(network, trace, source, layer)
    total, cell, hidden = jacobians["total"], jacobians["cell"], jacobians["hidden"]
    mixed = total - cell - hidden
    first = total.shape[2] - 1 - (source == "hidden")  # from this step on there is no way to choose
    hidden[:, :, max(0, first) :] = 0
    mixed[:, :, max(0, first - 1) :] = 0  # within one step there are no turns: rounding errors
    return {"total": total, "cell": cell, "hidden": hidden, "mixed": mixed}


def layer_jacobian(
    network: Network, trace: Trace, source: Source, layer: int
) -> dict[Path, np.ndarray]:
    """Differentiate a layer's last state by its states of the same kind at every step.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.
    source : {"cell", "hidden"}
        ``dc_T/dc_t``, or ``dh_T/dh_t`` with ``c_t`` held fixed.
    layer : int
        From 1.

    Returns
    -------
    jacobians : dict of str to np.ndarray [shape=(n_segments, units, n_steps, units)]
        In 32 bits, by each path, of ``hidden`` from the step after ``t`` on.  The identity at the
        last step.
    """
    one = trace.layers[layer - 1][0]
    n_segments, n_steps, units = one.hidden.shape
    recurrent_kernel, kernel = kernels_of(network, layer)
    shape = (n_segments, units, n_steps, units)
    if source == "cell":
        nothing: Rows = dict.fromkeys(get_args(Path), np.zeros((1, units, units)))
        backs = back_through_lstm(
            one,
            repeat(nothing, n_steps),
            recurrent_kernel,
            kernel[:0],
            of_last_cell=np.eye(units),
        )
        return gather((back.of_cell for back in backs), shape)
    backs = back_through(network)(
        one, last_state(units, n_steps), recurrent_kernel, recurrent_kernel
    )
    of_previous = islice((back.of_read for back in backs), n_steps - 1)
    return gather(chain(last_state(units, 1), of_previous), shape)


def _check(source: Source, layer: int, kind: Cell, n_layers: int) -> None:
    if source not in get_args(Source):
        raise ParameterError(
            _("source={source!r} was given, expected one of {names}. Choose one of them.").format(
                source=source, names=", ".join(get_args(Source))
            )
        )
    if layer not in range(1, n_layers + 1):
        raise ParameterError(
            _("layer={layer} was given, there are layers 1 to {n_layers}. Choose one.").format(
                layer=layer, n_layers=n_layers
            )
        )
    if source == "cell" and kind != "lstm":
        raise ParameterError(
            _(
                "a simple RNN has no cell state, so nothing can be differentiated by "
                "one. Choose its hidden state, or a model of LSTM cells."
            )
        )
