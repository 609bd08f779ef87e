"""All runs of a folder: read once, then only what has changed; stopped and damaged ones too."""

import json
import os
import shutil

import numpy as np
import pytest

from genre.experiments import index as index_module
from genre.experiments.index import RunIndex, recorded_runs
from genre.runs.files import CONFIG_FILE, EVENTS_FILE, RunStatus, fitting_seconds, read_events
from genre.runs.files import write_status as set_status
from genre.runs.labels import RunLabel, write_label
from genre.runs.reader import RunReader
from genre.runs.store import steer_run
from tests.support.many_runs import answers, epoch_rows, write_run


def add_events(run, *events):
    with (run / EVENTS_FILE).open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def test_records_have_the_figures_of_each_run_the_latest_first(tmp_path):
    rng = np.random.default_rng(0)
    write_run(tmp_path, "a", predictions=answers(rng), n_batches=3, seed=4)
    write_run(tmp_path, "b", state="stopped", n_epochs=2, epochs=9, predictions=answers(rng))
    write_run(tmp_path, "c", state="failed", n_epochs=0, split="course", epochs=7)

    records, damaged = RunIndex(tmp_path).read()

    assert [record.name for record in records] == ["c", "b", "a"]
    assert damaged == []
    first = records[-1]
    view = RunReader(first.run).read()
    assert [row["val_loss"] for row in first.rows] == [row["val_loss"] for row in view.history]
    assert first.best_validation == max(row["val_accuracy"] for row in view.history)
    assert first.test.to_dict() == view.evaluation["track_accuracy"]
    assert first.seconds == fitting_seconds(read_events(first.run)[0]) == 40
    assert [row["seconds"] for row in first.rows] == [10, 20, 30, 40]
    assert [record.ended_early for record in records] == [True, True, False]
    assert [record.is_leak_free for record in records] == [False, True, True]
    assert (records[0].best_validation, records[0].test) == (None, None)


def test_tests_with_leakage_and_controls_are_no_leak_free_figures(tmp_path):
    found = answers(np.random.default_rng(0))
    write_run(tmp_path, "artist", predictions=found)
    write_run(tmp_path, "control", predictions=found, permute_genres=True)
    write_run(tmp_path, "course", predictions=found, split="course")

    records = RunIndex(tmp_path).read()[0]

    assert {r.name: r.is_leak_free for r in records} == {
        "artist": True, "control": False, "course": False
    }  # fmt: skip


def test_only_what_has_changed_is_read_again(tmp_path, monkeypatch):
    runs = [write_run(tmp_path, name, n_epochs=2) for name in "abc"]
    found = RunIndex(tmp_path)
    before = {record.name: record for record in found.read()[0]}
    made = []
    reader = index_module.RecordReader
    monkeypatch.setattr(index_module, "RecordReader", lambda run: made.append(run) or reader(run))

    add_events(runs[0], *epoch_rows(1, 0.001, start=3))
    write_label(runs[1], RunLabel("가을", tags=("sweep",)))
    shutil.rmtree(runs[2])
    again = {record.name: record for record in found.read()[0]}

    assert set(again) == {"a", "b"}
    assert made == []  # the two readers go on where they were
    assert [row["epoch"] for row in again["a"].rows] == [1, 2, 3]
    assert again["b"].label.label == "가을"
    assert again["a"].stamp != before["a"].stamp
    third = {record.name: record for record in found.read()[0]}
    assert all(third[name] is again[name] for name in again)


def test_run_that_begins_again_is_read_from_its_start(tmp_path):
    run = write_run(tmp_path, "a", n_epochs=3)
    found = RunIndex(tmp_path)
    found.read()

    shutil.rmtree(run)
    write_run(tmp_path, "a", n_epochs=1, seed=5)

    record = found.read()[0][0]
    assert len(record.rows) == 1
    assert record.config.seed == 5


def test_resumed_run_has_each_epoch_once_and_steered_settings(tmp_path):
    run = write_run(tmp_path, "a", n_epochs=3)
    add_events(run, {"event": "resumed", "epoch": 2, "time": 90.0}, *epoch_rows(2, 0.1, start=3))
    steer_run(run, epochs=11)

    record = RunIndex(tmp_path).read()[0][0]

    assert [row["epoch"] for row in record.rows] == [1, 2, 3, 4]
    assert record.config.epochs == 11


def test_process_that_is_gone_is_noticed_without_a_change_of_files(tmp_path):
    run = write_run(tmp_path, "a", state="fitting")
    set_status(run, RunStatus("fitting", pid=os.getpid(), process_started=0.0))
    stamp = (run / "status.json").stat().st_mtime_ns

    record = RunIndex(tmp_path).read()[0][0]

    assert (record.status.state, record.status.reason) == ("failed", "killed")
    assert (run / "status.json").stat().st_mtime_ns == stamp


def test_damaged_runs_are_named_and_harm_no_other(tmp_path):
    write_run(tmp_path, "good", n_epochs=1)
    bad = write_run(tmp_path, "bad", n_epochs=1)
    (bad / CONFIG_FILE).write_text("{")
    empty = write_run(tmp_path, "empty", n_epochs=1)
    (empty / EVENTS_FILE).write_text("nothing\n")

    found = RunIndex(tmp_path)
    records, damaged = found.read()

    assert [record.name for record in records] == ["good"]
    assert [one.name for one in damaged] == ["empty", "bad"]
    assert "cannot be read" in damaged[0].reason
    assert found.read()[1] == damaged


def test_live_runs_are_read_again_and_deleted_ones_left_out(tmp_path):
    run, other = (write_run(tmp_path, name, n_epochs=1) for name in "ab")
    found = RunIndex(tmp_path)
    assert found.is_new
    records = found.read()[0]
    assert not found.is_new

    add_events(run, *epoch_rows(1, 0.001, start=2))
    shutil.rmtree(other)

    again = found.again(records)
    assert [(record.name, len(record.rows)) for record in again] == [("a", 2)]


def test_runs_that_come_with_the_program_are_records_too():
    found = {record.name: record for record in recorded_runs()}

    assert {"quick", "recommended", "course", "ear"} <= set(found)
    assert found["quick"].is_leak_free
    assert not found["course"].is_leak_free
    assert len(found["quick"].rows) == found["quick"].config.epochs


@pytest.mark.parametrize("kind", ["batch", "epoch"])
def test_events_left_out_are_not_parsed_and_the_end_is_the_same(tmp_path, kind):
    run = write_run(tmp_path, "a", n_batches=2)
    everything, end = read_events(run)

    some, end_of_some = read_events(run, leave_out=[kind])

    assert end_of_some == end
    assert some == [event for event in everything if event["event"] != kind]
    assert len(some) < len(everything)
