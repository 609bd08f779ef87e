"""The help of every command."""

import pytest

from genre.__main__ import main


@pytest.mark.parametrize("command", ["train", "crossval"])
def test_percent_sign_in_help_of_setting_is_printed(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])

    assert "Temperature scaling after training" in " ".join(capsys.readouterr().out.split())
