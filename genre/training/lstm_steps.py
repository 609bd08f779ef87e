"""An LSTM layer's way forward and back over all steps, compiled by Numba for this processor.

Conventions
-----------
Gates stand in the order of Keras's weights: input, forget, candidate, output.  Arrays are
float32.  The functions hold no lock of Python's, so two halves of a batch run on two cores.
What does not depend on the step before is one product over all steps of a segment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

F = np.float32
LARGEST = F(7.90531110763549805)
"""From here on tanh is 1 in 32 bits."""
ROWS, LANES, VECTORS = 4, 8, 2  # 8 sums in registers: two multiplications and additions a cycle
COLUMNS = LANES * VECTORS


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called; keep it on disk where there is a place."""
    # Neither "nnan" nor "ninf": what is not a number has to show in the loss.
    how = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", "reassoc"}}
    try:
        return numba.njit(cache=True, **how)(function)
    except RuntimeError:  # nothing can be written, neither beside this file nor in the user's cache
        return numba.njit(**how)(function)


@_compiled
def forward(
    x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run a layer from a state of zeros.

    Parameters
    ----------
    x : np.ndarray [shape=(n_segments, n_steps, n_values)]
    kernel : np.ndarray [shape=(n_values, 4 * units)]
    recurrent : np.ndarray [shape=(units, 4 * units)]
    bias : np.ndarray [shape=(4 * units,)]

    Returns
    -------
    outputs, cells : np.ndarray [shape=(n_segments, n_steps + 1, units)]
        Outputs and cells before each step and after the last.
    gates : np.ndarray [shape=(n_segments, n_steps, 4 * units)]
    """
    n, n_steps, _ = x.shape
    units = len(recurrent)
    outputs, cells = np.zeros((n, n_steps + 1, units), F), np.zeros((n, n_steps + 1, units), F)
    gates = np.zeros((n, n_steps, 4 * units), F)
    for segment in range(n):
        for t in range(n_steps):
            _add(bias, gates[segment, t])
        _add_product(x[segment], kernel, gates[segment])
    for t in range(n_steps):
        _add_product(outputs[:, t], recurrent, gates[:, t])
        for segment in range(n):
            _activate(gates[segment, t])
            before, after = cells[segment, t], cells[segment, t + 1]
            _remember(gates[segment, t], before, after, outputs[segment, t + 1])
    return outputs, cells, gates


@_compiled
def backward(
    of_outputs: np.ndarray,
    x: np.ndarray,
    recurrent: np.ndarray,
    outputs: np.ndarray,
    cells: np.ndarray,
    gates: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a layer that has run.

    Parameters
    ----------
    of_outputs : np.ndarray [shape=(n_segments, n_steps, units)]
        The gradient of the outputs.
    x, outputs, cells, gates : np.ndarray
        Given to `forward`, and by it.
    recurrent : np.ndarray [shape=(4 * units, units)]
        Given to `forward`, transposed.

    Returns
    -------
    of_gates : np.ndarray [shape=(n_segments, n_steps, 4 * units)]
        Before the activations, as `backward_to_inputs` needs them.
    of_kernel, of_recurrent, of_bias : np.ndarray
    """
    n, n_steps, n_values = x.shape
    units = recurrent.shape[1]
    of_gates = np.zeros((n, n_steps, 4 * units), F)
    of_cells = np.zeros((n, units), F)
    of_state = np.zeros((n, units), F)
    for t in range(n_steps - 1, -1, -1):
        for segment in range(n):
            g, z, of_cell = gates[segment, t], of_gates[segment, t], of_cells[segment]
            _add(of_outputs[segment, t], of_state[segment])
            _of_output(g, cells[segment, t + 1], of_state[segment], of_cell, z)
            _of_input(g, of_cell, z)
            _of_forget(g, cells[segment, t], of_cell, z)
        _add_product(of_gates[:, t], recurrent, of_state)
    of_kernel = np.zeros((n_values, 4 * units), F)
    of_recurrent = np.zeros((units, 4 * units), F)
    of_bias = np.zeros(4 * units, F)
    for segment in range(n):
        _add_product(x[segment].T, of_gates[segment], of_kernel)
        _add_product(outputs[segment, :-1].T, of_gates[segment], of_recurrent)
        for t in range(n_steps):
            _add(of_gates[segment, t], of_bias)
    return of_gates, of_kernel, of_recurrent, of_bias


@_compiled
def backward_to_inputs(of_gates: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the gradient of what a layer read.

    Parameters
    ----------
    of_gates : np.ndarray [shape=(n_segments, n_steps, 4 * units)]
        By `backward`.
    kernel : np.ndarray [shape=(4 * units, n_values)]
        Given to `forward`, transposed.

    Returns
    -------
    of_x : np.ndarray [shape=(n_segments, n_steps, n_values)]
    """
    n, n_steps, _ = of_gates.shape
    of_x = np.zeros((n, n_steps, kernel.shape[1]), F)
    for segment in range(n):
        _add_product(of_gates[segment], kernel, of_x[segment])
    return of_x


# What follows stands in loops of one kind each: the compiler makes vector code of them.
@_compiled
def _add(a: np.ndarray, out: np.ndarray) -> None:
    for k in range(len(out)):
        out[k] += a[k]


@_compiled
def _tanh(x: np.float32) -> np.float32:
    """Return Eigen's rational function, which TensorFlow computes, too."""
    x = LARGEST if x > LARGEST else x
    x = -LARGEST if x < -LARGEST else x
    s = x * x
    p = s * F(-2.76076847742355e-16) + F(2.00018790482477e-13)
    p = s * p + F(-8.60467152213735e-11)
    p = s * p + F(5.12229709037114e-08)
    p = s * p + F(1.48572235717979e-05)
    p = s * p + F(6.37261928875436e-04)
    p = s * p + F(4.89352455891786e-03)
    q = s * F(1.19825839466702e-06) + F(1.18534705686654e-04)
    q = s * q + F(2.26843463243900e-03)
    q = s * q + F(4.89352518554385e-03)
    return x * p / q


@_compiled
def _activate(gates: np.ndarray) -> None:
    units = len(gates) // 4
    for k in range(2 * units):
        gates[k] = F(0.5) * _tanh(F(0.5) * gates[k]) + F(0.5)
    for k in range(2 * units, 3 * units):
        gates[k] = _tanh(gates[k])
    for k in range(3 * units, 4 * units):
        gates[k] = F(0.5) * _tanh(F(0.5) * gates[k]) + F(0.5)


@_compiled
def _remember(gates: np.ndarray, before: np.ndarray, after: np.ndarray, output: np.ndarray) -> None:
    units = len(after)
    for k in range(units):
        after[k] = gates[units + k] * before[k] + gates[k] * gates[2 * units + k]
    for k in range(units):
        output[k] = gates[3 * units + k] * _tanh(after[k])


@_compiled
def _of_output(
    gates: np.ndarray, cells: np.ndarray, of_state: np.ndarray, of_cells: np.ndarray, z: np.ndarray
) -> None:
    units = len(cells)
    for k in range(units):
        opened, squashed = gates[3 * units + k], _tanh(cells[k])
        z[3 * units + k] = of_state[k] * squashed * opened * (F(1) - opened)
        of_cells[k] += of_state[k] * opened * (F(1) - squashed * squashed)
    for k in range(units):
        of_state[k] = 0


@_compiled
def _of_input(gates: np.ndarray, of_cells: np.ndarray, z: np.ndarray) -> None:
    units = len(of_cells)
    for k in range(units):
        opened = gates[k]
        z[k] = of_cells[k] * gates[2 * units + k] * opened * (F(1) - opened)
    for k in range(units):
        candidate = gates[2 * units + k]
        z[2 * units + k] = of_cells[k] * gates[k] * (F(1) - candidate * candidate)


@_compiled
def _of_forget(gates: np.ndarray, before: np.ndarray, of_cells: np.ndarray, z: np.ndarray) -> None:
    units = len(of_cells)
    for k in range(units):
        opened = gates[units + k]
        z[units + k] = of_cells[k] * before[k] * opened * (F(1) - opened)
        of_cells[k] *= opened


def _make_tile(n_rows: int) -> Any:
    """Return a function for Numba that computes a tile of a product in vector registers."""
    vector, index = ir.VectorType(ir.FloatType(), LANES), ir.IntType(32)

    @intrinsic  # type: ignore[untyped-decorator]
    def tile(_: Any, a: Any, b: Any, out: Any, row: Any, column: Any) -> Any:
        """``out[row:row + n_rows, column:column + COLUMNS] += a[row:...] @ b[:, column:...]``."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            arrays = [
                make_array(kind)(context, builder, value)
                for kind, value in zip(signature.args[:3], values[:3], strict=True)
            ]
            strides = [cgutils.unpack_tuple(builder, array.strides, 2) for array in arrays]

            def at(which: int, i: Any, j: Any, kind: Any) -> Any:
                offset = builder.add(*map(builder.mul, (i, j), strides[which]))
                pointer = cgutils.pointer_add(builder, arrays[which].data, offset)
                return builder.bitcast(pointer, kind.as_pointer())

            def plus(i: Any, n: int) -> Any:
                return builder.add(i, ir.Constant(i.type, n))

            row, column = values[3:]
            places = {
                (i, v): at(2, plus(row, i), plus(column, LANES * v), vector)
                for i in range(n_rows)
                for v in range(VECTORS)
            }
            sums = {
                key: cgutils.alloca_once_value(builder, builder.load(place, align=4))
                for key, place in places.items()
            }
            n_terms = cgutils.unpack_tuple(builder, arrays[0].shape, 2)[1]
            with cgutils.for_range(builder, n_terms) as loop:
                k = loop.index
                factors = [
                    builder.load(at(1, k, plus(column, LANES * v), vector), align=4)
                    for v in range(VECTORS)
                ]
                for i in range(n_rows):
                    one = builder.load(at(0, plus(row, i), k, ir.FloatType()))
                    empty = ir.Constant(vector, ir.Undefined)
                    first = builder.insert_element(empty, one, ir.Constant(index, 0))
                    everywhere = ir.Constant(ir.VectorType(index, LANES), [0] * LANES)
                    spread = builder.shuffle_vector(first, empty, everywhere)
                    for v, factor in enumerate(factors):
                        product = builder.fmul(spread, factor, flags=["contract"])
                        added = builder.fadd(product, builder.load(sums[i, v]), flags=["contract"])
                        builder.store(added, sums[i, v])
            for key, place in places.items():
                builder.store(builder.load(sums[key]), place, align=4)
            return context.get_dummy_value()

        return numba.types.void(a, b, out, numba.types.intp, numba.types.intp), generate

    return tile


_tile, _tile_of_one_row = _make_tile(ROWS), _make_tile(1)


@_compiled
def _add_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Add ``a @ b`` to ``out``; the rows of both are contiguous, ``a`` may lie in any order."""
    n_rows, n_columns = out.shape
    for column in range(0, n_columns - COLUMNS + 1, COLUMNS):
        for row in range(0, n_rows - ROWS + 1, ROWS):
            _tile(a, b, out, row, column)
        for row in range(n_rows - n_rows % ROWS, n_rows):
            _tile_of_one_row(a, b, out, row, column)
    for column in range(n_columns - n_columns % COLUMNS, n_columns):
        for row in range(n_rows):
            for k in range(len(b)):
                out[row, column] += a[row, k] * b[k, column]
