"""The size of a file to be imported, checked before it is read."""

from __future__ import annotations

from pathlib import Path

from genre.errors import ModelError
from genre.system.files import special_file


def check_size(source: Path | bytes, shown: str, max_bytes: int, remedy: str) -> None:
    """Raise if a file cannot be read, or is too large.

    Parameters
    ----------
    source : Path or bytes
    shown : str
        How the sentence names it.
    max_bytes : int
    remedy : str
        What the sentence says to do.

    Raises
    ------
    ModelError
    """
    if isinstance(source, Path) and (special := special_file(source)):
        raise ModelError(f"'{source}' is {special}. {remedy}")
    try:
        n_bytes = len(source) if isinstance(source, bytes) else source.stat().st_size
    except OSError as error:
        raise ModelError(
            f"'{source!s}' cannot be read ({error.strerror or error}). {remedy}"
        ) from error
    if n_bytes > max_bytes:
        raise ModelError(
            f"{shown} has {n_bytes / 2**20:,.0f} MiB, expected at most {max_bytes // 2**20}. "
            f"{remedy}"
        )
