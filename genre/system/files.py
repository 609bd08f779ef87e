"""Files that are written whole: a reader meets the old one or the new, never half of one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from genre.language import _

_NUMBERS = re.compile(r'\[\n\s*([^\[\]{}"]*?)\n\s*\]')  # no string holds a line's end


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes another's place once all of it is on the disk.

    Whatever fails, the old file stays as it was and nothing else is left behind.  Of several
    writers the last to end wins.

    Parameters
    ----------
    path : Path
        Replaced if it exists; its folder must exist.

    Yields
    ------
    file : binary file
        May also be read.

    Examples
    --------
    >>> with replacing(Path("steps.npz")) as file:  # doctest: +SKIP
    ...     np.savez(file, steps=steps)
    """
    start = path.name[:40]  # of a name that is as long as names may be
    temporary = path.with_name(f".{start}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first failure is the one to tell of
            temporary.unlink()
        raise


def try_file(path: Path) -> None:
    """Raise OSError unless a file can be written; what stands there is not touched."""
    if path.exists():
        path.open("ab").close()
    else:
        path.open("xb").close()
        path.unlink()


def sweep_parts(folder: Path) -> None:
    """Remove what killed processes had begun to write in a folder, as `replacing` does.

    Parameters
    ----------
    folder : Path
        It need not be there.
    """
    for part in folder.glob(".*.part"):
        pid = part.name.split(".")[-3]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            with contextlib.suppress(OSError):  # another process has removed it
                part.unlink()


def special_file(path: Path) -> str:
    """Return what a path is that is no file and no folder: to open it could wait for ever.

    Parameters
    ----------
    path : Path

    Returns
    -------
    kind : str
        ``a pipe (FIFO)``, ``a socket`` or ``a device``, in the visitor's language; empty for all
        else, and for nothing.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # of a name that no file can have
        return ""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return ""
    kinds = {stat.S_IFIFO: _("a pipe (FIFO)"), stat.S_IFSOCK: _("a socket")}
    return kinds.get(stat.S_IFMT(mode), _("a device"))


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document as `write_text` does."""
    write_text(path, json.dumps(document, indent=1))


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8 as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader meets the old or the new, never half of one."""
    with replacing(path) as file:
        file.write(content)


def json_text(values: Any) -> str:
    """Return plain values as JSON with each list of numbers on one line.

    Parameters
    ----------
    values : anything JSON can hold
        Numbers must be finite: JSON has no others.

    Returns
    -------
    text : str
        Ends with the line.

    Examples
    --------
    >>> print(json_text({"a": [1, 2], "b": ["x"]}), end="")
    {
     "a": [1, 2],
     "b": [
      "x"
     ]
    }
    """
    text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda match: "[" + re.sub(r",\s+", ", ", match[1]) + "]", text) + "\n"
