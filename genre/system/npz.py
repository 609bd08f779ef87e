"""Float32 arrays in a ``.npz`` file: the same bytes for the same arrays, read without trust.

Conventions
-----------
untrusted
    A file may come from anyone.  Nothing in it is unpickled; the caller checks names before
    anything is read, and each array's shape and type before its numbers are; no more is read
    than these claim.
"""

from __future__ import annotations

import io
import os
import tokenize
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from genre.errors import ModelError
from genre.language import _
from genre.system.files import write_bytes
from genre.system.safe_zip import BAD_DATA
from genre.system.schema import cause

# What zipfile and NumPy raise on a corrupt file.
UNREADABLE = (
    *(zipfile.BadZipFile, tokenize.TokenError, *BAD_DATA),
    *(KeyError, OSError, RuntimeError, SyntaxError, TypeError, MemoryError),
)


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays atomically, as float32, in their order.

    Parameters
    ----------
    path : str or path-like
        Replaced if it exists.
    arrays : dict of str to np.ndarray
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(f"{name}.npy")  # its date is 1980 by default
            info.create_system = 3  # Unix, on every system
            with archive.open(info, "w") as member:
                floats = np.ascontiguousarray(array, dtype="<f4")
                np.lib.format.write_array(member, floats, version=(1, 0), allow_pickle=False)
    write_bytes(Path(path), content.getvalue())


def read_arrays(file: BinaryIO) -> dict[str, np.ndarray]:
    """Read all arrays of a file, of any type and shape; what is in it decides how many and large.

    Parameters
    ----------
    file : binary file
        Of `numpy.savez`, or of anybody.

    Returns
    -------
    arrays : dict of str to np.ndarray

    Raises
    ------
    Exception
        One of `UNREADABLE`.
    """
    members = np.load(file, allow_pickle=False)
    if not isinstance(members, np.lib.npyio.NpzFile):
        raise TypeError(_("it is one array, not a file of several"))
    with members:
        arrays = {name: members[name] for name in members.files}
    if others := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(
            _("{name!r} in it is no array").format(name=others[0])
        )  # NumPy gives the bytes of such a one
    return arrays


def read_npz(
    path_or_file: str | os.PathLike[str] | BinaryIO,
    names: Iterable[str],
    *,
    check_names: Callable[[list[str]], None],
    check_array: Callable[[str, tuple[int, ...], np.dtype], None],
) -> Iterator[tuple[str, np.ndarray]]:
    """Read some arrays of an untrusted file, one after the other.

    Parameters
    ----------
    path_or_file : str, path-like or binary file
        A file of `write_npz` or `numpy.savez`.
    names : iterable of str
        What to read.
    check_names : callable
        Given all names of the file; raises on what is not expected.
    check_array : callable
        Given name, shape and type; raises on what is not expected, and on all but float32.

    Yields
    ------
    name, array : str, np.ndarray [dtype=float32]
        Read-only.

    Raises
    ------
    Exception
        One of `UNREADABLE`, or what the checks raise.
    """
    with zipfile.ZipFile(path_or_file) as archive:
        check_names([name.removesuffix(".npy") for name in archive.namelist()])
        for name in names:
            with archive.open(f"{name}.npy") as member:
                if np.lib.format.read_magic(member) != (1, 0):
                    raise ValueError(
                        _('"{name}" is not in version 1.0 of the .npy format').format(name=name)
                    )
                shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(member)
                check_array(name, shape, dtype)
                # One byte more than needed, so that zipfile reaches the end and verifies the
                # checksum.
                content = member.read(4 * prod(shape) + 1)
            order: str = "F" if is_fortran else "C"
            yield name, np.frombuffer(content, "<f4").reshape(shape, order=order)  # type: ignore[call-overload]


def read_known(
    path_or_file: str | os.PathLike[str] | BinaryIO,
    shapes: Mapping[str, tuple[int, ...]],
    *,
    positive: str,
    what: str,
    remedy: str,
) -> dict[str, np.ndarray]:
    """Read a file whose arrays are known, refusing anything else it may hold.

    Parameters
    ----------
    path_or_file : str, path-like or binary file
    shapes : mapping of str to tuple of int
        The shape of each array; all are float32.
    positive : str
        The array whose values are all above 0.
    what : str
        What the file has, with its verb's number: ``the map of songs``.
    remedy : str
        What to do, as a sentence.

    Returns
    -------
    arrays : dict of str to np.ndarray [dtype=float32]

    Raises
    ------
    ModelError
        If the file cannot be read, or holds other arrays than are needed, or numbers that are
        not finite.
    """

    def check_names(found: list[str]) -> None:
        if sorted(found) != sorted(shapes):
            raise ModelError(
                _(
                    "{what}: the file holds {n_found} arrays ({found}), expected {shapes}. {remedy}"
                ).format(
                    what=what,
                    n_found=len(found),
                    found=", ".join(found)[:60],
                    shapes=", ".join(shapes),
                    remedy=remedy,
                )
            )

    def check_array(name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
        if shape != shapes[name] or dtype != np.dtype("<f4"):
            raise ModelError(
                _(
                    '{what}: the array "{name}" is {dtype} of shape {shape}, expected float32 of '
                    "shape {shapes}. {remedy}"
                ).format(
                    what=what,
                    name=name,
                    dtype=dtype,
                    shape=shape,
                    shapes=shapes[name],
                    remedy=remedy,
                )
            )

    try:
        arrays = dict(
            read_npz(path_or_file, shapes, check_names=check_names, check_array=check_array)
        )
    except UNREADABLE as error:
        raise ModelError(
            _(
                "{what}: the file cannot be read ({reason}), expected a complete .npz file. "
                "{remedy}"
            ).format(what=what, reason=cause(error), remedy=remedy)
        ) from error
    if not all(np.isfinite(a).all() for a in arrays.values()) or (arrays[positive] <= 0).any():
        raise ModelError(
            _(
                "{what}: the file holds numbers that are not finite, or a {positive} that is "
                "not above 0. {remedy}"
            ).format(what=what, positive=positive, remedy=remedy)
        )
    return arrays
