"""The files of a run as values: a run that is trained on another machine goes there and comes back.

Conventions
-----------
All files but those of this machine's processes: the lock, and the room kept on its disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genre.runs.files import RESERVE_FILE
from genre.system.folders import replacing_folder
from genre.system.lock import LOCK_FILE

LEFT_OUT = (LOCK_FILE, RESERVE_FILE)


def read_files(run: Path) -> dict[str, bytes]:
    """Return the files of a run: their content by path, from its folder, with ``/``.

    Raises
    ------
    OSError
        If one cannot be read.
    """
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name not in LEFT_OUT
    }


def write_files(run: Path, files: Mapping[str, bytes]) -> None:
    """Write a run of such files, in place of what it was: all of it, or nothing.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    with replacing_folder(run, replace=True) as new:
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
