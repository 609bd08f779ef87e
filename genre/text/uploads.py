"""What is said of a visitor's uploads: no room for them, others before them, once they are gone."""

from __future__ import annotations

from genre.language import _
from genre.text.format import count
from genre.text.song import display_name


def held_in_memory(name: str, reason: str) -> str:
    """Say that a song is here, but not kept on disk.

    Parameters
    ----------
    name : str
    reason : str
        The system's.

    Returns
    -------
    sentence : str
    """
    return _(
        "{name} could not be kept on disk ({reason}): it is here until the page is "
        "reloaded, then it has to be uploaded again."
    ).format(name=display_name(name), reason=reason)


def no_room(name: str, reason: str) -> str:
    """Say that there is no room for a song, neither on disk nor in memory.

    Parameters are those of `held_in_memory`.

    Returns
    -------
    sentence : str
    """
    return _(
        "{name} was left out: it could not be kept on disk ({reason}), and it is too "
        "large to be held in memory. Free some space, or upload a shorter recording."
    ).format(name=display_name(name), reason=reason)


def no_longer_kept(names: list[str]) -> str:
    """Say that songs were swept away.

    Parameters
    ----------
    names : list of str
        At least one.

    Returns
    -------
    sentence : str

    Examples
    --------
    >>> no_longer_kept(["a.mp3"])
    'a.mp3 is no longer kept: uploads are kept for an hour. Upload it again.'
    """
    if len(names) == 1:
        return _("{name} is no longer kept: uploads are kept for an hour. Upload it again.").format(
            name=display_name(names[0])
        )
    shown = ", ".join(map(display_name, names[:3]))
    if len(names) > 3:
        shown = _("{songs} and {n} more").format(songs=shown, n=len(names) - 3)
    return _(
        "{songs} are no longer kept ({names}): uploads are kept for an hour. Upload them again."
    ).format(songs=count(len(names), "song"), names=shown)


def queue_position(position: int) -> str:
    """Say where in the queue a song is that waits to be classified; 1 goes next.

    Examples
    --------
    >>> queue_position(3)
    'Position 3 in the queue: other songs come first.'
    """
    return _("Position {position} in the queue: other songs come first.").format(position=position)


def facts_wait(n_before: int) -> str:
    """Say that a song's tempo and key are looked for, and how many other songs come first.

    Examples
    --------
    >>> facts_wait(2)
    'Looking for tempo and key after 2 other songs.'
    """
    if n_before:
        return _("Looking for tempo and key after {songs}.").format(
            songs=count(n_before, "other song")
        )
    return _("Looking for tempo and key.")
