"""A run folder with any damage beside a good one: one sentence for the one, the other is listed."""

import contextlib
import json
import re

import pytest

from genre.errors import GenreError, RunError
from genre.export.run_report import run_report
from genre.recipes.config import PRESETS
from genre.runs.damaged import damage_of, list_damaged
from genre.runs.files import (
    MODEL,
    RunStatus,
    read_status,
    write_status,
)
from genre.runs.keep_model import keep_model
from genre.runs.store import create_run, delete_run, list_runs
from genre.system.lock import FolderLock
from tests.support.damage import damaged_files, damaged_objects, put, written
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import as_lines
from tests.support.readers import EVENTS, add_good_and_bad_run, use_runs

FILES = ("config.json", "status.json", "control.json", "events.jsonl")


@pytest.fixture
def folder(tmp_path, two_genres):
    """A good run, and one that will be damaged."""
    return add_good_and_bad_run(tmp_path / "runs", guesses(two_genres))[0]


@pytest.mark.parametrize("file", FILES)
def test_run_file_of_any_content_harms_no_other_run(folder, tmp_path, file):
    path = folder / "2-bad" / file
    for _, content in damaged_files(path.read_bytes()):
        put(path, content)
        use_runs(folder, tmp_path)


@pytest.mark.parametrize("file", FILES[:3])
def test_run_file_with_any_wrong_value_harms_no_other_run(folder, tmp_path, file):
    path = folder / "2-bad" / file
    for _, document in damaged_objects(json.loads(path.read_bytes()), depth=1):
        put(path, written(document))
        use_runs(folder, tmp_path)


@pytest.mark.parametrize("place", range(len(EVENTS)), ids=lambda i: f"{i}-{EVENTS[i]['event']}")
def test_event_with_any_wrong_value_harms_no_other_run(folder, tmp_path, place):
    path = folder / "2-bad" / "events.jsonl"
    for _, event in damaged_objects(EVENTS[place]):
        put(path, as_lines(*EVENTS[:place], event, *EVENTS[place + 1 :]))
        use_runs(folder, tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("config.json", None, r"config\.json .*\(it is missing\)"),
        ("config.json", b"[]", r"config\.json .*expected an object"),
        ("config.json", b'{"version": 1, "data": "x", "recipe": []}', "recipe of the file is"),
        ("status.json", b'{"version": 1}', r"status\.json .*lacks 'state'"),
        ("control.json", b'{"version": 1, "stop": "yes"}', "stop of the file is 'yes'"),
        ("control.json", b'{"version": 1, "epochs": 0}', "epochs=0 was given"),
        ("events.jsonl", b'{"event": "epoch"}\n', "it holds no event"),
        ("events.jsonl", b"\n{half\n", "it holds no event"),
    ],
)
def test_run_damaged_is_listed_with_its_reason_and_can_be_deleted(folder, file, content, reason):
    bad = folder / "2-bad"
    assert not list_damaged(folder)
    put(bad / file, content)

    (damaged,) = list_damaged(folder)
    assert damaged.name == "2-bad"
    assert re.search(reason, damaged.reason)

    delete_run(bad)
    assert not bad.exists()
    assert [run.name for run in list_runs(folder)] == ["1-good"]


@pytest.mark.parametrize("pid", ["1", -1, 2**40, 1.5, None, True])
def test_status_with_a_process_number_that_none_can_have_is_refused(tmp_path, pid):
    create_run(tmp_path / "run", PRESETS["quick"], "x")
    write_status(tmp_path / "run", RunStatus("fitting", pid=pid))

    with pytest.raises(RunError, match=r"status\.json of the run run .*pid is"):
        read_status(tmp_path / "run")


def test_run_damaged_while_it_trains_is_not_deleted(folder):
    lock = FolderLock(folder / "2-bad")
    assert lock.acquire()
    put(folder / "2-bad" / "status.json", b"")

    with pytest.raises(RunError, match=r"2-bad is at work\. Stop it"):
        delete_run(folder / "2-bad")
    lock.release()
    delete_run(folder / "2-bad")


def test_run_being_made_is_not_damaged(folder):
    create_run(folder / "3-new", PRESETS["quick"], "x")
    (folder / "3-new" / "config.json").unlink()

    assert not list_damaged(folder)


def test_model_of_a_run_damaged_is_refused(folder, tmp_path):
    bad = folder / "2-bad"
    (bad / MODEL).mkdir()
    (bad / MODEL / "model.keras").write_bytes(b"x")
    for _, content in damaged_files(b'{"version": 1, "name": "x"}'):
        put(bad / MODEL / "card.json", content)
        with pytest.raises(GenreError):
            keep_model(bad, "kept", tmp_path / "models")
        with contextlib.suppress(GenreError):
            run_report(bad)
    assert not damage_of(bad)  # its curves can be seen all the same
