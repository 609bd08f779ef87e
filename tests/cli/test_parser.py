"""The help of every command."""

import pytest

from genre import __version__
from genre.__main__ import main


@pytest.mark.parametrize("command", ["train", "crossval"])
def test_percent_sign_in_help_of_setting_is_printed(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])

    assert "Temperature scaling after training" in " ".join(capsys.readouterr().out.split())


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
