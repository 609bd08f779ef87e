"""One recall task at a time, shared by all visitors: it needs a core and loads TensorFlow."""

from __future__ import annotations

import threading

from genre.errors import RunError
from genre.interpret.recall_task import RecallRun, RecallTask, parse_recall_run
from genre.system.installed import check_training
from genre.system.owned_job import OwnedJob


class RecallRunner:
    """Runs recall tasks, one at a time, each in a process; it knows the last one it ran."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._job: OwnedJob | None = None
        self._task: RecallTask | None = None
        self._run: RecallRun | None = None

    @property
    def task(self) -> RecallTask | None:
        """What runs now, or ran last."""
        return self._task

    @property
    def is_busy(self) -> bool:
        """Whether one runs, as far as the last `poll` saw."""
        return self._job is not None

    def start(self, task: RecallTask) -> None:
        """Start a recall task in a process of low priority.

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
                    "a memory test runs already, and this computer does one at a time. "
                    "Watch it to its end, or stop it."
                )
            try:
                self._job = OwnedJob(["memory-test", *task.options()])
            except OSError as error:
                raise RunError(
                    f"the memory test cannot be started ({error.strerror or error}). "
                    "Try again later."
                ) from error
            self._task, self._run = task, None

    def poll(self) -> RecallRun | None:
        """Return the progress of the last task; None before its first batch, or if there is none.

        Raises
        ------
        RunError
            Once, if its process ended before it was done.
        """
        with self._lock:
            if self._job:
                # Checked first, so that the output read below is complete.
                has_ended = self._job.poll() is not None
                try:
                    self._run = parse_recall_run(self._job.output(), "its output")
                    is_finished = self._run is not None and self._run.is_finished
                    if has_ended and not is_finished:
                        raise RunError("the memory test ended before it was done. Start it again.")
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
