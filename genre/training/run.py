"""The process of a training run: it carries out the run's configuration and writes events.

Conventions
-----------
Polled after each batch: ``control.json`` (pause, stop, learning rate, epochs).
Written: ``events.jsonl`` (at most four batches a second, every epoch),
``status.json`` (each second), a checkpoint after each epoch, and at the end the
model with its evaluation.  On a full disk a reserve is freed for the last status.
If it is killed, the run resumes from its last finished epoch with the history it
would have had.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from genre.datasets.load import load_dataset
from genre.datasets.types import SegmentSet
from genre.errors import DivergedError, GenreError
from genre.models.card import measures_of
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.recipes.prepare import extraction_features, prepare_datasets
from genre.runs.files import (
    CHECKPOINT,
    CONTROL_FILE,
    MODEL,
    RESERVE_FILE,
    Control,
    RunStatus,
    State,
    job_of,
    read_config,
    read_control,
    read_status,
    write_event,
)
from genre.runs.queue import runs_before
from genre.runs.tracked_song import read_pinned_song
from genre.splits.split import Split
from genre.system.lock import FolderLock
from genre.training.tensorflow import load_tensorflow

POLL_SECONDS = 0.2
"""How often a waiting or paused run reads its control file."""
BATCH_EVENT_SECONDS = 0.25
LOCK_SECONDS = 20.0
"""How long the system may take to remove a killed process, whose lock lasts until then."""
RESERVE_BYTES = 65_536
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


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


def run_training(folder: Path, *, resume: bool = False) -> RunStatus:
    """Carry out a run from waiting its turn to the saved model.

    Parameters
    ----------
    folder : Path
        Made by `genre.runs.store.create_run`.
    resume : bool
        Resume from the last checkpoint.

    Returns
    -------
    status : RunStatus
        ``finished``, ``stopped``, or ``failed`` with the reason.
    """
    run = Run(folder)
    if not _acquire(run):  # started twice: another process has the run already
        return read_status(folder)
    last: list[dict[str, Any]] = []
    try:
        run.keep_reserve()
        state = _carry_out(run, resume=resume) if _wait_for_turn(run) else "stopped"
        reason = "asked to" if state == "stopped" else ""
    except DivergedError as error:
        last = [{"event": "diverged", "message": str(error)}]
        state, reason = "failed", f"diverged: {error}"
    except GenreError as error:
        state, reason = "failed", str(error)
    except OSError as error:
        if not _is_disk_full(error):
            run.conclude("failed", f"the system refused: {error.strerror or error}")
            raise
        state = "failed"
        reason = "disk full: what had been finished is kept. Free some space and resume."
    finally:
        run.queue_lock.release()
    status = run.conclude(state, reason, *last)
    run.lock.release()
    return status


def _acquire(run: Run) -> bool:
    """Acquire the lock of a run; that of a process which was killed may take a moment to end."""
    end = time.monotonic() + LOCK_SECONDS
    while not run.lock.acquire():
        if read_status(run.folder).is_live or time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _is_disk_full(error: OSError) -> bool:
    """Tell whether a disk, or the user's share of it, is full."""
    # The library under Keras's files names the cause in its text alone.
    return error.errno in FULL or os.strerror(errno.ENOSPC) in str(error)


def _wait_for_turn(run: Run) -> bool:
    """Wait until no other run is ahead; False if the run was stopped meanwhile.

    The queue says which run is next; the lock keeps two runs that check at the same
    moment from both starting.
    """
    run.enter("queued")
    while runs_before(run.folder) or not run.queue_lock.acquire():
        if run.poll().stop:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _carry_out(run: Run, *, resume: bool) -> State:
    """Load, train, evaluate, save; return how it ended."""
    run.enter("starting")
    load_tensorflow()
    from genre.training.checkpoint import restore_latest, save_checkpoint
    from genre.training.trainer import Trainer

    run.enter("extracting")
    data, split = _load(run)
    trainer = Trainer.of(data, split, run.config)
    if resume and restore_latest(trainer, run.folder / CHECKPOINT):
        run.write_event({"event": "resumed", "epoch": len(trainer.history)})
    run.enter("fitting")

    def should_stop() -> bool:
        return _apply_control(run, trainer)

    def on_epoch() -> None:
        save_checkpoint(trainer, run.folder / CHECKPOINT)
        _predict_pinned_song(run, trainer)

    should_stop()  # changes made before the first batch
    is_stopped = run.control.stop or trainer.fit(run.write_event, should_stop, on_epoch)
    if is_stopped and not trainer.history:
        return "stopped"  # before an epoch was finished there is nothing to test
    run.enter("evaluating")
    _evaluate_and_save(run, trainer.result(is_stopped=is_stopped), data, split)
    return "stopped" if is_stopped else "finished"


def _load(run: Run) -> tuple[SegmentSet, Split]:
    """Load the run's dataset and split it as its recipe says."""

    def on_progress(n_done: int, n_tracks: int, name: str) -> None:
        run.write_event({"event": "extract", "n_done": n_done, "n_tracks": n_tracks})

    data = load_dataset(
        run.data_name,
        features=extraction_features(run.config),
        teacher_values=needs_teacher_values(run.config),
        on_progress=on_progress,
    )
    data, split = prepare_datasets(data, run.config)
    sides = {side: len(getattr(split, side)) for side in ("train", "validation", "test")}
    absent = {side: list(names) for side, names in split.absent_genres(data).items()}
    run.write_event(
        {
            "event": "data",
            "name": data.name,
            "genres": list(data.genres),
            "n_tracks": len(data.tracks),
            "n_segments": sides,
            "absent_genres": absent,
            "skipped": [asdict(s) for s in data.skipped],
        }
    )
    return data, split


def _apply_control(run: Run, trainer: Any) -> bool:
    """Apply the current control settings; True if they ask to stop."""
    control = run.poll()
    wanted: TrainConfig = control.applied_to(run.config)
    for name in ("learning_rate", "epochs"):
        if (value := getattr(wanted, name)) != getattr(trainer.config, name):
            run.write_event({"event": "changed", "setting": name, "value": value})
    trainer.config = replace(
        trainer.config, learning_rate=wanted.learning_rate, epochs=wanted.epochs
    )
    if control.pause and not control.stop:
        run.enter("paused")
        while (control := run.poll()).pause and not control.stop:
            time.sleep(POLL_SECONDS)
        run.enter("fitting")
        return _apply_control(run, trainer)  # the rate may have been changed meanwhile
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


def _evaluate_and_save(run: Run, result: Any, data: SegmentSet, split: Split) -> None:
    """Evaluate the test side and save the model in the run's folder."""
    from genre.training.save import evaluate_test_side, figures_of_test_side, save_trained

    evaluation = evaluate_test_side(result, data, split, run.config)
    run.write_event({"event": "evaluation", **evaluation.to_dict()})
    command = f"python -m genre train --run runs/{run.folder.name}"
    save_trained(
        result,
        data,
        split,
        replace(run.config, epochs=max(1, len(result.history))),
        card={
            "name": MODEL,
            "about": f"Trained in the run {run.folder.name}.",
            "command": command,
            "measures": measures_of(evaluation.to_dict()),
        },
        figures=figures_of_test_side(evaluation, run.config, command),
        folder=run.folder,
        replace=True,
    )
