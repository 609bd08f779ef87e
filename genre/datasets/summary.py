"""What is in a dataset: tracks, minutes and artists of each genre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.datasets.types import SegmentSet


@dataclass(frozen=True, slots=True)
class GenreOverview:
    """What a dataset holds of one genre, or of all.

    ``n_artists`` counts the known ones; ``n_unknown`` tracks have no known artist.
    Where a dataset does not name its tracks, ``n_tracks`` and ``n_unknown`` are None.
    """

    genre: str
    n_tracks: int | None
    n_segments: int
    minutes: float
    n_artists: int
    n_unknown: int | None


@dataclass(frozen=True, slots=True)
class DatasetOverview:
    """What a dataset holds: a row for each genre, one for all of it, and what was skipped.

    ``total`` counts an artist of two genres once.
    """

    name: str
    genres: tuple[GenreOverview, ...]
    total: GenreOverview
    n_skipped: int


def describe_dataset(data: SegmentSet) -> DatasetOverview:
    """Count what is in a dataset.

    Parameters
    ----------
    data : SegmentSet

    Returns
    -------
    overview : DatasetOverview
        Genres in the dataset's order.
    """
    own = data.track_genres
    return DatasetOverview(
        name=data.name,
        genres=tuple(_row(data, genre, own == i) for i, genre in enumerate(data.genres)),
        total=_row(data, "all", np.ones(len(own), dtype=bool)),
        n_skipped=len(data.skipped),
    )


def _row(data: SegmentSet, name: str, wanted: np.ndarray) -> GenreOverview:
    """Count the tracks that are wanted [shape=(n_tracks,), dtype=bool]."""
    tracks = [track for track, is_wanted in zip(data.tracks, wanted, strict=True) if is_wanted]
    n_unknown = sum(not track.artist for track in tracks)
    return GenreOverview(
        genre=name,
        n_tracks=len(tracks) if data.has_tracks else None,
        n_segments=int(wanted[data.track_index].sum()),
        minutes=sum(track.seconds for track in tracks) / 60,
        n_artists=len({track.artist for track in tracks if track.artist}),
        n_unknown=n_unknown if data.has_tracks else None,
    )
