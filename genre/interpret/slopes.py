"""The tanh of a simple RNN's cell, and what its slopes leave of a gradient.

Conventions
-----------
slope
    The derivative of tanh at a unit's state, ``1 - h_t ** 2``: what a gradient is
    multiplied by on its way back through a step, besides the weights.

References
----------
.. [1] Y. Bengio, P. Simard and P. Frasconi, "Learning long-term dependencies with gradient
   descent is difficult", IEEE Trans. Neural Networks 5(2), 1994.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.language import _
from genre.network.forward import Trace


@dataclass(frozen=True, slots=True, eq=False)
class TanhCurve:
    """The curve of tanh and of its slope; every array is (n_points,)."""

    x: np.ndarray
    tanh: np.ndarray
    slope: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class SlopeProduct:
    """What the slopes of tanh alone leave of a gradient on its way back.

    Parameters
    ----------
    layer : int
    distance : np.ndarray [shape=(n_steps,), dtype=int]
        Steps gone back, from 0.
    median, low, high : np.ndarray [shape=(n_steps,)]
        Of the product of the slopes passed, over all units and segments; ``low`` and
        ``high`` are the tenth and the ninetieth percentile.
    smallest_state, largest_state : float
        Of all hidden states: tanh keeps them within -1 and 1.
    """

    layer: int
    distance: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    smallest_state: float
    largest_state: float


def tanh_curve(reach: float = 4.0, n_points: int = 161) -> TanhCurve:
    """Return tanh and its slope between ``-reach`` and ``reach``.

    Examples
    --------
    >>> float(tanh_curve().slope.max())
    1.0
    """
    x = np.linspace(-reach, reach, n_points)
    tanh = np.tanh(x)
    return TanhCurve(x, tanh, 1 - np.square(tanh))


def multiply_slopes(trace: Trace, *, layer: int) -> SlopeProduct:
    """Multiply the slopes of tanh that a gradient meets on its way back through a segment.

    Parameters
    ----------
    trace : Trace
        Of a network of simple cells.
    layer : int
        From 1.

    Returns
    -------
    product : SlopeProduct

    Raises
    ------
    ParameterError
        If the network is made of LSTM cells, or there is no such layer.
    """
    n_layers = len(trace.layers)
    if layer not in range(1, n_layers + 1):
        raise ParameterError(
            _("layer={layer} was given, there are layers 1 to {n_layers}. Choose one.").format(
                layer=layer, n_layers=n_layers
            )
        )
    one = trace.layers[layer - 1][0]
    if one.cell is not None:
        raise ParameterError(
            _(
                "an LSTM's memory does not pass through a tanh at every step, so there "
                "is no such product. Choose a model of simple recurrent cells."
            )
        )
    slopes = 1 - np.square(one.hidden[:, :0:-1], dtype=np.float64)  # last step first, not the first
    products = np.cumprod(slopes, axis=1)  # (n_segments, n_steps - 1, units)
    ones = np.ones((len(products), 1, products.shape[2]))
    rows = (
        np.concatenate([ones, products], axis=1).swapaxes(0, 1).reshape(products.shape[1] + 1, -1)
    )
    low, median, high = np.percentile(rows, [10, 50, 90], axis=1)
    return SlopeProduct(
        layer=layer,
        distance=np.arange(len(rows)),
        median=median,
        low=low,
        high=high,
        smallest_state=float(one.hidden.min()),
        largest_state=float(one.hidden.max()),
    )
