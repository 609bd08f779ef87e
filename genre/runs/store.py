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
from datetime import datetime
from pathlib import Path
from typing import Any

from genre.audio.load import Source
from genre.errors import RunError
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.runs.files import (
    CHECKPOINT,
    CONFIG_FILE,
    CONTROL_FILE,
    RUN_VERSION,
    Control,
    RunStatus,
    job_of,
    read_config,
    read_control,
    read_status,
    write_status,
)
from genre.runs.tracked_song import pin_song
from genre.system.files import sweep_parts, write_json
from genre.system.folders import remove_folder, sweep_leftovers
from genre.system.installed import check_training
from genre.system.lock import FolderLock
from genre.system.schema import printable
from genre.system.warm_worker import WarmWorker

SHOWN_LETTERS = 80  # of a name that no run has, in the message


def new_run(config: TrainConfig, folder: Path = RUNS) -> Path:
    """Return a path for a new run: its name sorts by time, and the queue goes by it."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S%f")[:-3]  # to a millisecond
    return folder / f"{stamp}-{config.preset}-{secrets.token_hex(2)}"


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
    RunError
        If the disk or the system refuses; no folder is left.
    AudioError
        If the song cannot be pinned; no folder is left.
    """
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
        raise RunError(f"the folder {run.name} exists. Choose another name.") from error
    except OSError as error:
        shutil.rmtree(run, ignore_errors=True)
        raise RunError(
            f"the run could not be written ({error.strerror or error}). "
            "Free some space and try again."
        ) from error


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
        raise RunError(
            f"the run could not be started ({error.strerror or error}). "
            "Close other programs or free some space, and try again."
        ) from error


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
        raise RunError(
            f"the run {run.name} is finished: there is nothing to resume. Start a new run."
        )
    for folder in (run, run / CHECKPOINT):
        sweep_parts(folder)
    steer_run(run, stop=False, pause=False)


def _check_not_live(run: Path) -> RunStatus:
    """Return where a run stands; one that a process is at work on is refused."""
    status = read_status(run)
    is_own = status.state == "queued" and status.pid == os.getpid()  # it was started for this run
    if status.is_live and status.pid and not is_own:
        raise RunError(f"the run {run.name} is {status.state} already. Stop it first.")
    return status


def steer_run(run: Path, **changes: Any) -> Control:
    """Tell a run to pause, go on, stop, or use another learning rate or number of epochs.

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
        raise RunError(
            f"the controls of {printable(run.name)} could not be written "
            f"({error.strerror or error}). "
            "Free some space and try again."
        ) from error
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
        known = ", ".join(printable(run.name) for run in list_runs(folder)[-5:]) or "none"
        how_many = "no run" if not found else f"{len(found)} runs"
        shown = name if len(name) <= SHOWN_LETTERS else f"{name[:SHOWN_LETTERS]}..."
        raise RunError(f"there is {how_many} by the name {shown!r}. The latest are: {known}.")
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
        doing: str = status.state if status.is_live and status.pid else ""
    except RunError:  # damaged: its process, if there is one, holds the lock
        doing = "" if _is_unlocked(run) else "at work"
    if doing:
        raise RunError(f"the run {run.name} is {doing}. Stop it before you delete it.")
    try:
        remove_folder(run)
    except OSError as error:
        raise RunError(
            f"the run {printable(run.name)} could not be deleted ({error.strerror or error}). "
            "Check the folder's permissions."
        ) from error


def _is_unlocked(run: Path) -> bool:
    """Tell whether no process trains a run, whatever its files say."""
    lock = FolderLock(run)
    try:
        is_free = lock.acquire()
    except OSError:  # no folder, or not ours to write: deleting it says why
        return True
    lock.release()
    return is_free
