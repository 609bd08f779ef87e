"""Starting, recognising and ending other processes; nothing else in the package starts one.

Conventions
-----------
Numbers are used again by the system, so a process is the one that wrote a status only
if it also started when that status says.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import psutil

from genre.language import VARIABLE, current
from genre.paths import ROOT

NICENESS = 10
"""The priority of background work: how far it steps back, of 19."""
SESSION_NICENESS = 5
"""How far its session steps back: a quarter of a busy processor is left to it."""

APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)
"""Windows has no sessions; there a process with these survives Ctrl+C and the closed window."""


def start_process(
    words: list[str],
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
    stderr: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start ``python -m genre`` with these words, in a session of its own and at low priority.

    It speaks the language that holds here.

    Parameters
    ----------
    words : list of str
    stdin, stdout, stderr : file or int
        As `subprocess.Popen` takes them.

    Returns
    -------
    process : subprocess.Popen
        It leads its session, and with it the group that `end_process` ends (not on Windows,
        which has neither).

    Raises
    ------
    OSError
        If the system refuses.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "genre", *words],
        cwd=ROOT,
        env={**os.environ, VARIABLE: current()},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        creationflags=APART,
    )
    lower_priority(process.pid)
    return process


def run_module(module: str, words: list[str]) -> int:
    """Run ``python -m MODULE`` in the terminal, wait for its end, and return its exit code.

    It works in the program's own folder, where the page's settings are.
    """
    return subprocess.call([sys.executable, "-m", module, *words], cwd=ROOT)


def lower_priority(pid: int | None = None) -> None:
    """Let other processes go before one, or before this one: a page must not wait for its jobs.

    Linux may share the processor between sessions before it looks at niceness within one, so a
    process that leads a session lowers that as a whole.
    """
    with contextlib.suppress(OSError, psutil.Error):  # it has just ended; no such groups here
        process = psutil.Process(pid)
        if psutil.WINDOWS:
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
            return
        process.nice(max(NICENESS, process.nice()))
        if os.getsid(process.pid) == process.pid:
            Path(f"/proc/{process.pid}/autogroup").write_text(str(SESSION_NICENESS))


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


def end_process(pid: int, started: float, *, at_once: bool = False) -> None:
    """End a process and those it has started; nothing happens if it has ended already.

    Parameters
    ----------
    pid, started : int, float
        As `own_process` gives them in that process.
    at_once : bool
        Kill them, instead of asking them to end.
    """
    if not is_alive(pid, started):
        return
    with contextlib.suppress(ProcessLookupError, psutil.Error):  # it has just ended
        if hasattr(os, "killpg") and os.getpgid(pid) == pid:  # Windows has no groups
            os.killpg(pid, signal.SIGKILL if at_once else signal.SIGTERM)
            return
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):  # whatever became of one, the others end
                one.kill() if at_once else one.terminate()
