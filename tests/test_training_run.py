"""Runs as processes: watched, steered, killed, and gone on with."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre.dataset_pack import write_pack
from genre.prediction import load_classifier
from genre.recipe import TrainConfig
from genre.run_files import history_of, read_events, read_status
from genre.runs import create_run, start_run, steer_run

ROOT = Path(__file__).resolve().parent.parent
PATIENT_SECONDS = 120
RECIPE = TrainConfig(
    texture_frames=10,
    units_1=12,
    units_2=8,
    dense_units=8,
    scaling=True,
    learning_rate=1e-3,
    epochs=6,
    batch_size=4,
    between_dropout=0.2,
    mixup=0.4,
    roll=True,
    pooling="mean",
)


@pytest.fixture(scope="module")
def pack(two_genres, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "made-up"
    write_pack(folder, two_genres)
    return str(folder)


@pytest.fixture
def make_run(tmp_path, pack):
    """Make runs in one folder; whatever still trains at the end is killed."""
    made = []

    def make(name, **changes):
        run = tmp_path / "runs" / name
        create_run(run, replace(RECIPE, **changes), pack)
        made.append(run)
        return run

    yield make
    for run in made:
        status = read_status(run)
        if status.is_live and status.pid:
            os.kill(status.pid, signal.SIGKILL)


def wait_for(what, run):
    """Wait until something is true of a run's status and events."""
    end = time.time() + PATIENT_SECONDS
    while time.time() < end:
        status, (events, _) = read_status(run), read_events(run)
        if what(status, events):
            return status, events
        time.sleep(0.05)
    log = (run / "log.txt").read_text() if (run / "log.txt").exists() else ""
    raise AssertionError(f"waited in vain: {read_status(run)}, {events[-3:]}\n{log}")


def has_ended(status, events):
    return not status.is_live


def n_epochs(events):
    return sum(event["event"] == "epoch" for event in events)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, pack):
    """A run that nothing disturbed."""
    run = tmp_path_factory.mktemp("runs") / "calm"
    create_run(run, RECIPE, pack)
    start_run(run)
    wait_for(has_ended, run)
    return run


def test_a_run_ends_with_a_model_and_its_evaluation(uninterrupted):
    status, events = read_status(uninterrupted), read_events(uninterrupted)[0]
    phases = [event["phase"] for event in events if event["event"] == "phase"]
    evaluation = next(event for event in events if event["event"] == "evaluation")
    classifier = load_classifier("model", uninterrupted)

    assert status.state == "finished"
    assert phases == ["queued", "starting", "extracting", "fitting", "evaluating", "finished"]
    assert [row["epoch"] for row in history_of(events)] == [1, 2, 3, 4, 5, 6]
    assert set(evaluation["track_accuracy"]) == {"value", "low", "high", "n"}
    assert classifier.card.honest_figure.n == evaluation["track_accuracy"]["n"]
    assert classifier.genres == ("loud", "quiet")
    assert len(list((uninterrupted / "checkpoint").iterdir())) == 2


def test_a_killed_run_goes_on_with_the_history_it_would_have_had(make_run, uninterrupted):
    run = make_run("killed")
    start_run(run)
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 2, run)
    os.kill(status.pid, signal.SIGKILL)
    status, _ = wait_for(has_ended, run)
    assert (status.state, status.reason) == ("failed", "killed")

    start_run(run, resume=True)
    status, events = wait_for(lambda status, events: status.state == "finished", run)
    expected = history_of(read_events(uninterrupted)[0])
    weights = [load_classifier("model", r).network.weights for r in (run, uninterrupted)]

    assert [event["epoch"] >= 2 for event in events if event["event"] == "resumed"] == [True]
    assert history_of(events) == expected
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_a_damaged_checkpoint_costs_one_epoch_not_the_run(make_run, uninterrupted):
    run = make_run("damaged")
    start_run(run)
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 3, run)
    os.kill(status.pid, signal.SIGKILL)
    wait_for(has_ended, run)
    last = sorted((run / "checkpoint").glob("epoch-*.npz"))[-1]
    last.write_bytes(last.read_bytes()[:1000])

    start_run(run, resume=True)
    _, events = wait_for(lambda status, events: status.state == "finished", run)
    [resumed] = [event["epoch"] for event in events if event["event"] == "resumed"]
    assert resumed == int(last.stem.removeprefix("epoch-")) - 1
    assert history_of(events) == history_of(read_events(uninterrupted)[0])


def test_a_run_is_paused_steered_and_stopped_while_it_trains(make_run):
    run = make_run("steered", epochs=1000)
    start_run(run)
    wait_for(lambda status, events: n_epochs(events) >= 1, run)

    steer_run(run, pause=True)
    wait_for(lambda status, events: status.state == "paused", run)
    time.sleep(0.5)
    n_before = len(read_events(run)[0])
    time.sleep(1)
    assert len(read_events(run)[0]) == n_before

    steer_run(run, pause=False, learning_rate=5e-3)
    _, events = wait_for(lambda status, events: events[-1].get("learning_rate") == 5e-3, run)
    assert {"event": "changed", "setting": "learning_rate", "value": 5e-3}.items() <= next(
        event for event in events if event["event"] == "changed"
    ).items()

    steer_run(run, stop=True)
    status, events = wait_for(has_ended, run)
    assert (status.state, status.reason) == ("stopped", "asked to")
    assert load_classifier("model", run).genres == ("loud", "quiet")


def test_fewer_epochs_end_a_run_early_and_it_is_finished(make_run):
    run = make_run("shortened", epochs=1000)
    start_run(run)
    wait_for(lambda status, events: n_epochs(events) >= 1, run)
    steer_run(run, epochs=3)
    status, events = wait_for(has_ended, run)

    assert status.state == "finished"
    assert 3 <= len(history_of(events)) < 1000


def test_the_second_run_waits_for_the_first(make_run):
    first, second = make_run("1-first", epochs=1000), make_run("2-second", epochs=1)
    start_run(first)
    wait_for(lambda status, events: status.state == "fitting", first)
    start_run(second)
    wait_for(lambda status, events: status.state == "queued" and status.pid, second)
    time.sleep(1)
    assert read_status(second).state == "queued"

    steer_run(first, stop=True)
    wait_for(has_ended, first)
    assert wait_for(has_ended, second)[0].state == "finished"


def test_a_run_that_waits_can_be_stopped(make_run):
    first, second = make_run("1-first", epochs=1000), make_run("2-second")
    start_run(first)
    wait_for(lambda status, events: status.state == "fitting", first)
    start_run(second)
    wait_for(lambda status, events: status.state == "queued" and status.pid, second)
    steer_run(second, stop=True)

    status, events = wait_for(has_ended, second)
    assert status.state == "stopped"
    assert [e["phase"] for e in events if e["event"] == "phase"] == ["queued", "stopped"]
    assert read_status(first).state == "fitting"


def test_what_cannot_be_trained_on_fails_with_its_sentence(tmp_path):
    run = tmp_path / "runs" / "nothing"
    create_run(run, RECIPE, str(tmp_path / "nowhere"))
    command = [sys.executable, "-m", "genre", "train", "--run", str(run)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert read_status(run).state == "failed"
    assert "there is no dataset at" in read_status(run).reason


def test_a_run_whose_loss_is_no_number_is_called_diverged(make_run, monkeypatch):
    import genre.training as training
    from genre.training_run import run_training

    build = training.build_model

    def build_spoilt(*arguments, **settings):
        model = build(*arguments, **settings)
        model.get_layer("output").bias.assign([np.nan, 0])
        return model

    # No rate diverges at will: the network starts where a wild one would end.
    run = make_run("wild")
    monkeypatch.setattr(training, "build_model", build_spoilt)
    status = run_training(run)
    events = read_events(run)[0]

    assert status.state == read_status(run).state == "failed"
    assert re.match(r"diverged: .*no longer a number in epoch 1, batch 1: .*rate", status.reason)
    assert read_status(run).reason == status.reason
    [diverged] = [event for event in events if event["event"] == "diverged"]
    assert status.reason == f"diverged: {diverged['message']}"
    assert n_epochs(events) == 0
    assert not (run / "model").exists()


def test_a_full_disk_is_a_state_and_what_was_finished_is_kept(make_run, monkeypatch):
    import errno

    import genre.training_checkpoint as checkpoint
    from genre.training_run import run_training

    run = make_run("full")
    keep = checkpoint.save_checkpoint

    def fill_up(trainer, folder):
        if len(trainer.history) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        keep(trainer, folder)

    monkeypatch.setattr(checkpoint, "save_checkpoint", fill_up)
    status = run_training(run)

    assert status.state == "failed"
    assert status.reason.startswith("disk full")
    assert len(list((run / "checkpoint").glob("epoch-*.npz"))) == 2
