"""Processes that outlive whoever starts them, known by number and the moment they started.

Conventions
-----------
Numbers are used again by the system, so a process is the one that wrote a status only
if it also started when that status says.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from genre.paths import ROOT

START_SECONDS = 60.0
"""How long a process may take to report; importing Python on a busy machine takes a while."""
NICENESS = 10
"""How far long work steps back, of 19."""
SESSION_NICENESS = 5
"""How far its session steps back: a quarter of a busy processor is left to it."""
AUTOGROUP = Path("/proc/self/autogroup")


def start_command(words: list[str], log: Path) -> tuple[int, float]:
    """Start ``python -m genre`` with these words; what it says goes to the log.

    Parameters
    ----------
    words : list of str
    log : Path
        Added to.

    Returns
    -------
    pid, started : int, float
        As `own_process` gives them in the new process, which leads a session of its own.
    """
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "genre", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    started = psutil.Process(process.pid).create_time()
    # Whoever started it notes its end, or it would stay in the process table.
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid, started


def give_way() -> None:
    """Let other processes go first: whoever watches a run must not wait for it.

    Linux may share the processor between sessions before it looks at niceness within one, so a
    process that leads a session lets that step back as a whole.
    """
    if not hasattr(os, "nice"):  # Windows
        return
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # a system without such groups
            AUTOGROUP.write_text(str(SESSION_NICENESS))


def own_process() -> tuple[int, float]:
    """Return the number of this very process, and when it started (seconds since 1970)."""
    me = psutil.Process()
    return me.pid, me.create_time()


def is_alive(pid: int, started: float) -> bool:
    """Tell whether the process of this number is still the one that started then."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
