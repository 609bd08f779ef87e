"""Training runs on disk: create, start, control and find them.

Conventions
-----------
A run is a folder (`genre.runs.files`), training is a process, and an observer only reads files: a
closed page or a restarted server loses nothing.  One run trains at a time; the others wait in the
order they were made.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from genre.audio.load import Source
from genre.errors import RunError
from genre.language import _
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import check_source_split, require_split
from genre.runs.files import (
    CHECKPOINT,
    CONFIG_FILE,
    CONTROL_FILE,
    FOLDS,
    RUN_VERSION,
    Control,
    RunStatus,
    job_of,
    next_stop,
    read_config,
    read_control,
    read_status,
    write_status,
)
from genre.runs.imported import check_own
from genre.runs.names import stamp_now
from genre.runs.tracked_song import pin_song
from genre.system.files import sweep_parts, write_json
from genre.system.folders import remove_folder, sweep_leftovers
from genre.system.installed import check_training
from genre.system.lock import FolderLock
from genre.system.schema import cause, printable
from genre.system.warm_worker import WarmWorker

SHOWN_LETTERS = 80  # of a name that no run has, in the message


def new_run(config: TrainConfig, folder: Path = RUNS) -> Path:
    """Return a path for a new run: its name sorts by time, and the queue goes by it."""
    return folder / f"{stamp_now()}-{config.preset}-{secrets.token_hex(2)}"


def start_new_run(
    config: TrainConfig,
    data: str,
    folder: Path = RUNS,
    *,
    song: Source | None = None,
    worker: WarmWorker | None = None,
) -> Path:
    """Make a run and start its process: both happen, or neither.

    Parameters
    ----------
    config : TrainConfig
    data : str
        Name or path of the dataset.
    folder : Path
        Where the runs are.
    song : Source, optional
        A song to be pinned to it.
    worker : WarmWorker, optional
        As for `start_run`.

    Returns
    -------
    run : Path
        Its folder.

    Raises
    ------
    DatasetError, RunError, AudioError
        If the split cannot be, the disk or the system refuses, or the song cannot be pinned; no
        folder is left.
    """
    require_split(check_source_split(data, config))
    run = new_run(config, folder)
    create_run(run, config, data)
    try:
        if song is not None:
            pin_song(run, song)
        start_run(run, worker=worker)
    except BaseException:
        shutil.rmtree(run, ignore_errors=True)
        raise
    return run


def create_run(run: Path, config: TrainConfig, data: str) -> None:
    """Make the folder of a new run, with what was asked for in it.

    Parameters
    ----------
    run : Path
        As `new_run` gives it, or any folder that is not there yet.
    config : TrainConfig
    data : str
        Name or path of the dataset.

    Raises
    ------
    RunError
        If the folder exists, or the disk refuses.
    """
    document = {
        "version": RUN_VERSION,
        "data": data,
        "recipe": config.to_dict(),
        "created": time.time(),
    }
    try:
        run.mkdir(parents=True)
        sweep_leftovers(run.parent)
        write_status(run, RunStatus("queued", heartbeat=time.time()))
        write_json(run / CONFIG_FILE, document)
    except FileExistsError as error:
        raise RunError(
            _("the folder {name} exists. Choose another name.").format(name=run.name)
        ) from error
    except OSError as error:
        shutil.rmtree(run, ignore_errors=True)
        refused = _("the run could not be written ({reason}). Free some space and try again.")
        raise RunError(refused.format(reason=cause(error))) from error


def start_run(run: Path, *, resume: bool = False, worker: WarmWorker | None = None) -> None:
    """Start a run's process; it outlives the process that starts it.

    Parameters
    ----------
    run : Path
    resume : bool
        Go on from the last finished epoch of a stopped or killed run.
    worker : WarmWorker, optional
        Takes the run if it is idle.

    Raises
    ------
    RunError
        If the run is live already or finished, the system refuses a process, or there is no
        TensorFlow.
    """
    check_training()
    (prepare_resume if resume else _check_not_live)(run)
    if worker and (pid := worker.hand_over(run, resume, on_lost=restart_lost)):
        job_of(run).note_process(RunStatus("queued"), pid)
    else:
        _start_process(run, resume)


def _start_process(run: Path, resume: bool) -> None:
    """Start a process for a run."""
    words = ["train", "--run", str(run.resolve()), *["--resume"] * resume]
    try:
        job_of(run).start(words, RunStatus("queued"))
    except OSError as error:
        refused = _(
            "the run could not be started ({reason}). Close other programs or free some space, "
            "and try again."
        )
        raise RunError(refused.format(reason=cause(error))) from error


def restart_lost(run: Path, resume: bool) -> None:
    """Start a process for a run whose worker ended before it began, unless it was deleted."""
    with contextlib.suppress(RunError):  # its status soon says that no process started
        if (run / CONFIG_FILE).exists():
            _start_process(run, resume)


def prepare_resume(run: Path) -> None:
    """Check that a run can be resumed, and take back that it was to stop or to pause.

    Raises
    ------
    RunError
        If it is live or finished, or the disk refuses.
    """
    if _check_not_live(run).state == "finished":
        refused = _("the run {name} is finished: there is nothing to resume. Start a new run.")
        raise RunError(refused.format(name=run.name))
    for folder in (run, run / CHECKPOINT, run / FOLDS, *(run / FOLDS).glob("*/")):
        sweep_parts(folder)
    steer_run(run, stop=False, pause=False, until=next_stop(run))


def _check_not_live(run: Path) -> RunStatus:
    """Return where a run stands; one that was imported or has a process at work is refused."""
    check_own(run)
    status = read_status(run)
    is_own = status.state == "queued" and status.pid == os.getpid()  # it was started for this run
    if status.is_live and status.pid and not is_own:
        raise RunError(_("the run {name} is at work already. Stop it first.").format(name=run.name))
    return status


def steer_run(run: Path, **changes: Any) -> Control:
    """Tell a run to pause, go on, stop now or later, or use another rate or number of epochs.

    Parameters
    ----------
    run : Path
    **changes
        Fields of `Control`; what is not named stays as it was.

    Returns
    -------
    control : Control

    Raises
    ------
    ParameterError
        If a value is outside what a recipe may have.
    RunError
        If its files cannot be read, or the disk refuses.
    """
    control = replace(read_control(run), **changes)
    control.applied_to(read_config(run)[0])  # refuses what a recipe may not have
    try:
        write_json(run / CONTROL_FILE, {"version": RUN_VERSION} | asdict(control))
    except OSError as error:
        name, reason = printable(run.name), cause(error)
        refused = _("the controls of {name} could not be written ({reason}). Free some space.")
        raise RunError(refused.format(name=name, reason=reason)) from error
    return control


def list_runs(folder: Path = RUNS) -> list[Path]:
    """Return the runs, oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{CONFIG_FILE}"))


def find_run(name: str, folder: Path = RUNS) -> Path:
    """Return a run by its name, the end of it, or its path."""
    with contextlib.suppress(OSError):  # of a name that no file can have
        if (Path(name) / CONFIG_FILE).is_file():
            return Path(name)
    found = [run for run in list_runs(folder) if name and run.name.endswith(name)]
    if len(found) != 1:
        known = ", ".join(printable(run.name) for run in list_runs(folder)[-5:]) or _("none")
        shown = name if len(name) <= SHOWN_LETTERS else f"{name[:SHOWN_LETTERS]}..."
        message = _("there is no run by the name {shown!r}. The latest are: {known}.")
        if found:
            message = _("there are {n} runs by the name {shown!r}. The latest are: {known}.")
        raise RunError(message.format(n=len(found), shown=shown, known=known))
    return found[0]


def delete_run(run: Path) -> None:
    """Delete a run's folder, even a damaged one; a live one is refused.

    Raises
    ------
    RunError
        If a process is at work on it, or the disk refuses.
    """
    try:
        status = read_status(run)
        is_at_work = status.is_live and status.pid
    except RunError:  # damaged: its process, if there is one, holds the lock
        is_at_work = not _is_unlocked(run)
    if is_at_work:
        raise RunError(
            _("the run {name} is at work. Stop it before you delete it.").format(name=run.name)
        )
    try:
        remove_folder(run)
    except OSError as error:
        name, reason = printable(run.name), cause(error)
        refused = _("{name} could not be deleted ({reason}). Check the folder's permissions.")
        raise RunError(refused.format(name=name, reason=reason)) from error


def _is_unlocked(run: Path) -> bool:
    """Tell whether no process trains a run, whatever its files say."""
    lock = FolderLock(run)
    try:
        is_free = lock.acquire()
    except OSError:  # no folder, or not ours to write: deleting it says why
        return True
    lock.release()
    return is_free
