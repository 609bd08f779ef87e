"""Memory tests: tasks that ask for something long past (the command ``memory-test``).

Conventions
-----------
task
    A sequence of ``length`` steps, and one question after the last of them.

    ``recall``
        The first step is one of `N_SYMBOLS` symbols, marked; the others are symbols drawn at
        random, not marked.  Which one was marked?
    ``growing``
        The same with a curriculum: sequences have 2 to 10 steps at first, and whenever the cell
        is right it gets ones up to twice as long, until they have the full length.
    ``order``
        Two steps are A or B, one in the second tenth of the sequence, one in the sixth; the
        rest are four other symbols.  Which two came, in their order?  Task 6a of [1]_.
    ``adding``
        Each step is a number, uniform between 0 and 1; two steps of the first half are marked.
        What is the mean of their numbers?  Right is within `TOLERANCE`, as in task 4 of [1]_.
cell
    ``simple_rnn`` and ``lstm`` start as Keras starts them: the recurrent weights orthogonal, the
    forget gates near 0.73.  ``open_lstm`` is the same LSTM whose forget gates start open and
    input gates shut for as long as the sequence is: ``b_f = -b_i = ln(u)``, ``u`` uniform from 1
    to ``length - 1`` [2]_, close to the cell of [1]_, which had no forget gate.
budget
    The same for all: about the same number of parameters, `BATCHES` batches of `BATCH_SIZE`
    sequences never seen before, one learning rate.  Training ends once the last
    `RECENT_BATCHES` batches were right to `LEARNT`.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation
   9(8), 1997.
.. [2] C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from genre.errors import ParameterError
from genre.language import _

TaskName = Literal["recall", "order", "adding", "growing"]
CellName = Literal["simple_rnn", "lstm", "open_lstm"]
LENGTHS = (10, 30, 100, 300, 1000)
"""Of the recorded runs."""
ASKED_LENGTHS = (100, 1000)
"""Those of the lesson's claim: an LSTM learns patterns of 100 steps and struggles with 1,000."""
N_SEEDS = 5
"""Runs that are recorded of each cell at each length, with the seeds 0, 1, ..."""
LONGEST = 2000
N_SYMBOLS = 8
LSTM_UNITS = 13
BATCHES = 1000
BATCH_SIZE = 32
LEARNING_RATE = 0.005
FIRST_LENGTH = 10
RECENT_BATCHES = 20
LEARNT = 0.95
TOLERANCE = 0.04
N_TESTED = 1000
_SIZES: dict[TaskName, tuple[int, int]] = {
    "recall": (N_SYMBOLS + 1, N_SYMBOLS),
    "growing": (N_SYMBOLS + 1, N_SYMBOLS),
    "order": (6, 4),
    "adding": (2, 1),
}
GUESSING: dict[TaskName, float] = {
    "recall": 1 / N_SYMBOLS,
    "growing": 1 / N_SYMBOLS,
    "order": 1 / 4,
    "adding": 1 - (1 - 2 * TOLERANCE) ** 2,  # always 0.5, of the mean of two uniform numbers
}
"""The share that is right without any memory."""


@dataclass(frozen=True, slots=True)
class MemoryTask:
    """The settings of one run of a memory test.

    Parameters
    ----------
    task : {"recall", "order", "adding", "growing"}
    cell : {"simple_rnn", "lstm", "open_lstm"}
    length : int
        Steps of a sequence.
    seed : int
        Of weights and sequences.

    Raises
    ------
    ParameterError
        If task or cell is unknown, or a number outside its range.
    """

    task: TaskName
    cell: CellName
    length: int
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, known in (
            ("task", self.task, get_args(TaskName)),
            ("cell", self.cell, get_args(CellName)),
        ):
            if value not in known:
                raise ParameterError(
                    _(
                        "{name}={value!r} was given, expected one of {names}. Choose one of them."
                    ).format(name=name, value=value, names=", ".join(known))
                )
        for name, number, low, high in (
            ("length", self.length, FIRST_LENGTH, LONGEST),
            ("seed", self.seed, 0, 2**31 - 1),
        ):
            if type(number) is not int or not low <= number <= high:
                raise ParameterError(
                    _(
                        "{name}={number!r} was given, expected a whole number from {low} to "
                        "{high}. Choose one within that range."
                    ).format(name=name, number=number, low=low, high=high)
                )

    def options(self) -> list[str]:
        """Return what the command ``memory-test`` is given for this task."""
        return [
            *("--task", self.task, "--cell", self.cell),
            *("--length", str(self.length), "--seed", str(self.seed)),
        ]

    @property
    def n_inputs(self) -> int:
        """Values of a step."""
        return _SIZES[self.task][0]

    @property
    def n_outputs(self) -> int:
        """Values of an answer: one for each possible one, or the number asked for."""
        return _SIZES[self.task][1]

    @property
    def units(self) -> int:
        """Units of the one recurrent layer: of a simple RNN, as many as an LSTM has parameters.

        Examples
        --------
        >>> MemoryTask("recall", "lstm", 100).units, MemoryTask("recall", "simple_rnn", 100).units
        (13, 28)
        """
        if self.cell != "simple_rnn":
            return LSTM_UNITS
        wanted = self._count(4, LSTM_UNITS)
        return min(range(1, 8 * LSTM_UNITS), key=lambda units: abs(self._count(1, units) - wanted))

    @property
    def n_parameters(self) -> int:
        """Weights of the recurrent layer and of the dense one that answers."""
        return self._count(1 if self.cell == "simple_rnn" else 4, self.units)

    def _count(self, n_sums: int, units: int) -> int:
        recurrent = n_sums * units * (units + self.n_inputs + 1)
        return recurrent + self.n_outputs * (units + 1)


def recorded_tasks() -> list[MemoryTask]:
    """Return what is recorded, in that order: what is quick and what the lesson asks comes first.

    The tasks without a curriculum at every length, the other one where the lesson asks.
    """
    plain: tuple[TaskName, ...] = ("recall", "order", "adding")
    plan = [
        *((length, plain) for length in (*LENGTHS[:3], LENGTHS[4], LENGTHS[3])),
        *((length, ("growing",)) for length in ASKED_LENGTHS),
    ]
    return [
        MemoryTask(task, cell, length, seed)
        for length, tasks in plan
        for seed in range(N_SEEDS)
        for task in tasks
        for cell in get_args(CellName)
    ]
