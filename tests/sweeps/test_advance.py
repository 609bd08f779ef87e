"""A sweep is advanced: with real runs in processes of their own, killed, stopped, gone on with."""

import os
import signal
from dataclasses import replace

import pytest

from genre.runs.evaluations import evaluation_of_run
from genre.runs.files import AS_FAR_AS_ASKED, RunStatus, read_config, read_events, read_status
from genre.runs.labels import read_label
from genre.runs.store import list_runs
from genre.sweeps.advance import run_sweep
from genre.sweeps.chosen import chosen_ones
from genre.sweeps.files import Trial, read_state, write_state
from genre.sweeps.store import start_sweep, stop_sweep, with_trial
from tests.support.live_runs import (
    data,
    epoch,
    has_ended,
    phase,
    wait_for,
    write_run,
)
from tests.sweeps.conftest import EPOCHS, TINY, learns, wait_until


@pytest.mark.tensorflow
@pytest.mark.slow
def test_sweep_killed_stopped_and_gone_on_with_trains_nothing_twice(at_home, tmp_path):
    sweep, runs = at_home, tmp_path / "runs"
    start_sweep(sweep.folder)
    trials, status = wait_until(learns(0), sweep)
    os.kill(status.pid, signal.SIGKILL)
    wait_until(lambda trials, status: status.state == "failed", sweep)
    wait_for(has_ended, runs / trials[0].run)  # it goes on without the sweep
    assert read_status(runs / trials[0].run).state == "finished"

    start_sweep(sweep.folder)
    trials, status = wait_until(learns(1), sweep)
    assert trials[0].state == "done"
    stop_sweep(sweep.folder)
    trials, status = wait_until(lambda trials, status: not status.is_live, sweep)
    assert (status.state, trials[1].state) == ("stopped", "waiting")
    assert read_status(runs / trials[1].run).state == "stopped"

    start_sweep(sweep.folder)
    trials, status = wait_until(lambda trials, status: not status.is_live, sweep)
    assert (status.state, status.n_ended, status.n_trials) == ("finished", 4, 4)
    assert {trial.state for trial in trials} == {"done"}
    made = list_runs(runs)
    assert sorted(run.name for run in made) == sorted(trial.run for trial in trials)
    for run, trial in zip(made, trials, strict=True):
        events = read_events(run)[0]
        assert [e["epoch"] for e in events if e["event"] == "epoch"] == [*range(1, EPOCHS + 1)]
        config = read_config(run)[0]
        assert config == sweep.spec.config_of(sweep.configurations[trial.configuration], trial.seed)
        assert 0 <= trial.score <= 1
        assert trial.seconds > 0
    assert read_label(made[1]).label == "learning_rate 0.001, seed 1"
    assert read_label(made[1]).tags == ("Two rates",)


def ended_run(runs, sweep, trial, accuracies, status=None):
    """Write a run of a trial that has ended, and return the trial that waited for it."""
    config = sweep.spec.config_of(sweep.configurations[trial.configuration], trial.seed)
    name = f"run-{trial.configuration}-{trial.seed}"
    rows = [epoch(n, 12 + n, val_accuracy=a) for n, a in enumerate(accuracies, start=1)]
    end = 12 + len(rows)
    write_run(
        runs / name,
        *(phase("queued", 1), phase("starting", 2), data(11), phase("fitting", 12)),
        *(*rows, phase("finished", end)),
        config=config,
        data=sweep.spec.data,
        status=status or RunStatus("finished"),
    )
    return replace(trial, run=name, state="training")


def test_halving_goes_on_with_the_better_mean_at_the_rung(make_sweep, tmp_path):
    """The first is better at two epochs, by the mean of its seeds, and worse at four."""
    sweep, runs = make_sweep(method="halving", factor=2), tmp_path / "runs"
    state = read_state(sweep)
    so_far = RunStatus("stopped", AS_FAR_AS_ASKED)
    for trial, accuracies, status in zip(
        state.trials,
        ([0.1, 0.9, 0.2, 0.3], [0.1, 0.3, 0.2, 0.3], [0.4, 0.5], [0.4, 0.6]),
        (None, None, so_far, so_far),
        strict=True,
    ):
        state = with_trial(state, ended_run(runs, sweep, trial, accuracies, status))
    write_state(sweep, state)
    status = run_sweep(sweep.folder, runs=runs)
    trials = read_state(sweep).trials

    assert status.state == "finished"
    assert [trial.state for trial in trials] == ["done", "done", "dropped", "dropped"]
    assert [trial.epochs for trial in trials] == [4, 4, 2, 2]
    assert [trial.score for trial in trials] == [0.3, 0.3, 0.5, 0.6]
    assert len(list_runs(runs)) == 4


def test_no_run_begins_that_would_end_after_the_budget(make_sweep, tmp_path):
    sweep, runs = make_sweep(minutes=1), tmp_path / "runs"
    state = read_state(sweep)
    first = ended_run(runs, sweep, state.trials[0], [0.5] * 28)  # 40 seconds of work
    write_state(sweep, with_trial(state, first))
    status = run_sweep(sweep.folder, runs=runs)
    trials = read_state(sweep).trials

    assert status.state == "spent"
    assert status.reason.startswith("of 1 minutes 0.4 are left, and the next run would need")
    assert [trial.state for trial in trials] == ["done", "waiting", "waiting", "waiting"]
    assert len(list_runs(runs)) == 1


def test_budget_that_is_spent_is_said(make_sweep, tmp_path):
    sweep, runs = make_sweep(minutes=1), tmp_path / "runs"
    state = read_state(sweep)
    spent = Trial(0, 0, "gone", "done", 4, 0.5, 1.0, seconds=61.0)
    write_state(sweep, with_trial(state, spent))
    status = run_sweep(sweep.folder, runs=runs)

    assert (status.state, status.reason) == ("spent", "the 1 minutes are spent.")
    assert list_runs(runs) == []


def test_runs_that_all_fail_end_the_sweep_with_their_reason(make_sweep, tmp_path):
    sweep, runs = make_sweep(), tmp_path / "runs"
    state = read_state(sweep)
    failed = RunStatus("failed", "the dataset is gone")
    for trial in state.trials:
        state = with_trial(state, ended_run(runs, sweep, trial, [0.5], failed))
    write_state(sweep, state)
    status = run_sweep(sweep.folder, runs=runs)

    assert (status.state, status.n_ended) == ("failed", 3)
    assert status.reason == "3 runs in a row failed, the last one since the dataset is gone"


def test_run_stopped_by_hand_is_left_out_until_it_is_resumed_by_hand(make_sweep, tmp_path):
    sweep, runs = make_sweep(settings={"learning_rate": (1e-3,)}), tmp_path / "runs"
    state = read_state(sweep)
    by_hand = RunStatus("stopped", "asked to")
    for trial, accuracies, status in zip(
        state.trials, ([0.5] * 4, [0.4]), (None, by_hand), strict=True
    ):
        state = with_trial(state, ended_run(runs, sweep, trial, accuracies, status))
    write_state(sweep, state)
    run_sweep(sweep.folder, runs=runs)
    stopped = read_state(sweep).trials[1]
    assert (stopped.state, stopped.score) == ("stopped", 0.4)

    write_run(runs / "again", *read_events_of(0.7), config=read_config(runs / stopped.run)[0])
    (runs / "again" / "events.jsonl").replace(runs / stopped.run / "events.jsonl")
    (runs / "again" / "status.json").replace(runs / stopped.run / "status.json")
    run_sweep(sweep.folder, runs=runs)
    assert (read_state(sweep).trials[1].state, read_state(sweep).trials[1].score) == ("done", 0.7)


def read_events_of(accuracy):
    return [phase("fitting", 2), *(epoch(n, 2 + n, val_accuracy=accuracy) for n in range(1, 5))]


@pytest.mark.tensorflow
@pytest.mark.slow
def test_runs_with_a_test_side_and_with_folds_are_each_scored_in_their_own_group(
    make_sweep, tmp_path
):
    ways = {"evaluation": ("held-out", "pooled")}
    changes = {**TINY, "n_folds": 2, "epochs": 2}
    sweep = make_sweep(settings=ways, changes=changes, seeds=(0,))
    status = run_sweep(sweep.folder, runs=tmp_path / "runs")
    state = read_state(sweep)

    assert status.state == "finished", status
    assert [trial.state for trial in state.trials] == ["done", "done"]
    assert all(0 <= trial.score <= 1 for trial in state.trials)
    assert [one.group for one in chosen_ones(sweep, state)] == [("held-out",), ("pooled",)]
    evaluations = [evaluation_of_run(tmp_path / "runs" / trial.run) for trial in state.trials]
    assert evaluations[0]["track_accuracy"]["n"] < evaluations[1]["track_accuracy"]["n"] == 24
