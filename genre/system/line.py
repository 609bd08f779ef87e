"""A line in which threads wait for their turn at something heavy, first come, first served.

Conventions
-----------
position
    1 for who goes next.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

TELL_SECONDS = 0.5
"""From one telling of the position to the next."""


class Line:
    """So many threads at a time do something heavy; the others wait in order.

    It is fair where each thread asks for one thing after another: the second of one comes after
    the first of all who waited then.

    Parameters
    ----------
    n_at_once : int
    """

    def __init__(self, n_at_once: int) -> None:
        self._n_free = n_at_once
        self._waiting: list[object] = []
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def turn(self, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait for a turn, and keep it as long as the block lasts.

        Parameters
        ----------
        tell : callable
            Gets the position, again and again while it is not this thread's turn.  If it raises,
            as it does for a visitor who has left, the place in the line is given up.
        """
        me = object()
        with self._changed:
            self._waiting.append(me)
        try:
            self._wait(me, tell)
        except BaseException:
            with self._changed:
                self._waiting.remove(me)
                self._changed.notify_all()
            raise
        try:
            yield
        finally:
            with self._changed:
                self._n_free += 1
                self._changed.notify_all()

    def _wait(self, me: object, tell: Callable[[int], None]) -> None:
        while True:
            with self._changed:
                if not self._can_go(me):
                    self._changed.wait(TELL_SECONDS)
                if self._can_go(me):
                    self._waiting.remove(me)
                    self._n_free -= 1
                    self._changed.notify_all()
                    return
                position = self._waiting.index(me) + 1
            tell(position)  # not while others are locked out: it may take long, or raise

    def _can_go(self, me: object) -> bool:
        return self._waiting.index(me) < self._n_free
