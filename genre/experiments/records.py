"""What a table of runs needs of each: read once, then only what is new.

Conventions
-----------
A run *ended early* if it was stopped or failed: its figures are of fewer epochs than were asked
for.  The predictions for its tracks are not kept here; `genre.experiments.selection` and
`genre.compare.leaderboard` read them when they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.evaluation.intervals import Accuracy
from genre.language import _
from genre.recipes.config import TrainConfig
from genre.runs.damaged import FILES
from genre.runs.files import (
    CONFIG_FILE,
    EVENTS_FILE,
    RunStatus,
    read_config,
    read_control,
    read_events,
    read_status,
)
from genre.runs.labels import LABEL_FILE, RunLabel, read_label
from genre.runs.names import read_name
from genre.splits.split_leakage import is_leak_free_split
from genre.system.schema import printable

METRICS = ("val_accuracy", "val_loss", "accuracy", "loss")
"""What is measured after each epoch, of the validation side and of the training side."""
LEFT_OUT = ("batch", "song", "confusion", "extract", "data")
"""Events that a record needs nothing of."""
Stamp = tuple[tuple[int, int], ...]
"""When each file of a run was last written, and its bytes."""


@dataclass(frozen=True, eq=False)
class RunRecord:
    """A run, and its figures.

    Parameters
    ----------
    run : Path
        Its folder.
    status : RunStatus
    data : str
        Name or path of its dataset.
    config : TrainConfig
        With the learning rate and the epochs as they were changed while it trained.
    label : RunLabel
    rows : tuple of dict
        Per finished epoch: ``epoch``, ``seconds`` of training until its end, and `METRICS`.
    test : Accuracy, optional
        Per track of the test side; None before it was tested.
    is_leak_free : bool
        Whether that is on artists that were not in training, and no control.
    seconds : float
        Of training, without pauses.
    stamp : tuple
        Another one where something of it has changed.
    """

    run: Path
    status: RunStatus
    data: str
    config: TrainConfig
    label: RunLabel
    rows: tuple[dict[str, float], ...]
    test: Accuracy | None
    is_leak_free: bool
    seconds: float
    stamp: Stamp = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.run.name

    @property
    def made(self) -> datetime | None:
        """When it was made; None if its name does not say."""
        return read_name(self.name)[1]

    @property
    def ended_early(self) -> bool:
        """Whether it was stopped or failed, so that it was trained for less than was asked."""
        return self.status.state in ("stopped", "failed")

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Its settings by name, but for the preset's."""
        values = self.config.to_dict()
        return {name: value for name, value in values.items() if name != "preset"}

    @cached_property
    def best_validation(self) -> float | None:
        """The highest validation accuracy of its epochs, per segment."""
        found = [row["val_accuracy"] for row in self.rows if "val_accuracy" in row]
        return max(found, default=None)


class RecordReader:
    """Reads a run: at first all of it, then only new events.

    Parameters
    ----------
    run : Path

    Raises
    ------
    RunError
        If its settings cannot be read.
    """

    def __init__(self, run: Path) -> None:
        self.run = run
        self.config, self.data = read_config(run)
        self._end, self._rows = 0, dict[int, dict[str, float]]()
        self._test: Accuracy | None = None
        self._is_leak_free = False
        self._seconds, self._before, self._is_fitting = 0.0, 0.0, False

    def read(self, stamp: Stamp, status: RunStatus | None = None) -> RunRecord:
        """Read what is new.

        Parameters
        ----------
        stamp : tuple
            As `stamp_of` gave it before.
        status : RunStatus, optional
            Of a recorded run, which has no file of it.

        Raises
        ------
        RunError, DatasetError
            If its files cannot be read.
        """
        status = status or read_status(self.run)  # before the events, which end before it does
        events, self._end = read_events(self.run, self._end, leave_out=LEFT_OUT)
        try:
            for event in events:
                self._take(event)
        except (KeyError, TypeError) as error:
            lacks = _(
                "an event of the run {name} has no {error}. Delete the run, or train it again."
            )
            raise RunError(lacks.format(name=printable(self.run.name), error=error)) from error
        return RunRecord(
            run=self.run,
            status=status,
            data=self.data,
            config=read_control(self.run).applied_to(self.config),
            label=read_label(self.run),
            rows=tuple(self._rows[epoch] for epoch in sorted(self._rows)),
            test=self._test,
            is_leak_free=self._is_leak_free,
            seconds=self._seconds,
            stamp=stamp,
        )

    def _take(self, event: dict[str, Any]) -> None:
        kind, phase = event["event"], event.get("phase")
        is_new_process = kind == "phase" and phase in ("queued", "starting")
        if self._is_fitting and not is_new_process:  # a killed process writes no last event
            self._seconds += event["time"] - self._before
        self._before = event["time"]
        if kind == "phase":
            self._is_fitting = phase == "fitting"
        elif kind == "epoch":
            measured = {name: float(event[name]) for name in METRICS if name in event}
            place = {"epoch": event["epoch"], "seconds": self._seconds}
            self._rows[event["epoch"]] = place | measured
        elif kind == "resumed":
            self._rows = {n: row for n, row in self._rows.items() if n <= event["epoch"]}
        elif kind == "evaluation":
            self._test = Accuracy(**event["track_accuracy"])
            artists = (event.get("answers") or {}).get("artist", ())
            is_control = self.config.permute_genres
            self._is_leak_free = is_leak_free_split(self.config.split, artists) and not is_control


def stamp_of(run: Path) -> Stamp:
    """Return what changes when a file of a run is written; (0, 0) for one that is not there."""
    found = []
    for name in (*FILES, LABEL_FILE):
        try:
            facts = (run / name).stat()
            found.append((facts.st_mtime_ns, facts.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def continues(before: Stamp, now: Stamp) -> bool:
    """Tell whether the settings are as before and the events have only grown."""
    settings, events = FILES.index(CONFIG_FILE), FILES.index(EVENTS_FILE)
    return before[settings] == now[settings] and before[events][1] <= now[events][1]
