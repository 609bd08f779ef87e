"""The configuration of a Keras model as JSON, checked against a list of known layers.

Conventions
-----------
Nothing of it is run: a layer is a name and its settings.  A setting that changes what the
layer computes must have the value that `genre.network` computes with; what only training uses
(initializers, regularizers, dropout) may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import repr as shown
from typing import Any

from genre.network.config import LIMITS
from genre.system.schema import (
    Check,
    Damaged,
    anything,
    flag,
    items,
    maybe,
    number,
    one_of,
    record,
    text,
    whole,
)

MAX_KERAS_LAYERS = 64


def _only(*values: Any) -> Check:
    """Return the check of a setting with which the network here computes the same."""

    def check(value: Any, where: str) -> None:
        if value not in values:
            raise Damaged(f"{where} is {shown(value)}, expected {values[0]!r}")

    return check


_UNITS = whole(1, LIMITS["units"][1])
_RECURRENT: dict[str, Check] = {
    "units": _UNITS,
    "activation": _only("tanh"),
    "use_bias": flag,
    "return_sequences": flag,
    "return_state": _only(False),
    "go_backwards": _only(False),
    "stateful": _only(False),
    "time_major": _only(False),
} | dict.fromkeys(
    ("unroll", "zero_output_for_mask", "implementation", "dropout", "recurrent_dropout"), anything
)
_LSTM = _RECURRENT | {"recurrent_activation": _only("sigmoid"), "unit_forget_bias": anything}
_NOISE: dict[str, Check] = dict.fromkeys(("rate", "noise_shape", "stddev"), anything)
LAYERS: dict[str, dict[str, Check]] = {
    "InputLayer": {
        "batch_shape": anything,
        "sparse": _only(False),
        "ragged": _only(False),
        "optional": anything,
    },
    "LSTM": _LSTM,
    "SimpleRNN": _RECURRENT,
    "Bidirectional": {"merge_mode": _only("concat"), "layer": anything, "backward_layer": anything},
    "GlobalAveragePooling1D": {"data_format": _only("channels_last"), "keepdims": _only(False)},
    "Dense": {
        "units": whole(1, LIMITS["dense_units"][1]),
        "activation": one_of("relu", "softmax", "linear"),
        "use_bias": flag,
    },
    "Activation": {"activation": one_of("relu", "softmax", "linear")},
    "ReLU": {"max_value": _only(None), "negative_slope": _only(0), "threshold": _only(0)},
    "Softmax": {"axis": _only(-1)},
    "Normalization": {
        "axis": anything,
        "mean": _only(None),
        "variance": _only(None),
        "invert": _only(False),
    },
    "BatchNormalization": {
        "axis": anything,
        "epsilon": number(0, 1),
        "center": flag,
        "scale": flag,
        "renorm": _only(False),
    }
    | dict.fromkeys(
        ("momentum", "fused", "synchronized", "renorm_momentum", "virtual_batch_size"), anything
    ),
    "Dropout": _NOISE,
    "SpatialDropout1D": _NOISE,
    "GaussianDropout": _NOISE,
    "GaussianNoise": _NOISE,
}
"""The known layers, with their settings besides those that `_FREE` names."""
_DEFAULTS: dict[str, Any] = {
    "return_sequences": False,
    "use_bias": True,
    "center": True,
    "scale": True,
    "epsilon": 1e-3,
    "axis": -1,
}
_FREE = {"name", "trainable", "dtype", "seed", "data_format", "batch_shape", "input_dim"}
_FREE_ENDINGS = ("_initializer", "_regularizer", "_constraint")
_OLD_NAMES = {"batch_input_shape": "batch_shape"}
_LAYER = record({"config": anything}, class_name=text)


@dataclass(frozen=True, slots=True)
class KerasLayer:
    """A layer of a Keras model: its class, its name and those settings that are used.

    ``directions`` holds the layer or layers inside a ``Bidirectional``.
    """

    kind: str
    name: str
    settings: Mapping[str, Any]
    directions: tuple[KerasLayer, ...] = field(default=())

    @property
    def where(self) -> str:
        """How a sentence names it."""
        return f"the layer {shown(self.name)} ({self.kind})"


def read_layers(config: Any) -> list[KerasLayer]:
    """Read the layers of a model, in the order of its data.

    Parameters
    ----------
    config : anything JSON can hold
        ``config.json`` of a ``.keras`` file, or ``model_config`` of a ``.h5`` file.

    Returns
    -------
    layers : list of KerasLayer
        The first is the input; it is made up where a file has its shape elsewhere.

    Raises
    ------
    Damaged
        If it is no line of known layers, or a setting is not what can be computed here.
    """
    _LAYER(config, "the configuration")
    kind, inner = config["class_name"], config.get("config")
    if kind not in ("Sequential", "Functional", "Model"):
        raise Damaged(f"it is a {shown(kind)}, expected a Sequential or a Functional model")
    given: Any = inner.get("layers") if isinstance(inner, dict) else inner  # a list in Keras 2.1
    items(_LAYER)(given, "layers of the configuration")
    if not 1 <= len(given) <= MAX_KERAS_LAYERS:
        raise Damaged(f"it has {len(given)} layers, expected 1 to {MAX_KERAS_LAYERS}")
    layers = [_read_layer(one) for one in given]
    if kind != "Sequential":
        layers = _in_line(layers, given, inner)
    if layers[0].kind != "InputLayer":
        beside = inner.get("build_input_shape") if isinstance(inner, dict) else None
        shape = layers[0].settings.get("batch_shape") or beside
        layers.insert(0, KerasLayer("InputLayer", "input", {"batch_shape": shape}))
    return layers


def input_shape(layer: KerasLayer) -> tuple[int | None, int]:
    """Return the steps (None for any number) and the values of a step that an input has.

    Raises
    ------
    Damaged
        If it is another shape.
    """
    shape = layer.settings.get("batch_shape")
    where = f"the input shape of {layer.where}"
    if not isinstance(shape, list) or len(shape) != 3:
        given = shown(tuple(shape[1:])) if isinstance(shape, list) else shown(shape)
        raise Damaged(f"{where} is {given}, expected steps and values such as (130, 13)")
    maybe(whole(1, LIMITS["n_steps"][1]))(shape[1], f"the number of steps in {where}")
    whole(1, LIMITS["n_values"][1])(shape[2], f"the number of values in {where}")
    return shape[1], shape[2]


def _read_layer(given: Mapping[str, Any], changes: Mapping[str, Check] | None = None) -> KerasLayer:
    """Read a layer; ``changes`` are other checks of some of its settings."""
    kind, settings = given["class_name"], given.get("config")
    name = settings.get("name", given.get("name", "")) if isinstance(settings, dict) else ""
    text(name, "the name of a layer")
    where = f"the layer {shown(name)} ({shown(kind)[1:-1]})"
    module = given.get("module") or "keras.layers"
    is_stock = str(module).startswith("keras.") and given.get("registered_name") in (None, kind)
    if kind not in LAYERS or not is_stock or not isinstance(settings, dict):
        own = "" if is_stock else " of its author's own"
        raise Damaged(
            f"{where} is of a kind{own} that is not known here, expected {', '.join(LAYERS)}"
        )
    settings = {_OLD_NAMES.get(key, key): value for key, value in settings.items()}
    checks = LAYERS[kind] | dict(changes or {})
    for key, value in settings.items():
        if check := checks.get(key):
            check(value, f"{shown(key)[1:-1]} of {where}")
        elif value is not None and key not in _FREE and not key.endswith(_FREE_ENDINGS):
            raise Damaged(
                f"{shown(key)[1:-1]} of {where} is {shown(value)}: this setting is not known here"
            )
    _check_dtype(settings.get("dtype"), where)
    if kind in ("LSTM", "SimpleRNN", "Dense") and "units" not in settings:
        raise Damaged(f"{where} has no units")
    kept = {k: v for k, v in (_DEFAULTS | settings).items() if k in checks or k == "batch_shape"}
    return KerasLayer(kind, name, kept, _directions(settings, where, kind))


def _directions(settings: Mapping[str, Any], where: str, kind: str) -> tuple[KerasLayer, ...]:
    """Read the layers inside a ``Bidirectional``; none are in others."""
    if kind != "Bidirectional":
        return ()
    _LAYER(settings.get("layer"), f"layer of {where}")
    forward = _read_layer(settings["layer"])
    if forward.kind not in ("LSTM", "SimpleRNN"):
        raise Damaged(f"layer of {where} is of the kind {forward.kind}, expected LSTM or SimpleRNN")
    if settings.get("backward_layer") is None:
        return forward, forward
    _LAYER(settings["backward_layer"], f"backward_layer of {where}")
    backward = _read_layer(settings["backward_layer"], {"go_backwards": _only(True)})
    alike = ("units", "use_bias", "return_sequences")
    if backward.kind != forward.kind or any(
        backward.settings[key] != forward.settings[key] for key in alike
    ):
        raise Damaged(f"the two layers of {where} differ, expected the same in both directions")
    return forward, backward


def _check_dtype(dtype: Any, where: str) -> None:
    """Raise unless a layer computes in float32."""
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        dtype = inner.get("name") if isinstance(inner, dict) else inner
    if dtype not in (None, "float32"):
        raise Damaged(f"dtype of {where} is {shown(dtype)}, expected 'float32'")


def _in_line(
    layers: Sequence[KerasLayer], given: Sequence[Mapping[str, Any]], model: Mapping[str, Any]
) -> list[KerasLayer]:
    """Return the layers of a functional model in the order of its data; raise if it branches."""
    after: dict[str, KerasLayer] = {}
    for layer, one in zip(layers, given, strict=True):
        source = _source(one.get("inbound_nodes"), layer)
        if source in after:
            raise Damaged(
                f"{layer.where} and {after[source].where} read the same values, expected one "
                "layer after the other"
            )
        after[source] = layer
    line: list[KerasLayer] = []
    name = ""
    while name in after:
        line.append(after.pop(name))
        name = line[-1].name
    if after:
        raise Damaged(f"{next(iter(after.values())).where} is in no line with the others")
    outputs = model.get("output_layers")
    while isinstance(outputs, list) and len(outputs) == 1:
        outputs = outputs[0]
    if not isinstance(outputs, list) or outputs[:1] != [line[-1].name]:
        raise Damaged(f"its output is {shown(outputs)}, expected that of {line[-1].where}")
    return line


def _source(nodes: Any, layer: KerasLayer) -> str:
    """Return the name of the one layer that a layer reads; empty for the input."""
    if layer.kind == "InputLayer" and not nodes:
        return ""
    try:
        (node,) = nodes
        if isinstance(node, dict):  # of Keras 3
            (tensor,), options = node["args"], node["kwargs"]
            history = tensor["config"]["keras_history"]
        else:  # of Keras 2
            ((*history, options),) = node
        name, place, output = history
        is_plain = not any(options.values()) and (place, output) == (0, 0)
    except (TypeError, ValueError, KeyError, AttributeError):
        name, is_plain = None, False
    if not is_plain or not isinstance(name, str) or not name:
        raise Damaged(
            f"{layer.where} is called with more than the output of one layer, expected one layer "
            "after the other"
        )
    return name
