"""A sweep on a cluster trains what it trains here, bit for bit, whoever is killed meanwhile."""

import hashlib
import json

import pytest

from genre.cluster.address import VARIABLE
from genre.runs.files import read_status
from genre.runs.labels import read_label
from genre.runs.store import list_runs
from genre.sweeps.advance import run_sweep
from genre.sweeps.files import job_of, read_state, read_sweep
from genre.sweeps.spec import SweepSpec
from genre.sweeps.store import create_sweep
from genre.training.sent import train_sent
from tests.support.clusters import dask_cluster, slow_run
from tests.sweeps.conftest import TINY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def make(tmp_path_factory, pack):
    """Make a sweep with a folder for its runs: two rates in two steps, the better one resumed."""

    def make(**changes):
        values = {
            "label": "Two rates",
            "data": pack,
            "preset": "quick",
            "changes": {**TINY, "epochs": 8},
            "settings": {"learning_rate": (1e-3, 1e-2)},
            "method": "halving",
            "factor": 2,
        }
        place = tmp_path_factory.mktemp("sweep")
        return create_sweep(SweepSpec(**values | changes), place / "sweeps"), place / "runs"

    return make


@pytest.fixture(scope="module")
def here(make):
    """What the sweep has come to on this machine."""
    folder, runs = make()
    assert run_sweep(folder, runs=runs).state == "finished"
    return found(folder, runs)


def found(folder, runs):
    """What is known of each trial's run: its score, and its files but for what a clock measured."""
    trials = read_state(read_sweep(folder)).trials
    assert sorted(run.name for run in list_runs(runs)) == sorted(trial.run for trial in trials)
    return [
        (trial.state, trial.epochs, trial.score, trial.loss, *files_of(runs / trial.run))
        for trial in trials
    ]


def files_of(run):
    lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [
        {key: value for key, value in json.loads(line).items() if "time" not in key}
        for line in lines
    ]
    events = [event for event in events if event["event"] != "batch"]  # they come by the clock
    curves = [{k: v for k, v in e.items() if "second" not in k} for e in events]
    weights = {
        file.relative_to(run).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((run / "model").rglob("*"))
        if file.suffix == ".npz"  # an archive of Keras has the time of day in it
    }
    return curves, weights, read_label(run), read_status(run).state


@pytest.mark.tensorflow
def test_sweep_whose_worker_is_killed_trains_the_same(here, make, tmp_path, monkeypatch):
    folder, runs = make()
    killed = []
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)

        def kill(status, state):
            at_work = [trial for trial in state.trials if trial.state == "training"]
            if len(at_work) == 2 and not killed:
                killed.append(cluster.kill_worker(1))

        status = run_sweep(folder, kill, runs, train_sent)
    assert (status.state, len(killed)) == ("finished", 1)
    assert found(folder, runs) == here
    assert all(one[5] for one in here)  # weights were compared


@pytest.mark.tensorflow
def test_sweep_whose_scheduler_is_killed_goes_on_here(here, make, tmp_path, monkeypatch, caplog):
    folder, runs = make()
    killed = []
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)

        def kill(status, state):
            if state.trials[0].state == "done" and not killed:
                killed.append(cluster.kill_scheduler())

        status = run_sweep(folder, kill, runs, train_sent)
    (said,) = [r.getMessage() for r in caplog.records if r.name == "genre.cluster"]
    assert said.startswith(f"the scheduler at {cluster.address} is gone: the rest is computed here")
    assert (status.state, len(killed)) == ("finished", 1)
    assert found(folder, runs) == here


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 2) as running:
        yield running


def test_sweep_stops_and_goes_on_and_what_had_not_come_back_is_trained_again(
    cluster, make, monkeypatch
):
    """At workers that only pretend to train, since it is about the sweep."""
    monkeypatch.setenv(VARIABLE, cluster.address)
    rates = {"learning_rate": (1e-3, 2e-3, 5e-3, 1e-2, 2e-2)}
    folder, runs = make(settings=rates, method="grid")
    at_once = set()

    def stop_after_one(status, state):
        at_once.add(sum(trial.state == "training" for trial in state.trials))
        if any(trial.state == "done" for trial in state.trials):
            job_of(folder).ask_to_stop()

    status = run_sweep(folder, stop_after_one, runs, slow_run)
    trials = read_state(read_sweep(folder)).trials
    n_done = sum(trial.state == "done" for trial in trials)
    assert (status.state, status.reason) == ("stopped", "asked to")
    assert max(at_once) == 2  # a run is sent when a worker is free
    assert 1 <= n_done < 5
    assert {trial.state for trial in trials} == {"done", "waiting"}
    assert len(list_runs(runs)) == n_done

    before = {run.name: run.stat().st_ino for run in list_runs(runs)}
    status = run_sweep(folder, runs=runs, train_sent=slow_run)
    trials = read_state(read_sweep(folder)).trials
    assert status.state == "finished"
    assert [trial.state for trial in trials] == ["done"] * 5
    assert {name: (runs / name).stat().st_ino for name in before} == before
    assert sorted(run.name for run in list_runs(runs)) == sorted(trial.run for trial in trials)


def test_budget_counts_what_is_at_workers(cluster, make, monkeypatch):
    """A pretended run has worked for 30 s: after the first two another would end too late."""
    monkeypatch.setenv(VARIABLE, cluster.address)
    folder, runs = make(
        settings={"learning_rate": (1e-3, 2e-3, 5e-3, 1e-2)}, method="grid", minutes=1.2
    )
    status = run_sweep(folder, runs=runs, train_sent=slow_run)
    states = [trial.state for trial in read_state(read_sweep(folder)).trials]
    assert status.state == "spent"
    assert states == ["done", "done", "waiting", "waiting"]


def test_cluster_that_does_not_answer_is_refused_before_any_run(make, monkeypatch):
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")
    folder, runs = make()
    status = run_sweep(folder, runs=runs, train_sent=slow_run)
    assert status.state == "failed"
    assert "answers at tcp://127.0.0.1:9" in status.reason
    assert list_runs(runs) == []
    assert {trial.state for trial in read_state(read_sweep(folder)).trials} == {"waiting"}
