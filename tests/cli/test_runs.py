"""The reading of a run, printed in the terminal."""

import json
import shutil

import pytest

from genre.__main__ import main
from genre.paths import RECORDED
from genre.runs.files import RunStatus, write_status


@pytest.fixture
def mine(tmp_path):
    """The recorded run of the preset quick, as a run of this computer."""
    run = tmp_path / "mine"
    shutil.copytree(RECORDED / "quick", run)
    write_status(run, RunStatus("finished"))
    return run


def test_run_is_read_a_line_each(mine, capsys):
    assert main(["runs", str(mine)]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert 3 <= len(lines) <= 5
    assert lines[0].startswith("Reggae is most often taken for hiphop: 21 of 28 tracks.")
    assert lines[-1].startswith("Next: ")


def test_run_is_read_as_json_with_its_rules(mine, capsys):
    assert main(["runs", str(mine), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert [row["rule"] for row in found][:2] == ["confused_pair", "validation_gap"]
    assert all(row["how"].startswith("Rule “") for row in found)


def test_run_of_which_nothing_can_be_said_says_so(mine, capsys):
    (mine / "events.jsonl").write_text("")
    assert main(["runs", str(mine)]) == 0
    said = capsys.readouterr()

    assert said.out == ""
    assert "say nothing yet" in said.err
