"""How long each unit of an LSTM remembers, by its forget gate.

Conventions
-----------
half-life
    Steps after which half of what a cell held is left, if its forget gate stood at its
    geometric mean over the song: ``ln 2 / -ln f``.  With a gate of 1 nothing would be
    lost; no half-life is reported longer than `MAX_HALF_LIFE_STEPS`.

References
----------
.. [1] F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual prediction
   with LSTM", Neural Computation 12(10), 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.interpret.trace import LayerColumns, SongTrace
from genre.language import _

MAX_HALF_LIFE_STEPS = 10_000.0
"""Far beyond any segment; a float32 gate resolves no more."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitMemory:
    """How long the units of one layer remember, the longest first.

    Parameters
    ----------
    layer : int
    units : np.ndarray [shape=(units,), dtype=int]
        Which unit each entry is about.
    forget : np.ndarray [shape=(units,)]
        Geometric mean of its forget gate.
    half_life_steps, half_life_seconds : np.ndarray [shape=(units,)]
    n_beyond_segment : int
        Units whose half-life is longer than a segment.  None of them can use it in full:
        the state is reset at each segment.
    """

    layer: int
    units: np.ndarray
    forget: np.ndarray
    half_life_steps: np.ndarray
    half_life_seconds: np.ndarray
    n_beyond_segment: int


def half_life(forget: np.ndarray) -> np.ndarray:
    """Turn mean forget gates into half-lives in steps.

    Parameters
    ----------
    forget : np.ndarray
        In [0, 1].

    Returns
    -------
    steps : np.ndarray
        Of the same shape, at most `MAX_HALF_LIFE_STEPS`.

    Examples
    --------
    >>> half_life(np.array([0.5, 1.0])).tolist()
    [1.0, 10000.0]
    """
    longest = np.exp(-np.log(2) / MAX_HALF_LIFE_STEPS)
    given = np.asarray(forget, np.float64)
    held = np.clip(given, np.finfo(np.float64).tiny, longest)
    return np.where(given >= longest, MAX_HALF_LIFE_STEPS, np.log(2) / -np.log(held))


def rank_memory(trace: SongTrace, layer: LayerColumns) -> UnitMemory:
    """Sort the units of an LSTM layer by how long they remembered in a song.

    Parameters
    ----------
    trace : SongTrace
    layer : LayerColumns
        One of its layers.

    Returns
    -------
    memory : UnitMemory

    Raises
    ------
    ParameterError
        If the layer is a simple RNN's: it has no forget gate.
    """
    if layer.mean_forget is None:
        raise ParameterError(
            _(
                "a simple RNN has no forget gate, so no half-life can be read from one. "
                "Choose a model of LSTM cells."
            )
        )
    units = np.argsort(-layer.mean_forget, kind="stable")
    forget = layer.mean_forget[units]
    steps = half_life(forget)
    return UnitMemory(
        layer=layer.layer,
        units=units,
        forget=forget,
        half_life_steps=steps,
        half_life_seconds=steps * trace.step_seconds,
        n_beyond_segment=int((steps > trace.n_steps).sum()),
    )
