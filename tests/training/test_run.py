"""Runs as processes: watched, steered, killed, and gone on with."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np

from genre.models.classifier import load_classifier
from genre.paths import ROOT
from genre.runs.files import (
    AS_FAR_AS_ASKED,
    CHECKPOINT,
    EVENTS_FILE,
    RunStatus,
    history_of,
    read_events,
    read_status,
    write_status,
)
from genre.runs.store import create_run, prepare_resume, start_run, steer_run
from genre.splits.split import split_tracks
from tests.support.damage import damaged_files, damaged_objects, written
from tests.support.live_runs import (
    LONG,
    PATIENT_SECONDS,
    RECIPE,
    has_ended,
    n_epochs,
    wait_for,
)


def test_run_undisturbed_ends_with_a_model_and_its_evaluation(finished_run):
    status, events = read_status(finished_run), read_events(finished_run)[0]
    phases = [event["phase"] for event in events if event["event"] == "phase"]
    evaluation = next(event for event in events if event["event"] == "evaluation")
    classifier = load_classifier("model", finished_run)

    assert status.state == "finished"
    assert phases == ["queued", "starting", "extracting", "fitting", "evaluating", "finished"]
    assert [row["epoch"] for row in history_of(events)] == [1, 2, 3, 4, 5, 6]
    assert set(evaluation["track_accuracy"]) == {"value", "low", "high", "n"}
    assert classifier.card.leak_free_figure.n == evaluation["track_accuracy"]["n"]
    assert classifier.genres == ("loud", "quiet")
    assert len(list((finished_run / "checkpoint").iterdir())) == 2


def test_killed_run_resumed_has_history_and_weights_of_undisturbed_one(make_run, finished_run):
    run = make_run("killed")
    start_run(run)
    killed, _ = wait_for(lambda status, events: n_epochs(events) >= 2, run)
    os.kill(killed.pid, signal.SIGKILL)
    status, _ = wait_for(has_ended, run)
    assert (status.state, status.reason) == ("failed", "killed")

    start_run(run, resume=True)
    status, events = wait_for(lambda status, events: status.state == "finished", run)
    expected = history_of(read_events(finished_run)[0])
    weights = [load_classifier("model", r).network.weights for r in (run, finished_run)]

    assert status.pid != killed.pid
    # Its last epoch may have been written a moment before its checkpoint was kept.
    assert [event["epoch"] >= 1 for event in events if event["event"] == "resumed"] == [True]
    assert history_of(events) == expected
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_run_trained_only_so_far_ends_as_if_it_had_not_stopped(make_run, finished_run):
    from genre.training.run import run_training

    run = make_run("rung")
    steer_run(run, until=2)
    status = run_training(run)
    assert (status.state, status.reason) == ("stopped", AS_FAR_AS_ASKED)
    assert n_epochs(read_events(run)[0]) == 2

    prepare_resume(run)  # it has got there: it goes on to its end
    assert run_training(run, resume=True).state == "finished"
    weights = [load_classifier("model", r).network.weights for r in (run, finished_run)]

    assert history_of(read_events(run)[0]) == history_of(read_events(finished_run)[0])
    assert n_epochs(read_events(run)[0]) == 6
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_corrupt_checkpoint_when_resumed_costs_one_epoch(make_run, finished_run):
    from genre.training.run import run_training

    run = make_run("corrupt")
    for name in (EVENTS_FILE, CHECKPOINT):  # as if it had been killed before its evaluation
        copy = shutil.copytree if (finished_run / name).is_dir() else shutil.copyfile
        copy(finished_run / name, run / name)
    write_status(run, RunStatus("failed", "killed"))
    last = sorted((run / CHECKPOINT).glob("epoch-*.npz"))[-1]
    last.write_bytes(last.read_bytes()[:1000])

    status = run_training(run, resume=True)
    events = read_events(run)[0]

    assert status.state == "finished"
    assert last.stem == "epoch-00006"
    assert [event["epoch"] for event in events if event["event"] == "resumed"] == [5]
    assert history_of(events) == history_of(read_events(finished_run)[0])
    resumed_at = next(i for i, event in enumerate(events) if event["event"] == "resumed")
    assert [event["epoch"] for event in events[resumed_at:] if event["event"] == "epoch"] == [6]


def test_checkpoint_with_any_damage_leaves_the_trainer_as_it_was(
    finished_run, two_genres, tmp_path
):
    from genre.training.checkpoint import restore_latest
    from genre.training.trainer import Trainer

    path = sorted((finished_run / CHECKPOINT).glob("epoch-*.npz"))[-1]
    with np.load(path) as file:
        good = dict(file)
    notes = json.loads(good["notes"].tobytes())
    last = max(name for name in good if name.startswith("optimizer."))
    changes = [{"notes": np.frombuffer(c or b"", np.uint8)} for _, c in damaged_files(b"{}")]
    changes += [
        {"notes": np.frombuffer(written(n), np.uint8)}
        for name, n in damaged_objects(notes, depth=1)
        if name not in ("best_loss: number", "best_loss: null")  # as it may be
    ]
    changes += [{last: good[last][..., :-1] if good[last].ndim else np.zeros(2)}]
    changes += [{"weights.0": np.zeros(1_000)}, {"weights.x": np.zeros(1)}, {"best.0": np.zeros(3)}]
    trainer = Trainer.of(two_genres, split_tracks(two_genres, seed=1), RECIPE)
    before = trainer.model.get_weights()
    restored = []
    for change in changes:
        np.savez(tmp_path / "epoch-00006.npz", **good | change)
        restored.append(restore_latest(trainer, tmp_path))
        if not restored[-1]:
            for a, b in zip(trainer.model.get_weights(), before, strict=True):
                np.testing.assert_array_equal(a, b)
            assert trainer.history == []
    assert not any(restored), [c for c, r in zip(changes, restored, strict=True) if r]

    shutil.copyfile(path, tmp_path / "epoch-00006.npz")
    assert restore_latest(trainer, tmp_path)
    assert [row["epoch"] for row in trainer.history] == [1, 2, 3, 4, 5, 6]


def test_run_steered_while_it_trains_pauses_changes_its_rate_and_stops(make_run):
    run = make_run("steered", **LONG)
    start_run(run)
    wait_for(lambda status, events: n_epochs(events) >= 1, run)

    steer_run(run, pause=True)
    wait_for(lambda status, events: status.state == "paused", run)
    n_before = len(read_events(run)[0])
    time.sleep(1)  # several batches, if it went on
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


def test_run_stopped_in_its_first_epoch_has_no_result_and_can_be_resumed(make_run):
    run = make_run("early", epochs=1)
    steer_run(run, stop=True)
    start_run(run)
    status, events = wait_for(has_ended, run)

    assert (status.state, status.reason) == ("stopped", "asked to")
    assert not {"evaluation", "epoch"} & {event["event"] for event in events}
    assert not (run / "model").exists()

    start_run(run, resume=True)
    wait_for(lambda status, events: status.state == "finished", run)
    assert n_epochs(read_events(run)[0]) == 1
    assert load_classifier("model", run).genres == ("loud", "quiet")


def test_runs_started_together_train_in_order_and_waiting_one_can_be_stopped(make_run):
    first, second = make_run("1-first", **LONG), make_run("2-second", epochs=1)
    third = make_run("3-third")
    start_run(first)
    wait_for(lambda status, events: status.state == "fitting", first)
    for waiting in (second, third):
        start_run(waiting)
        wait_for(lambda status, events: status.state == "queued" and status.pid, waiting)
    steer_run(third, stop=True)

    status, events = wait_for(has_ended, third)
    assert status.state == "stopped"
    assert [e["phase"] for e in events if e["event"] == "phase"] == ["queued", "stopped"]
    assert read_status(first).state == "fitting"
    assert read_status(second).state == "queued"

    # Fewer epochs end the first early, as if it had been asked for so few.
    steer_run(first, epochs=3)
    status, events = wait_for(has_ended, first)
    assert status.state == "finished"
    assert 3 <= len(history_of(events)) < LONG["epochs"]
    assert wait_for(has_ended, second)[0].state == "finished"


def test_run_on_a_missing_dataset_fails_with_its_sentence(tmp_path):
    run = tmp_path / "runs" / "nothing"
    create_run(run, RECIPE, str(tmp_path / "nowhere"))
    command = [sys.executable, "-m", "genre", "train", "--run", str(run)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert read_status(run).state == "failed"
    assert "there is no dataset at" in read_status(run).reason


def test_run_whose_loss_is_not_a_number_fails_as_diverged(make_run, monkeypatch):
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


def test_run_on_a_full_disk_fails_and_keeps_its_checkpoints(make_run, monkeypatch):
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


def test_processes_on_the_same_run_leave_it_to_one_of_them(make_run):
    run = make_run("twice", **LONG)
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
