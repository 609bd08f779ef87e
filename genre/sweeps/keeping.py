"""What the process of a sweep knows of its runs, and writes down of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.language import _
from genre.recipes.config import TrainConfig
from genre.runs.files import CONFIG_FILE, read_events
from genre.runs.reader import RunView
from genre.sweeps.estimates import seconds_left, trial_seconds
from genre.sweeps.files import Sweep, SweepState, SweepStatus, Trial, read_state, write_state
from genre.sweeps.plan import plan_rungs
from genre.sweeps.scores import outcome
from genre.sweeps.standings import standings
from genre.sweeps.store import with_trial
from genre.system.jobs import Job

OnChange = Callable[[SweepStatus, SweepState], None]


class Keeping:
    """The state of a sweep that is advanced, written down whenever it changes.

    Parameters
    ----------
    sweep : Sweep
    job : Job
        Its process.
    on_change : callable
        Called with the status and the state when something has been written down.
    runs : Path
        Where the runs are.
    """

    def __init__(
        self, sweep: Sweep, job: Job[SweepStatus], on_change: OnChange, runs: Path
    ) -> None:
        self.sweep, self.job, self.on_change, self.runs = sweep, job, on_change, runs
        self.state = read_state(sweep)
        self.rungs = plan_rungs(sweep.spec, len(sweep.configurations))
        self.n_failed = 0
        for trial in self.state.trials:  # one stopped by hand may have been resumed by hand
            is_here = bool(trial.run) and (self.runs / trial.run / CONFIG_FILE).exists()
            if trial.state == "stopped" and is_here:
                self._settle(trial)
            elif trial.state == "training" and not is_here:  # it was at a worker, or not begun
                self._keep(replace(trial, state="waiting"))

    def _next(self) -> Trial | None:
        """Return the trial that is at work, or the next one; None if all of the rung have ended."""
        trials = self.state.trials
        at_work = [trial for trial in trials if trial.state == "training"]
        waiting = [trial for trial in trials if trial.state == "waiting"]
        return next(iter([*at_work, *waiting]), None)

    def _spent(self, trial: Trial) -> str:
        """Return why a trial is not begun for want of minutes; empty if it is."""
        minutes, spent = self.state.minutes, self.state.spent_seconds
        if minutes is None or not spent:
            return ""
        epochs = self.rungs[self.state.rung].epochs
        at_work = (t for t in self.state.trials if t.state == "training")
        begun = sum(trial_seconds(self.sweep, self.state, t, epochs) or 0.0 for t in at_work)
        left = minutes * 60 - spent - begun
        expected = trial_seconds(self.sweep, self.state, trial, epochs)
        if left > 0 and (expected is None or expected <= left):
            return ""
        if left <= 0:
            return _("the {minutes:g} minutes are spent.").format(minutes=minutes)
        said = _(
            "of {minutes:g} minutes {left:.1f} are left, and the next run would need about {n:.1f}."
        )
        return said.format(minutes=minutes, left=left / 60, n=(expected or 0) / 60)

    def _promote(self) -> bool:
        """Begin the next rung with the better configurations; False if there is none."""
        if self.state.rung + 1 >= len(self.rungs):
            return False
        wanted = self.rungs[self.state.rung + 1].n_configurations
        ranked = [one for one in standings(self.sweep, self.state) if not one.is_dropped]
        kept = {one.configuration for one in ranked[:wanted] if one.is_complete}
        trials = tuple(
            replace(trial, state="waiting" if trial.configuration in kept else "dropped")
            if trial.state == "done"
            else trial
            for trial in self.state.trials
        )
        self.state = replace(self.state, trials=trials, rung=self.state.rung + 1)
        write_state(self.sweep, self.state)
        return bool(kept)

    def _settle(self, trial: Trial, *, was_stopped_here: bool = False) -> None:
        """Write down what a trial's run has come to."""
        run, config = self.runs / trial.run, self._config(trial)
        ended = outcome(trial, run, config, self._epochs(config))
        if ended.state == "stopped" and was_stopped_here:
            ended = replace(ended, state="waiting")
        is_failure = ended.state == "failed" and not ended.reason.startswith("diverged")
        self.n_failed = self.n_failed + 1 if is_failure else 0
        for event in read_events(run)[0]:
            if event["event"] == "data":
                n_segments = sum(event["n_segments"].values())
                self.state = replace(self.state, n_tracks=event["n_tracks"], n_segments=n_segments)
        self._keep(ended)

    def _keep(self, trial: Trial) -> None:
        self.state = with_trial(self.state, trial)
        write_state(self.sweep, self.state)
        self._tell(**self._figures())

    def _report(self, view: RunView) -> None:
        reached = {"run": view.name, "epoch": len(view.history), "n_epochs": view.config.epochs}
        self._tell(**self._figures(), **reached)

    def _figures(self) -> dict[str, Any]:
        trials = [trial for trial in self.state.trials if trial.state != "dropped"]
        n_at_once = max(1, sum(trial.state == "training" for trial in trials))
        return {
            "n_ended": sum(not trial.is_open for trial in trials),
            "n_trials": len(trials),
            "seconds_left": (seconds_left(self.sweep, self.state) or 0.0) / n_at_once,
        }

    def _tell(self, **figures: Any) -> None:
        status = SweepStatus("sweeping", **figures)
        self.job.progress(status)
        self.on_change(status, self.state)

    def _config(self, trial: Trial) -> TrainConfig:
        spec = self.sweep.spec
        return spec.config_of(self.sweep.configurations[trial.configuration], trial.seed)

    def _epochs(self, config: TrainConfig) -> int:
        """Return how far a recipe is trained in this rung."""
        return self.rungs[self.state.rung].epochs or config.epochs
