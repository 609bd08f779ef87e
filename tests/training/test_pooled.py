"""Runs of folds: pooled figures, one model on all tracks; killed and gone on with, the same."""

import os
import signal

import numpy as np
import pytest

from genre.__main__ import main
from genre.models.classifier import load_classifier
from genre.models.registry import read_card
from genre.recipes.config import PRESETS
from genre.runs.files import FOLDS, history_of, read_events
from genre.runs.reader import RunReader
from genre.runs.store import start_run, steer_run
from genre.splits.split import fold_tracks
from tests.support.live_runs import has_ended, wait_for

FOLDED = {"evaluation": "pooled", "n_folds": 3, "epochs": 4}
assert "pooled" not in {preset.evaluation for preset in PRESETS.values()}


def folds_of(events):
    return [event["fold"] for event in events if event["event"] == "fold"]


def rows_by_fold(events):
    """The last row of each epoch of each fold, as a resumed run may write one twice."""
    rows, fold = {}, None
    for event in events:
        fold = event["fold"] if event["event"] == "fold" else fold
        if event["event"] == "epoch":
            rows[fold, event["epoch"]] = {k: v for k, v in event.items() if k != "time"}
    return rows


@pytest.fixture
def pooled_run(make_run):
    """A run of three folds that nothing disturbed."""
    run = make_run("1-calm", **FOLDED)
    start_run(run)
    assert wait_for(has_ended, run)[0].state == "finished"
    return run


def test_pooled_run_tests_each_track_once_and_a_killed_one_ends_with_the_same_figures(
    pooled_run, make_run, two_genres
):
    events = read_events(pooled_run)[0]
    evaluation = next(event for event in events if event["event"] == "evaluation")
    card = read_card("model", pooled_run)
    found = [row for row in rows_by_fold(events).items() if row[0][0] in (1, 2, 3)]
    best = [min((row["val_loss"], epoch) for (fold, epoch), row in found if fold == k)[1]
            for k in (1, 2, 3)]  # fmt: skip

    assert folds_of(events) == [1, 2, 3, 0]
    assert evaluation["track_accuracy"]["n"] == len(two_genres.tracks)
    assert sorted(evaluation["answers"]["track_id"]) == sorted(
        track.track_id for track in two_genres.tracks
    )
    assert evaluation["about"] == card.leak_free_figure.what == "3-fold, artists whole"
    assert card.data["n_tracks"] == len(card.heard) == len(two_genres.tracks)
    assert [row["epoch"] for row in history_of(events)] == list(range(1, sorted(best)[1] + 1))
    assert not any("val_loss" in row for row in history_of(events))
    assert sorted(path.name for path in (pooled_run / FOLDS).iterdir()) == [
        "fold-1.npz", "fold-2.npz", "fold-3.npz",
    ]  # fmt: skip
    view = RunReader(pooled_run).read()
    assert (view.folds.is_final, len(view.folds.earlier), view.progress) == (True, 3, 1.0)

    run = make_run("2-killed", **FOLDED)
    start_run(run)
    status, _ = wait_for(
        lambda status, events: (2, 2) in rows_by_fold(events) and folds_of(events)[-1] == 2, run
    )
    os.kill(status.pid, signal.SIGKILL)
    assert wait_for(has_ended, run)[0].reason == "killed"
    assert RunReader(run).read().folds.fold == 2
    start_run(run, resume=True)
    status, again = wait_for(lambda status, events: status.state == "finished", run)

    assert folds_of(again) == [1, 2, 2, 3, 0]
    assert rows_by_fold(again) == rows_by_fold(events)
    repeated = next(event for event in again if event["event"] == "evaluation")
    for key in evaluation.keys() - {"time"}:
        assert repeated[key] == evaluation[key]
    weights = [load_classifier("model", r).network.weights for r in (run, pooled_run)]
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_pooled_run_is_steered_in_each_fold_and_stopped_without_a_result(make_run):
    run = make_run("steered", **FOLDED | {"epochs": 1000, "batch_size": 2})
    start_run(run)
    wait_for(lambda status, events: (1, 1) in rows_by_fold(events), run)

    steer_run(run, epochs=3)
    _, events = wait_for(lambda status, events: (2, 1) in rows_by_fold(events), run)
    assert max(epoch for fold, epoch in rows_by_fold(events) if fold == 1) < 1000
    steer_run(run, stop=True)
    status, events = wait_for(has_ended, run)

    assert status.state == "stopped"
    assert "evaluation" not in {event["event"] for event in events}
    assert not (run / "model").exists()
    assert (run / FOLDS / "fold-1.npz").exists()


def test_predictions_that_are_damaged_or_of_other_segments_are_not_taken(two_genres, tmp_path):
    from genre.training.pooled import _Answer, _read, _write

    first, second = fold_tracks(two_genres, n_folds=2)
    answer = _Answer(np.full((len(first.test), 2), 0.5, np.float32), 3)
    _write(tmp_path, 1, first, answer)

    assert _read(tmp_path, 1, first, 2).n_epochs == 3
    assert _read(tmp_path, 1, second, 2) is None
    assert _read(tmp_path, 1, first, 3) is None
    assert _read(tmp_path, 2, first, 2) is None
    path = tmp_path / "fold-1.npz"
    path.write_bytes(path.read_bytes()[:-40])
    assert _read(tmp_path, 1, first, 2) is None


def test_command_trains_folds_and_prints_their_figures(pack, two_genres, capsys):
    line = ["train", "--data", pack, "--evaluation", "pooled", "--n-folds", "2", "--epochs", "2"]
    line += [
        "--units-1",
        "4",
        "--units-2",
        "4",
        "--texture-frames",
        "26",
        "--scaling",
        "--n-mfcc",
        "13",
    ]

    assert main(line) == 0

    said = capsys.readouterr()
    assert "fold 2 of 2" in said.err
    assert "all tracks, " in said.err
    assert f"of {len(two_genres.tracks)} tracks" in said.out
    assert "2-fold, artists whole" in said.out
