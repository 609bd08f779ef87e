"""The help of every command."""

import pytest

from genre import __version__
from genre.__main__ import main
from genre.cli import training
from genre.errors import DatasetError
from genre.recipes.config import PRESETS


@pytest.mark.parametrize("command", ["train", "crossval"])
def test_percent_sign_in_help_of_setting_is_printed(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])

    assert "Temperature scaling after training" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("preset", "data"), [("quick", "gtzan-subset"), ("ear", "gtzan-subset-musicnn")]
)
def test_training_without_data_loads_the_bundled_one_of_the_recipes_features(
    preset, data, monkeypatch, capsys
):
    def refuse(source, features, *, teacher_values):
        raise DatasetError(f"{source} with {features.kind}")

    monkeypatch.setattr(training, "load_data", refuse)

    assert main(["train", "--preset", preset]) == 1
    assert f"{data} with {PRESETS[preset].features}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "program"), [("/usr/bin/genre-lab", "genre-lab"), ("__main__.py", "python -m genre")]
)
def test_parser_names_version_and_the_program_as_it_was_started(
    script, program, capsys, monkeypatch
):
    monkeypatch.setattr("sys.argv", [script])
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"Genre Lab {__version__}\n"

    with pytest.raises(SystemExit, match="2"):
        main([])
    assert capsys.readouterr().err.startswith(f"usage: {program} ")
