"""The places that long commands write to, tried before the work and not after it.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

from pathlib import Path

from genre.errors import ParameterError
from genre.system.files import special_file, try_file
from genre.system.folders import try_folder
from genre.system.schema import cause


def check_file(path: str | Path | None) -> None:
    """Raise unless a file can be written; the folders above it are made, it is not touched.

    Raises
    ------
    ParameterError
    """
    if path and not special_file(Path(path)):
        _check(Path(path), is_folder=False)


def check_folder(path: str | Path) -> None:
    """Raise unless files can be written in a folder; it is made where it is missing.

    Raises
    ------
    ParameterError
    """
    _check(Path(path), is_folder=True)


def _check(path: Path, *, is_folder: bool) -> None:
    try:
        if not is_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            try_file(path)
        try_folder(path if is_folder else path.parent)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ParameterError(
            f"'{path}' cannot be written ({cause(error)}). "
            "Choose another place, or free some space."
        ) from error
