"""One memory test at a time, for all who look: it takes a core and a TensorFlow.

Conventions
-----------
desk
    Where a memory test is started, watched and stopped.  It knows the last one it ran.
"""

from __future__ import annotations

import threading

from genre.errors import RunError
from genre.interpret.recall_task import MemoryJob, MemoryRun, MemoryTest, start_memory_test


class MemoryDesk:
    """Starts memory tests, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._job: MemoryJob | None = None
        self._test: MemoryTest | None = None
        self._run: MemoryRun | None = None

    @property
    def test(self) -> MemoryTest | None:
        """What runs now, or ran last."""
        return self._test

    @property
    def is_busy(self) -> bool:
        """Whether one runs, as far as the last `poll` saw."""
        return self._job is not None

    def start(self, test: MemoryTest) -> None:
        """Start a memory test.

        Raises
        ------
        RunError
            If one runs already, or the process cannot be started.
        """
        with self._lock:
            self.poll()
            if self._job:
                raise RunError(
                    "a memory test runs already, and this computer does one at a time. "
                    "Watch it to its end, or stop it."
                )
            self._job = start_memory_test(test)
            self._test, self._run = test, None

    def poll(self) -> MemoryRun | None:
        """Return how far the last test is; None before its first batch, or if there is none.

        Raises
        ------
        RunError
            Once, if its process ended before it was done.
        """
        with self._lock:
            if self._job:
                try:
                    self._run = self._job.poll()
                except RunError:
                    self.stop()
                    raise
                if self._run and self._run.is_finished:
                    self._job.stop()
                    self._job = None
            return self._run

    def stop(self) -> None:
        """End the test that runs, if one does, and forget it."""
        with self._lock:
            if self._job:
                self._job.stop()
                self._job = self._test = self._run = None
