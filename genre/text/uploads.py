"""What is said of a visitor's uploads: where there is no room for them, and once they are gone."""

from __future__ import annotations

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
    return (
        f"{display_name(name)} could not be kept on disk ({reason}): it is here until the page is "
        "reloaded, then it has to be uploaded again."
    )


def no_room(name: str, reason: str) -> str:
    """Say that there is no room for a song, neither on disk nor in memory.

    Parameters are those of `held_in_memory`.

    Returns
    -------
    sentence : str
    """
    return (
        f"{display_name(name)} was left out: it could not be kept on disk ({reason}), and it is "
        "too large to be held in memory. Free some space, or upload a shorter recording."
    )


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
        return (
            f"{display_name(names[0])} is no longer kept: uploads are kept for an hour. Upload it "
            "again."
        )
    shown = ", ".join(map(display_name, names[:3]))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"{count(len(names), 'song')} are no longer kept ({shown}{more}): uploads are kept for an "
        "hour. Upload them again."
    )
