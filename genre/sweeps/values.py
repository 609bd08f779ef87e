"""The values of one swept setting: given one by one, or as a range to draw from."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from reprlib import repr as shown  # a value in a file may be a megabyte long
from typing import Any

from genre.errors import ParameterError
from genre.language import _
from genre.recipes.config import TrainConfig, check_setting

SWEPT = tuple(f.name for f in fields(TrainConfig) if f.name not in ("preset", "seed"))
"""Every setting that can be swept, or changed: the seeds of a sweep are named apart."""
SCALES = ("lin", "log")
_WORDS = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Range:
    """A range that values are drawn from: evenly (``lin``), or evenly by magnitude (``log``)."""

    low: float
    high: float
    scale: str = "lin"

    def draw(self, random_numbers: random.Random, *, is_whole: bool) -> float | int:
        """Return a value from it, with three significant digits, or whole."""
        share = random_numbers.random()
        if self.scale == "log":
            value = math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        else:
            value = self.low + share * (self.high - self.low)
        value = round(value) if is_whole else float(f"{value:.3g}")
        return min(max(value, self.low), self.high)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {"low": self.low, "high": self.high, "scale": self.scale}


Values = tuple[Any, ...] | Range


def check_name(name: str) -> None:
    """Raise unless a setting can be swept or changed; the message names the nearest one.

    Raises
    ------
    ParameterError
    """
    if name == "seed":
        raise ParameterError(
            _(
                "the setting seed was given, expected other settings. Name the seeds, of split, "
                "weights and batches, in 'seeds': every combination is trained with each of them."
            )
        )
    if name not in SWEPT:
        refused = _("there is no setting {name}. {hint}")
        raise ParameterError(refused.format(name=shown(name), hint=nearest(name, SWEPT)))


def nearest(name: str, known: Sequence[str]) -> str:
    """Return which known name was probably meant, or all of them.

    Examples
    --------
    >>> nearest("learing_rate", SWEPT), nearest("x", ["data", "seeds"])
    ('Did you mean learning_rate?', 'Choose from data, seeds.')
    """
    found = get_close_matches(name[:80], known, n=1)
    if found:
        return _("Did you mean {name}?").format(name=found[0])
    return _("Choose from {names}.").format(names=", ".join(known))


def read_values(name: str, given: Any) -> Values:
    """Return the values of a setting as a file has them: a list, a range, or a single one.

    Parameters
    ----------
    name : str
        One of `SWEPT`.
    given : list, or dict with ``low``, ``high`` and perhaps ``scale``

    Returns
    -------
    values : tuple, or Range
        Each value once, in the order given.

    Raises
    ------
    ParameterError
        If the setting is unknown, or cannot have one of them.
    """
    check_name(name)
    if isinstance(given, dict):
        return _read_range(name, given)
    values = given if isinstance(given, list | tuple) else [given]
    if not values:
        raise ParameterError(
            _("{name} has no value, expected at least one. Name some.").format(name=name)
        )
    return tuple(dict.fromkeys(_fit(name, value) for value in values))


def parse_values(name: str, text: str) -> Values:
    """Read the values of a setting from text, as it is typed.

    Parameters
    ----------
    name : str
        One of `SWEPT`.
    text : str
        Values with commas between them, or a range: ``0.0001..0.01 log``.

    Returns
    -------
    values : tuple, or Range

    Raises
    ------
    ParameterError
        As `read_values`.

    Examples
    --------
    >>> parse_values("learning_rate", "0.001, 1e-2"), parse_values("units_1", "16..128 log")
    ((0.001, 0.01), Range(low=16, high=128, scale='log'))
    """
    check_name(name)
    if ".." in text:
        low, _between, rest = text.partition("..")
        high, *scale = rest.split() or [""]
        bounds = {"low": _parse(name, low), "high": _parse(name, high)}
        return read_values(name, bounds | ({"scale": " ".join(scale)} if scale else {}))
    words = [word for word in text.replace(";", ",").split(",") if word.strip()]
    return read_values(name, [_parse(name, word) for word in words])


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds from text, as they are typed with commas between them.

    Raises
    ------
    ParameterError
        If one is no whole number from 0 up.

    Examples
    --------
    >>> parse_seeds("0, 1,1")
    (0, 1)
    """
    seeds = []
    for word in text.replace(";", ",").split(","):
        if not word.strip():
            continue
        try:
            seeds.append(int(word))
        except ValueError as error:
            refused = _("the seed {word} was given, expected whole numbers such as 0, 1, 2.")
            raise ParameterError(refused.format(word=shown(word.strip()))) from error
    for seed in seeds:
        check_setting("seed", seed)
    return tuple(dict.fromkeys(seeds))


def written(values: Values) -> str:
    """Return values as `parse_values` reads them."""
    if isinstance(values, Range):
        end = " log" if values.scale == "log" else ""
        return f"{values.low:g}..{values.high:g}{end}"
    return ", ".join(map(written_value, values))


def written_value(value: Any) -> str:
    """Return one value as it is typed.

    Examples
    --------
    >>> written_value(0.001), written_value(True), written_value("lstm")
    ('0.001', 'yes', 'lstm')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def configuration_name(
    configuration: Mapping[str, Any], labels: Mapping[str, str] | None = None
) -> str:
    """Return what to call a configuration; ``labels`` are what to call its settings.

    Examples
    --------
    >>> configuration_name({"learning_rate": 0.001, "deltas": True})
    'learning_rate 0.001, deltas yes'
    """
    labels = labels or {}
    return ", ".join(
        f"{labels.get(name, name)} {written_value(value)}" for name, value in configuration.items()
    )


def is_whole(name: str) -> bool:
    """Tell whether a setting has whole numbers as its values."""
    return type(_default(name)) is int


def _default(name: str) -> Any:
    return TrainConfig.__dataclass_fields__[name].default


def _fit(name: str, value: Any) -> Any:
    """Return a value with the type of its setting; raises if the setting cannot have it."""
    check_setting(name, value)
    return float(value) if isinstance(_default(name), float) else value


def _parse(name: str, word: str) -> Any:
    """Return a typed word as the value that it means; as text, where it means none."""
    word, default = word.strip(), _default(name)
    if isinstance(default, bool):
        return _WORDS.get(word.casefold(), word)
    if isinstance(default, str):
        return word
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _read_range(name: str, given: dict[str, Any]) -> Range:
    """Return a range of numbers that a setting may have."""
    if unknown := sorted(set(map(str, given)) - {"low", "high", "scale"}):
        refused = _("the range of {name} has {unknown}, expected low, high and scale.")
        raise ParameterError(refused.format(name=name, unknown=shown(unknown[0])))
    if missing := [key for key in ("low", "high") if key not in given]:
        refused = _("the range of {name} has no {missing}, expected low and high.")
        raise ParameterError(refused.format(name=name, missing=missing[0]))
    if type(_default(name)) not in (int, float):
        refused = _("{name} is not a number, so it has no range. Name its values one by one.")
        raise ParameterError(refused.format(name=name))
    low, high, scale = given["low"], given["high"], given.get("scale", "lin")
    for bound in (low, high):
        check_setting(name, bound)
    if scale not in SCALES:
        refused = _("the scale of {name} is {scale}, expected lin or log.")
        raise ParameterError(refused.format(name=name, scale=shown(scale)))
    if low >= high:
        refused = _("the range of {name} is {low:g} to {high:g}, expected the lower value first.")
        raise ParameterError(refused.format(name=name, low=low, high=high))
    if scale == "log" and low <= 0:
        refused = _("the range of {name} begins at 0, which has no logarithm. Use lin.")
        raise ParameterError(refused.format(name=name))
    return Range(low, high, scale)
