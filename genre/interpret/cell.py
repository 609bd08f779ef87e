"""A cell by hand: every number of its formulas, for one unit at each step of some segments.

Conventions
-----------
names
    The lesson's.  ``f_t``, ``i_t``, ``o_t`` the gates, ``C'_t`` the candidate, ``C_t`` the
    cell, ``h_t`` the hidden state; ``C^f_t = C_{t-1} * f_t`` is what is kept and
    ``C^i_t = C'_t * i_t`` what is added.
step
    From 0.  A layer that reads backward has read step ``t + 1`` before step ``t``.  Before the
    first step that is read the cell and the hidden state are zeros, in every segment.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8),
   1997; the forget gate is from F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to
   forget", Neural Computation 12(10), 2000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.language import _
from genre.network.config import Cell, Direction
from genre.network.forward import Network, Trace
from genre.network.layers import LayerTrace

SUMS: dict[Cell, tuple[str, ...]] = {
    "lstm": ("input_gate", "forget_gate", "candidate", "output_gate"),
    "simple_rnn": ("hidden",),
}
"""What each cell computes of a sum, in the order of Keras's columns."""
MAX_STEPS = 2600
"""Steps that are shown at a time: five minutes of a song in steps of 115 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class CellSeries:
    """All that one unit of a recurrent layer computed over some segments.

    Every array but ``states`` and ``gates`` is [shape=(n_segments, n_steps), dtype=float32].

    Parameters
    ----------
    cell : {"lstm", "simple_rnn"}
    layer, unit : int
        From 1, and from 0.
    direction : {"forward", "backward"}
    from_inputs, from_hidden : dict of str to np.ndarray
        The two parts of each of `SUMS` that depend on the step: ``x_t W`` and ``h_{t-1} U``.
    bias : dict of str to float
        The third: ``b``.
    values : dict of str to np.ndarray
        By `SUMS` what the activation makes of each sum; ``hidden``; for an LSTM ``cell``.
    states : np.ndarray [shape=(n_segments, n_steps, units)]
        Of all units: the cell, of a simple RNN the hidden state.
    gates : np.ndarray [shape=(n_segments, n_steps, units)] or None
        The forget gates of all units.
    """

    cell: Cell
    layer: int
    unit: int
    direction: Direction
    from_inputs: Mapping[str, np.ndarray]
    from_hidden: Mapping[str, np.ndarray]
    bias: Mapping[str, float]
    values: Mapping[str, np.ndarray]
    states: np.ndarray
    gates: np.ndarray | None

    def sums(self, name: str) -> np.ndarray:
        """Return what goes into one activation [shape=(n_segments, n_steps)]."""
        total: np.ndarray = self.from_inputs[name] + self.from_hidden[name] + self.bias[name]
        return total

    def before(self, name: str) -> np.ndarray:
        """Return a value of the step that was read before, zero at the first [same shape]."""
        return step_before(self.values[name], self.direction)


@dataclass(frozen=True, slots=True, eq=False)
class RnnStep:
    """All that one simple recurrent layer computed in one step.

    Parameters
    ----------
    layer, step : int
    inputs : np.ndarray [shape=(n_inputs,)]
    previous_hidden, sums, hidden : np.ndarray [shape=(units,)]
        ``h_{t-1}``, what goes into the tanh, and ``h_t = tanh(sum)``.
    """

    layer: int
    step: int
    inputs: np.ndarray
    previous_hidden: np.ndarray
    sums: np.ndarray
    hidden: np.ndarray


def cell_series(
    network: Network, trace: Trace, *, layer: int, unit: int, direction: Direction = "forward"
) -> CellSeries:
    """Return every number of one unit of a recurrent layer.

    Parameters
    ----------
    network : Network
    trace : Trace
        What `Network.trace` gave for the segments.
    layer : int
        From 1.
    unit : int
        From 0.
    direction : {"forward", "backward"}

    Returns
    -------
    series : CellSeries

    Raises
    ------
    ParameterError
        If there is no such layer, unit or direction.

    Examples
    --------
    >>> series = cell_series(network, trace, layer=1, unit=5)  # doctest: +SKIP
    >>> sigmoid(series.sums("forget_gate")[0, 7])  # doctest: +SKIP
    """
    config, one = network.config, find_layer(trace, layer, direction)
    n_units = one.hidden.shape[2]
    if not 0 <= unit < n_units:
        raise ParameterError(
            _(
                "unit={unit} was given, layer {layer} has {n_units}. Choose one from 0 "
                "to {n_units_2}."
            ).format(unit=unit, layer=layer, n_units=n_units, n_units_2=n_units - 1)
        )
    inputs = (trace.scaled, *trace.outputs)[layer - 1]
    before = step_before(one.hidden, direction)
    prefix = f"recurrent_{layer}.{direction}"
    kernel, recurrent, bias = (
        network.weights[f"{prefix}.{name}"] for name in ("kernel", "recurrent_kernel", "bias")
    )
    columns = {name: i * n_units + unit for i, name in enumerate(SUMS[config.cell])}
    names = [*SUMS[config.cell], "hidden", *(["cell"] if config.cell == "lstm" else [])]
    return CellSeries(
        cell=config.cell,
        layer=layer,
        unit=unit,
        direction=direction,
        from_inputs={name: inputs @ kernel[:, i] for name, i in columns.items()},
        from_hidden={name: before @ recurrent[:, i] for name, i in columns.items()},
        bias={name: float(bias[i]) for name, i in columns.items()},
        values={name: getattr(one, name)[:, :, unit] for name in names},
        states=one.hidden if one.cell is None else one.cell,
        gates=one.forget_gate,
    )


def rnn_step(network: Network, trace: Trace, *, layer: int, segment: int, step: int) -> RnnStep:
    """Return every number of one step of a forward simple recurrent layer, for all its units.

    Parameters
    ----------
    network : Network
    trace : Trace
    layer : int
        From 1.
    segment, step : int
        Which of the trace's, from 0.

    Returns
    -------
    numbers : RnnStep

    Raises
    ------
    ParameterError
        If the network is made of LSTM cells, or there is no such layer, segment or step.
    """
    if network.config.cell != "simple_rnn":
        raise ParameterError(
            _(
                "this network is made of LSTM cells, expected simple recurrent ones. "
                "Choose such a model."
            )
        )
    one = find_layer(trace, layer)
    n_segments, n_steps = trace.scaled.shape[:2]
    if not (0 <= segment < n_segments and 0 <= step < n_steps):
        raise ParameterError(
            _(
                "segment {segment}, step {step} was asked for, there are {n_segments} "
                "segments and {n_steps} steps. Count both from 0."
            ).format(segment=segment, step=step, n_segments=n_segments, n_steps=n_steps)
        )
    names = ("kernel", "recurrent_kernel", "bias")
    kernel, recurrent, bias = (network.weights[f"recurrent_{layer}.forward.{n}"] for n in names)
    inputs = (trace.scaled, *trace.outputs)[layer - 1][segment, step]
    hidden = step_before(one.hidden[segment : segment + 1], "forward")[0, step]
    sums = inputs @ kernel + hidden @ recurrent + bias
    return RnnStep(layer, step, inputs, hidden, sums, one.hidden[segment, step])


def find_layer(trace: Trace, layer: int, direction: Direction = "forward") -> LayerTrace:
    """Return what one layer did in one direction.

    Raises
    ------
    ParameterError
        If the network has no such layer or direction.
    """
    if not 0 < layer <= len(trace.layers):
        raise ParameterError(
            _("layer {layer} was asked for, there are {n} layers. Count from 1.").format(
                layer=layer, n=len(trace.layers)
            )
        )
    for one in trace.layers[layer - 1]:
        if one.direction == direction:
            return one
    raise ParameterError(
        _(
            "the {direction} direction was asked for, this network only reads "
            "forward. Choose a bidirectional model."
        ).format(direction=direction)
    )


def step_before(values: np.ndarray, direction: Direction) -> np.ndarray:
    """Return the values of the step that was read before each [shape=(n_segments, n_steps, ...)].

    Examples
    --------
    >>> step_before(np.array([[1.0, 2.0, 3.0]]), "forward")
    array([[0., 1., 2.]])
    >>> step_before(np.array([[1.0, 2.0, 3.0]]), "backward")
    array([[2., 3., 0.]])
    """
    before = np.zeros_like(values)
    if direction == "forward":
        before[:, 1:] = values[:, :-1]
    else:
        before[:, :-1] = values[:, 1:]
    return before


def stretch_of(segment: int, shape: tuple[int, ...], max_steps: int = MAX_STEPS) -> range:
    """Return the segments that are shown together with one: all of a song that is not long.

    Parameters
    ----------
    segment : int
    shape : tuple of int
        ``(n_segments, n_steps, ...)`` of the song.
    max_steps : int
        Steps of the stretch at most; it has at least one segment.

    Returns
    -------
    stretch : range

    Examples
    --------
    >>> stretch_of(3, (9, 26, 80)), stretch_of(150, (400, 26, 80))
    (range(0, 9), range(100, 200))
    """
    n_segments, n_steps = shape[:2]
    size = max(1, max_steps // n_steps)
    start = segment // size * size
    return range(start, min(n_segments, start + size))
