"""Background jobs as real processes: watched, stopped, killed, and taken over by another server."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from genre.paths import ROOT
from genre.system import jobs, processes
from genre.system.jobs import Job, JobStatus
from genre.system.processes import NICENESS, SESSION_NICENESS
from tests.support.command import replace_command

PATIENT_SECONDS = 60
COUNT = """
import subprocess, sys, time
from pathlib import Path
from tests.system.test_jobs import Counting, counting_job

job = counting_job(Path(sys.argv[1]))
print("counting", flush=True)
job.begin(Counting("counting"))
if "helper" in sys.argv:
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (job.status_file.parent / "helper").write_text(str(helper.pid))
for n_done in range(int(sys.argv[2])):
    job.progress(Counting("counting", n_done=n_done))
    if job.is_stop_wanted():
        job.conclude(state="stopped")
        break
    time.sleep(0.02)
else:
    job.conclude(state="ready", n_done=int(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Counting(JobStatus):
    n_done: int = 0

    LIVE: ClassVar = ("starting", "counting")


def counting_job(folder):
    return Job(Counting, folder / "status.json", write_seconds=0.1)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job that counts once it is started, and whose process does not outlive the test."""
    replace_command(monkeypatch, COUNT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = counting_job(tmp_path / "job")
    yield made
    made.end()


def start(job, n=10_000, *words):
    job.start([str(job.status_file.parent), str(n), *words], Counting("starting"))


def watch(job, what):
    """Read a job's status until something holds of it; return all that was read."""
    seen, end = [job.read()], time.monotonic() + PATIENT_SECONDS
    while not what(seen[-1]):
        assert time.monotonic() < end, seen[-1]
        time.sleep(0.01)
        seen.append(job.read())
    return seen


def has_ended(status):
    return not status.is_live


def under_way(status):
    return status.n_done > 5


def test_job_started_is_watched_to_its_end(job):
    assert job.read() is None
    start(job, 30)
    assert job.read().state in ("starting", "counting") and job.read().pid

    seen = watch(job, has_ended)
    assert (seen[-1].state, seen[-1].n_done) == ("ready", 30)
    done = [status.n_done for status in seen]
    assert done == sorted(done)


def test_start_of_job_whose_process_has_reported_keeps_that_report(job, monkeypatch):
    """A busy computer may let the new process run before the one that started it."""
    start_process = jobs.start_process

    def start_and_wait(words, **outputs):
        process = start_process(words, **outputs)
        watch(job, lambda status: status and not status.is_live)
        return process

    monkeypatch.setattr(jobs, "start_process", start_and_wait)
    start(job, 3)
    assert job.read().state == "ready"


def test_process_that_ends_while_its_number_is_written_keeps_its_report(job, monkeypatch):
    """A busy disk may take as long to write it as the process takes to work."""
    fsync = os.fsync

    def write_slowly(file):
        watch(job, lambda status: status and not status.is_live)
        fsync(file)

    monkeypatch.setattr(os, "fsync", write_slowly)
    start(job, 3)
    monkeypatch.undo()
    assert job.stored().state == job.read().state == "ready"
    assert [path.name for path in job.status_file.parent.glob(".*.part")] == []


def test_start_without_a_status_keeps_the_one_that_is_written(job):
    job.start([str(job.status_file.parent), "0"])
    assert job.stored() is None or job.stored().state != "starting"
    watch(job, lambda status: status and status.state == "ready")


def test_job_output_is_added_to_log(job):
    for _ in range(2):
        start(job, 1)
        watch(job, has_ended)
    assert job.log_file.read_text() == "counting\ncounting\n"


def test_job_process_has_low_priority_and_leads_a_session(job):
    start(job)
    process = psutil.Process(job.read().pid)
    assert process.nice() >= NICENESS
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    if (group := Path(f"/proc/{process.pid}/autogroup")).exists():  # "/autogroup-12 nice 5"
        watch(job, lambda _: group.read_text().split()[-1] == str(SESSION_NICENESS))


def test_heartbeat_follows_the_work(job):
    before = time.time()
    start(job)
    first = watch(job, under_way)[-1].heartbeat
    assert first >= before
    assert watch(job, lambda status: status.heartbeat > first + 0.1)[-1].heartbeat <= time.time()


def test_progress_is_written_when_due_or_when_the_state_changes(tmp_path, monkeypatch):
    job = counting_job(tmp_path)
    job.begin(Counting("counting"))
    job.progress(Counting("counting", n_done=1))
    assert job.read().n_done == 0
    job.progress(Counting("starting", n_done=2))
    assert job.read().n_done == 2
    monkeypatch.setattr(job, "write_seconds", 0.0)
    time.sleep(0.01)
    job.progress(Counting("starting", n_done=3))
    assert job.read().n_done == 3


def test_job_asked_to_stop_stops_and_the_next_is_not_asked(job):
    start(job)
    watch(job, under_way)
    job.ask_to_stop()
    assert watch(job, has_ended)[-1].state == "stopped"
    assert not job.stop_file.exists()

    job.stop_file.touch()
    start(job, 10)
    assert watch(job, has_ended)[-1].state == "ready"


def test_job_that_has_ended_is_not_asked_to_stop(job):
    start(job, 1)
    watch(job, has_ended)
    job.ask_to_stop()
    assert not job.stop_file.exists()


def test_stop_meant_for_an_earlier_process_is_forgotten(tmp_path):
    job = counting_job(tmp_path)
    job.write(Counting("counting", pid=1, process_started=1.0))
    job.stop_file.touch()
    job.begin(Counting("counting"))
    assert not job.is_stop_wanted()


def test_end_of_job_ends_its_whole_process_group(job):
    start(job, 10_000, "helper")
    pid = watch(job, under_way)[-1].pid
    helper = psutil.Process(int((job.status_file.parent / "helper").read_text()))
    job.end()

    gone, alive = psutil.wait_procs([helper], timeout=PATIENT_SECONDS)
    assert gone and not alive
    assert watch(job, has_ended)[-1].state == "failed"
    assert not processes.is_alive(pid, job.read().process_started)


def test_job_killed_is_read_as_failed(job):
    start(job)
    os.kill(watch(job, under_way)[-1].pid, signal.SIGKILL)
    status = watch(job, has_ended)[-1]
    assert (status.state, status.reason) == ("failed", "its process ended.")
    assert job.stored().state == "counting"  # a reader notes it, and writes nothing


def test_job_killed_is_noticed_before_its_process_is_reaped(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    job, started = counting_job(tmp_path), psutil.Process(process.pid).create_time()
    job.write(Counting("counting", pid=process.pid, process_started=started))
    assert job.read().is_live
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it stays in the process table

    assert psutil.pid_exists(process.pid)
    assert job.read().state == "failed"
    process.communicate()


def test_job_whose_pid_was_reused_is_read_as_failed(tmp_path):
    job = counting_job(tmp_path)
    job.write(Counting("counting", pid=os.getpid(), process_started=1.0))
    assert job.read().state == "failed"
    job.write(Counting("counting").stamped())
    assert job.read().state == "counting"


def test_end_of_job_whose_pid_was_reused_ends_no_other_process(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    processes.end_process(other.pid, 1.0, at_once=True)
    assert other.poll() is None
    other.communicate()
    assert other.returncode == 1  # its input ended: nothing has killed it


def test_job_that_never_started_is_read_as_failed_after_a_minute(tmp_path):
    job = counting_job(tmp_path)
    job.write(Counting("starting", heartbeat=time.time()))
    assert job.read().state == "starting"
    job.write(Counting("starting", heartbeat=time.time() - jobs.START_SECONDS - 1))
    assert job.read().reason == "its process never started."


def test_job_outlives_its_server_and_is_taken_over_by_another(tmp_path):
    server = f"""
import sys
from pathlib import Path
import pytest
from tests.support.command import replace_command
from tests.system.test_jobs import COUNT, Counting, counting_job, start
replace_command(pytest.MonkeyPatch(), COUNT)
start(counting_job(Path({str(tmp_path / "job")!r})))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", server], check=True, env=environment, timeout=60)

    job = counting_job(tmp_path / "job")
    n_before = watch(job, under_way)[-1].n_done
    assert watch(job, lambda status: status.n_done > n_before)[-1].is_live
    job.ask_to_stop()
    assert watch(job, has_ended)[-1].state == "stopped"


@pytest.mark.parametrize("content", ["", "[]", "{}", "no JSON", '{"version": 99}'])
def test_status_corrupt_or_of_another_version_is_none(tmp_path, content):
    job = counting_job(tmp_path)
    job.status_file.write_text(content)
    assert job.read() is None


def test_status_of_another_version_with_valid_keys_is_none(tmp_path):
    job = counting_job(tmp_path)
    job.write(Counting("ready"))
    document = json.loads(job.status_file.read_text())
    assert job.read() == Counting("ready") and document["version"] == 1
    job.status_file.write_text(json.dumps(document | {"version": 2}))
    assert job.read() is None
