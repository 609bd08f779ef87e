"""A run's model kept under a name: taken names, no names, and a disk that refuses."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from genre.compare.leaderboard import list_entries
from genre.errors import ModelError, RunError
from genre.models.archive import export_model, rename_model
from genre.models.classifier import load_classifier
from genre.models.names import shown_name
from genre.models.registry import list_models, read_card, save_model
from genre.runs.files import fitting_seconds, read_config, read_events
from genre.runs.keep_model import free_name, has_model, keep_model, keras_file, saved_as
from tests.support.live_runs import epoch, evaluation, write_run


@pytest.fixture
def models(tmp_path):
    return tmp_path / "models"


def test_kept_model_is_the_runs_with_its_new_name(finished_run, models):
    path = keep_model(finished_run, "my-first", models)
    kept, own = load_classifier("my-first", models), load_classifier("model", finished_run)

    assert path == models / "my-first"
    assert kept.card.name == "my-first"
    assert kept.card.leak_free_figure == own.card.leak_free_figure
    assert kept.card.heard == own.card.heard
    for name, weights in own.network.weights.items():
        np.testing.assert_array_equal(kept.network.weights[name], weights)
    assert (path / "model.keras").read_bytes() == keras_file(finished_run).read_bytes()


def test_kept_model_has_the_tracks_it_was_tested_on_and_how_long_it_trained(finished_run, models):
    keep_model(finished_run, "mine", models)

    [entry], damaged = list_entries(models, models / "no runs", models / "no results")

    tested = next(e for e in reversed(read_events(finished_run)[0]) if e["event"] == "evaluation")
    assert damaged == []
    assert [a.track_id for a in entry.evaluation.predictions] == tested["answers"]["track_id"]
    assert entry.evaluation.confusion_matrix.tolist() == tested["confusion_matrix"]
    assert entry.train_seconds == pytest.approx(fitting_seconds(read_events(finished_run)[0]), 0.1)
    assert entry.source == read_config(finished_run)[1]
    assert b"evaluation.json" not in export_model("mine", models)


def test_keep_of_a_run_that_is_saved_already_says_as_what(finished_run, tmp_path, models):
    assert saved_as(finished_run, models) == ""
    keep_model(finished_run, "first", models)
    rename_model("first", "renamed", models)

    assert saved_as(finished_run, models) == "renamed"
    with pytest.raises(ModelError, match=r"is saved already, as renamed. Use that model"):
        keep_model(finished_run, "second", models)
    assert list_models(models) == ["renamed"]
    resumed = tmp_path / finished_run.name
    shutil.copytree(finished_run, resumed)
    card = json.loads((resumed / "model" / "card.json").read_text())
    (resumed / "model" / "card.json").write_text(json.dumps(card | {"created": ""}))
    assert saved_as(resumed, models) == ""  # it went on since, and has another model
    assert keep_model(resumed, "second", models).name == "second"


def test_keep_under_a_taken_name_gets_a_number_and_keeps_the_other(
    finished_run, models, bass_or_hiss
):
    save_model(bass_or_hiss.network, replace(bass_or_hiss.card, name="mine"), folder=models)
    before = (models / "mine" / "card.json").read_bytes()
    assert keep_model(finished_run, "mine", models).name == "mine-2"
    assert shown_name(read_card("mine-2", models)) == "mine (mine-2)"
    assert (models / "mine" / "card.json").read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("", "model"), (" ", "model"), ("..", "model"), ("../evil", "evil"), ("a/b", "a-b")),
        *(("/etc/passwd", "etc-passwd"), ("Ä", "a"), ("my model 1", "my-model-1")),
        *(("내 모델 1", "nae-model-1"), ("x" * 65, "x" * 64), ("nul\0", "model-nul")),
    ],
)
def test_keep_under_any_name_makes_it_fit_and_the_card_has_what_was_typed(
    finished_run, models, typed, name
):
    assert keep_model(finished_run, typed, models) == models / name
    assert list_models(models) == [name]
    card = read_card(name, models)
    assert card.label == typed.strip().replace("\0", "")
    assert shown_name(card) == (card.label or name)


def test_keep_of_a_run_without_a_model_is_refused(tmp_path, models):
    run = write_run(tmp_path / "begun", epoch(1, 12))
    assert not has_model(run)
    with pytest.raises(RunError, match=r"the run begun has no model yet. Wait until it has"):
        keep_model(run, "mine", models)


def test_keep_of_a_corrupt_model_is_refused(finished_run, tmp_path, models):
    run = tmp_path / "copy"
    shutil.copytree(finished_run, run)
    weights = run / "model" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(ModelError, match="corrupt"):
        keep_model(run, "mine", models)
    assert list_models(models) == []


def test_keep_on_a_full_disk_is_refused_and_leaves_nothing(finished_run, models, monkeypatch):
    def refuse(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", refuse)
    with pytest.raises(ModelError, match=r"mine could not be saved \(No space left on device\)"):
        keep_model(finished_run, "mine", models)
    assert list(models.iterdir()) == []


def test_name_suggested_is_free(finished_run, models):
    assert free_name("quick", models) == "quick-1"
    assert keep_model(finished_run, free_name("quick", models), models).name == "quick-1"
    assert free_name("quick", models) == "quick-2"
    assert free_name("course", models) == "course-1"


def test_run_evaluated_has_a_model(finished_run, tmp_path):
    assert has_model(finished_run)
    assert not has_model(write_run(tmp_path / "no model", evaluation(9)))
