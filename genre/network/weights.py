"""A network's weights as a ``.npz`` file, which is not trusted.

Conventions
-----------
weights
    A dict of float32 arrays, by the names of `NetworkConfig.weight_shapes`.
gates
    Side by side in the columns of an LSTM's arrays, in Keras's order: input, forget,
    candidate, output.
"""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from typing import BinaryIO

import numpy as np

from genre.errors import ModelError
from genre.language import N_, _
from genre.network.config import NetworkConfig
from genre.system.npz import UNREADABLE, read_npz, write_npz
from genre.system.schema import brief, cause

Weights = Mapping[str, np.ndarray]

REMEDY = N_("Use the weights and the card that were saved together.")


def save_weights(path: str | os.PathLike[str], weights: Weights) -> None:
    """Write weights to a ``.npz`` file: the same weights always give the same bytes.

    The file is written atomically.

    Parameters
    ----------
    path : str or path-like
        Replaced if it exists.
    weights : dict of str to np.ndarray
        In any order; they are written as float32, sorted by name.

    Examples
    --------
    >>> save_weights("weights.npz", network.weights)  # doctest: +SKIP
    """
    write_npz(path, {name: weights[name] for name in sorted(weights)})


def load_weights(
    path_or_file: str | os.PathLike[str] | BinaryIO, config: NetworkConfig
) -> dict[str, np.ndarray]:
    """Read the weights of one network from an untrusted file.

    Names, shapes and types are checked before the numbers are read, nothing is
    unpickled, and no more is read than the network needs.

    Parameters
    ----------
    path_or_file : str, path-like or binary file
        A file of `save_weights` or `numpy.savez`.
    config : NetworkConfig
        The network of the weights.

    Returns
    -------
    weights : dict of str to np.ndarray [dtype=float32]
        In the order of ``config.weight_shapes()``, read-only.

    Raises
    ------
    ModelError
        If the file cannot be read, or contains other arrays than the network needs, or
        invalid numbers.

    Examples
    --------
    >>> weights = load_weights("weights.npz", card.network)  # doctest: +SKIP
    """
    shapes = config.weight_shapes()
    weights: dict[str, np.ndarray] = {}
    try:
        for name, array in read_npz(
            path_or_file,
            shapes,
            check_names=lambda names: check_names(names, config),
            check_array=lambda name, *found: check_array(name, found, shapes[name]),
        ):
            _check_numbers(name, array)
            weights[name] = array
        return weights
    except UNREADABLE as error:
        raise ModelError(
            _(
                "the weights cannot be read ({reason}), expected a complete .npz file. Save or "
                "download the model again."
            ).format(reason=cause(error))
        ) from error


def check_names(found: Collection[str], config: NetworkConfig) -> None:
    """Raise if the names are not exactly those of the network.

    Raises
    ------
    ModelError
        If a name is missing, unknown or duplicated.
    """
    given, expected = Counter(list(found)), Counter(list(config.weight_shapes()))
    faults = (
        (
            expected - given,
            N_(
                "the weights lack {shown}: {n_found} arrays were given, {n_expected} expected. "
                "{remedy}"
            ),
        ),
        (
            given - expected,
            N_(
                "the weights have extra arrays, {shown}: {n_found} arrays were given, "
                "{n_expected} expected. {remedy}"
            ),
        ),
    )
    for names, fault in faults:
        if names:
            shown = ", ".join(f'"{brief(name)}"' for name in sorted(names)[:3])
            raise ModelError(
                _(fault).format(
                    shown=shown,
                    n_found=len(found),
                    n_expected=len(expected),
                    remedy=_(REMEDY),
                )
            )


def check_array(
    name: str, found: tuple[tuple[int, ...], np.dtype], expected: tuple[int, ...]
) -> None:
    """Raise if an array has another shape or type than the network needs.

    Parameters
    ----------
    name : str
        Its name.
    found : tuple of (shape, dtype)
        The given array.
    expected : tuple of int
        The shape the network needs.

    Raises
    ------
    ModelError
        If the shape is another, or the type is not float32.
    """
    shape, dtype = found
    if shape != expected or dtype != np.dtype("<f4"):
        raise ModelError(
            _(
                'the array "{name}" is {dtype} of shape {shape}, expected float32 of shape '
                "{expected}. {remedy}"
            ).format(name=name, dtype=dtype, shape=shape, expected=expected, remedy=_(REMEDY))
        )


def _check_numbers(name: str, array: np.ndarray) -> None:
    """Raise if an array holds numbers that no network has."""
    if not np.isfinite(array).all():
        raise ModelError(
            _(
                'the array "{name}" contains numbers that are not finite, expected finite ones '
                "only. Train the model again, with a smaller learning rate."
            ).format(name=name)
        )
    if name == "normalization.variance" and array.min() < 0:
        raise ModelError(
            _(
                'the array "{name}" contains {array:g}, expected no number below zero. {remedy}'
            ).format(name=name, array=array.min(), remedy=_(REMEDY))
        )
