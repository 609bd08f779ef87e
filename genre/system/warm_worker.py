"""One idle process with TensorFlow loaded, so that a run starts to learn within seconds.

Conventions
-----------
Loading TensorFlow takes 5 to 11 seconds.  The worker loads it while the visitor
still looks at the settings, then waits on its standard input for one run.  As
long as it is idle it ends with the process that started it; once it has a run it
outlives them, like any run's process.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from pathlib import Path

from genre.system.processes import start_process

READY = b"ready\n"
"""What a worker says once TensorFlow is loaded."""


class WarmWorker:
    """Keeps at most one idle worker; safe to use from several threads.

    Examples
    --------
    >>> worker = WarmWorker()
    >>> worker.is_warm
    False
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = threading.Event()
        self._turn = threading.Lock()

    @property
    def is_warm(self) -> bool:
        """Whether an idle worker has TensorFlow loaded."""
        return self._is_idle() and self._ready.is_set()

    def warm_up(self) -> None:
        """Start an idle worker, unless there is one."""
        with self._turn:
            if self._is_idle():
                return
            self._ready = threading.Event()
            pipe = subprocess.PIPE
            self._process = start_process(["worker"], stdin=pipe, stdout=pipe)
            watch = threading.Thread(
                target=_wait, args=(self._process, self._ready), name="warm worker", daemon=True
            )
            watch.start()

    def hand_over(self, run: Path, *, resume: bool = False) -> bool:
        """Give a run to the idle worker; the next run needs another worker.

        Parameters
        ----------
        run : Path
        resume : bool
            Go on from the run's last checkpoint.

        Returns
        -------
        is_taken : bool
            False where no worker is idle: the run needs a process of its own.
        """
        with self._turn:
            process, self._process = self._process, None
            if process is None or process.stdin is None or process.poll() is not None:
                return False
            order = json.dumps({"run": str(run.resolve()), "resume": resume}) + "\n"
            try:
                process.stdin.write(order.encode())
                process.stdin.close()
            except OSError:  # it ended a moment ago
                return False
            return True

    def stop(self) -> None:
        """End the idle worker; one that has a run goes on."""
        with self._turn:
            process, self._process = self._process, None
            if process and process.stdin:
                with contextlib.suppress(OSError):
                    process.stdin.close()
                process.terminate()

    def _is_idle(self) -> bool:
        return self._process is not None and self._process.poll() is None


def _wait(process: subprocess.Popen[bytes], ready: threading.Event) -> None:
    """Note when a worker is warm, and its end, or it would stay in the process table."""
    if process.stdout:
        if process.stdout.readline() == READY:
            ready.set()
        process.stdout.read()  # until it has a run of its own, or ends
        process.stdout.close()
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
