"""The network of a Keras model's layers: settings and weights as `genre.network` has them.

Conventions
-----------
read
    A function that returns the arrays of a layer, given the shapes they must have by name:
    ``kernel``, ``recurrent_kernel``, ``bias``, ``gamma``, ``beta``, ``moving_mean``,
    ``moving_variance``, ``mean``, ``variance``; each name begins with ``backward.`` for the
    second half of a bidirectional layer.
scaling
    A ``BatchNormalization``, or a ``Normalization`` that is not the first layer, multiplies and
    shifts each value: this is worked into the weights of the layer before or after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from genre.language import _
from genre.models.keras_config import input_shape
from genre.models.keras_line import KerasLayer
from genre.network.config import MAX_LAYERS, NetworkConfig, Pooling
from genre.network.weights import Weights
from genre.system.schema import Damaged

Arrays = dict[str, np.ndarray]
Read = Callable[[KerasLayer, Mapping[str, tuple[int, ...]]], Arrays]
SMALLEST_DEVIATION = 1e-7  # keras.config.epsilon()
USUAL_STEPS = 130
"""Steps of the course's segments: for a network that reads any number."""


@dataclass(slots=True)
class _Dense:
    """A dense layer; ``activation`` may still come with a layer of its own."""

    layer: KerasLayer
    arrays: Arrays
    activation: str


@dataclass(slots=True)
class _Line:
    """What is known of the network after some of its layers."""

    read: Read
    n_values: int
    width: int
    is_sequence: bool = True
    scaling: Arrays = field(default_factory=dict)
    recurrent: list[tuple[KerasLayer, Arrays]] = field(default_factory=list)
    pooling: Pooling = "last"
    dense: list[_Dense] = field(default_factory=list)
    pending: tuple[np.ndarray, np.ndarray] | None = None
    """Factors and shifts of the values that the next layer reads."""


def to_network(layers: Sequence[KerasLayer], read: Read) -> tuple[NetworkConfig, Weights, bool]:
    """Convert layers and their weights.

    Parameters
    ----------
    layers : sequence of KerasLayer
        As `genre.models.keras_config.read_layers` gives them.
    read : callable
        As above.

    Returns
    -------
    config : NetworkConfig
    weights : dict of str to np.ndarray [dtype=float32]
    has_steps : bool
        Whether the model names the number of steps; it reads any number where it does not.

    Raises
    ------
    Damaged
        If the layers are no network of this kind, or the weights are not finite.
    ParameterError
        If the network is larger than this package supports.
    """
    n_steps, n_values = input_shape(layers[0])
    line = _Line(read, n_values, n_values)
    for layer in layers[1:]:
        _ADD.get(layer.kind, _add_nothing)(line, layer)
    if not line.recurrent:
        raise Damaged(_("it has no LSTM or SimpleRNN layer, expected one to four of them"))
    if not line.dense or line.dense[-1].activation != "softmax" or line.pending is not None:
        last = layers[-1].where
        raise Damaged(
            _("it ends with {last}, expected a Dense layer with the activation softmax").format(
                last=last
            )
        )
    *hidden, output = line.dense
    first = line.recurrent[0][0]
    units = tuple(_one(layer).settings["units"] for layer, _ in line.recurrent)
    dense_units = tuple(one.arrays["bias"].size for one in hidden)
    config = NetworkConfig(
        n_steps=n_steps or USUAL_STEPS,
        n_values=n_values,
        n_genres=output.arrays["bias"].size,
        cell="lstm" if _one(first).kind == "LSTM" else "simple_rnn",
        units=units,
        bidirectional=bool(first.directions),
        pooling=line.pooling,
        dense_units=dense_units[0] if len(dense_units) == 1 else dense_units,
        scaling=bool(line.scaling),
    )
    weights = {f"normalization.{name}": array for name, array in line.scaling.items()}
    for number, (_other, arrays) in enumerate(line.recurrent, start=1):
        for name, array in arrays.items():
            direction = "" if name.startswith("backward.") else "forward."
            weights[f"recurrent_{number}.{direction}{name}"] = array
    for name, one in zip((*config.dense_layers, "output"), line.dense, strict=True):
        weights |= {f"{name}.{part}": array for part, array in one.arrays.items()}
    weights = {name: weights[name].astype("<f4") for name in config.weight_shapes()}
    return config, weights, n_steps is not None


def _one(layer: KerasLayer) -> KerasLayer:
    """Return a recurrent layer, or its forward half."""
    return layer.directions[0] if layer.directions else layer


def _add_nothing(line: _Line, layer: KerasLayer) -> None:
    """Pass over what only training uses."""
    if layer.kind == "InputLayer":
        raise layer.refusal("{where} is a second input, expected one")


def _add_recurrent(line: _Line, layer: KerasLayer) -> None:
    """Add a recurrent layer, with both directions where it has two."""
    if not line.is_sequence or line.dense:
        raise layer.refusal(
            "{where} comes after a layer that returns no sequence, expected the recurrent layers "
            "first, all but the last with return_sequences=True"
        )
    if len(line.recurrent) == MAX_LAYERS:
        raise layer.refusal(
            "{where} is one too many, expected at most {max_layers} recurrent",
            max_layers=MAX_LAYERS,
        )
    first = line.recurrent[0][0] if line.recurrent else layer
    one = _one(layer)
    if (one.kind, bool(layer.directions)) != (_one(first).kind, bool(first.directions)):
        raise layer.refusal(
            "{where} is not as {other}, expected all recurrent layers of one kind, all "
            "bidirectional or none",
            other=first.where,
        )
    units = one.settings["units"]
    columns = 4 * units if one.kind == "LSTM" else units
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (line.width, columns),
        "recurrent_kernel": (units, columns),
    }
    shapes |= {"bias": (columns,)} if one.settings["use_bias"] else {}
    if layer.directions:
        shapes |= {f"backward.{name}": shape for name, shape in shapes.items()}
    arrays = _read(line, layer, shapes)
    for prefix in ("", "backward.") if layer.directions else ("",):
        arrays.setdefault(f"{prefix}bias", np.zeros(columns))
        _work_in(line, arrays, prefix)
    line.pending = None
    line.recurrent.append((layer, arrays))
    line.width = units * max(1, len(layer.directions))
    line.is_sequence = one.settings["return_sequences"]


def _add_pooling(line: _Line, layer: KerasLayer) -> None:
    """Add the mean over the steps."""
    if not line.is_sequence or not line.recurrent:
        raise layer.refusal(
            "{where} does not follow a recurrent layer with return_sequences=True, expected it "
            "there"
        )
    line.pooling, line.is_sequence = "mean", False


def _add_dense(line: _Line, layer: KerasLayer) -> None:
    """Add a dense layer; all before it are hidden ones."""
    if line.is_sequence:
        raise layer.refusal(
            "{where} reads every step, expected that the last recurrent layer has "
            "return_sequences=False, or a GlobalAveragePooling1D"
        )
    if line.dense and line.dense[-1].activation != "relu":
        before = line.dense[-1]
        raise before.layer.refusal(
            "activation of {where} is {activation!r}, expected 'relu' in all dense layers but "
            "the last",
            activation=before.activation,
        )
    if len(line.dense) > MAX_LAYERS:
        raise layer.refusal(
            "{where} is one too many, expected at most {max_layers} Dense",
            max_layers=MAX_LAYERS + 1,
        )
    units = layer.settings["units"]
    shapes: dict[str, tuple[int, ...]] = {"kernel": (line.width, units)}
    shapes |= {"bias": (units,)} if layer.settings["use_bias"] else {}
    arrays = {"bias": np.zeros(units)} | _read(line, layer, shapes)
    _work_in(line, arrays)
    line.pending = None
    line.dense.append(_Dense(layer, arrays, layer.settings.get("activation", "linear")))
    line.width = units


def _add_activation(line: _Line, layer: KerasLayer) -> None:
    """Give the dense layer before it its activation."""
    name = {"ReLU": "relu", "Softmax": "softmax"}.get(layer.kind) or layer.settings["activation"]
    if name == "linear":
        return
    if not line.dense or line.dense[-1].activation != "linear" or line.pending is not None:
        raise layer.refusal("{where} does not follow a Dense layer without an activation")
    line.dense[-1].activation = name


def _add_scaling(line: _Line, layer: KerasLayer) -> None:
    """Add factors and shifts: as the network's own first layer, or for a neighbour's weights."""
    n_axes = 3 if line.is_sequence else 2
    axis = layer.settings["axis"]
    axes = axis if isinstance(axis, list) else [axis]
    is_one_for_all = layer.kind == "Normalization" and axis in (None, [])
    if not is_one_for_all and axes not in ([-1], [n_axes - 1]):
        raise layer.refusal("axis of {where} is {axis!r}, expected -1", axis=axis)
    shape = () if is_one_for_all else (line.width,)
    if layer.kind == "Normalization":
        read = _read(line, layer, {"mean": shape, "variance": shape})
        mean, variance = (np.broadcast_to(read[name], line.width) for name in ("mean", "variance"))
        if not line.recurrent and line.pending is None and not line.scaling:
            line.scaling = {"mean": mean, "variance": variance}
            return
        factors = 1 / np.maximum(np.sqrt(variance), SMALLEST_DEVIATION)
    else:
        names = ["gamma"] * layer.settings["scale"] + ["beta"] * layer.settings["center"]
        shapes = dict.fromkeys((*names, "moving_mean", "moving_variance"), shape)
        read = _read(line, layer, shapes)
        mean = read["moving_mean"]
        factors = read.get("gamma", 1) / np.sqrt(
            read["moving_variance"] + layer.settings["epsilon"]
        )
    shifts = read.get("beta", 0) - mean * factors
    if not np.isfinite([factors, shifts]).all():
        raise layer.refusal("the variance of {where} is 0, expected numbers above")
    before = line.dense[-1] if line.dense else None
    if before and before.activation == "linear":
        before.arrays["kernel"] = before.arrays["kernel"] * factors
        before.arrays["bias"] = before.arrays["bias"] * factors + shifts
    else:
        earlier = line.pending or (np.ones(line.width), np.zeros(line.width))
        line.pending = earlier[0] * factors, earlier[1] * factors + shifts


def _work_in(line: _Line, arrays: Arrays, prefix: str = "") -> None:
    """Work what is pending into the weights of the layer that reads it."""
    if line.pending is None:
        return
    factors, shifts = line.pending
    kernel = arrays[f"{prefix}kernel"]
    arrays[f"{prefix}bias"] = arrays[f"{prefix}bias"] + shifts @ kernel
    arrays[f"{prefix}kernel"] = factors[:, np.newaxis] * kernel


def _read(line: _Line, layer: KerasLayer, shapes: Mapping[str, tuple[int, ...]]) -> Arrays:
    """Read the arrays of a layer; raise if they hold numbers that no network has."""
    with np.errstate(invalid="ignore"):  # what is no number is named below
        arrays = {name: one.astype(np.float64) for name, one in line.read(layer, shapes).items()}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise Damaged(
                _("the {name} of {where} has numbers that are not finite").format(
                    name=name, where=layer.where
                )
            )
        if name.endswith("variance") and (array < 0).any():
            raise Damaged(
                _("the {name} of {where} has numbers below zero").format(
                    name=name, where=layer.where
                )
            )
    return arrays


_ADD: dict[str, Callable[[_Line, KerasLayer], None]] = {
    "LSTM": _add_recurrent,
    "SimpleRNN": _add_recurrent,
    "Bidirectional": _add_recurrent,
    "GlobalAveragePooling1D": _add_pooling,
    "Dense": _add_dense,
    "Activation": _add_activation,
    "ReLU": _add_activation,
    "Softmax": _add_activation,
    "Normalization": _add_scaling,
    "BatchNormalization": _add_scaling,
}
