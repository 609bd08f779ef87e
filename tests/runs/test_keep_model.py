"""A run's model kept under a name: taken names, no names, and a disk that refuses."""

import shutil

import numpy as np
import pytest

from genre.errors import ModelError, RunError
from genre.models.classifier import load_classifier
from genre.models.registry import list_models
from genre.runs.keep_model import free_name, has_model, keep_model, keras_file
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


def test_keep_under_a_taken_name_is_refused_and_keeps_the_other(finished_run, models):
    keep_model(finished_run, "mine", models)
    before = (models / "mine" / "card.json").read_bytes()
    with pytest.raises(ModelError, match=r"a model named mine exists. Choose another name"):
        keep_model(finished_run, "mine", models)
    assert (models / "mine" / "card.json").read_bytes() == before


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "../evil", "a/b", "a\\b", "/etc/passwd", "Ä", "a b", "x" * 65, "nul\0"],
)
def test_keep_under_an_invalid_name_is_refused(finished_run, models, name):
    with pytest.raises(
        ModelError, match=r"is not a valid name for a model. Use 1 to 64 lower-case letters"
    ):
        keep_model(finished_run, name, models)
    assert not models.exists()


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
    for n in (1, 2):
        assert keep_model(finished_run, free_name("quick", models), models).name == f"quick-{n}"
    assert free_name("quick", models) == "quick-3"
    assert free_name("course", models) == "course-1"


def test_run_evaluated_has_a_model(finished_run, tmp_path):
    assert has_model(finished_run)
    assert not has_model(write_run(tmp_path / "no model", evaluation(9)))
