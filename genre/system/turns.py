"""Turns at something heavy, first come, first served: many visitors do not all begin at once.

Conventions
-----------
A waiter is whatever asks for its turn; it asks again and again, as a page does that looks
whether its job is done.  Who has not asked for `PATIENCE_SECONDS` has left and is passed over;
a waiter that asks again later waits anew.

A thread that would rather wait than ask uses `Turns.turn`.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from typing import Protocol, TypeVar

PATIENCE_SECONDS = 10.0
TELL_SECONDS = 0.5
"""From one telling of the position to the next."""


class Job(Protocol):
    """What takes a turn, such as an `OwnedJob`."""

    def poll(self) -> object | None:
        """Return None while it goes on."""


AnyJob = TypeVar("AnyJob", bound=Job)


class Turns:
    """So many jobs run at a time, in the order in which they were asked for.

    It may be used from several threads, and keeps no job alive.

    Parameters
    ----------
    n_at_once : int
    """

    def __init__(self, n_at_once: int) -> None:
        self._n_at_once = n_at_once
        self._changed = threading.Condition()
        self._asked: dict[Hashable, float] = {}  # in the order of the first time
        self._running: list[weakref.ref[Job]] = []

    def ask(self, waiter: Hashable, start: Callable[[], AnyJob]) -> AnyJob | None:
        """Start a job if it is its waiter's turn; return it, or None.

        OSError is raised if the system refuses to start it; the next one's turn comes.
        """
        with self._changed:
            self._asked[waiter] = time.monotonic()
            if self._before(waiter):
                return None
            del self._asked[waiter]
            job = start()
            self._running.append(weakref.ref(job))
            return job

    def n_before(self, waiter: Hashable) -> int:
        """Return how many have to end before a waiter's job starts."""
        with self._changed:
            return self._before(waiter)

    @contextlib.contextmanager
    def turn(self, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait for a turn, and keep it as long as the block lasts.

        It is fair where each thread asks for one thing after another: the second of one comes
        after the first of all who waited then.

        Parameters
        ----------
        tell : callable
            Gets the position, 1 for who goes next, again and again while it is not this thread's
            turn.  If it raises, as it does for a visitor who has left, the place is given up.
        """
        block = _Block()
        try:
            while not self.ask(block, lambda: block):
                with self._changed:
                    self._changed.wait_for(lambda: not self._before(block), TELL_SECONDS)
                    position = self._before(block)
                if position:  # told while nobody is locked out: it may take long, or raise
                    tell(position)
            yield
        finally:
            block.is_over = True
            with self._changed:
                self._asked.pop(block, None)
                self._changed.notify_all()

    def _before(self, waiter: Hashable) -> int:
        left = time.monotonic() - PATIENCE_SECONDS
        self._asked = {one: when for one, when in self._asked.items() if when > left}
        self._running = [r for r in self._running if (job := r()) and job.poll() is None]
        waiting = list(self._asked)
        n_waiting = waiting.index(waiter) if waiter in waiting else len(waiting)
        return max(0, len(self._running) + n_waiting + 1 - self._n_at_once)


class _Block:
    """A block of `Turns.turn`, while it waits and while it runs."""

    is_over = False

    def poll(self) -> bool | None:
        return self.is_over or None
