"""What several test processes need once: the first makes it, the others wait and read it."""

import os
from pathlib import Path

from filelock import FileLock


def session_folder(tmp_path_factory) -> Path:
    """The temporary folder of the whole test session, the same in all its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(tmp_path_factory, name, make) -> Path:
    """Return a folder of this session, filled by `make` in the first process that asks for it.

    A `make` that fails leaves no mark, so that the next process tries again and fails for
    itself; it must therefore accept a folder that is there already.
    """
    folder = session_folder(tmp_path_factory) / name
    with FileLock(f"{folder}.lock"):
        done = folder.with_name(f"{name}.done")
        if not done.exists():
            make(folder)
            done.touch()
    return folder
