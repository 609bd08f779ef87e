"""A run folder with any damage beside a good one: one sentence for the one, the other is listed."""

import contextlib
import json
import re
import shutil
from argparse import Namespace

import pytest

from genre.cli import runs as commands
from genre.compare.leaderboard import entries_fingerprint, list_entries
from genre.errors import GenreError, RunError
from genre.export.run_report import run_report
from genre.recipes.config import PRESETS
from genre.runs.damaged import damage_of, list_damaged
from genre.runs.duration import measured_speed
from genre.runs.files import (
    MODEL,
    RunStatus,
    read_config,
    read_control,
    read_events,
    read_status,
    write_status,
)
from genre.runs.keep_model import keep_model
from genre.runs.queue import runs_before
from genre.runs.reader import RunReader
from genre.runs.reference_runs import best_earlier_run, record_run
from genre.runs.store import create_run, delete_run, find_run, list_runs, steer_run
from genre.system.lock import FolderLock
from genre.text import training as training_text
from tests.support.damage import damaged_files, damaged_objects, put, written
from tests.support.leaderboard_runs import add_run, guesses
from tests.support.live_runs import as_lines, batch, data, epoch, evaluation, phase

EVENTS = (
    phase("fitting", 10),
    data(11),
    {"event": "extract", "n_done": 1, "n_tracks": 24, "time": 11.5},
    batch(1, 12),
    epoch(1, 13),
    {"event": "song", "epoch": 1, "probabilities": [0.5, 0.5], "time": 13},
    {"event": "changed", "setting": "learning_rate", "value": 5e-3, "time": 13.5},
    {"event": "resumed", "epoch": 1, "time": 14},
    epoch(2, 15),
    epoch(3, 16),
    evaluation(17),
)
FILES = ("config.json", "status.json", "control.json", "events.jsonl")


@pytest.fixture
def folder(tmp_path, two_genres):
    """A good run, and one that will be damaged."""
    runs = tmp_path / "runs"
    add_run(runs, "1-good", guesses(two_genres))
    bad = add_run(runs, "2-bad", guesses(two_genres))
    steer_run(bad, pause=False)
    (bad / "events.jsonl").write_bytes(as_lines(*EVENTS))
    return runs


def use_everything(folder, monkeypatch, tmp_path, capsys):
    """Call what commands and pages read runs with; only a damaged run itself may be refused."""
    good, bad = folder / "1-good", folder / "2-bad"
    config = PRESETS["quick"]
    damaged = list_damaged(folder)
    assert [one.name for one in damaged] in ([], ["2-bad"])
    for one in damaged:
        assert len(one.reason) < 900
        one.reason.encode()
    entries_fingerprint(tmp_path, folder, tmp_path)
    entries, _ = list_entries(tmp_path, folder, tmp_path)
    assert "1-good" in {entry.name for entry in entries}
    runs_before(good)
    measured_speed(folder)
    best_earlier_run("somewhere/music", config, folder=folder)
    assert find_run("1-good", folder) == good
    monkeypatch.setattr(commands, "RUNS", folder)
    assert commands.runs(Namespace(json=False)) == 0
    assert "1-good" in capsys.readouterr().out
    for read in (read_config, read_control, read_status, read_events, find_run_by_path, steer_run):
        with contextlib.suppress(GenreError):
            read(bad)
    with contextlib.suppress(GenreError):
        run_report(bad)
    with contextlib.suppress(GenreError):
        record_run(bad, tmp_path / "recorded")
    shutil.rmtree(tmp_path / "recorded", ignore_errors=True)
    with contextlib.suppress(RunError):
        show_on_train(RunReader(bad).read())


def find_run_by_path(run):
    find_run(str(run), run.parent)


def show_on_train(view):
    """Say what the page Train says of a run."""
    said = [training_text.state(view), training_text.progress(view)]
    if view.facts:
        said += [training_text.dataset_line(view.facts), *training_text.missing_genres(view.facts)]
    if view.evaluation:
        said.append(training_text.run_figures(view.evaluation))
        with contextlib.suppress(GenreError):
            said.append(training_text.run_headline(view.evaluation, view.config))
    "".join(map(str, said)).encode()


@pytest.mark.parametrize("file", FILES)
def test_run_file_of_any_content_harms_no_other_run(folder, monkeypatch, tmp_path, capsys, file):
    path = folder / "2-bad" / file
    for _, content in damaged_files(path.read_bytes()):
        put(path, content)
        use_everything(folder, monkeypatch, tmp_path, capsys)


@pytest.mark.parametrize("file", FILES[:3])
def test_run_file_with_any_wrong_value_harms_no_other_run(
    folder, monkeypatch, tmp_path, capsys, file
):
    path = folder / "2-bad" / file
    for _, document in damaged_objects(json.loads(path.read_bytes()), depth=1):
        put(path, written(document))
        use_everything(folder, monkeypatch, tmp_path, capsys)


@pytest.mark.parametrize("place", range(len(EVENTS)), ids=lambda i: f"{i}-{EVENTS[i]['event']}")
def test_event_with_any_wrong_value_harms_no_other_run(
    folder, monkeypatch, tmp_path, capsys, place
):
    path = folder / "2-bad" / "events.jsonl"
    for _, event in damaged_objects(EVENTS[place]):
        put(path, as_lines(*EVENTS[:place], event, *EVENTS[place + 1 :]))
        use_everything(folder, monkeypatch, tmp_path, capsys)


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
