"""A sweep is advanced: its runs are started one after the other, watched and compared.

Conventions
-----------
A run's name is written down before there is a run, so that whoever takes over finds it: nothing is
trained twice.  A run that trains goes on when this process is killed, and is watched again by the
next one; one whose process was killed too is resumed from its last epoch.  On a cluster what had
not come back is trained again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.cluster.address import cluster_address
from genre.errors import ClusterError, GenreError, RunError
from genre.language import N_, _
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.runs.files import CONFIG_FILE, read_config, read_status
from genre.runs.reader import RunReader
from genre.runs.stop import stop_run
from genre.runs.store import new_run, start_run
from genre.sweeps.files import JobState, Sweep, SweepStatus, Trial, job_of, read_sweep
from genre.sweeps.keeping import Keeping, OnChange
from genre.sweeps.sent import TrainSent, Work, can_be_sent, data_key, make_run, train_there
from genre.system.jobs import Job
from genre.system.lock import FolderLock
from genre.system.schema import cause, printable

POLL_SECONDS = 0.3
MAX_FAILED = 3
"""Runs that fail one after the other, though they did not diverge, before the sweep gives up."""
DELETED = N_("its run was deleted")


def run_sweep(
    folder: Path,
    on_change: OnChange = lambda status, state: None,
    runs: Path = RUNS,
    train_sent: TrainSent | None = None,
) -> SweepStatus:
    """Advance a sweep in this very process until it is done, stopped, or its minutes are spent.

    Parameters
    ----------
    folder : Path
        As `genre.sweeps.store.create_sweep` made it.
    on_change : callable
        Called with the status and the state after each look at the run that trains.
    runs : Path
        Where the runs are.
    train_sent : callable, optional
        Trains a run at a worker, where a cluster is used; else runs are trained here.

    Returns
    -------
    status : SweepStatus
        ``finished``, ``stopped``, ``spent``, or ``failed`` with the reason.

    Raises
    ------
    RunError
        If it cannot be read, or another process advances it.
    """
    sweep = read_sweep(folder)
    lock, job = FolderLock(folder), job_of(folder)
    try:
        is_free = lock.acquire()
    except OSError as error:
        refused = _("the sweep {name} cannot be written ({reason}). Check its folder.")
        raise RunError(refused.format(name=printable(sweep.name), reason=cause(error))) from error
    if not is_free:
        refused = _("the sweep {name} is at work already. Stop it first.")
        raise RunError(refused.format(name=printable(sweep.name)))
    try:
        job.begin(SweepStatus("sweeping"))
        advance = _Advance(sweep, job, on_change, runs, train_sent)
        try:
            return advance.run()
        except KeyboardInterrupt:
            advance.stop_run()
            return advance.end("stopped", "interrupted")
    except (GenreError, OSError) as error:
        said = str(error) if isinstance(error, GenreError) else cause(error)
        return job.conclude(state="failed", reason=printable(said), run="")
    finally:
        lock.release()


class _StopError(Exception):
    """The sweep is to stop while its runs are at workers."""


class _Advance(Keeping):
    """One process's way through a sweep; runs are sent to a cluster with ``train_sent``."""

    def __init__(
        self,
        sweep: Sweep,
        job: Job[SweepStatus],
        on_change: OnChange,
        runs: Path,
        train_sent: TrainSent | None,
    ) -> None:
        super().__init__(sweep, job, on_change, runs)
        self.train_sent = train_sent if cluster_address() else None
        self.was_sent = False
        self.not_sent: set[str] = set()  # runs that no worker could train

    def run(self) -> SweepStatus:
        while True:
            if self.job.is_stop_wanted():
                self.stop_run()
                return self.end("stopped", "asked to")
            trial = self._next()
            if trial is None:
                if self._promote():
                    continue
                return self.end("finished")
            if trial.state == "waiting" and (why := self._spent(trial)):
                return self.end("spent", why)
            if self.train_sent and trial.state == "waiting" and self._can_be_sent(trial):
                self._train_there(trial, self.train_sent)
            else:
                self._train(trial)
            if self.n_failed >= MAX_FAILED:
                said = _("{n} runs in a row failed, the last one since {reason}")
                reason = next(t.reason for t in reversed(self.state.trials) if t.reason)
                return self.end("failed", said.format(n=self.n_failed, reason=reason))

    def end(self, state: JobState, reason: str = "") -> SweepStatus:
        """Report how it ended, with the figures as they are now."""
        self.job.report(SweepStatus("sweeping", **self._figures()))
        return self.job.conclude(state=state, reason=reason)

    def stop_run(self) -> None:
        """Stop the run that trains for the sweep; it waits to go on where it was."""
        for trial in self.state.trials:
            if trial.state == "training":
                run = self.runs / trial.run
                try:
                    if read_status(run).is_live:
                        stop_run(run)
                    while read_status(run).is_live:
                        time.sleep(POLL_SECONDS)
                except RunError:  # it is not there
                    self._keep(replace(trial, state="waiting"))
                    continue
                self._settle(trial, was_stopped_here=True)

    def _train(self, trial: Trial) -> None:
        """Train a trial as far as its rung goes, or until the sweep is to stop."""
        config = self._config(trial)
        run = self.runs / trial.run if trial.run else new_run(config, self.runs)
        trial = replace(trial, run=run.name)
        try:
            if trial.state == "waiting" or not _has_process(run):
                trial = replace(trial, state="training")
                self._keep(trial)
                self._begin(run, config, trial)
            if not self._watch(run):
                return  # to stop
        except RunError:
            if (run / CONFIG_FILE).exists():
                raise
            self._keep(replace(trial, state="stopped", reason=DELETED))
            return
        self._settle(trial)

    def _begin(self, run: Path, config: TrainConfig, trial: Trial) -> None:
        """Start a run, or go on with it."""
        was_there = make_run(self.sweep, self._work(trial, config), run)
        if can_be_sent(run):
            start_run(run, resume=was_there)

    def _work(self, trial: Trial, config: TrainConfig) -> Work:
        epochs = self._epochs(config)
        return Work(trial, config, epochs if epochs < config.epochs else None)

    def _can_be_sent(self, trial: Trial) -> bool:
        return trial.run not in self.not_sent and can_be_sent(self.runs / (trial.run or "none"))

    def _to_send(self, key: tuple[Any, ...]) -> Iterator[Work]:
        """Yield the trials to be sent that read such data, each as a worker is free for it."""
        for trial in self.state.trials:
            config = self._config(trial)
            if trial.state != "waiting" or data_key(config) != key or not self._can_be_sent(trial):
                continue
            if self.n_failed >= MAX_FAILED or self._spent(trial):
                return
            name = trial.run or new_run(config, self.runs).name
            trial = replace(trial, run=name, state="training")
            self._keep(trial)
            yield self._work(trial, config)

    def _train_there(self, trial: Trial, train_sent: TrainSent) -> None:
        """Train what waits and reads the same data on the cluster, until the sweep is to stop."""

        def on_tick() -> None:
            self._tell(**self._figures())
            if self.job.is_stop_wanted():
                raise _StopError

        works = self._to_send(data_key(self._config(trial)))
        ended = train_there(self.sweep, works, self.runs, train_sent, on_tick)
        try:
            with closing(ended):
                for one, is_back in ended:
                    if is_back:
                        self._settle(one)
                    else:
                        self.not_sent.add(one.run)
                        self._keep(replace(one, state="waiting"))
                    self.was_sent = True
        except _StopError:
            pass
        except ClusterError:
            if not self.was_sent:  # it is refused before anything is trained
                raise
            self.train_sent = None
        else:
            if any(one.state == "training" for one in self.state.trials):
                self.train_sent = None  # the cluster was lost
        finally:
            for one in self.state.trials:
                if one.state == "training":
                    self._keep(replace(one, state="waiting"))

    def _watch(self, run: Path) -> bool:
        """Look at a run until it ends; False if the sweep is to stop."""
        reader = RunReader(run)
        while (view := reader.read()).status.is_live:
            self._report(view)
            if self.job.is_stop_wanted():
                return False
            time.sleep(POLL_SECONDS)
        self._report(view)
        return True


def _has_process(run: Path) -> bool:
    """Tell whether a run has a process, or had one: what it has come to is in its files."""
    try:
        read_config(run)
        status = read_status(run)
    except RunError:
        return False
    return bool(status.pid) or not status.is_live
