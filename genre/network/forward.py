"""The network's forward pass in NumPy, with every gate.

The probabilities are those of Keras within 1e-5::

    Normalization -> 1 to 4 LSTM | SimpleRNN -> pooling
                  -> 0 to 4 Dense relu -> (Dropout) -> Dense softmax

Conventions
-----------
step
    One input vector: ``n_values`` numbers.
axes
    ``(n_segments, n_steps, ...)``, as in Keras.  A backward layer reads from the last
    step to the first, but entry ``[:, t]`` of its outputs belongs to step ``t``.

The layers themselves are in `genre.network.layers`, the settings in `genre.network.config`,
the file format in `genre.network.weights`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genre.errors import ParameterError
from genre.language import _
from genre.network.config import NetworkConfig
from genre.network.held import HeldGate, check_held, held_columns
from genre.network.layers import LayerTrace, LayerWeights, run_lstm, run_simple_rnn
from genre.network.weights import Weights, check_array, check_names, load_weights, save_weights
from genre.system.threads import one_blas_thread

__all__ = [
    "HeadTrace",
    "HeldGate",
    "LayerTrace",
    "Network",
    "NetworkConfig",
    "Trace",
    "apply_head",
    "load_weights",
    "save_weights",
]

BATCH_SEGMENTS = 128  # bounds a prediction's memory: 17 MB of gates for 130 steps of 64 units
SMALLEST_DEVIATION = np.float32(1e-7)  # keras.config.epsilon()
LARGEST_INPUT = np.float32(1e30)  # larger sums overflow, and all gates are saturated anyway


class HeadTrace(NamedTuple):
    """The values after the recurrent layers, one row per segment.

    ``pooled`` [shape=(n_segments, n_pooled)], ``dense`` for each dense layer
    [shape=(n_segments, units)] after its relu, ``logits`` and ``probabilities``
    [shape=(n_segments, n_genres)].
    """

    pooled: np.ndarray
    dense: tuple[np.ndarray, ...]
    logits: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All intermediate values of a forward pass.

    ``scaled`` [shape=(n_segments, n_steps, n_values)] is the input of the first recurrent
    layer; ``layers`` holds one `LayerTrace` per direction for each recurrent layer;
    ``outputs`` the outputs of each [shape=(n_segments, n_steps, n_directions * units)].
    The other fields are `HeadTrace`'s.
    """

    scaled: np.ndarray
    layers: tuple[tuple[LayerTrace, ...], ...]
    outputs: tuple[np.ndarray, ...]
    pooled: np.ndarray
    dense: tuple[np.ndarray, ...]
    logits: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network with its weights.

    Parameters
    ----------
    config : NetworkConfig
        Its settings.
    weights : dict of str to np.ndarray [dtype=float32]
        As `load_weights` returns them.

    Raises
    ------
    ModelError
        If the weights do not fit the settings.

    Examples
    --------
    >>> config = NetworkConfig(n_steps=130, n_values=13, n_genres=4)
    >>> shapes = config.weight_shapes()
    >>> network = Network(config, {name: np.zeros(shapes[name], "f4") for name in shapes})
    >>> network.predict_proba(np.ones((1, 130, 13)))  # untrained
    array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """

    config: NetworkConfig
    weights: Weights

    def __post_init__(self) -> None:
        """Raise if the weights do not fit the settings."""
        check_names(self.weights, self.config)
        for name, shape in self.config.weight_shapes().items():
            check_array(name, (self.weights[name].shape, self.weights[name].dtype), shape)

    def predict_proba(self, X: np.ndarray, held: Sequence[HeldGate] = ()) -> np.ndarray:
        """Estimate how probable each genre is for each segment.

        Parameters
        ----------
        X : np.ndarray [shape=(n_segments, n_steps, n_values)]
            The segments, with one or more steps.
        held : sequence of HeldGate
            Gates that are held at a value at every step.

        Returns
        -------
        probabilities : np.ndarray [shape=(n_segments, n_genres), dtype=float32]
            Each row sums to 1; the columns are in the order of the model's genres.

        Raises
        ------
        ParameterError
            If ``X`` has another shape, or holds numbers that are not finite; if there are no
            such gates.
        """
        X = X if hasattr(X, "shape") else np.asarray(X)
        self._check_shape(X.shape)
        check_held(held, self.config)
        probabilities = np.empty((len(X), self.config.n_genres), np.float32)
        for start in range(0, len(X), BATCH_SEGMENTS):  # of X, which may be on the disk, no more
            batch = slice(start, start + BATCH_SEGMENTS)
            probabilities[batch] = self._trace(self._validate(X[batch]), held).probabilities
        return probabilities

    def trace(self, X: np.ndarray, held: Sequence[HeldGate] = ()) -> Trace:
        """Compute the same as `predict_proba`, and return all intermediate values.

        Parameters
        ----------
        X : np.ndarray [shape=(n_segments, n_steps, n_values)]
            A few segments, all at once: an LSTM's trace takes about 30 times the memory
            of 13 values a step.
        held : sequence of HeldGate
            Gates that are held at a value at every step; the trace has that value.

        Returns
        -------
        trace : Trace

        Raises
        ------
        ParameterError
            If ``X`` has another shape, or holds numbers that are not finite; if there are no
            such gates.

        Examples
        --------
        >>> shut = HeldGate(layer=2, gate="forget", value=0.0)  # of all units
        >>> network.trace(X, held=[shut]).probabilities  # doctest: +SKIP
        """
        check_held(held, self.config)
        return self._trace(self._validate(X), held)

    def _validate(self, X: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            X = np.asarray(X, dtype=np.float32)
        self._check_shape(X.shape)
        if not np.isfinite(X).all():
            raise ParameterError(
                _(
                    "X holds numbers that are not finite in float32, expected finite ones only. "
                    "Check the recording and its features."
                )
            )
        return X

    def _check_shape(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 3 or shape[1] < 1 or shape[2] != self.config.n_values:
            raise ParameterError(
                _(
                    "X has shape {shape}, expected (n_segments, n_steps, {n_values}) with at least "
                    "one step. Use the features this model was trained with."
                ).format(shape=shape, n_values=self.config.n_values)
            )

    def _trace(self, X: np.ndarray, held: Sequence[HeldGate]) -> Trace:
        with one_blas_thread():
            scaled = self._scale(X)
            layers, outputs = [], [scaled]
            for number in range(1, len(self.config.units) + 1):
                layers.append(self._run_layer(number, outputs[-1], held))
                outputs.append(np.concatenate([one.hidden for one in layers[-1]], axis=-1))
            head = apply_head(self, outputs[-1], scaled)
        return Trace(scaled, tuple(layers), tuple(outputs[1:]), *head)

    def _scale(self, X: np.ndarray) -> np.ndarray:
        if self.config.scaling:
            deviation = np.sqrt(self.weights["normalization.variance"])
            with np.errstate(over="ignore"):
                X = X - self.weights["normalization.mean"]
                X /= np.maximum(deviation, SMALLEST_DEVIATION)
        scaled: np.ndarray = np.clip(X, -LARGEST_INPUT, LARGEST_INPUT)
        return scaled

    def _run_layer(
        self, layer: int, inputs: np.ndarray, held: Sequence[HeldGate]
    ) -> tuple[LayerTrace, ...]:
        units, traces = self.config.units[layer - 1], []
        for direction in self.config.directions:
            weights = self._layer_weights(f"recurrent_{layer}.{direction}")
            if self.config.cell == "lstm":
                columns = held_columns(held, layer, direction, units)
                traces.append(run_lstm(inputs, weights, direction, columns))
            else:
                traces.append(run_simple_rnn(inputs, weights, direction))
        return tuple(traces)

    def _layer_weights(self, prefix: str) -> LayerWeights:
        names = ("kernel", "recurrent_kernel", "bias")
        return LayerWeights(*(self.weights[f"{prefix}.{name}"] for name in names))


def apply_head(network: Network, outputs: np.ndarray, scaled: np.ndarray) -> HeadTrace:
    """Apply pooling and the dense layers to the outputs of the last recurrent layer.

    Applied to the first ``k`` steps of both arrays it gives the prediction after ``k`` steps.
    But the backward half of a bidirectional layer has already read the rest: there, run the
    network on ``X[:, :k]``.

    Parameters
    ----------
    network : Network
        The network with these layers.
    outputs : np.ndarray [shape=(n_segments, n_steps, n_directions * units), dtype=float32]
        The last layer's, at least one step; ``trace.outputs[-1]``.
    scaled : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        What the first layer read at the same steps; ``trace.scaled``.

    Returns
    -------
    head : HeadTrace

    Examples
    --------
    >>> trace = network.trace(X)  # doctest: +SKIP
    >>> outputs, scaled = trace.outputs[-1][:, :65], trace.scaled[:, :65]  # doctest: +SKIP
    >>> apply_head(network, outputs, scaled).probabilities  # doctest: +SKIP
    """
    config, weights = network.config, network.weights
    if config.pooling == "last":  # each direction's final state
        units = config.units[-1]
        pooled = np.concatenate([outputs[:, -1, :units], outputs[:, 0, units:]], axis=-1)
    else:
        pooled = outputs.mean(axis=1)
        if config.pooling == "mean_max":
            pooled = np.concatenate([pooled, outputs.max(axis=1)], axis=-1)
        elif config.pooling == "mean_shortcut":
            pooled = np.concatenate([pooled, scaled.mean(axis=1)], axis=-1)
    # pooled: (n_segments, n_pooled)
    values, dense = pooled, []
    for name in config.dense_layers:
        values = np.maximum(values @ weights[f"{name}.kernel"] + weights[f"{name}.bias"], 0)
        dense.append(values)
    logits = values @ weights["output.kernel"] + weights["output.bias"]  # (n_segments, n_genres)
    probabilities = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return HeadTrace(pooled, tuple(dense), logits, probabilities)
