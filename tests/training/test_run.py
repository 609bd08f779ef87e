"""Runs as processes: watched, steered, killed, and gone on with."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np

from genre.models.prediction import load_classifier
from genre.paths import ROOT
from genre.runs.files import history_of, read_events, read_status
from genre.runs.store import create_run, start_run, steer_run
from tests.support.live_runs import PATIENT_SECONDS, RECIPE, has_ended, n_epochs, wait_for


def test_a_run_ends_with_a_model_and_its_evaluation(finished_run):
    status, events = read_status(finished_run), read_events(finished_run)[0]
    phases = [event["phase"] for event in events if event["event"] == "phase"]
    evaluation = next(event for event in events if event["event"] == "evaluation")
    classifier = load_classifier("model", finished_run)

    assert status.state == "finished"
    assert phases == ["queued", "starting", "extracting", "fitting", "evaluating", "finished"]
    assert [row["epoch"] for row in history_of(events)] == [1, 2, 3, 4, 5, 6]
    assert set(evaluation["track_accuracy"]) == {"value", "low", "high", "n"}
    assert classifier.card.honest_figure.n == evaluation["track_accuracy"]["n"]
    assert classifier.genres == ("loud", "quiet")
    assert len(list((finished_run / "checkpoint").iterdir())) == 2


def test_a_killed_run_goes_on_with_the_history_it_would_have_had(make_run, finished_run):
    run = make_run("killed")
    start_run(run)
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 2, run)
    os.kill(status.pid, signal.SIGKILL)
    status, _ = wait_for(has_ended, run)
    assert (status.state, status.reason) == ("failed", "killed")

    start_run(run, resume=True)
    status, events = wait_for(lambda status, events: status.state == "finished", run)
    expected = history_of(read_events(finished_run)[0])
    weights = [load_classifier("model", r).network.weights for r in (run, finished_run)]

    # Its last epoch may have been told a moment before its checkpoint was kept.
    assert [event["epoch"] >= 1 for event in events if event["event"] == "resumed"] == [True]
    assert history_of(events) == expected
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_a_damaged_checkpoint_costs_one_epoch_not_the_run(make_run, finished_run):
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
    assert history_of(events) == history_of(read_events(finished_run)[0])


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
    import genre.training.trainer as training
    from genre.training.run import run_training

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

    import genre.training.checkpoint as checkpoint
    from genre.training.run import run_training

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


def test_of_two_processes_on_one_run_one_trains_and_the_other_leaves(make_run):
    run = make_run("twice", epochs=1000)
    command = [sys.executable, "-m", "genre", "train", "--run", str(run)]
    both = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 1, run)
    [trains] = [process for process in both if process.pid == status.pid]
    [leaves] = [process for process in both if process is not trains]

    said = leaves.communicate(timeout=PATIENT_SECONDS)[1].decode()
    assert leaves.returncode == 0
    assert said.splitlines()[-1].split()[0] in ("queued", "starting", "extracting", "fitting")
    assert trains.poll() is None
    steer_run(run, stop=True)
    _, events = wait_for(has_ended, run)
    trains.communicate(timeout=PATIENT_SECONDS)
    assert [e["phase"] for e in events if e["event"] == "phase"].count("fitting") == 1
    assert [row["epoch"] for row in history_of(events)] == list(range(1, n_epochs(events) + 1))


def test_a_run_that_was_left_by_its_process_can_be_taken_by_another(make_run):
    run = make_run("left", epochs=1000)
    start_run(run)
    status, _ = wait_for(lambda status, events: n_epochs(events) >= 1, run)
    os.kill(status.pid, signal.SIGKILL)
    wait_for(has_ended, run)

    start_run(run, resume=True)
    again, _ = wait_for(lambda status, events: status.state == "fitting", run)
    assert again.pid != status.pid
