"""The configuration of a Keras model as JSON, checked against a list of known layers.

Conventions
-----------
Nothing of it is run: a layer is a name and its settings.  A setting that changes what the
layer computes must have the value that `genre.network` computes with; what only training uses
(initializers, regularizers, dropout) may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from reprlib import repr as shown
from typing import Any

from genre.language import _
from genre.models.keras_line import KerasLayer, in_line
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
            raise Damaged(
                _("{where} is {value}, expected {values!r}").format(
                    where=where, value=shown(value), values=values[0]
                )
            )

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
    _LAYER(config, _("the configuration"))
    kind, inner = config["class_name"], config.get("config")
    if kind not in ("Sequential", "Functional", "Model"):
        raise Damaged(
            _("it is a {kind}, expected a Sequential or a Functional model").format(
                kind=shown(kind)
            )
        )
    given: Any = inner.get("layers") if isinstance(inner, dict) else inner  # a list in Keras 2.1
    items(_LAYER)(given, _("layers of the configuration"))
    if not 1 <= len(given) <= MAX_KERAS_LAYERS:
        raise Damaged(
            _("it has {n_given} layers, expected 1 to {max_keras_layers}").format(
                n_given=len(given), max_keras_layers=MAX_KERAS_LAYERS
            )
        )
    layers = [_read_layer(one) for one in given]
    if kind != "Sequential":
        layers = in_line(layers, given, inner)
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
    where = _("the input shape of {where}").format(where=layer.where)
    if not isinstance(shape, list) or len(shape) != 3:
        given = shown(tuple(shape[1:])) if isinstance(shape, list) else shown(shape)
        raise Damaged(
            _("{where} is {given}, expected steps and values such as (130, 13)").format(
                where=where, given=given
            )
        )
    maybe(whole(1, LIMITS["n_steps"][1]))(
        shape[1], _("the number of steps in {where}").format(where=where)
    )
    whole(1, LIMITS["n_values"][1])(
        shape[2], _("the number of values in {where}").format(where=where)
    )
    return shape[1], shape[2]


def _read_layer(given: Mapping[str, Any], changes: Mapping[str, Check] | None = None) -> KerasLayer:
    """Read a layer; ``changes`` are other checks of some of its settings."""
    kind, settings = given["class_name"], given.get("config")
    name = settings.get("name", given.get("name", "")) if isinstance(settings, dict) else ""
    text(name, _("the name of a layer"))
    where = _("the layer {name} ({kind})").format(name=shown(name), kind=shown(kind)[1:-1])
    module = given.get("module") or "keras.layers"
    is_stock = str(module).startswith("keras.") and given.get("registered_name") in (None, kind)
    if kind not in LAYERS or not is_stock or not isinstance(settings, dict):
        refusal = (
            _("{where} is of a kind that is not known here, expected {layers}")
            if is_stock
            else _("{where} is a custom layer that is not known here, expected {layers}")
        )
        raise Damaged(refusal.format(where=where, layers=", ".join(LAYERS)))
    settings = {_OLD_NAMES.get(key, key): value for key, value in settings.items()}
    checks = LAYERS[kind] | dict(changes or {})
    for key, value in settings.items():
        if check := checks.get(key):
            check(value, f"{shown(key)[1:-1]} of {where}")
        elif value is not None and key not in _FREE and not key.endswith(_FREE_ENDINGS):
            raise Damaged(
                _("{key} of {where} is {value}: this setting is not known here").format(
                    key=shown(key)[1:-1], where=where, value=shown(value)
                )
            )
    _check_dtype(settings.get("dtype"), where)
    if kind in ("LSTM", "SimpleRNN", "Dense") and "units" not in settings:
        raise Damaged(_("{where} has no units").format(where=where))
    kept = {k: v for k, v in (_DEFAULTS | settings).items() if k in checks or k == "batch_shape"}
    return KerasLayer(kind, name, kept, _directions(settings, where, kind))


def _directions(settings: Mapping[str, Any], where: str, kind: str) -> tuple[KerasLayer, ...]:
    """Read the layers inside a ``Bidirectional``; none are in others."""
    if kind != "Bidirectional":
        return ()
    _LAYER(settings.get("layer"), f"layer of {where}")
    forward = _read_layer(settings["layer"])
    if forward.kind not in ("LSTM", "SimpleRNN"):
        raise Damaged(
            _("layer of {where} is of the kind {kind}, expected LSTM or SimpleRNN").format(
                where=where, kind=forward.kind
            )
        )
    if settings.get("backward_layer") is None:
        return forward, forward
    _LAYER(settings["backward_layer"], f"backward_layer of {where}")
    backward = _read_layer(settings["backward_layer"], {"go_backwards": _only(True)})
    alike = ("units", "use_bias", "return_sequences")
    if backward.kind != forward.kind or any(
        backward.settings[key] != forward.settings[key] for key in alike
    ):
        raise Damaged(
            _("the two layers of {where} differ, expected the same in both directions").format(
                where=where
            )
        )
    return forward, backward


def _check_dtype(dtype: Any, where: str) -> None:
    """Raise unless a layer computes in float32."""
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        dtype = inner.get("name") if isinstance(inner, dict) else inner
    if dtype not in (None, "float32"):
        raise Damaged(
            _("dtype of {where} is {dtype}, expected 'float32'").format(
                where=where, dtype=shown(dtype)
            )
        )
