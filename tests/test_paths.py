"""One place for everything that can be made or fetched again."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from genre.errors import ModelError
from genre.models.registry import list_models, load_model, model_folder, save_model
from genre.paths import MODELS_BUNDLED, ROOT, cache_folder, home_folder


def test_paths_follow_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "here"))

    assert cache_folder() == tmp_path / "here"


def test_home_with_a_tilde_is_expanded(monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", "~/music-cache")

    assert cache_folder() == Path.home() / "music-cache"


@pytest.mark.skipif(sys.platform != "linux", reason="the rule of Linux")
@pytest.mark.parametrize("value", [None, ""])
def test_cache_without_the_variable_is_the_systems(monkeypatch, tmp_path, value):
    if value is None:
        monkeypatch.delenv("GENRE_LAB_CACHE")
    else:
        monkeypatch.setenv("GENRE_LAB_CACHE", value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert cache_folder() == tmp_path / "genre-lab"


def test_home_variable_moves_everything_that_is_written(monkeypatch, tmp_path):
    monkeypatch.delenv("GENRE_LAB_CACHE")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path))
    program = (
        "from genre.paths import MODELS, RUNS, cache_folder; print(MODELS, RUNS, cache_folder())"
    )

    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True).split()

    assert said == [str(tmp_path / name) for name in ("models", "runs", "cache")]


def test_home_is_the_users_where_the_checkout_is_read_only(monkeypatch, tmp_path):
    monkeypatch.delenv("GENRE_LAB_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home_folder() == ROOT

    monkeypatch.setattr("os.access", lambda *_: False)
    assert home_folder().name == "genre-lab"
    assert home_folder() != ROOT


def test_bundled_models_are_found_beside_saved_ones(monkeypatch, tmp_path):
    monkeypatch.setattr("genre.models.registry.MODELS", tmp_path)
    network, card = load_model("starter", tmp_path)
    assert model_folder("starter", tmp_path) == MODELS_BUNDLED / "starter"

    save_model(network, replace(card, name="mine"), folder=tmp_path)

    assert list_models(tmp_path) == ["ear", "starter", "course", "mine", "simple-rnn"]
    with pytest.raises(ModelError, match="a model named starter exists"):
        save_model(network, card, folder=tmp_path)
