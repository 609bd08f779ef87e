"""Sweeps on disk: made whole or not at all, found, damaged, deleted."""

import json
import re
from dataclasses import replace

import pytest

from genre.errors import DatasetError, ParameterError, RunError
from genre.runs.files import RunStatus, read_status
from genre.sweeps.files import (
    JOB_FILE,
    STATE_FILE,
    SWEEP_FILE,
    SweepState,
    SweepStatus,
    job_of,
    read_job,
    read_state,
    read_sweep,
    write_state,
)
from genre.sweeps.store import (
    create_sweep,
    delete_sweep,
    find_sweep,
    list_damaged_sweeps,
    list_sweeps,
    prepare_to_go_on,
    runs_of_sweeps,
    stop_sweep,
    with_trial,
)
from genre.system.lock import FolderLock
from tests.support.damage import damaged_files, damaged_objects, written
from tests.support.live_runs import write_run


def test_new_sweep_has_all_trials_waiting_seed_by_seed(make_sweep, tmp_path):
    sweep = make_sweep(minutes=30)
    state = read_state(sweep)

    assert [(t.configuration, t.seed, t.state) for t in state.trials] == [
        (0, 0, "waiting"),
        (0, 1, "waiting"),
        (1, 0, "waiting"),
        (1, 1, "waiting"),
    ]
    assert state.minutes == 30
    assert re.fullmatch(r"\d{8}-\d{9}-two-rates", sweep.name)
    assert list_sweeps(tmp_path / "sweeps") == [sweep.folder]
    assert read_job(sweep.folder).state == "absent"


def test_sweep_on_data_that_cannot_be_split_with_a_seed_is_not_made(make_sweep, tmp_path):
    with pytest.raises(DatasetError):
        make_sweep(data="gtzan-subset-musicnn")  # other features
    with pytest.raises(DatasetError):
        make_sweep(data=str(tmp_path / "none"))
    assert list_sweeps(tmp_path / "sweeps") == []


def test_too_many_runs_are_refused_with_their_number(make_sweep, tmp_path):
    rates = tuple(n / 1000 for n in range(1, 41))
    with pytest.raises(ParameterError, match=r"give 240 runs \(40 combinations, 6 each\)"):
        make_sweep(settings={"learning_rate": rates}, seeds=tuple(range(6)))
    assert list_sweeps(tmp_path / "sweeps") == []


def test_sweep_is_found_by_name_end_label_and_path(make_sweep, tmp_path):
    folder = tmp_path / "sweeps"
    one, other = make_sweep(label="하나 rates"), make_sweep(label="two")

    for name in (one.name, "하나-rates", "하나 rates", str(one.folder)):
        assert find_sweep(name, folder) == one.folder
    assert find_sweep("two", folder) == other.folder
    with pytest.raises(RunError, match="there is no sweep by the name 'three'"):
        find_sweep("three", folder)
    make_sweep(label="two")
    with pytest.raises(RunError, match="there are 2 sweeps by the name 'two'"):
        find_sweep("two", folder)


def test_runs_know_the_label_of_their_sweep(make_sweep, tmp_path):
    sweep = make_sweep(label="My rates?")
    first = read_state(sweep).trials[0]
    make_sweep(state=None)
    write_state(sweep, with_trial(read_state(sweep), replace(first, run="some-run")))
    assert runs_of_sweeps(tmp_path / "sweeps") == {"some-run": "My rates?"}


def test_sweep_at_work_is_not_deleted_and_one_at_rest_goes_without_its_runs(make_sweep, tmp_path):
    sweep = make_sweep()
    run = write_run(tmp_path / "runs" / "a")
    lock = FolderLock(sweep.folder)
    assert lock.acquire()
    with pytest.raises(RunError, match="is at work"):
        delete_sweep(sweep.folder)
    lock.release()

    delete_sweep(sweep.folder)
    assert list_sweeps(tmp_path / "sweeps") == []
    assert run.exists()


def test_stop_without_a_process_stops_the_run_that_it_waited_for(make_sweep, tmp_path):
    sweep = make_sweep()
    job_of(sweep.folder).write(SweepStatus("sweeping", pid=2**30, process_started=1.0))
    run = write_run(tmp_path / "runs" / "a", status=RunStatus("queued", heartbeat=4e9))
    first = replace(read_state(sweep).trials[0], run="a", state="training")
    write_state(sweep, with_trial(read_state(sweep), first))
    stop_sweep(sweep.folder, tmp_path / "runs")

    assert read_state(sweep).trials[0] == replace(first, state="waiting")
    assert json.loads((run / "control.json").read_text())["stop"] is True
    assert read_status(run).state == "queued"  # it has no process yet: it stops when it has one


def test_another_budget_is_kept_and_a_bad_one_refused(make_sweep):
    sweep = make_sweep(minutes=1)
    prepare_to_go_on(sweep.folder, minutes=9)
    assert read_state(sweep).minutes == 9
    prepare_to_go_on(sweep.folder)
    assert read_state(sweep).minutes == 9
    with pytest.raises(ParameterError, match="-1 minutes were given"):
        prepare_to_go_on(sweep.folder, minutes=-1)


def test_any_damage_of_a_file_is_one_sentence_and_lists_the_others(make_sweep, tmp_path):
    sweep, other = make_sweep(), make_sweep()
    n_damaged = 0
    for name in (SWEEP_FILE, STATE_FILE):
        good = (sweep.folder / name).read_bytes()
        bad = [content for _, content in damaged_files(good)]
        bad += [written(one) for _, one in damaged_objects(json.loads(good), depth=2)]
        for content in bad:
            if content is None:
                continue
            (sweep.folder / name).write_bytes(content)
            try:
                assert isinstance(read_state(read_sweep(sweep.folder)), SweepState)
            except RunError as error:
                n_damaged += 1
                assert f".json of the sweep {sweep.name} cannot be read (" in str(error)
        found = list_damaged_sweeps(tmp_path / "sweeps")
        assert all(one.name == sweep.name and one.kind == "sweep" for one in found)
        (sweep.folder / name).write_bytes(good)
    assert n_damaged > 40
    assert runs_of_sweeps(tmp_path / "sweeps") == {}
    assert read_sweep(other.folder).name == other.name
    (sweep.folder / JOB_FILE).write_text("{")
    assert read_job(sweep.folder).state == "absent"


def test_full_disk_leaves_no_half_of_a_sweep(make_sweep, tmp_path):
    spec = make_sweep().spec
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="the sweep could not be written"):
        create_sweep(spec, tmp_path / "file" / "sweeps")
