"""The process of a training run: it carries out the run's configuration and writes events.

Conventions
-----------
What is polled and written while a network trains is said in `genre.training.steered`; at the end
comes the model with its evaluation.  On a full disk a reserve is freed for the last status.
If it is killed, the run resumes from its last finished epoch, in the fold it was in, with the
history it would have had.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from genre.datasets.load import load_dataset
from genre.datasets.types import SegmentSet
from genre.errors import DivergedError, GenreError
from genre.evaluation.evaluation import Evaluation
from genre.language import N_, _
from genre.models.measured_on import measures_of
from genre.recipes.musicnn import needs_teacher_values
from genre.recipes.prepare import extraction_features, prepare_datasets, prepare_folds
from genre.runs.files import CHECKPOINT, FOLDS, MODEL, RunStatus, State, read_status
from genre.runs.queue import runs_before
from genre.splits.split import Split
from genre.system.schema import cause
from genre.training.steered import POLL_SECONDS, Run, fit_steered
from genre.training.tensorflow import load_tensorflow

LOCK_SECONDS = 20.0
"""How long the system may take to remove a killed process, whose lock lasts until then."""
DISK_FULL = N_("disk full: what had been finished is kept. Free some space and resume.")
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def run_training(
    folder: Path, *, resume: bool = False, data: SegmentSet | None = None
) -> RunStatus:
    """Carry out a run from waiting its turn to the saved model.

    Parameters
    ----------
    folder : Path
        Made by `genre.runs.store.create_run`.
    resume : bool
        Resume from the last checkpoint.
    data : SegmentSet, optional
        Its dataset, where that was brought here; else it is loaded.

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
        state = _carry_out(run, data, resume=resume) if _wait_for_turn(run) else "stopped"
        reason = run.control.why_stopped if state == "stopped" else ""
    except DivergedError as error:
        last = [{"event": "diverged", "message": str(error)}]
        state, reason = "failed", f"diverged: {error}"
    except GenreError as error:
        state, reason = "failed", str(error)
    except OSError as error:
        if not _is_disk_full(error):
            refused = _("the system refused: {reason}")
            run.conclude("failed", refused.format(reason=cause(error)))
            raise
        state, reason = "failed", DISK_FULL
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


def _carry_out(run: Run, data: SegmentSet | None, *, resume: bool) -> State:
    """Load, train, evaluate, save; return how it ended."""
    run.enter("starting")
    load_tensorflow()
    from genre.training.trainer import Trainer

    run.enter("extracting")
    data = _load(run) if data is None else data
    if run.config.evaluation == "pooled":
        return _carry_out_folds(run, data, resume=resume)
    data, split = prepare_datasets(data, run.config)
    _write_facts(run, data, split)
    trainer = Trainer.of(data, split, run.config)
    is_stopped = fit_steered(run, trainer, run.folder / CHECKPOINT, resume=resume)
    if is_stopped and not trainer.history:
        return "stopped"  # before an epoch was finished there is nothing to test
    run.enter("evaluating")
    _evaluate_and_save(run, trainer.result(is_stopped=is_stopped), data, split)
    return "stopped" if is_stopped else "finished"


def _carry_out_folds(run: Run, data: SegmentSet, *, resume: bool) -> State:
    """Train folds and pool their predictions, then train on all tracks and save that model."""
    from genre.training.pooled import FINAL, train_pooled

    data = prepare_folds(data, run.config)
    _write_facts(run, data, None)

    def fit(trainer: Any, fold: int) -> bool:
        name, most = (
            (CHECKPOINT, trainer.config.epochs) if fold == FINAL else (f"{FOLDS}/{fold}", None)
        )
        return fit_steered(run, trainer, run.folder / name, resume=resume, most_epochs=most)

    def on_pooled(evaluation: Evaluation) -> None:
        run.enter("evaluating")
        run.write_event({"event": "evaluation", **evaluation.to_dict()})

    folder = run.folder / FOLDS
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    pooled = train_pooled(
        data, run.config, fit, folder=folder, on_event=run.write_event, on_pooled=on_pooled
    )
    if pooled is None:
        return "stopped"
    _save(run, pooled.result, data, pooled.split, pooled.evaluation)
    return "finished"


def _load(run: Run) -> SegmentSet:
    """Load the run's dataset, with all that its recipe reads."""

    def on_progress(n_done: int, n_tracks: int, name: str) -> None:
        run.write_event({"event": "extract", "n_done": n_done, "n_tracks": n_tracks})

    return load_dataset(
        run.data_name,
        features=extraction_features(run.config),
        teacher_values=needs_teacher_values(run.config),
        on_progress=on_progress,
    )


def _write_facts(run: Run, data: SegmentSet, split: Split | None) -> None:
    """Write what the data holds, and how it is split; of folds, everything is learnt at last."""
    sides = {"train": len(data.y), "validation": 0, "test": 0}
    absent: dict[str, list[str]] = {}
    if split:
        sides = {side: len(getattr(split, side)) for side in sides}
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


def _evaluate_and_save(run: Run, result: Any, data: SegmentSet, split: Split) -> None:
    """Evaluate the test side and save the model in the run's folder."""
    from genre.training.save import evaluate_test_side

    evaluation = evaluate_test_side(result, data, split, run.config)
    run.write_event({"event": "evaluation", **evaluation.to_dict()})
    _save(run, result, data, split, evaluation)


def _save(run: Run, result: Any, data: SegmentSet, split: Split, evaluation: Evaluation) -> None:
    """Save the model in the run's folder, with the figures of its evaluation."""
    from genre.training.save import figures_of_test_side, save_trained

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
