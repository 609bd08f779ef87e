"""The layers of a Keras model in one line, from its input to its output.

Conventions
-----------
As `genre.models.keras_config`, which reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from reprlib import repr as shown
from typing import Any

from genre.language import _
from genre.system.schema import Damaged


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
        return _("the layer {name} ({kind})").format(name=shown(self.name), kind=self.kind)

    def refusal(self, message: str, **fields: Any) -> Damaged:
        """Return the error that it cannot be read; ``{where}`` in the message names it."""
        return Damaged(_(message).format(where=self.where, **fields))


def in_line(
    layers: Sequence[KerasLayer], given: Sequence[Mapping[str, Any]], model: Mapping[str, Any]
) -> list[KerasLayer]:
    """Return the layers of a functional model in the order of its data; raise if it branches."""
    after: dict[str, KerasLayer] = {}
    for layer, one in zip(layers, given, strict=True):
        source = _source(one.get("inbound_nodes"), layer)
        if source in after:
            raise layer.refusal(
                "{where} and {other} read the same values, expected one layer after the other",
                other=after[source].where,
            )
        after[source] = layer
    line: list[KerasLayer] = []
    name = ""
    while name in after:
        line.append(after.pop(name))
        name = line[-1].name
    if after:
        lost = next(iter(after.values()))
        raise lost.refusal("{where} is in no line with the others")
    outputs = model.get("output_layers")
    while isinstance(outputs, list) and len(outputs) == 1:
        outputs = outputs[0]
    if not isinstance(outputs, list) or outputs[:1] != [line[-1].name]:
        said = shown(outputs)
        raise line[-1].refusal("its output is {outputs}, expected that of {where}", outputs=said)
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
        raise layer.refusal(
            "{where} is called with more than the output of one layer, expected one layer after "
            "the other"
        )
    return name
