"""A recipe as the query of a link, and back: its preset, and what differs from it.

Conventions
-----------
``preset=quick&learning_rate=0.001&deltas=no`` names a preset and its
changes.  A link may contain anything: what cannot be used is reported, and the preset's
value is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from genre.errors import ParameterError
from genre.language import _
from genre.recipes.command import changes_of
from genre.recipes.config import PRESETS, TrainConfig, check_setting

MAX_CHARS = 40
"""Longer values in a link are neither read nor repeated."""
_WORDS = {"yes": True, "no": False}


def with_changes(preset: str, changes: Mapping[str, Any]) -> TrainConfig:
    """Return a preset with some settings changed; its name is then ``custom``.

    Raises
    ------
    ParameterError
        If a value is outside what a recipe may have.
    """
    named = PRESETS[preset]
    differs = any(getattr(named, name) != value for name, value in changes.items())
    return replace(named, **changes, preset="custom") if differs else named


def to_query(preset: str, config: TrainConfig) -> dict[str, str]:
    """Return a recipe as the parameters of a link.

    Examples
    --------
    >>> to_query("quick", with_changes("quick", {"epochs": 3, "deltas": False}))
    {'preset': 'quick', 'deltas': 'no', 'epochs': '3'}
    """
    return {"preset": preset} | {
        name: _written(value) for name, value in changes_of(config, PRESETS[preset]).items()
    }


def from_query(query: Mapping[str, str]) -> tuple[str, TrainConfig, list[str]]:
    """Read a recipe from the parameters of a link.

    Parameters
    ----------
    query : mapping
        Unknown parameters are ignored.

    Returns
    -------
    preset : str
        ``recommended`` if the link has none.
    config : TrainConfig
    problems : list of str
        A message for each parameter that could not be used.

    Examples
    --------
    >>> from_query({"preset": "quick", "epochs": "many"})[2]
    ["epochs='many' was given, expected a value such as 15. The preset's value is used."]
    """
    preset, problems = query.get("preset", "recommended"), []
    if preset not in PRESETS:
        problems.append(
            _("there is no preset {name}. recommended is used; others are {presets}.").format(
                name=_quoted(preset), presets=", ".join(PRESETS)
            )
        )
        preset = "recommended"
    changes: dict[str, Any] = {}
    for f in fields(TrainConfig):
        if f.name == "preset" or f.name not in query:
            continue
        usual = getattr(PRESETS[preset], f.name)
        try:
            value = _read(query[f.name], usual)
            check_setting(f.name, value)
        except ParameterError as error:
            problems.append(_("{problem} The preset's value is used.").format(problem=error))
        except ValueError:
            problems.append(
                _(
                    "{name}={value} was given, expected a value such as {usual}. The preset's "
                    "value is used."
                ).format(name=f.name, value=_quoted(query[f.name]), usual=_written(usual))
            )
        else:
            changes[f.name] = value
    try:
        return preset, with_changes(preset, changes), problems
    except ParameterError as error:  # each is possible, but not all of them together
        return (
            preset,
            PRESETS[preset],
            [*problems, _("{problem} The preset's values are used.").format(problem=error)],
        )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)  # a float with all its digits


def _quoted(text: str) -> str:
    """Return a value of a link in quotes, shortened if it is long."""
    return repr(text if len(text) <= MAX_CHARS else f"{text[:MAX_CHARS]}…")


def _read(text: str, usual: Any) -> Any:
    """Parse a value with the type of a setting."""
    if len(text) > MAX_CHARS:
        raise ValueError
    if isinstance(usual, bool):
        if text not in _WORDS:
            raise ValueError
        return _WORDS[text]
    return type(usual)(text)
