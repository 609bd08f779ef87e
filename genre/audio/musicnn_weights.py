"""The weights of MSD-musicnn as a ``.npz`` file, read without trusting it.

Conventions
-----------
live filter
    One whose output depends on the input.  Weight decay drove most filters of the published
    network to zero: of the 561 in the front-end 64 are live, the others give the same number
    whatever is played.  Only live filters are kept.
layer
    ``scale * max(0, kernel * input + bias) + shift``: a convolution or a dense layer, the
    rectifier, and the batch normalisation that stands after it.  Where a front-end filter has
    a negative scale, its kernel is stored with the opposite sign (`genre.audio.musicnn_network`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from genre.errors import ModelError
from genre.language import N_, _
from genre.paths import MODELS_BUNDLED
from genre.system.npz import UNREADABLE, read_npz, write_npz
from genre.system.schema import cause

PATH = MODELS_BUNDLED / "ears" / "musicnn.npz"
"""Made by ``models/ears/make_musicnn.py``; the licence and the source stand beside it."""

TIMBRE = ("timbre_38", "timbre_67")
"""Convolutions of 7 frames and 38 or 67 mel bands, kernel by (filter, band, frame)."""
TIME = ("time_128", "time_64", "time_32")
"""Convolutions of 128, 64 or 32 frames and one mel band, kernel by (filter, frame)."""
MIDDLE = ("middle_1", "middle_2", "middle_3")
"""Convolutions of 7 frames over all that came before, kernel by (filter, channel, frame)."""

_KERNELS: dict[str, tuple[int, ...]] = {
    "timbre_38": (23, 38, 7),
    "timbre_67": (14, 67, 7),
    "time_128": (3, 128),
    "time_64": (7, 64),
    "time_32": (17, 32),
    **dict.fromkeys(MIDDLE, (64, 64, 7)),
    "dense": (200, 512),
}
SHAPES: dict[str, tuple[int, ...]] = {
    "input.scale": (1,),
    "input.shift": (1,),
    **{
        f"{layer}.{part}": shape if part == "kernel" else shape[:1]
        for layer, shape in _KERNELS.items()
        for part in ("kernel", "bias", "scale", "shift")
    },
    "tags.kernel": (50, 200),
    "tags.bias": (50,),
}
"""The shape of every array in the file; all are float32."""

_REMEDY = N_(
    "Take musicnn.npz from the program again, or make it with models/ears/make_musicnn.py."
)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer with the batch normalisation after it.

    Parameters
    ----------
    kernel : np.ndarray [shape=(n_filters, ...), dtype=float32]
    bias, scale, shift : np.ndarray [shape=(n_filters,), dtype=float32]
    """

    kernel: np.ndarray
    bias: np.ndarray
    scale: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class MusicnnWeights:
    """All that MSD-musicnn computes with; see `SHAPES`.

    Parameters
    ----------
    input_scale, input_shift : float
        The batch normalisation of the input.
    timbre, time, middle : tuple of Layer
        In the order of `TIMBRE`, `TIME` and `MIDDLE`.
    dense : Layer
        The penultimate layer; it reads the maxima over time of all channels, then the means.
    tags_kernel : np.ndarray [shape=(50, 200), dtype=float32]
    tags_bias : np.ndarray [shape=(50,), dtype=float32]
    """

    input_scale: float
    input_shift: float
    timbre: tuple[Layer, ...]
    time: tuple[Layer, ...]
    middle: tuple[Layer, ...]
    dense: Layer
    tags_kernel: np.ndarray
    tags_bias: np.ndarray


def load_musicnn_weights(
    path_or_file: str | os.PathLike[str] | BinaryIO = PATH,
) -> MusicnnWeights:
    """Read the weights, refusing anything else a file may hold.

    Names, shapes and types are checked before the numbers are read, nothing is ever
    unpickled, and no more is read than the network needs.

    Parameters
    ----------
    path_or_file : str, path-like or binary file
        What `save_musicnn_weights` wrote.

    Returns
    -------
    weights : MusicnnWeights
        Their arrays are read-only.

    Raises
    ------
    ModelError
        If the file cannot be read, or holds other arrays than the network needs, or
        numbers that are not finite.

    Examples
    --------
    >>> load_musicnn_weights().dense.kernel.shape
    (200, 512)
    """
    try:
        arrays: dict[str, np.ndarray] = {}
        for name, array in read_npz(
            path_or_file, SHAPES, check_names=_check_names, check_array=_check_array
        ):
            _check_finite(name, array)
            arrays[name] = array
    except UNREADABLE as error:
        raise ModelError(
            _(
                "the weights of musicnn cannot be read ({reason}), expected a complete .npz "
                "file. {remedy}"
            ).format(reason=cause(error), remedy=_(_REMEDY))
        ) from error
    return MusicnnWeights(
        input_scale=float(arrays["input.scale"][0]),
        input_shift=float(arrays["input.shift"][0]),
        timbre=tuple(_layer(arrays, name) for name in TIMBRE),
        time=tuple(_layer(arrays, name) for name in TIME),
        middle=tuple(_layer(arrays, name) for name in MIDDLE),
        dense=_layer(arrays, "dense"),
        tags_kernel=arrays["tags.kernel"],
        tags_bias=arrays["tags.bias"],
    )


def save_musicnn_weights(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write the weights: the same arrays always give the same bytes.

    Parameters
    ----------
    path : str or path-like
        Replaced if it exists.
    arrays : dict of str to np.ndarray
        By the names of `SHAPES`; written as float32.

    Raises
    ------
    ModelError
        If names or shapes are not those of `SHAPES`.
    """
    _check_names(list(arrays))
    floats = {name: np.asarray(arrays[name], dtype="<f4") for name in SHAPES}
    for name, array in floats.items():
        _check_array(name, array.shape, array.dtype)
    write_npz(path, floats)


def _layer(arrays: Mapping[str, np.ndarray], name: str) -> Layer:
    return Layer(*(arrays[f"{name}.{part}"] for part in ("kernel", "bias", "scale", "shift")))


def _check_names(found: list[str]) -> None:
    if sorted(found) != sorted(SHAPES):
        wrong = sorted(set(SHAPES) ^ set(found)) or [n for n in SHAPES if found.count(n) > 1]
        shown = ", ".join(f'"{name}"' for name in wrong[:3])
        raise ModelError(
            _(
                "the weights of musicnn differ in {shown}: {n_found} arrays were given, "
                "{n_shapes} expected. {remedy}"
            ).format(shown=shown, n_found=len(found), n_shapes=len(SHAPES), remedy=_(_REMEDY))
        )


def _check_array(name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    if shape != SHAPES[name] or dtype != np.dtype("<f4"):
        raise ModelError(
            _(
                'the array "{name}" of musicnn is {dtype} of shape {shape}, expected float32 '
                "of shape {shapes}. {remedy}"
            ).format(name=name, dtype=dtype, shape=shape, shapes=SHAPES[name], remedy=_(_REMEDY))
        )


def _check_finite(name: str, array: np.ndarray) -> None:
    if not np.isfinite(array).all():
        raise ModelError(
            _(
                'the array "{name}" of musicnn holds numbers that are not finite, expected '
                "finite ones only. {remedy}"
            ).format(name=name, remedy=_(_REMEDY))
        )
