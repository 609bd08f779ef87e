"""The run that a new one is measured by: the best on the same data and split."""

import shutil
from dataclasses import replace

import pytest

from genre.errors import RunError
from genre.recipes.config import PRESETS
from genre.runs import reference_runs
from genre.runs.files import read_events
from genre.runs.reference_runs import best_earlier_run, record_run
from tests.support.live_runs import RECIPE, batch, data, epoch, evaluation, phase, write_run


@pytest.fixture(autouse=True)
def recorded(tmp_path, monkeypatch):
    """Where recorded runs lie: nothing is there."""
    folder = tmp_path / "recorded"
    monkeypatch.setattr(reference_runs, "RECORDED", folder)
    return folder


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


def ended(run, val_accuracy, **options):
    """A run of two epochs that was evaluated."""
    last = epoch(2, 14, val_accuracy=val_accuracy)
    return write_run(run, data(9), epoch(1, 12), batch(1, 13), last, evaluation(20), **options)


def name_of(run):
    return run and run.name


def test_reference_run_has_the_highest_final_validation(runs):
    ended(runs / "1", 0.4)
    ended(runs / "2", 0.6)
    ended(runs / "3", 0.5)
    best = best_earlier_run("gtzan-subset", RECIPE, folder=runs)

    assert (best.name, best.is_recorded) == ("2", False)
    assert [row["val_accuracy"] for row in best.history] == [0.4, 0.6]
    assert best.evaluation["track_accuracy"]["value"] == 0.75


def test_reference_run_is_not_the_run_itself(runs):
    ended(runs / "1", 0.4)
    ended(runs / "2", 0.6)
    assert name_of(best_earlier_run("gtzan-subset", RECIPE, besides="2", folder=runs)) == "1"


def test_reference_run_of_other_data_or_split_is_not_used(runs):
    ended(runs / "1", 0.9, data="another")
    ended(runs / "2", 0.9, config=replace(RECIPE, split="course"))
    assert best_earlier_run("gtzan-subset", RECIPE, folder=runs) is None
    assert name_of(best_earlier_run("another", RECIPE, folder=runs)) == "1"
    assert name_of(best_earlier_run("gtzan-subset", PRESETS["course"], folder=runs)) == "2"


def test_reference_run_unfinished_is_not_used(runs):
    write_run(runs / "1", data(9), phase("fitting", 10), epoch(1, 12))
    write_run(runs / "2")
    assert best_earlier_run("gtzan-subset", RECIPE, folder=runs) is None


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("events.jsonl", "not json\n"),
        ("events.jsonl", "[]\n"),
        ("events.jsonl", "{}\n"),
        ("events.jsonl", '{"event": "epoch"}\n'),
    ],
)
def test_reference_run_corrupt_is_skipped(runs, file, content):
    ended(runs / "1", 0.4)
    (ended(runs / "2", 0.9) / file).write_text(content)
    assert name_of(best_earlier_run("gtzan-subset", RECIPE, folder=runs)) == "1"


def test_reference_run_without_validation_is_chosen_by_training(runs):
    for name, accuracy in (("1", 0.7), ("2", 0.8)):
        row = epoch(1, 12, accuracy=accuracy)
        del row["val_loss"], row["val_accuracy"]
        write_run(runs / name, data(9), row, evaluation(20))
    assert name_of(best_earlier_run("gtzan-subset", RECIPE, folder=runs)) == "2"


def test_reference_run_recorded_is_used_until_there_is_an_own_one(runs, recorded):
    record_run(ended(runs / "1", 0.4, config=PRESETS["quick"]), recorded / "quick")
    shutil.rmtree(runs)
    best = best_earlier_run("gtzan-subset", PRESETS["quick"], folder=runs)
    assert (best.name, best.is_recorded) == ("quick", True)

    ended(runs / "2", 0.1, config=PRESETS["quick"])
    assert name_of(best_earlier_run("gtzan-subset", PRESETS["quick"], folder=runs)) == "2"


def test_reference_run_recorded_has_the_same_preset_or_is_the_best(runs, recorded):
    record_run(ended(runs / "1", 0.4, config=PRESETS["quick"]), recorded / "quick")
    record_run(ended(runs / "2", 0.6, config=PRESETS["recommended"]), recorded / "recommended")
    record_run(ended(runs / "3", 0.9, config=PRESETS["course"]), recorded / "course")
    nowhere = runs / "nowhere"

    for preset in ("quick", "recommended", "course"):
        best = best_earlier_run("gtzan-subset", PRESETS[preset], folder=nowhere)
        assert best.name == preset
    custom = replace(PRESETS["quick"], preset="custom", epochs=3)
    assert name_of(best_earlier_run("gtzan-subset", custom, folder=nowhere)) == "recommended"
    assert best_earlier_run("gtzan-subset", PRESETS["ear"], folder=nowhere) is None
    assert best_earlier_run("another", custom, folder=nowhere) is None


def test_recorded_run_is_small_and_holds_no_weights(finished_run, recorded, monkeypatch):
    record_run(finished_run, recorded / "calm")
    files = {path.name: path.stat().st_size for path in (recorded / "calm").rglob("*")}
    kinds = {event["event"] for event in read_events(recorded / "calm")[0]}

    assert set(files) == {"config.json", "events.jsonl"}
    assert sum(files.values()) < 10_000
    assert kinds == {"data", "epoch", "evaluation"}


def test_recording_needs_an_evaluated_run_and_overwrites_nothing(runs, recorded):
    begun = write_run(runs / "1", data(9), epoch(1, 12))
    with pytest.raises(RunError, match=r"the run 1 has no evaluation"):
        record_run(begun, recorded / "quick")
    assert not recorded.exists()

    record_run(ended(runs / "2", 0.4), recorded / "quick")
    with pytest.raises(RunError, match=r"the folder quick exists. Choose another name"):
        record_run(ended(runs / "3", 0.6), recorded / "quick")
