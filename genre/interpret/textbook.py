"""A cell whose gates are set by hand, as on a blackboard: numbers are typed, the rest follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.language import _

MAX_UNITS = 8
MAX_CHARS = 200
LARGEST = 1000.0
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class TextbookCell:
    """One step of a few units; every array is [shape=(n_units,), dtype=float64].

    Parameters
    ----------
    previous_cell, forget_gate, kept : np.ndarray
        ``kept = previous_cell * forget_gate``.
    input_gate, candidate, added : np.ndarray or None
        ``added = candidate * input_gate``; None where nothing is added.
    cell : np.ndarray
        ``kept + added``.
    output_gate, hidden : np.ndarray or None
        ``hidden = output_gate * tanh(cell)``; None without an output gate.
    """

    previous_cell: np.ndarray
    forget_gate: np.ndarray
    kept: np.ndarray
    input_gate: np.ndarray | None
    candidate: np.ndarray | None
    added: np.ndarray | None
    cell: np.ndarray
    output_gate: np.ndarray | None
    hidden: np.ndarray | None


def textbook_cell(
    previous_cell: Sequence[float] = (1, 2, 4),
    forget_gate: Sequence[float] = (1, 0, 1),
    *,
    input_gate: Sequence[float] = (),
    candidate: Sequence[float] = (),
    output_gate: Sequence[float] = (),
) -> TextbookCell:
    """Compute one step of an LSTM cell from its state and its gates.

    Parameters
    ----------
    previous_cell : sequence of 1 to 8 float
    forget_gate : sequence of float
        From 0 (forget) to 1 (keep), as many as there are states.
    input_gate, candidate : sequence of float, optional
        Both or neither; from 0 to 1, and from -1 to 1.
    output_gate : sequence of float, optional
        From 0 to 1.

    Returns
    -------
    cell : TextbookCell

    Raises
    ------
    ParameterError
        If lengths differ, a number is outside its range, or only one of ``input_gate`` and
        ``candidate`` is given.

    Examples
    --------
    >>> textbook_cell([1, 2, 4], [1, 0, 1]).kept.tolist()
    [1.0, 0.0, 4.0]
    """
    c = _check("C", previous_cell, -LARGEST, LARGEST, len(previous_cell))
    f = _check("f", forget_gate, 0, 1, len(c))
    if bool(len(input_gate)) != bool(len(candidate)):
        raise ParameterError(
            _(
                "Only one of i and C' was given, but what is added is their product. "
                "Give both, or leave both empty."
            )
        )
    kept, cell, added, i, new, o = c * f, c * f, None, None, None, None
    if len(input_gate):
        i = _check("i", input_gate, 0, 1, len(c))
        new = _check("C'", candidate, -1, 1, len(c))
        added = new * i
        cell = kept + added
    if len(output_gate):
        o = _check("o", output_gate, 0, 1, len(c))
    hidden = None if o is None else o * np.tanh(cell)
    return TextbookCell(c, f, kept, i, new, added, cell, o, hidden)


def read_numbers(name: str, text: str) -> tuple[float, ...]:
    """Read a list of numbers as a visitor types it.

    Parameters
    ----------
    name : str
        What is typed, for the message.
    text : str
        Numbers between commas, semicolons or spaces, with or without brackets; nothing for none.

    Returns
    -------
    numbers : tuple of float

    Raises
    ------
    ParameterError
        If it is too long, or something in it is not a number.

    Examples
    --------
    >>> read_numbers("C", "[1, 2, 4]")
    (1.0, 2.0, 4.0)
    """
    if len(text) > MAX_CHARS:
        raise ParameterError(
            _(
                "{name} has {n} characters, expected at most {most}. "
                "Type up to {units} numbers, such as [1, 2, 4]."
            ).format(name=name, n=len(text), most=MAX_CHARS, units=MAX_UNITS)
        )
    inner = text.strip().removeprefix("[").removesuffix("]").replace("−", "-")
    words = [word for word in re.split(r"[,;\s]+", inner) if word]
    for word in words:
        if not NUMBER.fullmatch(word):
            raise ParameterError(
                _(
                    "{name} holds “{word}”, which is not a number. "
                    "Type numbers with commas between them, such as [1, 0.5, 0]."
                ).format(name=name, word=word[:20])
            )
    return tuple(float(word) for word in words)


def _check(name: str, given: Sequence[float], low: float, high: float, n: int) -> np.ndarray:
    values = np.array(given, np.float64)
    if values.ndim != 1 or not 1 <= n <= MAX_UNITS:
        raise ParameterError(
            _("{name} has {n} numbers, expected from 1 to {most}. Type one for each unit.").format(
                name=name, n=values.size, most=MAX_UNITS
            )
        )
    if len(values) != n:
        raise ParameterError(
            _("{name} has {found} numbers, C has {n}. Type one number for each unit.").format(
                name=name, found=len(values), n=n
            )
        )
    if not ((values >= low) & (values <= high)).all():  # also refuses what is not a number
        raise ParameterError(
            _(
                "{name} holds a number outside its range, expected from {low:g} to {high:g}. "
                "Choose the numbers within that range."
            ).format(name=name, low=low, high=high)
        )
    return values
