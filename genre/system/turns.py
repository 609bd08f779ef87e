"""Jobs that take turns, so that many visitors at once do not start as many processes.

Conventions
-----------
A waiter is whatever asks for its turn; it asks again and again, as a page does that looks
whether its job is done.  Who has not asked for `PATIENCE_SECONDS` has left and is passed over;
a waiter that asks again later waits anew.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Hashable

from genre.system.owned_job import OwnedJob

PATIENCE_SECONDS = 10.0


class Turns:
    """So many jobs run at a time, in the order in which they were asked for.

    It may be used from several threads, and keeps no job alive.

    Parameters
    ----------
    n_at_once : int
    """

    def __init__(self, n_at_once: int) -> None:
        self._n_at_once = n_at_once
        self._lock = threading.Lock()
        self._asked: dict[Hashable, float] = {}  # in the order of the first time
        self._running: list[weakref.ref[OwnedJob]] = []

    def ask(self, waiter: Hashable, start: Callable[[], OwnedJob]) -> OwnedJob | None:
        """Start a job if it is its waiter's turn; return it, or None.

        OSError is raised if the system refuses to start it; the next one's turn comes.
        """
        with self._lock:
            self._asked[waiter] = time.monotonic()
            if self._before(waiter):
                return None
            del self._asked[waiter]
            job = start()
            self._running.append(weakref.ref(job))
            return job

    def n_before(self, waiter: Hashable) -> int:
        """Return how many have to end before a waiter's job starts."""
        with self._lock:
            return self._before(waiter)

    def _before(self, waiter: Hashable) -> int:
        left = time.monotonic() - PATIENCE_SECONDS
        self._asked = {one: when for one, when in self._asked.items() if when > left}
        self._running = [r for r in self._running if (job := r()) and job.poll() is None]
        waiting = list(self._asked)
        n_waiting = waiting.index(waiter) if waiter in waiting else len(waiting)
        return max(0, len(self._running) + n_waiting + 1 - self._n_at_once)
