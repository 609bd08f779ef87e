"""A script in place of ``python -m genre``: real processes that do what a test needs of them."""

import subprocess
import sys

from genre.system import processes

START = subprocess.Popen


def replace_command(monkeypatch, script):
    """Let every process that this one starts run a script; its arguments are the words."""

    def popen(command, **settings):
        return START([sys.executable, "-c", script, *command[3:]], **settings)

    monkeypatch.setattr(processes.subprocess, "Popen", popen)
