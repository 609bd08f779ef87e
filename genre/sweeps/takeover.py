"""Sweeps whose process was killed with the machine or its container go on by themselves.

Conventions
-----------
taken over
    What was at work, and has no process any more, gets a new one: the run that trained is resumed
    from its last epoch, or watched if it still trains.  A run that is killed again and again
    counts as failed (`genre.sweeps.scores`), so a sweep does not go on for ever.
when
    As a server starts.  What is killed while a server is there was ended by somebody, who goes on
    by hand.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

from genre.errors import RunError
from genre.paths import RUNS, SWEEPS
from genre.sweeps.files import SweepStatus, job_of
from genre.sweeps.store import holding, list_sweeps, start_process, stop_sweep
from genre.system.installed import check_training


def take_over_sweeps(folder: Path = SWEEPS, runs: Path = RUNS) -> list[Path]:
    """Go on with every sweep that was at work and has no process any more.

    Parameters
    ----------
    folder : Path
        Where the sweeps are.
    runs : Path
        Where the runs are.

    Returns
    -------
    sweeps : list of Path
        Those that were given a process.  One that cannot be is left as it was.
    """
    taken = []
    for sweep in list_sweeps(folder):
        with contextlib.suppress(RunError, OSError):  # said where it is shown
            if _take_over(sweep, runs):
                taken.append(sweep)
    return taken


@cache
def take_over_once(folder: Path, runs: Path) -> None:
    """Take sweeps over at the first call in a process: a server's start, or its first visit."""
    take_over_sweeps(folder, runs)


def _take_over(folder: Path, runs: Path) -> bool:
    """Give a sweep a new process; False if it needs none, or was about to stop."""
    job = job_of(folder)
    with holding(folder) as is_held:
        stored = job.stored()
        if not is_held or not stored or not stored.is_live or stored.checked().is_live:
            return False
        check_training()
        is_to_stop = job.is_stop_wanted()
        if not is_to_stop:  # whoever comes at the same moment finds it begun
            job.write(SweepStatus("sweeping", heartbeat=time.time()))
    if is_to_stop:
        stop_sweep(folder, runs)
        job.stop_file.unlink(missing_ok=True)
        job.write(replace(stored, state="stopped", reason="", run="", pid=0))
        return False
    start_process(folder, is_taken_over=True)
    return True
