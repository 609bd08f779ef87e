"""Background work has a low priority, and its session as well."""

import json
import os
import subprocess
import sys

import pytest

from genre.system.processes import NICENESS, SESSION_NICENESS

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
