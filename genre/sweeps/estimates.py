"""How long the next run of a sweep will take, and all of it, from the runs that have ended."""

from __future__ import annotations

from genre.sweeps.files import Sweep, SweepState, Trial
from genre.sweeps.plan import PROCESS_SECONDS, plan_rungs, run_seconds


def trial_seconds(sweep: Sweep, state: SweepState, trial: Trial, epochs: int = 0) -> float | None:
    """Return the expected duration of a trial from where it is, up to so many epochs.

    Parameters
    ----------
    sweep : Sweep
    state : SweepState
    trial : Trial
    epochs : int
        0 for all of its recipe's.

    Returns
    -------
    seconds : float or None
        None before a run of the sweep has ended: nothing is known of this computer and this data.
    """
    if (pace := _pace(sweep, state)) is None:
        return None
    return pace * _rough(sweep, state, trial, epochs, trial.epochs)


def seconds_left(sweep: Sweep, state: SweepState) -> float | None:
    """Return the expected duration of what is left of a sweep; None where nothing is known.

    The run that trains counts whole.  Of the later rungs of halving each configuration is as
    expensive as the mean.
    """
    if (pace := _pace(sweep, state)) is None:
        return None
    rungs = plan_rungs(sweep.spec, len(sweep.configurations))
    total = sum(
        _rough(sweep, state, trial, rungs[state.rung].epochs, trial.epochs)
        for trial in state.trials
        if trial.is_open
    )
    done = rungs[state.rung].epochs
    for rung in rungs[state.rung + 1 :]:
        each = [_rough(sweep, state, trial, rung.epochs, done) for trial in state.trials]
        total += rung.n_configurations * len(sweep.spec.seeds) * sum(each) / len(each)
        done = rung.epochs
    return pace * total


def _pace(sweep: Sweep, state: SweepState) -> float | None:
    """Return how much longer the trials that have ended took than is expected roughly."""
    ended = [trial for trial in state.trials if trial.epochs and trial.seconds]
    rough = sum(_rough(sweep, state, trial, trial.epochs, 0) for trial in ended)
    if not state.n_segments or not rough:
        return None
    return sum(trial.seconds for trial in ended) / rough


def _rough(sweep: Sweep, state: SweepState, trial: Trial, epochs: int, done: int) -> float:
    config = sweep.spec.config_of(sweep.configurations[trial.configuration], trial.seed)
    seconds = run_seconds(config, state.n_tracks, state.n_segments, epochs, done)
    return PROCESS_SECONDS + seconds
