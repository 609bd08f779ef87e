"""Check a student's answer, and say in one sentence what is wrong with it.

Answers are computed when they are asked for, by the functions that the program itself uses: the
notebook holds none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre.errors import ParameterError
from genre.lesson.exercise import Exercise
from genre.lesson.on_network import NETWORK
from genre.lesson.on_sound import SOUND
from genre.lesson.on_training import TRAINING

EXERCISES: dict[str, Exercise] = {**SOUND, **NETWORK, **TRAINING}
"""All exercises by name, in the order of the notebook."""
MAX_SHOWN = 40
"""Characters of an answer that are repeated."""


@dataclass(frozen=True, repr=False)
class Verdict:
    """What `check` says of an answer; as a truth value, whether it is right.

    Parameters
    ----------
    is_right : bool
    sentence : str
    """

    is_right: bool
    sentence: str

    def __bool__(self) -> bool:
        return self.is_right

    def __repr__(self) -> str:
        return self.sentence


def check(name: str, answer: Any = ...) -> Verdict:
    """Check the answer to an exercise of the lesson.

    Parameters
    ----------
    name : str
        Of the exercise, as the notebook has it.
    answer : number, sequence of numbers or str
        ``...`` is no answer yet.

    Returns
    -------
    verdict : Verdict
        Right, and why; or what was given, what was expected, and a hint.  A usual mistake is
        named.

    Raises
    ------
    ParameterError
        If there is no such exercise.

    Examples
    --------
    >>> check("forget by hand", [1, 0, 4])
    Right. A gate of 1 keeps a number, a gate of 0 forgets it.
    >>> check("forget by hand", [2, 2, 5])
    Not yet: you gave the sum, but a gate multiplies.
    >>> check("forget by hand")
    No answer yet: expected 3 numbers.
    """
    if name not in EXERCISES:
        raise ParameterError(
            f"there is no exercise {name!r}. Choose one of {', '.join(map(repr, EXERCISES))}."
        )
    exercise = EXERCISES[name]
    if answer is ...:
        return Verdict(False, f"No answer yet: expected {exercise.kind}.")
    expected = exercise.answer()
    if isinstance(expected, str):
        return _check_word(exercise, answer, expected)
    given = _numbers(answer)
    if given is None or given.shape != np.shape(expected):
        return Verdict(
            False,
            f"Not yet: you gave {_describe(answer, given)}, expected {exercise.kind}. "
            f"Hint: {exercise.hint}",
        )
    if _agree(given, expected, exercise).all():
        return Verdict(True, f"Right. {exercise.moral}")
    for mistake, sentence in exercise.mistakes:
        if _agree(given, mistake(), exercise).all():
            return Verdict(False, f"Not yet: you gave {sentence}")
    return Verdict(False, _unlike(exercise, answer, given, expected))


def _check_word(exercise: Exercise, answer: Any, expected: str) -> Verdict:
    """Check an answer that is a word, however it is spelt."""
    word = answer.strip().lower() if isinstance(answer, str) else None
    if word == expected:
        return Verdict(True, f"Right. {exercise.moral}")
    for mistake, sentence in exercise.mistakes:
        if word == mistake():
            return Verdict(False, f"Not yet: you gave {sentence}")
    shown = repr(answer)[:MAX_SHOWN]
    return Verdict(
        False, f"Not yet: you gave {shown}, expected {exercise.kind}. Hint: {exercise.hint}"
    )


def _numbers(answer: Any) -> np.ndarray | None:
    """Return an answer as an array without axes of length 1; None if it holds no real numbers."""
    try:
        array = np.squeeze(np.asarray(answer))
        is_number = array.dtype.kind in "iuf" and array.size > 0
        return array.astype(np.float64) if is_number else None
    except (TypeError, ValueError):
        return None


def _describe(answer: Any, given: np.ndarray | None) -> str:
    """Say what was given where it is not what can be compared."""
    if given is None:
        return repr(answer)[:MAX_SHOWN]
    if given.ndim == 0:
        return f"one number ({given:g})"
    if given.ndim == 1:
        return f"{len(given)} numbers"
    return f"an array of shape {given.shape}"


def _agree(given: np.ndarray, expected: Any, exercise: Exercise) -> np.ndarray:
    return np.isclose(given, expected, rtol=0, atol=exercise.tolerance)


def _unlike(exercise: Exercise, answer: Any, given: np.ndarray, expected: Any) -> str:
    """Say that an answer of the right shape has other values, without telling the right ones."""
    if given.ndim == 0:
        shown = f"{given:g}, expected {exercise.kind}, but another value"
    else:
        n = int(_agree(given, expected, exercise).sum())
        shown = f"{len(given)} numbers, of which {n} agree with the expected ones"
    return f"Not yet: you gave {shown}. Hint: {exercise.hint}"
