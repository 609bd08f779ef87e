"""What is said to a visitor who waits while others are served."""

from __future__ import annotations

from genre.text.format import count


def queue_position(position: int) -> str:
    """Say where in the queue a song is that waits to be classified; 1 goes next.

    Examples
    --------
    >>> queue_position(3)
    'Position 3 in the queue: other songs come first.'
    """
    return f"Position {position} in the queue: other songs come first."


def facts_wait(n_before: int) -> str:
    """Say that a song's tempo and key are looked for, and how many other songs come first.

    Examples
    --------
    >>> facts_wait(2)
    'Looking for tempo and key after 2 other songs.'
    """
    if n_before:
        return f"Looking for tempo and key after {count(n_before, 'other song')}."
    return "Looking for tempo and key."
