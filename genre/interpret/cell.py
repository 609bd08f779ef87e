"""One step of a cell, by hand: every number of its formulas.

Conventions
-----------
names
    The lesson's.  ``f_t``, ``i_t``, ``o_t`` the gates, ``C'_t`` the candidate, ``C_t`` the
    cell, ``h_t`` the hidden state; ``C^f_t = C_{t-1} * f_t`` is what is kept and
    ``C^i_t = C'_t * i_t`` what is added.
step
    From 0.  Before step 0 the cell and the hidden state are zeros, in every segment.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8),
   1997; the forget gate is from F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to
   forget", Neural Computation 12(10), 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.network.forward import Network, Trace
from genre.network.layers import LayerTrace


@dataclass(frozen=True, slots=True, eq=False)
class LstmStep:
    """All that one LSTM layer computed in one step; every array but ``inputs`` is (units,).

    Parameters
    ----------
    layer, step : int
    inputs : np.ndarray [shape=(n_inputs,)]
        What the layer read: ``x_t``.
    previous_hidden, previous_cell : np.ndarray
        ``h_{t-1}`` and ``C_{t-1}``.
    forget_sum, input_sum, candidate_sum, output_sum : np.ndarray
        What goes into each sigmoid, or the candidate's tanh: inputs and previous hidden
        state through the weights, with the bias.
    forget_gate, kept : np.ndarray
        ``f_t`` and ``C^f_t = C_{t-1} * f_t``.
    input_gate, candidate, added : np.ndarray
        ``i_t``, ``C'_t`` and ``C^i_t = C'_t * i_t``.
    cell : np.ndarray
        ``C_t = C^f_t + C^i_t``.
    output_gate, hidden : np.ndarray
        ``o_t`` and ``h_t = o_t * tanh(C_t)``.
    """

    layer: int
    step: int
    inputs: np.ndarray
    previous_hidden: np.ndarray
    previous_cell: np.ndarray
    forget_sum: np.ndarray
    input_sum: np.ndarray
    candidate_sum: np.ndarray
    output_sum: np.ndarray
    forget_gate: np.ndarray
    kept: np.ndarray
    input_gate: np.ndarray
    candidate: np.ndarray
    added: np.ndarray
    cell: np.ndarray
    output_gate: np.ndarray
    hidden: np.ndarray


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


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula beside its numbers.

    Parameters
    ----------
    part : str
        Which part of the cell it belongs to.
    formula : str
        In LaTeX.
    numbers : str
        The same with numbers in it.
    result : float
    """

    part: str
    formula: str
    numbers: str
    result: float


@dataclass(frozen=True, slots=True, eq=False)
class ForgetExample:
    """The textbook's example of a forget gate: ``kept = previous_cell * forget_gate``."""

    previous_cell: np.ndarray
    forget_gate: np.ndarray
    kept: np.ndarray


def lstm_step(network: Network, trace: Trace, *, layer: int, segment: int, step: int) -> LstmStep:
    """Return every number of one step of a forward LSTM layer.

    Parameters
    ----------
    network : Network
    trace : Trace
        What `Network.trace` gave for the segments.
    layer : int
        1 or 2.
    segment, step : int
        Which of the trace's, from 0.

    Returns
    -------
    numbers : LstmStep

    Raises
    ------
    ParameterError
        If the network is a simple RNN, or there is no such layer, segment or step.
    """
    _check_cell(network, "lstm")
    one, inputs, hidden = _read_by(trace, layer, segment, step)
    values = {}
    for name in ("input_gate", "forget_gate", "candidate", "output_gate", "cell"):
        array = getattr(one, name)
        values[name] = array[segment, step]
    previous_cell = (
        one.cell[segment, step - 1]
        if step and one.cell is not None
        else np.zeros_like(values["cell"])
    )
    sums = np.split(_sums(network, layer, inputs, hidden), 4)  # Keras's order: i, f, c, o
    return LstmStep(
        layer=layer,
        step=step,
        inputs=inputs,
        previous_hidden=hidden,
        previous_cell=previous_cell,
        input_sum=sums[0],
        forget_sum=sums[1],
        candidate_sum=sums[2],
        output_sum=sums[3],
        kept=previous_cell * values["forget_gate"],
        added=values["candidate"] * values["input_gate"],
        hidden=one.hidden[segment, step],
        **values,
    )


def rnn_step(network: Network, trace: Trace, *, layer: int, segment: int, step: int) -> RnnStep:
    """Return every number of one step of a forward simple recurrent layer.

    Parameters and errors are those of `lstm_step`, for a network of simple cells.

    Returns
    -------
    numbers : RnnStep
    """
    _check_cell(network, "simple_rnn")
    one, inputs, hidden = _read_by(trace, layer, segment, step)
    sums = _sums(network, layer, inputs, hidden)
    return RnnStep(layer, step, inputs, hidden, sums, one.hidden[segment, step])


def write_formulas(numbers: LstmStep, unit: int) -> tuple[Formula, ...]:
    """Write the formulas of an LSTM cell beside the numbers of one unit.

    Parameters
    ----------
    numbers : LstmStep
    unit : int
        From 0.

    Returns
    -------
    formulas : tuple of Formula
        In the order in which the cell computes them.

    Raises
    ------
    ParameterError
        If the layer has no such unit.
    """
    n_units = len(numbers.cell)
    if not 0 <= unit < n_units:
        raise ParameterError(
            f"unit={unit} was given, layer {numbers.layer} has {n_units}. "
            f"Choose one from 0 to {n_units - 1}."
        )

    def of(name: str) -> float:
        return float(getattr(numbers, name)[unit])

    rows = (
        ("forget", r"f_t = \sigma(x_t W_f + h_{t-1} U_f + b_f)", "σ({forget_sum})", "forget_gate"),
        ("forget", r"C^f_t = C_{t-1} * f_t", "{previous_cell} × {forget_gate}", "kept"),
        ("input", r"i_t = \sigma(x_t W_i + h_{t-1} U_i + b_i)", "σ({input_sum})", "input_gate"),
        ("input", r"C'_t = \tanh(x_t W_c + h_{t-1} U_c + b_c)", "tanh({candidate_sum})",
         "candidate"),
        ("input", r"C^i_t = C'_t * i_t", "{candidate} × {input_gate}", "added"),
        ("cell", r"C_t = C^f_t + C^i_t", "{kept} + {added}", "cell"),
        ("output", r"o_t = \sigma(x_t W_o + h_{t-1} U_o + b_o)", "σ({output_sum})", "output_gate"),
        ("output", r"h_t = o_t * \tanh(C_t)", "{output_gate} × tanh({cell})", "hidden"),
    )  # fmt: skip
    shown = {
        name: f"{of(name):.3f}".replace("-", "−")
        for name in LstmStep.__dataclass_fields__
        if name not in ("layer", "step", "inputs")
    }
    return tuple(
        Formula(part, formula, numbers_.format(**shown), of(result))
        for part, formula, numbers_, result in rows
    )


def forget_example(
    previous_cell: Sequence[float] = (1, 2, 4), forget_gate: Sequence[float] = (1, 0, 1)
) -> ForgetExample:
    """Multiply a cell by a forget gate, as the textbook does.

    Raises
    ------
    ParameterError
        If the vectors differ in length, a number is not finite, or a gate is not in [0, 1].

    Examples
    --------
    >>> forget_example([1, 2, 4], [1, 0, 1]).kept.tolist()
    [1.0, 0.0, 4.0]
    """
    cell, gate = (np.array(values, np.float64) for values in (previous_cell, forget_gate))
    if cell.shape != gate.shape or cell.ndim != 1:
        raise ParameterError(
            f"a cell of {cell.size} numbers and a forget gate of {gate.size} were given. "
            "Give as many of the one as of the other."
        )
    if not np.isfinite(cell).all() or not ((gate >= 0) & (gate <= 1)).all():
        raise ParameterError(
            "a cell holds finite numbers and a forget gate numbers from 0 (forget) to 1 (keep). "
            "Choose the numbers within that range."
        )
    return ForgetExample(cell, gate, cell * gate)


def _check_cell(network: Network, cell: str) -> None:
    if network.config.cell != cell:
        names = {"lstm": "LSTM", "simple_rnn": "simple recurrent"}
        raise ParameterError(
            f"this network is made of {names[network.config.cell]} cells, expected "
            f"{names[cell]} ones. Choose such a model."
        )


def _read_by(
    trace: Trace, layer: int, segment: int, step: int
) -> tuple[LayerTrace, np.ndarray, np.ndarray]:
    """Return the forward layer, its inputs at a step, and its previous output."""
    n_layers, (n_segments, n_steps, _) = len(trace.layers), trace.scaled.shape
    if not (0 < layer <= n_layers and 0 <= segment < n_segments and 0 <= step < n_steps):
        raise ParameterError(
            f"layer {layer}, segment {segment}, step {step} was asked for, there are {n_layers} "
            f"layers, {n_segments} segments and {n_steps} steps. Count segments and steps from 0."
        )
    one = trace.layers[layer - 1][0]
    inputs = (trace.scaled, *trace.outputs)[layer - 1][segment, step]
    hidden = one.hidden[segment, step - 1] if step else np.zeros_like(one.hidden[segment, 0])
    return one, inputs, hidden


def _sums(network: Network, layer: int, inputs: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Inputs and previous hidden state through a layer's weights, with its bias."""
    names = ("kernel", "recurrent_kernel", "bias")
    kernel, recurrent, bias = (network.weights[f"recurrent_{layer}.forward.{n}"] for n in names)
    sums: np.ndarray = inputs @ kernel + hidden @ recurrent + bias
    return sums
