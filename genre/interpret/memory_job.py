"""One memory test at a time, shared by all visitors: it needs a core and loads TensorFlow.

Conventions
-----------
limit
    A test ends within `MOST_SECONDS` of its start: it trains for `TRAINING_SECONDS` at most,
    TensorFlow's start included, and is then tested as it is.  A computer too slow even for that
    has its test ended without a result.
"""

from __future__ import annotations

import threading
import time

from genre.errors import RunError
from genre.interpret.memory_run import MemoryRun, parse_events
from genre.interpret.memory_test import MemoryTask
from genre.language import _
from genre.system.installed import check_training
from genre.system.owned_job import OwnedJob
from genre.system.schema import cause

TRAINING_SECONDS = 90
MOST_SECONDS = 120


class MemoryRunner:
    """Runs memory tests, one at a time, each in a process; it knows the last one it ran."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._job: OwnedJob | None = None
        self._task: MemoryTask | None = None
        self._run: MemoryRun | None = None
        self._began = 0.0

    @property
    def task(self) -> MemoryTask | None:
        """What runs now, or ran last."""
        return self._task

    @property
    def is_busy(self) -> bool:
        """Whether one runs, as far as the last `poll` saw."""
        return self._job is not None

    @property
    def seconds(self) -> float:
        """Time since the last one was started."""
        return time.monotonic() - self._began

    def start(self, task: MemoryTask) -> None:
        """Start a memory test in a process of low priority.

        Raises
        ------
        RunError
            If one runs already, the process cannot be started, or there is no TensorFlow.
        """
        check_training()
        with self._lock:
            self.poll()
            if self._job:
                raise RunError(
                    _(
                        "a memory test runs already, and this computer does one at a time. "
                        "Watch it to its end, or stop it."
                    )
                )
            words = ["memory-test", *task.options(), "--max-seconds", str(TRAINING_SECONDS)]
            try:
                self._job = OwnedJob(words, max_seconds=MOST_SECONDS)
            except OSError as error:
                raise RunError(
                    _("the memory test cannot be started ({value}). Try again later.").format(
                        value=cause(error)
                    )
                ) from error
            self._task, self._run, self._began = task, None, time.monotonic()

    def poll(self) -> MemoryRun | None:
        """Return the progress of the last task; None before its first batch, or if there is none.

        Raises
        ------
        RunError
            Once, if its process ended before it was done.
        """
        with self._lock:
            if self._job:
                # Checked first, so that the output read below is complete.
                ended = self._job.poll()
                try:
                    self._run = parse_events(self._job.output(), _("its output"))
                    is_finished = self._run is not None and self._run.is_finished
                    if ended and not is_finished:
                        raise RunError(
                            _(
                                "the memory test took over {seconds} s and was stopped. Try a "
                                "shorter length."
                            ).format(seconds=MOST_SECONDS)
                            if ended.cause == "timeout"
                            else _("the memory test ended before it was done. Start it again.")
                        )
                except RunError:
                    self.stop()
                    raise
                if is_finished:
                    self._job.stop()
                    self._job = None
            return self._run

    def stop(self) -> None:
        """End the task that runs, if one does, and forget it."""
        with self._lock:
            if self._job:
                self._job.stop()
                self._job = self._task = self._run = None
