"""The recurrent network unrolled over its steps, and the tanh inside its simplest cell.

Conventions
-----------
shape
    As Keras writes it: ``(batch, steps, values)``, or ``(batch, values)`` where only the
    last step is handed on.
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
from genre.network.config import NetworkConfig
from genre.network.forward import Trace


@dataclass(frozen=True, slots=True)
class Arrow:
    """The array passed from one part of the network to the next.

    Parameters
    ----------
    source, target : str
    shape : tuple of int
    """

    source: str
    target: str
    shape: tuple[int, ...]

    @property
    def label(self) -> str:
        """The shape as Keras prints it."""
        return f"({', '.join(map(str, self.shape))})"


@dataclass(frozen=True, slots=True)
class UnrolledNetwork:
    """A network with its recurrent layers drawn over the steps.

    Parameters
    ----------
    cell : str
        ``LSTM`` or ``SimpleRNN``, as Keras calls its layers.
    units : tuple of int
    n_steps : int
    arrows : tuple of Arrow
        From the segment to the first layer, on to the next, and out of the last.
    returns_sequences : bool
        Whether the last layer hands on every step, or the last one only.
    is_as_trained : bool
        Whether the chosen network does so.
    is_bidirectional : bool
        Whether each layer also reads from the last step to the first: the picture shows the
        forward half.
    """

    cell: str
    units: tuple[int, ...]
    n_steps: int
    arrows: tuple[Arrow, ...]
    returns_sequences: bool
    is_as_trained: bool
    is_bidirectional: bool


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


def unroll(
    config: NetworkConfig, *, batch_size: int, returns_sequences: bool | None = None
) -> UnrolledNetwork:
    """Return the shapes that flow through a network, arrow by arrow.

    Parameters
    ----------
    config : NetworkConfig
    batch_size : int
        Segments that are read at once.
    returns_sequences : bool, optional
        Whether the last layer hands on every step; as the network does, if not given.

    Returns
    -------
    unrolled : UnrolledNetwork

    Examples
    --------
    >>> config = NetworkConfig(n_steps=130, n_values=13, n_genres=10)
    >>> [arrow.label for arrow in unroll(config, batch_size=32).arrows]
    ['(32, 130, 13)', '(32, 130, 64)', '(32, 64)']
    """
    as_trained = config.pooling != "last"
    sequences = as_trained if returns_sequences is None else returns_sequences
    steps = (batch_size, config.n_steps)
    *between, last = ((*steps, width) for width in config.output_widths)
    layers = [f"layer {i}" for i in range(1, len(config.units) + 1)]
    follows = "pooling" if sequences else "dense layer"
    parts = ["segment", *layers, follows]
    shapes = [(*steps, config.n_values), *between, last if sequences else (batch_size, last[-1])]
    return UnrolledNetwork(
        cell="LSTM" if config.cell == "lstm" else "SimpleRNN",
        units=config.units,
        n_steps=config.n_steps,
        arrows=tuple(map(Arrow, parts[:-1], parts[1:], shapes)),
        returns_sequences=sequences,
        is_as_trained=sequences == as_trained,
        is_bidirectional=config.bidirectional,
    )


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
        1 or 2.

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
            f"layer={layer} was given, there are layers 1 to {n_layers}. Choose one."
        )
    one = trace.layers[layer - 1][0]
    if one.cell is not None:
        raise ParameterError(
            "an LSTM's memory does not pass through a tanh at every step, so there is no such "
            "product. Choose a model of simple recurrent cells."
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
