"""The current state of a training run, read incrementally.

Conventions
-----------
epoch
    Counted from 1 in events; a position between epochs is the number of finished
    epochs plus the share of the current one.
pace
    Seconds per epoch, without pauses.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.language import _
from genre.recipes.config import TrainConfig
from genre.runs.files import (
    RunStatus,
    history_of,
    read_config,
    read_control,
    read_events,
    read_status,
)
from genre.runs.fold_progress import NO_FOLDS, FoldProgress
from genre.runs.queue import runs_before

MAX_BATCHES = 200
"""The most batches of the current epoch that are kept, to be drawn."""
RATE_SECONDS = 5.0
"""The time over which the displayed speed is averaged."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A change by the user, and its time: ``epoch`` has fractions."""

    epoch: float
    text: str


@dataclass(frozen=True, slots=True)
class RunView:
    """The state of a run at one time.

    Parameters
    ----------
    name, data : str
        Of the run, and of its dataset.
    config : TrainConfig
        With the current learning rate and number of epochs.
    status : RunStatus
    n_before : int
        Runs before it in the queue.
    is_held_up : bool
        Whether one of them is paused.
    is_pausing : bool
        Whether a pause was requested: it starts with the next batch.
    facts : mapping
        The event ``data``, empty before the dataset is read.
    extracted : (int, int)
        Tracks read, and all tracks.
    history : tuple of mappings
        A row per finished epoch.
    batches : tuple of mappings
        Of the current epoch: ``batch``, ``n_batches``, ``loss``, ``accuracy``.
    marks : tuple of Mark
    song : tuple of (int, tuple of float)
        Per epoch the probabilities of the pinned song.
    confusion : tuple of tuple of int
        Validation segments after the last finished epoch by true genre (rows) and predicted
        genre (columns); empty before, and without a validation side.
    segments_per_second, seconds_left : float or None
        None until measured.
    evaluation : mapping
        The event ``evaluation``, empty before the end.
    trained_seconds : float
        Training time without pauses.
    folds : FoldProgress
        Of a run of folds: which one it is at.  History, batches, marks, song and confusion are
        those of this fold, and the epochs of ``config`` too.
    """

    name: str
    data: str
    config: TrainConfig
    status: RunStatus
    n_before: int
    is_held_up: bool
    is_pausing: bool
    facts: Mapping[str, Any]
    extracted: tuple[int, int]
    history: tuple[Mapping[str, Any], ...]
    batches: tuple[Mapping[str, Any], ...]
    marks: tuple[Mark, ...]
    song: tuple[tuple[int, tuple[float, ...]], ...]
    confusion: tuple[tuple[int, ...], ...]
    segments_per_second: float | None
    seconds_left: float | None
    evaluation: Mapping[str, Any]
    trained_seconds: float
    folds: FoldProgress = NO_FOLDS

    @property
    def progress(self) -> float:
        """Share of the epochs that is done, 0 to 1."""
        return self.folds.share(min(1.0, self.place / max(1, self.config.epochs)))

    @property
    def place(self) -> float:
        """Finished epochs, plus the share of the current one."""
        inside = self.batches[-1] if self.batches else None
        return len(self.history) + (inside["batch"] / inside["n_batches"] if inside else 0.0)


class RunReader:
    """Reads the new events of a run.

    Parameters
    ----------
    run : Path

    Raises
    ------
    RunError
        If there is no such run, or its files cannot be read.
    """

    def __init__(self, run: Path) -> None:
        self.run = run
        self.config, self.data = read_config(run)
        self._end = 0
        self._rows: dict[int, dict[str, Any]] = {}
        self._paces: list[float] = []
        self._batches: list[dict[str, Any]] = []
        self._recent: list[tuple[float, float]] = []  # (time, epochs done) while it trained
        self._marks: list[Mark] = []
        self._song: dict[int, tuple[float, ...]] = {}
        self._confusion: tuple[tuple[int, ...], ...] = ()
        self._facts: dict[str, Any] = {}
        self._folds = NO_FOLDS
        self._evaluation: dict[str, Any] = {}
        self._extracted = (0, 0)
        self._n_batches = 0
        self._phase, self._trained = "", 0.0
        self._last_time = self._last_epoch_time = 0.0

    def read(self) -> RunView:
        """Read the new events, and return the current state.

        Returns
        -------
        view : RunView

        Raises
        ------
        RunError
            If the run was deleted, or its files are corrupt; single damaged events are
            stepped over.
        """
        status = read_status(self.run)  # before the events: a finished run has written all of them
        try:
            events, self._end = read_events(self.run, self._end)
        except OSError as error:
            raise RunError(
                _("events.jsonl of the run {name} cannot be read. Start a new run.").format(
                    name=self.run.name
                )
            ) from error
        for event in events:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a damaged line counts not
                self._take(event)
        control = read_control(self.run)
        before = runs_before(self.run) if status.state == "queued" else []
        config = self._folds.applied_to(control.applied_to(self.config))
        return RunView(
            name=self.run.name,
            data=self.data,
            config=config,
            status=status,
            n_before=len(before),
            is_held_up=any(other.state == "paused" for other in before),
            is_pausing=control.pause,
            facts=self._facts,
            extracted=self._extracted,
            history=self._history(),
            batches=tuple(self._batches) if status.is_live else (),
            marks=tuple(self._marks),
            song=tuple((epoch, self._song[epoch]) for epoch in sorted(self._song)),
            confusion=self._confusion,
            segments_per_second=self._speed() if status.state == "fitting" else None,
            seconds_left=self._seconds_left(config) if status.state == "fitting" else None,
            evaluation=self._evaluation,
            trained_seconds=self._trained,
            folds=self._folds,
        )

    def _history(self) -> tuple[dict[str, Any], ...]:
        return tuple(self._rows[epoch] for epoch in sorted(self._rows))

    @property
    def _place(self) -> float:
        inside = self._batches[-1] if self._batches else None
        return len(self._rows) + (inside["batch"] / inside["n_batches"] if inside else 0.0)

    def _take(self, event: dict[str, Any]) -> None:
        """Process one event."""
        time = float(event["time"])
        is_new_process = event["event"] == "phase" and event["phase"] == "queued"
        if self._phase == "fitting" and not is_new_process:  # a killed process writes no last event
            self._trained += time - self._last_time
        self._last_time = time
        match event["event"]:
            case "phase":
                self._enter(event["phase"])
            case "data":
                self._facts = event
            case "extract":
                self._extracted = (event["n_done"], event["n_tracks"])
            case "batch":
                self._n_batches = event["n_batches"]
                self._batches.append(event)
                if len(self._batches) > MAX_BATCHES:
                    del self._batches[:-1:2]  # every second one, never the newest
                self._note_time(time)
            case "epoch":
                self._rows |= {row["epoch"]: row for row in history_of([event])}
                self._batches = []
                if self._last_epoch_time:
                    self._paces = [*self._paces[-4:], time - self._last_epoch_time]
                self._last_epoch_time = time
                self._note_time(time)
            case "fold" if event["fold"] != self._folds.fold or not self._folds.n_folds:
                self._folds = self._folds.begun(event, self._history())
                self._rows, self._batches, self._marks = {}, [], []
                self._song, self._confusion = {}, ()
            case "changed":
                change = (
                    _("learning rate {value:g}")
                    if event["setting"] == "learning_rate"
                    else _("epochs {value:g}")
                )
                self._marks.append(Mark(self._place, change.format(value=event["value"])))
            case "resumed":
                self._rows = {n: row for n, row in self._rows.items() if n <= event["epoch"]}
                self._song = {n: song for n, song in self._song.items() if n <= event["epoch"]}
                self._batches = []
                self._marks.append(Mark(self._place, _("resumed")))
            case "song":
                if len(event["probabilities"]) != len(self._facts.get("genres", ())):
                    raise ValueError("not a probability for each genre")
                self._song[event["epoch"]] = tuple(event["probabilities"])
            case "confusion":
                counts = tuple(tuple(row) for row in event["counts"])
                n_genres = len(self._facts.get("genres", ()))
                if [len(row) for row in counts] != [n_genres] * n_genres:
                    raise ValueError("not a row and a column for each genre")
                self._confusion = counts
            case "evaluation":
                self._evaluation = event

    def _enter(self, phase: str) -> None:
        """Process a change of state."""
        if phase == "fitting":
            # The speed before a pause is out of date; an epoch with a pause has no pace.
            self._recent, self._last_epoch_time = [], 0.0
        if phase == "paused":
            self._marks.append(Mark(self._place, "paused"))
        self._phase = phase

    def _note_time(self, time: float) -> None:
        """Store the progress at a time, for the speed."""
        self._recent.append((time, self._place))
        while len(self._recent) > 2 and time - self._recent[0][0] > RATE_SECONDS:
            del self._recent[0]

    def _speed(self) -> float | None:
        """Return the recent speed in segments per second."""
        if len(self._recent) < 2 or not self._n_batches:
            return None
        (start, before), (end, now) = self._recent[0], self._recent[-1]
        n_segments = (now - before) * self._n_batches * self.config.batch_size
        return n_segments / (end - start) if end > start and now > before else None

    def _seconds_left(self, config: TrainConfig) -> float | None:
        """Return the estimated time left."""
        epochs_left = max(0.0, config.epochs - self._place)
        epochs_left += self._folds.later_epochs(config)
        if self._paces:
            return epochs_left * statistics.median(self._paces)
        if speed := self._speed():
            return epochs_left * self._n_batches * self.config.batch_size / speed
        return None
