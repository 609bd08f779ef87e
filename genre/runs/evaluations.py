"""The evaluation that a run has written, among its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from genre.runs.files import read_events

OTHERS = ("batch", "song", "confusion", "extract", "data", "epoch", "phase", "changed", "resumed")
"""Events that are no evaluation."""


def last_evaluation(events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the last evaluation among events; None before the run was tested."""
    return next((dict(e) for e in reversed(events) if e["event"] == "evaluation"), None)


def evaluation_of_run(run: Path) -> dict[str, Any] | None:
    """Return a run's last evaluation, without parsing its other events.

    Raises
    ------
    RunError
        If its events cannot be read.
    """
    return last_evaluation(read_events(run, leave_out=OTHERS)[0])
