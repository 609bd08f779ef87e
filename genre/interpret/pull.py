"""What each unit of the last recurrent layer says about each genre.

Conventions
-----------
score
    A genre's logit minus the mean of all logits of its segment: what all genres have in common
    changes no probability.
pull
    The part of a genre's score that comes from one unit: the gradient of the score by the
    unit's pooled values, times these.  Above zero it speaks for the genre, below against it.

Between pooling and the logits there are only matrices, biases and relu, so the pulls of all units,
with what biases and a shortcut around the recurrent layers add, are the score itself.  Without a
dense layer a pull is exactly weight times value.  The method is known as gradient times input [1]_.

References
----------
.. [1] A. Shrikumar, P. Greenside, A. Shcherbina and A. Kundaje, "Not just a black box: learning
   important features through propagating activation differences", arXiv:1605.01713, 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.interpret.trace import LayerColumns
from genre.language import _
from genre.network.config import NetworkConfig
from genre.network.forward import BATCH_SEGMENTS, Network, Trace
from genre.system.threads import one_blas_thread

Pulls = np.ndarray
"""Of the units of a layer on one genre [shape=(units,), dtype=float64]."""


@dataclass(frozen=True, slots=True, eq=False)
class SongPulls:
    """The pull of each unit of the last layer on each genre, over a song.

    Parameters
    ----------
    values : np.ndarray [shape=(n_directions * units, n_genres), dtype=float64]
        Mean over the voting segments; the forward units first.
    config : NetworkConfig
        Of the network.
    """

    values: np.ndarray
    config: NetworkConfig

    def reach(self, layer: LayerColumns) -> bool:
        """Tell whether the genres read this layer: whether it is the last."""
        return layer.layer == len(self.config.units)

    def of(self, layer: LayerColumns, genre: int) -> Pulls | None:
        """Return the pulls of a layer's units on a genre, by its index; None if it is not read."""
        if not self.reach(layer):
            return None
        units = self.config.units[-1]
        start = units * self.config.directions.index(layer.direction)
        return self.values[start : start + units, genre]


def unit_pulls(network: Network, steps: np.ndarray, *, audible: np.ndarray) -> SongPulls:
    """Measure the pull of each unit of the last layer on each genre, over a song.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote: at least one.

    Returns
    -------
    pulls : SongPulls

    Raises
    ------
    ParameterError
        If no segment has a vote, or ``steps`` do not fit the network.
    """
    if not audible.any():
        raise ParameterError(_("no segment of this song has a vote. Choose a song with sound."))
    voting = steps[audible]
    total = np.zeros((network.config.output_widths[-1], network.config.n_genres))
    for start in range(0, len(voting), BATCH_SEGMENTS):
        trace = network.trace(voting[start : start + BATCH_SEGMENTS])
        total += segment_pulls(network, trace).sum(axis=0, dtype=np.float64)
    return SongPulls(total / len(voting), network.config)


def segment_pulls(network: Network, trace: Trace) -> np.ndarray:
    """Measure the pull of each unit of the last layer on each genre, in each segment.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.

    Returns
    -------
    pulls : np.ndarray [shape=(n_segments, n_directions * units, n_genres), dtype=float32]
    """
    width = network.config.output_widths[-1]
    parts = score_gradient(network, trace) * trace.pooled[..., np.newaxis]
    pulls: np.ndarray = parts[:, :width]
    if network.config.pooling == "mean_max":  # a unit's mean, and its maximum
        pulls = pulls + parts[:, width:]
    return pulls


def score_gradient(network: Network, trace: Trace) -> np.ndarray:
    """Differentiate the score of each genre by each pooled value.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of a few segments.

    Returns
    -------
    gradient : np.ndarray [shape=(n_segments, n_pooled, n_genres), dtype=float32]
    """
    weights = network.weights
    kernel = weights["output.kernel"]
    of_scores = kernel - kernel.mean(axis=1, keepdims=True)  # (n_values, n_genres)
    gradient = np.broadcast_to(of_scores, (len(trace.pooled), *of_scores.shape))
    layers = zip(network.config.dense_layers, trace.dense, strict=True)
    with one_blas_thread():
        for name, dense in reversed([*layers]):
            through = gradient * (dense > 0)[..., np.newaxis]  # (n_segments, units, n_genres)
            gradient = weights[f"{name}.kernel"] @ through
    return gradient
