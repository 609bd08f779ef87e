"""A run as its own process sees it, and the training of a network that is watched and steered.

Conventions
-----------
Polled after each batch: ``control.json`` (pause, stop, learning rate, epochs).
Written: ``events.jsonl`` (at most four batches a second, every epoch), ``status.json`` (each
second), a checkpoint after each epoch.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.recipes.config import TrainConfig
from genre.runs.files import (
    CONTROL_FILE,
    RESERVE_FILE,
    Control,
    RunStatus,
    State,
    job_of,
    read_config,
    read_control,
    write_event,
)
from genre.runs.tracked_song import read_pinned_song
from genre.system.lock import FolderLock

POLL_SECONDS = 0.2
"""How often a waiting or paused run reads its control file."""
BATCH_EVENT_SECONDS = 0.25
RESERVE_BYTES = 65_536


class Run:
    """A run as its own process sees it: its settings, state and files.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config, self.data_name = read_config(folder)
        self.control = Control()
        self.state: State = "queued"
        self.lock, self.queue_lock = FolderLock(folder), FolderLock(folder.parent)
        self._control_stamp = 0
        self._last_batch = 0.0
        self._job = job_of(folder)

    def enter(self, state: State, reason: str = "") -> RunStatus:
        """Change the state, and write the event and the status."""
        self.state = state
        self.write_event({"event": "phase", "phase": state})
        return self._job.report(RunStatus(state, reason))

    def write_event(self, event: dict[str, Any]) -> None:
        """Append an event; most batches are left out, since they come too fast to be seen."""
        if event["event"] == "batch":
            if time.time() - self._last_batch < BATCH_EVENT_SECONDS:
                return
            self._last_batch = time.time()
        write_event(self.folder, event)

    def keep_reserve(self) -> None:
        """Occupy the room on the disk that the last event and status will need."""
        (self.folder / RESERVE_FILE).write_bytes(os.urandom(RESERVE_BYTES))  # nothing packs that

    def conclude(self, state: State, reason: str, *events: dict[str, Any]) -> RunStatus:
        """Write how the run ended, in the room of the reserve."""
        (self.folder / RESERVE_FILE).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the status says it too
            for event in (*events, {"event": "phase", "phase": state}):
                self.write_event(event)
        return self._job.report(RunStatus(state, reason))

    def poll(self) -> Control:
        """Return the current control settings; the file is only read when it has changed."""
        self._job.progress(RunStatus(self.state))
        path = self.folder / CONTROL_FILE
        stamp = path.stat().st_mtime_ns if path.exists() else 0
        if stamp != self._control_stamp:
            self._control_stamp = stamp
            self.control = read_control(self.folder)
        return self.control


def fit_steered(
    run: Run, trainer: Any, folder: Path, *, resume: bool, most_epochs: int | None = None
) -> bool:
    """Train a network as the watcher of its run wants it, with a checkpoint after each epoch.

    Parameters
    ----------
    run : Run
    trainer : Trainer
    folder : Path
        Of its checkpoints.
    resume : bool
        Go on from the latest of them, if there is one.
    most_epochs : int, optional
        The watcher can ask for fewer epochs than these, not for more.

    Returns
    -------
    is_stopped : bool
        Whether it ended because it was asked to.
    """
    from genre.training.checkpoint import restore_latest, save_checkpoint

    if resume and restore_latest(trainer, folder):
        run.write_event({"event": "resumed", "epoch": len(trainer.history)})
    run.enter("fitting")

    def should_stop() -> bool:
        return _apply_control(run, trainer, most_epochs)

    def on_epoch() -> None:
        save_checkpoint(trainer, folder)
        _predict_pinned_song(run, trainer)

    should_stop()  # changes made before the first batch
    return run.control.stop or trainer.fit(run.write_event, should_stop, on_epoch)


def _apply_control(run: Run, trainer: Any, most_epochs: int | None) -> bool:
    """Apply the current control settings; True if they ask to stop."""
    control = run.poll()
    wanted: TrainConfig = control.applied_to(run.config)
    if most_epochs:
        wanted = replace(wanted, epochs=min(wanted.epochs, most_epochs))
    for name in ("learning_rate", "epochs"):
        if (value := getattr(wanted, name)) != getattr(trainer.config, name):
            run.write_event({"event": "changed", "setting": name, "value": value})
    trainer.config = replace(
        trainer.config, learning_rate=wanted.learning_rate, epochs=wanted.epochs
    )
    if run.config.evaluation == "held-out":  # folds are trained as far as they go
        trainer.until = control.until
    if control.pause and not control.stop:
        run.enter("paused")
        while (control := run.poll()).pause and not control.stop:
            time.sleep(POLL_SECONDS)
        run.enter("fitting")
        return _apply_control(run, trainer, most_epochs)  # the rate may have been changed meanwhile
    return control.stop


def _predict_pinned_song(run: Run, trainer: Any) -> None:
    """Write what the network, as it is after this epoch, predicts for the pinned song."""
    if (steps := read_pinned_song(run.folder)) is None:
        return
    probabilities = trainer.network().predict_proba(steps).mean(axis=0)
    run.write_event(
        {
            "event": "song",
            "epoch": len(trainer.history),
            "probabilities": [round(float(p), 4) for p in probabilities],
        }
    )
