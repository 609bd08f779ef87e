"""A run on a full disk: it says so, stays readable, and goes on once there is room."""

import errno
import os
import subprocess
import sys

import pytest

from genre.paths import ROOT
from genre.runs.files import EVENTS_FILE, RESERVE_FILE, read_events, read_status
from genre.runs.reader import RunReader
from genre.runs.store import create_run
from genre.system import lines
from genre.training import run as training_run
from tests.support.live_runs import RECIPE
from tests.support.small_disk import NoDisk, small_disk

FILL_UP = """
import sys
from pathlib import Path
from genre.training import run as training_run

def fill_up(run, data, resume):
    while True:  # odd lengths, so that a line is torn where the disk ends
        run.write_event({"event": "extract", "n_done": 1, "n_tracks": 2, "name": "x" * 1234})

def do_nothing(run, data, resume):
    return "finished"

training_run._carry_out = do_nothing if "--resume" in sys.argv else fill_up
training_run.run_training(Path(sys.argv[1]))
"""


@pytest.fixture
def disk(tmp_path):
    """A file system of 400 kB."""
    try:
        with small_disk(tmp_path / "disk", 400) as path:
            yield path
    except NoDisk as error:
        pytest.skip(str(error))


def test_run_that_fills_its_disk_says_so_and_is_resumed(disk):
    run = disk / "runs" / "full"
    create_run(run, RECIPE, "gtzan-subset")
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * 150_000)
    command = [sys.executable, "-c", FILL_UP, str(run)]
    subprocess.run(command, cwd=ROOT, check=True)

    full = read_status(run)
    assert full.state == "failed"
    assert full.reason.startswith("disk full")
    assert (run / EVENTS_FILE).read_bytes().endswith(b"\n")
    assert RunReader(run).read().extracted == (1, 2)
    assert not (run / RESERVE_FILE).exists()

    ballast.unlink()
    subprocess.run([*command, "--resume"], cwd=ROOT, check=True)
    assert read_status(run).state == "finished"
    phases = [event["phase"] for event in read_events(run)[0] if event["event"] == "phase"]
    assert phases == ["queued", "failed", "queued", "finished"]


def test_run_whose_writes_are_refused_until_reserve_is_freed_says_disk_full(tmp_path, monkeypatch):
    """As on a full disk, without one: nothing is written while the reserve is there."""
    run = tmp_path / "runs" / "full"
    create_run(run, RECIPE, "gtzan-subset")
    write, is_full = os.write, []

    def write_if_room(file, content):
        if is_full and (run / RESERVE_FILE).exists():
            write(file, content[:7])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, content)

    def fill_up(run, data, *, resume):
        is_full.append(True)
        run.write_event({"event": "extract", "n_done": 1, "n_tracks": 2})

    monkeypatch.setattr(lines.os, "write", write_if_room)
    monkeypatch.setattr(training_run, "_carry_out", fill_up)
    status = training_run.run_training(run)

    assert read_status(run) == status
    assert status.reason.startswith("disk full")
    assert [event.get("phase") for event in read_events(run)[0]] == ["queued", "failed"]


@pytest.mark.parametrize(
    "error",
    [
        OSError("write failed: errno = 28, error message = 'No space left on device'"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
    ],
    ids=["named in the text alone", "quota"],
)
def test_error_of_full_disk_in_any_form_is_told(tmp_path, monkeypatch, error):
    run = tmp_path / "runs" / "full"
    create_run(run, RECIPE, "gtzan-subset")

    def refuse(run, data, *, resume):
        raise error

    monkeypatch.setattr(training_run, "_carry_out", refuse)
    assert training_run.run_training(run).reason.startswith("disk full")


def test_error_of_system_without_number_is_told_by_its_text(tmp_path, monkeypatch):
    run = tmp_path / "runs" / "refused"
    create_run(run, RECIPE, "gtzan-subset")

    def refuse(run, data, *, resume):
        raise OSError("truncated file")

    monkeypatch.setattr(training_run, "_carry_out", refuse)
    with pytest.raises(OSError, match="truncated"):
        training_run.run_training(run)
    assert read_status(run).reason == "the system refused: truncated file"
