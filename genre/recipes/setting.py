"""How a setting of a recipe is declared, and what may be given for it."""

from __future__ import annotations

from dataclasses import Field, field
from reprlib import repr as shown  # a value in an untrusted file may be a megabyte long
from typing import Any

from genre.audio.feature_config import FeatureKind
from genre.errors import ParameterError
from genre.language import _


def setting(
    default: Any,
    about: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    only: FeatureKind | None = None,
) -> Any:
    """Declare a setting of a recipe: its help, bounds, choices, the only features it is for.

    The help, ``about``, is a message: it is translated where it is shown.
    """
    return field(
        default=default,
        metadata={"about": about, "low": low, "high": high, "choices": choices, "only": only},
    )


def check_value(f: Field[Any], value: Any) -> None:
    """Raise if a setting cannot have this value.

    Raises
    ------
    ParameterError
        If its type is another, or it is outside its bounds or choices.
    """
    low, high, choices = (f.metadata[key] for key in ("low", "high", "choices"))
    kind = type(f.default)
    if type(value) is not kind and (type(value), kind) != (int, float):
        raise ParameterError(
            _("{name}={value} was given, expected a value such as {default!r}.").format(
                name=f.name, value=shown(value), default=f.default
            )
        )
    if choices and value not in choices:
        raise ParameterError(
            _("{name}={value} was given, expected one of {choices}.").format(
                name=f.name, value=shown(value), choices=", ".join(choices)
            )
        )
    if low is not None and not low <= value <= high:
        given = f"{value:g}" if isinstance(value, float) else shown(value)
        raise ParameterError(
            _(
                "{name}={given} was given, expected {low:g} to {high:g}. Choose a value in between."
            ).format(name=f.name, given=given, low=low, high=high)
        )
