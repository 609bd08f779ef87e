"""Whose turn it is: one run trains at a time, in the order they were made."""

from __future__ import annotations

import time
from pathlib import Path

from genre.errors import RunError
from genre.runs.files import RunStatus, read_status
from genre.runs.store import list_runs

QUEUE_SECONDS = 20.0
"""How long a run without a process keeps its place in the queue."""


def runs_before(run: Path) -> list[RunStatus]:
    """Return where the runs stand that go before this one; with none it is its turn.

    A run whose process has not reported within `QUEUE_SECONDS` holds up no other; if it still
    comes, it takes its place again.
    """
    before = []
    for other in list_runs(run.parent):
        if other.name == run.name:
            continue
        try:
            status = read_status(other)
        except RunError:
            continue  # a damaged run holds up no other
        is_ahead = status.state != "queued" or other.name < run.name
        reports = status.pid or time.time() - status.heartbeat <= QUEUE_SECONDS
        if status.is_live and is_ahead and reports:
            before.append(status)
    return before
