"""The control: genres permuted between tracks, so that nothing can be learnt of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genre.datasets.types import Tracks


def permute_genres(data: Tracks, seed: int) -> Tracks:
    """Give each track the genre of another: a control from which nothing can be learnt.

    What a network still gets right beyond chance, it recognised.

    Parameters
    ----------
    data : SegmentSet or TrackList
    seed : int
        The same seed gives the same genres.

    Returns
    -------
    data : SegmentSet or TrackList
        As many tracks of each genre as before.
    """
    order = np.random.default_rng(seed).permutation(len(data.tracks))
    genres = [data.tracks[i].genre for i in order]
    tracks = zip(data.tracks, genres, strict=True)
    return replace(data, tracks=tuple(replace(track, genre=genre) for track, genre in tracks))
