"""Short jobs as real processes: output, exit code, time limit, stop, and the end of their owner."""

import gc
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from genre.paths import ROOT
from genre.system import owned_job, processes
from genre.system.owned_job import Ended, OwnedJob
from genre.system.processes import NICENESS
from tests.support.command import replace_command

PATIENT_SECONDS = 60
SLEEP = "import time; print('begun', flush=True); time.sleep(600)"
GIVE_BIRTH = """
import subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(helper.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where temporary files lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def becomes(what):
    """Wait until something is true."""
    end = time.monotonic() + PATIENT_SECONDS
    while not (value := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return value


def process_of(job):
    return psutil.Process(job._process.pid)


def test_job_gets_arguments_and_input_and_its_output_is_kept(folder, monkeypatch):
    replace_command(
        monkeypatch,
        "import sys; print(sys.argv[1:], sys.stdin.read()); sys.stderr.write('hm'); sys.exit(3)",
    )
    job = OwnedJob(["describe", "-"], content=b"song")
    ended = becomes(job.poll)
    assert ended == Ended("exit", 3, "['describe', '-'] song\n", "hm")
    assert job.poll() is ended and job.output() == ended.out
    assert not list(folder.iterdir())


def test_output_of_running_job_is_read_as_it_comes(monkeypatch):
    replace_command(monkeypatch, SLEEP)
    job = OwnedJob([])
    assert becomes(job.output) == "begun\n"
    assert job.poll() is None
    job.stop()


def test_job_has_low_priority_works_in_the_programs_folder_and_leads_a_session(monkeypatch):
    replace_command(monkeypatch, SLEEP)
    job = OwnedJob([])
    becomes(job.output)
    process = process_of(job)
    assert process.nice() >= NICENESS
    assert process.cwd() == str(ROOT)
    assert os.getsid(process.pid) == process.pid
    job.stop()


def test_stopped_job_is_gone_at_once_with_what_it_has_started(folder, monkeypatch):
    replace_command(monkeypatch, GIVE_BIRTH)
    job = OwnedJob([])
    helper, process = psutil.Process(int(becomes(job.output))), process_of(job)
    job.stop()
    job.stop()

    assert job.poll() == Ended("stop")
    assert not process.is_running()
    becomes(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)
    assert not list(folder.iterdir())


def test_job_that_takes_too_long_is_ended(monkeypatch):
    replace_command(monkeypatch, SLEEP)
    job = OwnedJob([], max_seconds=0.2)
    process = process_of(job)
    assert job.poll() is None
    assert becomes(job.poll) == Ended("timeout")
    assert not process.is_running()


def test_job_stopped_while_it_is_asked_has_one_outcome(monkeypatch):
    """The page keeps one job per song: two visitors may ask in the same moment."""
    replace_command(monkeypatch, "print('done')")
    read = owned_job._read

    def read_slowly(path):
        time.sleep(0.05)
        return read(path)

    monkeypatch.setattr(owned_job, "_read", read_slowly)
    for _ in range(3):
        job = OwnedJob([])
        job._process.wait(PATIENT_SECONDS)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(call) for call in [job.poll, job.stop] * 4]
        seen = {future.result() for future in asked[::2]}
        assert len(seen | {job.poll()} - {None}) == 1


def test_job_without_references_is_ended(folder, monkeypatch):
    replace_command(monkeypatch, SLEEP)
    job = OwnedJob([])
    process = process_of(job)
    del job
    gc.collect()
    assert not process.is_running() and not list(folder.iterdir())


def test_job_ends_when_its_owner_exits(folder):
    owner = f"""
import pytest
from genre.system.owned_job import OwnedJob
from tests.support.command import replace_command
replace_command(pytest.MonkeyPatch(), {SLEEP!r})
job = OwnedJob([])
print(job._process.pid, flush=True)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    said = subprocess.check_output([sys.executable, "-c", owner], env=environment, timeout=60)
    assert not psutil.pid_exists(int(said)) and not list(folder.iterdir())


def test_job_that_cannot_start_leaves_no_files(folder, monkeypatch):
    def refuse(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(processes.subprocess, "Popen", refuse)
    with pytest.raises(OSError, match="Cannot allocate memory"):
        OwnedJob([])
    assert not list(Path(folder).iterdir())
