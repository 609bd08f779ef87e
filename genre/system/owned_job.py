"""Short jobs that a page owns: started, asked for their output, and ended with it.

Conventions
-----------
A job's output is in a temporary folder as long as it runs.  A job without a reference
to it is ended, and so is every job when the process that started it exits.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import subprocess
import tempfile
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from genre.system.processes import end_process, start_process


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended: by itself, stopped or out of time, with which exit code and output."""

    cause: Literal["exit", "stop", "timeout"]
    code: int = 0
    out: str = ""
    err: str = ""


class OwnedJob:
    """``python -m genre`` as a short job; safe to use from several threads.

    Parameters
    ----------
    words : list of str
    content : bytes
        What it gets on its standard input.
    max_seconds : float
        It is ended if it takes longer.

    Raises
    ------
    OSError
        If the system refuses a file or a process.
    """

    def __init__(
        self, words: list[str], *, content: bytes = b"", max_seconds: float = math.inf
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="genre-lab-"))
        self._out, self._err = self._folder / "out", self._folder / "err"
        try:
            with contextlib.ExitStack() as files:
                stdin = files.enter_context(tempfile.TemporaryFile())
                stdin.write(content)
                stdin.seek(0)
                out, err = (files.enter_context(p.open("wb")) for p in (self._out, self._err))
                self._process = start_process(words, stdin=stdin, stdout=out, stderr=err)
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._deadline = time.monotonic() + max_seconds
        self._ended: Ended | None = None
        self._lock = threading.Lock()
        self._discard = weakref.finalize(self, _end, self._process, self._folder)

    def poll(self) -> Ended | None:
        """Return how the job ended, or None while it runs.  Never waits."""
        with self._lock:
            if self._ended is None and (code := self._process.poll()) is not None:
                self._finish(Ended("exit", code, _read(self._out), _read(self._err)))
            elif self._ended is None and time.monotonic() > self._deadline:
                self._finish(Ended("timeout"))
            return self._ended

    def wait(self) -> Ended:
        """Wait for the end of the job, at most as long as it may take, and return how it ended."""
        while (ended := self.poll()) is None:
            time.sleep(0.02)
        return ended

    def output(self) -> str:
        """Return what the job has written to its standard output so far."""
        with self._lock:
            return _read(self._out) if self._ended is None else self._ended.out

    def stop(self) -> None:
        """End the job's process and those it has started, if it still runs."""
        with self._lock:
            if self._ended is None:
                self._finish(Ended("stop"))

    def _finish(self, ended: Ended) -> None:
        self._ended = ended
        self._discard()


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Kill a job's process group, if it still runs, and remove its files."""
    if process.poll() is None:
        with contextlib.suppress(psutil.Error):  # it has just ended
            started = psutil.Process(process.pid).create_time()
            end_process(process.pid, started, at_once=True)
        process.wait()  # at once: nothing outlives this signal
    shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
