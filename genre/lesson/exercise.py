"""What an exercise is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre.lesson.moment import Moment, lesson_moment

ROUNDING = 0.005
"""Two decimals are enough where an answer is a share."""
Answer = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    kind : str
        What kind of answer is expected, for "expected ...".
    answer : callable
        Returns the right answer: a number, an array or a word.
    hint, moral : str
        A sentence for who is wrong, and one for who is right.
    mistakes : tuple of (callable, str)
        Usual wrong answers, and what each is, for "you gave ...".
    tolerance : float
        How far a number may be off.
    """

    kind: str
    answer: Answer
    hint: str
    moral: str
    mistakes: tuple[tuple[Answer, str], ...] = ()
    tolerance: float = ROUNDING


def of_moment(part: Callable[[Moment], Any]) -> Answer:
    """Return the answer that is computed from the lesson's moment, once it is asked for."""
    return lambda: part(lesson_moment())


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return what goes into a gate as a number between 0 and 1."""
    return 1 / (1 + np.exp(-x))
