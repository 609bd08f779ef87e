"""One idle process with TensorFlow loaded, so that a run starts to learn within seconds.

Conventions
-----------
Loading TensorFlow takes 5 to 11 seconds.  The worker loads it while the visitor
still looks at the settings, then waits on its standard input for one run.  As
long as it is idle it ends with the process that started it; once it has a run it
outlives them, like any run's process.  A run given to a worker that ends before
it has begun (it was killed, or TensorFlow did not load) is not lost: who gave it
is told.  While it is idle it also measures what a step of a recipe costs here.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from genre.language import current, use
from genre.system.processes import start_process

READY = b"ready\n"
"""What a worker says once TensorFlow is loaded."""
TAKEN = b"taken\n"
"""What it says when it begins with its run."""
MEASURED = b"measured "
"""How a line begins that answers a question; the rest is JSON."""
MAX_ANSWERS = 64
OnLost = Callable[[Path, bool], object]


@dataclass
class _Started:
    """A worker's process, what it has said, and what to do if its run is lost with it."""

    process: subprocess.Popen[bytes]
    stdin: IO[bytes]
    stdout: IO[bytes]
    is_ready: bool = False
    has_taken: bool = False
    question: str = ""
    on_lost: Callable[[], object] | None = None

    @classmethod
    def now(cls) -> _Started:
        """Start one."""
        process = start_process(["worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return cls(process, cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout))

    @property
    def is_idle(self) -> bool:
        """Whether it waits, or still loads."""
        return self.process.poll() is None


class WarmWorker:
    """Keeps at most one idle worker; safe to use from several threads.

    Examples
    --------
    >>> worker = WarmWorker()
    >>> worker.is_warm
    False
    """

    def __init__(self) -> None:
        self._worker: _Started | None = None
        self._answers: dict[str, Any] = {}
        self._turn = threading.Lock()

    @property
    def is_warm(self) -> bool:
        """Whether an idle worker has TensorFlow loaded."""
        worker = self._worker
        return worker is not None and worker.is_idle and worker.is_ready

    @property
    def pid(self) -> int:
        """The number of the process that waits; 0: there is none."""
        worker = self._worker
        return worker.process.pid if worker else 0

    def warm_up(self) -> None:
        """Start an idle worker, unless there is one."""
        with self._turn:
            if self._worker and self._worker.is_idle:
                return
            self._worker = _Started.now()
            threading.Thread(
                target=self._watch, args=(self._worker,), name="warm worker", daemon=True
            ).start()

    def measure(self, recipe: dict[str, Any]) -> Any:
        """Return what a worker has measured of a recipe, asking it if it is idle and warm.

        Parameters
        ----------
        recipe : dict
            In plain values.

        Returns
        -------
        answer : dict or None
            As `genre.training.worker` gives it; None until then.
        """
        question = json.dumps({"measure": recipe}, sort_keys=True)
        with self._turn:
            worker = self._worker
            is_free = worker and worker.is_idle and worker.is_ready and not worker.question
            if worker and is_free and question not in self._answers:
                with contextlib.suppress(OSError):  # it ended a moment ago
                    worker.stdin.write(question.encode() + b"\n")
                    worker.stdin.flush()
                    worker.question = question
            return self._answers.get(question)

    def hand_over(self, run: Path, resume: bool = False, *, on_lost: OnLost | None = None) -> int:
        """Give a run to the idle worker; the next run needs another worker.

        Parameters
        ----------
        run : Path
        resume : bool
            Go on from the run's last checkpoint.
        on_lost : callable, optional
            Called in a thread, with these two, if the worker ends before it has begun.

        Returns
        -------
        pid : int
            The worker's; 0 where none is idle: the run needs a process of its own.
        """
        with self._turn:
            worker, self._worker = self._worker, None
            if worker is None or not worker.is_idle:
                return 0
            order = {"run": str(run.resolve()), "resume": resume, "language": current()}
            try:
                worker.stdin.write(json.dumps(order).encode() + b"\n")
                worker.stdin.close()
            except OSError:  # it ended a moment ago
                return 0
            if on_lost:
                worker.on_lost = partial(_in_language, current(), partial(on_lost, run, resume))
            return worker.process.pid

    def stop(self) -> None:
        """End the idle worker; one that has a run goes on."""
        with self._turn:
            worker, self._worker = self._worker, None
            if worker:
                with contextlib.suppress(OSError):
                    worker.stdin.close()
                worker.process.terminate()

    def _watch(self, worker: _Started) -> None:
        """Note what a worker says, and its end, or it would stay in the process table."""
        worker.is_ready = worker.stdout.readline() == READY
        while (line := worker.stdout.readline()).startswith(MEASURED):
            with self._turn:
                self._answers[worker.question] = json.loads(line.removeprefix(MEASURED))
                worker.question = ""
                while len(self._answers) > MAX_ANSWERS:
                    del self._answers[next(iter(self._answers))]
        worker.has_taken = line == TAKEN
        worker.stdout.read()  # until its output goes to the run's log, or it ends
        worker.stdout.close()
        worker.process.wait()
        with self._turn, contextlib.suppress(OSError):
            worker.stdin.close()
        if worker.on_lost and not worker.has_taken:
            worker.on_lost()


def _in_language(code: str, call: Callable[[], object]) -> None:
    """Call something in a language, since a thread has none of its own."""
    with use(code):
        call()
