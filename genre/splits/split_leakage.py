"""Whether the figures of a split are free of leakage: artists known and kept whole."""

from __future__ import annotations

from collections.abc import Sequence


def is_leak_free_split(by: str, artists: Sequence[str | None]) -> bool:
    """Return whether a split keeps artists whole, so that its figure is free of data leakage.

    Parameters
    ----------
    by : str
    artists : sequence of str or None
        Who made each track that is tested on; empty where that was not kept.  Artists that
        are not known cannot be kept whole.
    """
    return by in ("artist", "fault-filtered") and not artists_unknown(artists)


def artists_unknown(artists: Sequence[str | None]) -> str:
    """Return in words that most artists are not known; nothing, if at least half of them are.

    Examples
    --------
    >>> artists_unknown(["Nina", None]), artists_unknown([None, None])
    ('', 'no artist is known')
    """
    n_known = sum(artist is not None for artist in artists)
    if 2 * n_known >= len(artists):
        return ""
    return f"the artists of only {n_known} are known" if n_known else "no artist is known"
