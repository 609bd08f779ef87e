"""Two songs at a time are read by a model; who comes later sees a position in the queue.

Python computes in one thread at a time: ten songs read at once would leave a click, of any
visitor, an eleventh of the processor.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import streamlit as st

from genre.system.turns import Turns
from genre.text.uploads import queue_position

LINE = Turns(n_at_once=2)


def reserve_place() -> None:
    """Reserve the place for the position, in each run of a page.

    An element that is there in some runs alone would move what follows, and a player that is moved
    begins anew.
    """
    st.session_state.queue_place = st.empty()


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Wait for this visit's turn, showing its position; a visitor who leaves leaves the queue."""
    place = st.session_state.get("queue_place") or st.empty()  # none: not in a page
    with LINE.turn(lambda position: place.caption(queue_position(position))):
        place.empty()
        yield
