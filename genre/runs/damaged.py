"""Run folders that cannot be read: found one by one, so that each can be named and deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genre.errors import RunError
from genre.paths import RUNS
from genre.runs.files import (
    CONFIG_FILE,
    CONTROL_FILE,
    EVENTS_FILE,
    STATUS_FILE,
    read_config,
    read_control,
    read_status,
)
from genre.runs.reader import RunReader
from genre.runs.store import list_runs

FILES = (CONFIG_FILE, STATUS_FILE, CONTROL_FILE, EVENTS_FILE)
"""What a run is read from, besides its model."""


@dataclass(frozen=True, slots=True)
class DamagedEntry:
    """What cannot be read: the name of its folder or file, and why."""

    kind: Literal["model", "run", "result", "sweep"]
    name: str
    reason: str


def damage_of(run: Path) -> str:
    """Return why a run cannot be read; empty if it can.

    Parameters
    ----------
    run : Path

    Returns
    -------
    reason : str
        One sentence, and what to do.
    """
    try:
        read_config(run)
        read_control(run)
        if not read_status(run).is_live:  # a live one still writes, and is watched anyway
            RunReader(run).read()
    except RunError as error:
        return str(error)
    return ""


def runs_without_settings(folder: Path = RUNS) -> list[Path]:
    """Return the folders that hold some file of a run but not its settings, oldest first.

    One that is just being made is left out: its status is written first.
    """
    found = []
    for run in sorted({path.parent for name in FILES for path in folder.glob(f"*/{name}")}):
        if (run / CONFIG_FILE).exists() or run.name.startswith("."):
            continue
        try:
            is_new = read_status(run).is_live
        except RunError:
            is_new = False
        if not is_new:
            found.append(run)
    return found


def every_run(folder: Path = RUNS) -> list[Path]:
    """Return the runs, readable or not, oldest first."""
    return sorted([*list_runs(folder), *runs_without_settings(folder)])


def list_damaged(
    folder: Path = RUNS, look: Callable[[Path], str] = damage_of
) -> list[DamagedEntry]:
    """Return the runs that cannot be read, oldest first.

    Parameters
    ----------
    folder : Path
    look : callable
        `damage_of`, or what remembers its answers.
    """
    looked = [(run, look(run)) for run in every_run(folder)]
    return [DamagedEntry("run", run.name, reason) for run, reason in looked if reason]
