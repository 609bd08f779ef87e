"""Long work steps back behind whoever watches it."""

import subprocess
import sys

import pytest

from genre.processes import AUTOGROUP, NICENESS, SESSION_NICENESS

GIVE_WAY = """
import os
from genre import processes
processes.give_way()
print(os.nice(0), processes.AUTOGROUP.read_text() if processes.AUTOGROUP.exists() else "")
"""
needs_groups = pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system has no such groups")


def niceness(**options):
    """Of a process that gave way: its own, and that of its session."""
    command = [sys.executable, "-c", GIVE_WAY]
    said = subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout
    own, _, group = said.partition(" ")
    return int(own), int(group.split()[-1]) if group.strip() else None


@needs_groups
def test_a_worker_lets_its_whole_session_step_back():
    assert niceness(start_new_session=True)[1] == SESSION_NICENESS


@needs_groups
def test_a_command_leaves_the_session_of_its_terminal_alone():
    before = int(AUTOGROUP.read_text().split()[-1])
    assert niceness()[1] == before


def test_a_process_of_its_own_steps_back():
    assert niceness(start_new_session=True)[0] >= NICENESS
