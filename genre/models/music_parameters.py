"""The parameters of the music check as a ``.npz`` file, read without trusting it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Literal, get_args

import numpy as np

from genre.audio.musicnn_network import N_PENULTIMATE
from genre.language import N_, _
from genre.paths import MODELS_BUNDLED
from genre.system.npz import read_known, write_npz

PATH = MODELS_BUNDLED / "ears" / "music_check.npz"
"""Made by ``models/ears/make_music_check.py``."""

NonMusic = Literal["speech", "noise", "tone", "clicks"]
N_VALUES = 2 * N_PENULTIMATE
"""Mean and deviation of each value over a segment's windows."""

SHAPES: dict[str, tuple[int, ...]] = {
    "mean": (N_VALUES,),
    "scale": (N_VALUES,),
    "kernel": (1 + len(get_args(NonMusic)), N_VALUES),
    "bias": (1 + len(get_args(NonMusic)),),
    "least_music": (2,),
    "least_kind": (1,),
}
"""The shape of every array in the file; all are float32."""

WHAT = N_("the parameters of the music check")
_REMEDY = N_(
    "Take music_check.npz from the program again, or make it with models/ears/make_music_check.py."
)


@dataclass(frozen=True, slots=True, eq=False)
class CheckParameters:
    """What the classifier computes with; see `SHAPES`.

    Parameters
    ----------
    mean, scale : np.ndarray [shape=(400,), dtype=float32]
        Subtracted from what is read, and divided by.
    kernel : np.ndarray [shape=(5, 400), dtype=float32]
    bias : np.ndarray [shape=(5,), dtype=float32]
    least_music : np.ndarray [shape=(2,), dtype=float32]
        From this probability of music on, a recording looks like music: one of which one segment
        was read, and one of which more were.
    least_kind : float
        From this share of what is not music on, a kind is named.
    """

    mean: np.ndarray
    scale: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray
    least_music: np.ndarray
    least_kind: float


@lru_cache(maxsize=1)
def bundled_parameters() -> CheckParameters:
    """Return the parameters that come with the program, read once."""
    return load_parameters()


def load_parameters(path_or_file: str | os.PathLike[str] | BinaryIO = PATH) -> CheckParameters:
    """Read the parameters, refusing anything else a file may hold.

    Parameters
    ----------
    path_or_file : str, path-like or binary file
        What `save_parameters` wrote.

    Returns
    -------
    parameters : CheckParameters

    Raises
    ------
    ModelError
        If the file cannot be read, or holds other arrays than are needed, or numbers that are
        not finite.
    """
    arrays = read_known(path_or_file, SHAPES, positive="scale", what=_(WHAT), remedy=_(_REMEDY))
    (least_kind,) = arrays.pop("least_kind")
    return CheckParameters(**arrays, least_kind=float(least_kind))


def save_parameters(path: str | os.PathLike[str], parameters: CheckParameters) -> None:
    """Write the parameters: the same ones always give the same bytes."""
    write_npz(path, {name: np.reshape(getattr(parameters, name), SHAPES[name]) for name in SHAPES})
