"""The size of a file to be imported, checked before it is read."""

from __future__ import annotations

from pathlib import Path

from genre.errors import ModelError
from genre.language import _
from genre.system.files import special_file
from genre.system.schema import cause


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
        raise ModelError(
            _("'{source}' is {special}. {remedy}").format(
                source=source, special=special, remedy=remedy
            )
        )
    try:
        n_bytes = len(source) if isinstance(source, bytes) else source.stat().st_size
    except OSError as error:
        raise ModelError(
            _("'{source!s}' cannot be read ({reason}). {remedy}").format(
                source=source, reason=cause(error), remedy=remedy
            )
        ) from error
    if n_bytes > max_bytes:
        raise ModelError(
            _("{shown} has {n_bytes:,.0f} MiB, expected at most {max_bytes}. {remedy}").format(
                shown=shown, n_bytes=n_bytes / 2**20, max_bytes=max_bytes // 2**20, remedy=remedy
            )
        )
