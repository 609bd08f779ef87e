"""Processes: their priority and that of their session, and their end, on Windows as well."""

import ast
import contextlib
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from genre import language
from genre.paths import PACKAGE, ROOT
from genre.system import processes
from genre.system.processes import NICENESS, SESSION_NICENESS, end_process, start_process
from tests.support.command import replace_command

STEP_BACK = """
import json, os
from pathlib import Path
from genre.system import processes

AUTOGROUP = Path("/proc/self/autogroup")

def group():  # "/autogroup-12 nice 5"; nothing in the session the machine itself started
    words = AUTOGROUP.read_text().split() if AUTOGROUP.exists() else []
    return int(words[-1]) if words else None

before = group()
processes.lower_priority()
processes.lower_priority()
print(json.dumps([os.nice(0), before, group()]))
"""


def stepped_back(leads_session):
    """Of a process that gave way: its niceness, and its new session's before and after."""
    command = [sys.executable, "-c", STEP_BACK]
    if not leads_session:
        command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    said = subprocess.run(command, check=True, capture_output=True, start_new_session=True)
    return json.loads(said.stdout)


def session_niceness(leads_session):
    """Of the session of a process that gave way: before and after."""
    _, before, after = stepped_back(leads_session)
    if before is None:
        pytest.skip("sessions have no niceness on this system")
    return before, after


def test_worker_priority_is_low_for_its_session():
    assert session_niceness(leads_session=True) == (0, SESSION_NICENESS)


def test_command_priority_leaves_its_session_unchanged():
    before, after = session_niceness(leads_session=False)
    assert after == before


def test_process_started_has_low_priority():
    assert stepped_back(leads_session=True)[0] == max(NICENESS, os.nice(0))  # once, not twice


UNIX_ONLY = {
    "killpg",
    "getpgid",
    "getpgrp",
    "getsid",
    "setsid",
    "fork",
    "nice",
    "getuid",
    "SIGKILL",
}
UNIX_MODULES = {"fcntl", "resource", "pwd", "grp", "pty", "termios", "select"}
FAMILY = """
import subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
helpers = [subprocess.Popen(sleep) for _ in range(2)]
print(*(helper.pid for helper in helpers), flush=True)
time.sleep(600)
"""


@pytest.fixture
def windows(monkeypatch):
    """Processes without what Windows lacks; psutil itself works as on this system."""
    for name in ("killpg", "getpgid", "getsid"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(processes, "signal", SimpleNamespace(SIGTERM=15))
    own = {"WINDOWS": True, "BELOW_NORMAL_PRIORITY_CLASS": os.nice(0)}
    monkeypatch.setattr(processes, "psutil", SimpleNamespace(**vars(psutil) | own))


@pytest.fixture
def family(monkeypatch):
    """A process of `start_process` and the two that it has started."""
    replace_command(monkeypatch, FAMILY)
    process = start_process([], stdout=subprocess.PIPE)
    helpers = [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]
    yield process, helpers
    for one in (process, *helpers):
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()
    process.stdout.close()


def has_ended(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE or not process.is_running()
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("at_once", [True, False])
def test_process_ended_on_windows_ends_with_those_it_has_started(windows, family, at_once):
    process, helpers = family
    end_process(process.pid, psutil.Process(process.pid).create_time(), at_once=at_once)
    assert process.wait(60)
    psutil.wait_procs(helpers, timeout=60)
    assert all(map(has_ended, helpers))


def test_process_ended_on_windows_though_one_of_its_own_is_gone(windows, family, monkeypatch):
    process, helpers = family
    kill = psutil.Process.kill

    def kill_unless_gone(one):
        if one.pid == helpers[0].pid:
            raise psutil.NoSuchProcess(one.pid)
        kill(one)

    with monkeypatch.context() as patch:
        patch.setattr(psutil.Process, "kill", kill_unless_gone)
        end_process(process.pid, psutil.Process(process.pid).create_time(), at_once=True)
    assert process.wait(60)
    psutil.wait_procs(helpers[1:], timeout=60)
    assert [has_ended(helper) for helper in helpers] == [False, True]


def test_process_on_windows_is_started_apart_from_its_console():
    """The flags are made when the module is read: read it with the `subprocess` of Windows."""
    script = (
        "import subprocess as s; s.CREATE_NEW_PROCESS_GROUP, s.CREATE_NO_WINDOW = 1, 4;"
        "from genre.system import processes; print(processes.APART)"
    )
    said = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT)
    assert int(said) == 5
    assert processes.APART == 0 or sys.platform == "win32"


def test_what_windows_lacks_is_used_where_it_is_asked_for_first():
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = set()
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                names = {node.attr} & UNIX_ONLY if node.value.id in ("os", "signal") else set()
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names} & UNIX_MODULES
            found |= {(path.relative_to(PACKAGE).as_posix(), name) for name in names}
    module = "system/processes.py"
    names = ("killpg", "getpgid", "getsid", "SIGKILL")
    assert found == {(module, name) for name in names} | {("system/limits.py", "resource")}


def test_process_speaks_the_language_of_whoever_starts_it():
    missing = "there is no such file. Check its name and folder."
    with language.use("ko"):
        in_korean = language._(missing)
        process = start_process(["describe", "/nowhere/song.wav"], stderr=subprocess.PIPE)
    said = process.communicate(timeout=120)[1].decode()

    assert in_korean != missing
    assert in_korean in said
