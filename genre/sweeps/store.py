"""Sweeps on disk: make, find, start, stop, go on and delete them.

Conventions
-----------
A sweep is a folder (`genre.sweeps.files`), advanced by a process of its own; its runs are runs like
any other and stay when it is deleted.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from genre.datasets.load import bundled_datasets
from genre.errors import ParameterError, RunError
from genre.language import _
from genre.paths import RUNS, SWEEPS
from genre.runs.damaged import DamagedEntry
from genre.runs.files import read_status
from genre.runs.names import stamp_now
from genre.runs.stop import stop_run
from genre.sweeps.data_check import check_data
from genre.sweeps.files import (
    SWEEP_FILE,
    Sweep,
    SweepState,
    SweepStatus,
    Trial,
    job_of,
    new_trials,
    read_job,
    read_state,
    read_sweep,
    write_state,
    write_sweep,
)
from genre.sweeps.plan import plan_configurations
from genre.sweeps.spec import MAX_MINUTES, SweepSpec
from genre.system.folders import remove_folder, replacing_folder
from genre.system.installed import check_training
from genre.system.lock import FolderLock
from genre.system.names import fit_name
from genre.system.schema import cause, printable

FALLBACK = "sweep"
"""Of a label without letters and digits."""


def create_sweep(spec: SweepSpec, folder: Path = SWEEPS) -> Path:
    """Make the folder of a new sweep; nothing is started.

    Parameters
    ----------
    spec : SweepSpec
    folder : Path
        Where the sweeps are.

    Returns
    -------
    sweep : Path

    Raises
    ------
    ParameterError
        As `genre.sweeps.plan.plan_configurations`.
    DatasetError
        If the data cannot be read, or not split with one of the seeds.
    RunError
        If the disk refuses.
    """
    spec = replace(spec, data=_place_of(spec.source))
    configurations = plan_configurations(spec)
    check_data(spec, configurations)
    path = folder / f"{stamp_now()}-{fit_name(spec.label, FALLBACK)}"
    sweep = Sweep(path, spec, tuple(configurations), time.time())
    state = SweepState(new_trials(len(configurations), spec.seeds), minutes=spec.minutes)
    try:
        with replacing_folder(path, replace=False) as new:
            write_state(replace(sweep, folder=new), state)
            write_sweep(replace(sweep, folder=new))
    except OSError as error:
        refused = _("the sweep could not be written ({reason}). Free some space and try again.")
        raise RunError(refused.format(reason=cause(error))) from error
    return path


def start_sweep(folder: Path, *, minutes: float | None = None) -> None:
    """Start, or go on with, a sweep in a process of its own; one that is at work stays so.

    Parameters
    ----------
    folder : Path
    minutes : float, optional
        Another budget, of the whole sweep; as before unless it is given.

    Raises
    ------
    ParameterError
        If the budget is out of range.
    RunError
        If it is damaged, there is no TensorFlow, or the system refuses.
    """
    check_training()
    if read_job(folder).is_live:
        return
    prepare_to_go_on(folder, minutes=minutes)
    start_process(folder)


def start_process(folder: Path, *, is_taken_over: bool = False) -> None:
    """Start the process of a sweep that has none.

    Parameters
    ----------
    folder : Path
    is_taken_over : bool
        It was killed: how often its runs were is not forgotten.

    Raises
    ------
    RunError
        If the system refuses.
    """
    try:
        words = ["sweep", str(folder.resolve()), *["--take-over"] * is_taken_over]
        job_of(folder).start(words, SweepStatus("sweeping"))
    except OSError as error:
        refused = _("the sweep could not be started ({reason}). Close other programs or free some "
                    "space, and try again.")  # fmt: skip
        raise RunError(refused.format(reason=cause(error))) from error


def prepare_to_go_on(folder: Path, *, minutes: float | None = None) -> None:
    """Give a sweep another budget, and forget how often its runs were killed.

    Raises
    ------
    ParameterError, RunError
        As `start_sweep`.
    """
    if minutes is not None and not 0.1 <= minutes <= MAX_MINUTES:
        refused = _("{minutes:g} minutes were given, expected 0.1 to {most:,}.")
        raise ParameterError(refused.format(minutes=minutes, most=MAX_MINUTES))
    sweep = read_sweep(folder)
    with holding(folder) as is_held:
        if is_held:
            state = read_state(sweep)
            trials = tuple(replace(trial, n_killed=0) for trial in state.trials)
            state = replace(state, trials=trials)
            write_state(sweep, state if minutes is None else replace(state, minutes=minutes))


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[bool]:
    """Hold a sweep's lock within a block, if no other process does; yields whether it is held."""
    lock = FolderLock(folder)
    try:
        is_held = lock.acquire()
    except OSError:  # not ours to write: what is done next says why
        is_held = True
    try:
        yield is_held
    finally:
        lock.release()


def stop_sweep(folder: Path, runs: Path = RUNS) -> None:
    """Stop a sweep and the run that trains for it, which goes on where it was.

    Parameters
    ----------
    folder : Path
    runs : Path
        Where the runs are.

    Raises
    ------
    RunError
        If it is damaged.
    """
    if read_job(folder).is_live:
        job_of(folder).ask_to_stop()
        return
    sweep = read_sweep(folder)
    with holding(folder) as is_held:  # its process is gone, but not the run that it waited for
        state = read_state(sweep)
        for trial in state.trials if is_held else ():
            if trial.state == "training":
                with contextlib.suppress(RunError):  # it was deleted
                    if read_status(runs / trial.run).is_live:
                        stop_run(runs / trial.run)
                write_state(sweep, with_trial(state, replace(trial, state="waiting")))


def with_trial(state: SweepState, trial: Trial) -> SweepState:
    """Return a state with a trial in place of the one of its configuration and seed."""
    key = (trial.configuration, trial.seed)
    trials = (trial if (t.configuration, t.seed) == key else t for t in state.trials)
    return replace(state, trials=tuple(trials))


def delete_sweep(folder: Path) -> None:
    """Delete a sweep, even a damaged one, but not its runs; one that is at work is refused.

    Raises
    ------
    RunError
        If its process is at work, or the disk refuses.
    """
    with holding(folder) as is_held:
        if not is_held or read_job(folder).is_live:
            refused = _("the sweep {name} is at work. Stop it before you delete it.")
            raise RunError(refused.format(name=printable(folder.name)))
    try:
        remove_folder(folder)
    except OSError as error:
        name, reason = printable(folder.name), cause(error)
        refused = _("{name} could not be deleted ({reason}). Check the folder's permissions.")
        raise RunError(refused.format(name=name, reason=reason)) from error


def list_sweeps(folder: Path = SWEEPS) -> list[Path]:
    """Return the sweeps, damaged ones too, oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{SWEEP_FILE}"))


def list_damaged_sweeps(folder: Path = SWEEPS) -> list[DamagedEntry]:
    """Return the sweeps that cannot be read, and why, oldest first."""
    found = []
    for sweep in list_sweeps(folder):
        try:
            read_state(read_sweep(sweep))
        except RunError as error:
            found.append(DamagedEntry("sweep", sweep.name, str(error)))
    return found


def runs_of_sweeps(folder: Path = SWEEPS) -> dict[str, str]:
    """Return the label of its sweep for each run that belongs to one; damaged sweeps have none.

    Returns
    -------
    labels : dict
        By the run's name.
    """
    labels = {}
    for path in list_sweeps(folder):
        with contextlib.suppress(RunError):
            sweep = read_sweep(path)
            runs = (trial.run for trial in read_state(sweep).trials)
            labels.update({run: sweep.spec.label for run in runs if run})
    return labels


def find_sweep(name: str, folder: Path = SWEEPS) -> Path:
    """Return a sweep by its name, the end of it, its label, or its path.

    Raises
    ------
    RunError
        If there is none, or there are several.
    """
    with contextlib.suppress(OSError, ValueError):  # of a name that no file can have
        if (Path(name) / SWEEP_FILE).is_file():
            return Path(name)
    sweeps = list_sweeps(folder)
    found = [path for path in sweeps if name and path.name.endswith(name)]
    found = found or [
        path for path in sweeps if name and path.name.endswith(f"-{fit_name(name, FALLBACK)}")
    ]
    if len(found) != 1:
        known = ", ".join(printable(path.name) for path in sweeps[-5:]) or _("none")
        said = (
            _("there are {n} sweeps by the name {name!r}. The latest are: {known}.")
            if found
            else _("there is no sweep by the name {name!r}. The latest are: {known}.")
        )
        raise RunError(said.format(n=len(found), name=name[:80], known=known))
    return found[0]


def _place_of(data: str) -> str:
    """Return a dataset as another process finds it."""
    if data in bundled_datasets():
        return data
    return str(Path(data).expanduser().absolute())
