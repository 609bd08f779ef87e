"""Stopping a run: what it has learnt is kept, and before it has learnt anything it ends at once."""

from __future__ import annotations

import os
from pathlib import Path

from genre.runs.files import RunStatus, read_status, write_event, write_status
from genre.runs.store import steer_run
from genre.system.processes import end_process

BEFORE_FITTING = {"queued", "starting", "extracting"}
"""States in which nothing has been learnt that a stop would have to keep."""


def stop_run(run: Path) -> None:
    """Stop a run: after its current batch, or at once if it has not begun to learn.

    Parameters
    ----------
    run : Path
        Its model so far is kept, and it can be resumed.

    Raises
    ------
    RunError
        If it cannot be read.
    """
    steer_run(run, stop=True)
    status = read_status(run)
    if status.state in BEFORE_FITTING and status.pid not in (0, os.getpid()):
        end_process(status.pid, status.process_started, at_once=True)
        write_event(run, {"event": "phase", "phase": "stopped"})
        write_status(run, RunStatus("stopped", "asked to"))
