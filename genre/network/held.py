"""A gate held at a value: what a trained network does when one of its valves is stuck.

The rest of the step is computed as always: what a held gate changes goes on through the states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from genre.errors import ParameterError
from genre.language import _
from genre.network.config import Direction, NetworkConfig

Gate = Literal["input", "forget", "output"]
GATES: tuple[Gate, ...] = get_args(Gate)
COLUMN_BLOCKS: dict[Gate, int] = {"input": 0, "forget": 1, "output": 3}
"""Which of the four blocks of an LSTM's columns is which gate's, in Keras's order."""

Held = tuple[slice, float]
"""Columns of an LSTM's gates, and the value they are held at."""


@dataclass(frozen=True, slots=True)
class HeldGate:
    """One gate of one LSTM layer, held at a value at every step.

    Parameters
    ----------
    layer : int
        From 1.
    gate : {"input", "forget", "output"}
    value : float
        From 0 (shut) to 1 (open).
    unit : int, optional
        From 0; all units of the layer if not given.
    direction : {"forward", "backward"}, optional
        Of a bidirectional layer; both if not given.

    Raises
    ------
    ParameterError
        If there is no such gate, or the value is not from 0 to 1.
    """

    layer: int
    gate: Gate
    value: float
    unit: int | None = None
    direction: Direction | None = None

    def __post_init__(self) -> None:
        """Raise on what no network can do."""
        if self.gate not in GATES:
            raise ParameterError(
                _(
                    "gate={gate!r} was given, expected {names} or {value}. Choose one of the three."
                ).format(gate=self.gate, names=", ".join(GATES[:-1]), value=GATES[-1])
            )
        if not 0 <= self.value <= 1:  # also refuses what is not a number
            raise ParameterError(
                _(
                    "a gate was to be held at {value}, expected a number from 0 (shut) to 1 "
                    "(open). Choose a value within that range."
                ).format(value=self.value)
            )


def check_held(held: Sequence[HeldGate], config: NetworkConfig) -> None:
    """Raise if a network has no such gates.

    Raises
    ------
    ParameterError
        If its cells have no gates, or it lacks a layer, unit or direction.
    """
    if held and config.cell != "lstm":
        raise ParameterError(
            _(
                "a gate was to be held, but this network is made of simple recurrent "
                "cells, which have no gates. Choose an LSTM model."
            )
        )
    for one in held:
        if not 1 <= one.layer <= len(config.units):
            raise ParameterError(
                _(
                    "a gate of layer {layer} was to be held, this network has {n} recurrent "
                    "layers. Count them from 1."
                ).format(layer=one.layer, n=len(config.units))
            )
        n_units = config.units[one.layer - 1]
        if one.unit is not None and not 0 <= one.unit < n_units:
            raise ParameterError(
                _(
                    "a gate of unit {unit} was to be held, layer {layer} has {n_units} "
                    "units. Choose one from 0 to {n_units_2}."
                ).format(unit=one.unit, layer=one.layer, n_units=n_units, n_units_2=n_units - 1)
            )
        if one.direction not in (None, *config.directions):
            raise ParameterError(
                _(
                    "a gate of the {direction} direction was to be held, this network only "
                    "reads forward. Leave the direction out."
                ).format(direction=one.direction)
            )


def held_columns(
    held: Sequence[HeldGate], layer: int, direction: Direction, units: int
) -> tuple[Held, ...]:
    """Return which columns of one layer's gates are held, and at what.

    Parameters
    ----------
    held : sequence of HeldGate
        Of the whole network.
    layer : int
    direction : {"forward", "backward"}
    units : int
        Of the layer.

    Returns
    -------
    columns : tuple of (slice, float)
        Later ones win over earlier ones.

    Examples
    --------
    >>> held_columns([HeldGate(1, "forget", 0.0, unit=2)], 1, "forward", 64)
    ((slice(66, 67, None), 0.0),)
    """
    found = []
    for one in held:
        if one.layer == layer and one.direction in (None, direction):
            start = COLUMN_BLOCKS[one.gate] * units
            columns = slice(start, start + units)
            if one.unit is not None:
                columns = slice(start + one.unit, start + one.unit + 1)
            found.append((columns, float(one.value)))
    return tuple(found)
