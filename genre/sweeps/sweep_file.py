"""A sweep in a file: JSON or TOML with the fields of `SweepSpec`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from genre.errors import ParameterError
from genre.language import _
from genre.sweeps.spec import SweepSpec
from genre.system.schema import Damaged, brief, check_bounds, parse_json, printable, read_content

MAX_BYTES = 2**20


def read_sweep_file(path: Path) -> SweepSpec:
    """Read a sweep from a file that somebody wrote.

    Parameters
    ----------
    path : Path
        TOML where it ends in ``.toml``, else JSON.

    Returns
    -------
    spec : SweepSpec
        Called as the file, where it has no label.

    Raises
    ------
    ParameterError
        If it cannot be read, or a value is none that is possible.
    """
    try:
        document = _parse(path)
    except Damaged as error:
        refused = _("{file} is no sweep ({reason}), expected JSON or TOML. See docs/formats.md.")
        raise ParameterError(refused.format(file=printable(path.name), reason=error)) from error
    try:
        return SweepSpec.from_dict(document, label=printable(path.stem)[:80])
    except ParameterError as error:
        raise ParameterError(f"{printable(path.name)}: {error}") from error


def _parse(path: Path) -> Any:
    content = read_content(path, max_bytes=MAX_BYTES)
    if path.suffix.lower() != ".toml":
        return parse_json(content, max_bytes=MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise Damaged(_("it has over {max_bytes:,} bytes").format(max_bytes=MAX_BYTES))
    try:
        document = tomllib.loads(content.decode())
    except RecursionError as error:
        raise Damaged(_("it is not TOML")) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are such
        raise Damaged(brief(error)) from error
    check_bounds(document)
    return document
