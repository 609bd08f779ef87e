"""The difference of two recipes on the same tracks, with its interval.

Conventions
-----------
A track counts with the share of its predictions that were right (it has one per fold
seed).  The difference is the mean over tracks of the first minus the second.  Its 95%
interval resamples *artists*, since tracks of one artist are not independent; a
track of unknown artist is an artist of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre.errors import DatasetError
from genre.evaluation.bootstrap import draw_artists
from genre.evaluation.track_predictions import TrackPrediction
from genre.language import _


@dataclass(frozen=True, slots=True)
class Difference:
    """One track accuracy minus another, with the 95% interval of a paired bootstrap."""

    value: float
    low: float
    high: float
    n_tracks: int
    n_artists: int

    def __str__(self) -> str:
        return _(
            "{value:+.1f} points (95% interval {low:+.1f} to {high:+.1f}, {n_tracks} tracks of "
            "{n_artists} artists)"
        ).format(
            value=100 * self.value,
            low=100 * self.low,
            high=100 * self.high,
            n_tracks=self.n_tracks,
            n_artists=self.n_artists,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def paired_difference(
    first: Iterable[TrackPrediction], second: Iterable[TrackPrediction], *, seed: int = 0
) -> Difference:
    """Return the accuracy of the first minus that of the second on the tracks that both have.

    Parameters
    ----------
    first, second : iterable of TrackPrediction
    seed : int
        Of the bootstrap: the same seed gives the same interval.

    Returns
    -------
    difference : Difference

    Raises
    ------
    DatasetError
        If no track is in both.

    References
    ----------
    .. [1] B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13.
    """
    (right_1, artists), (right_2, _other) = _shares(first), _shares(second)
    shared = [track for track in right_1 if track in right_2]
    if not shared:
        raise DatasetError(
            _(
                "the predictions are for {n_right_1} and {n_right_2} tracks, none of them the "
                "same; a paired comparison needs tracks that are in both. Cross-validate both "
                "recipes on the same data with this version of the program."
            ).format(n_right_1=len(right_1), n_right_2=len(right_2))
        )
    artists = {track: artists[track] for track in shared}
    place = {artist: i for i, artist in enumerate(sorted(set(artists.values())))}
    of_artist = np.array([place[artists[track]] for track in shared])
    differences = np.array([right_1[track] - right_2[track] for track in shared])
    sums = np.bincount(of_artist, differences)  # (n_artists,)
    counts = np.bincount(of_artist)
    n_drawn = draw_artists(len(place), seed=seed)
    drawn = (n_drawn @ sums) / (n_drawn @ counts)  # (n_draws,)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Difference(float(differences.mean()), float(low), float(high), len(shared), len(place))


def _shares(
    predictions: Iterable[TrackPrediction],
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], str]]:
    """Return, by track, the share of its predictions that were right, and its artist."""
    right: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    artists = {}
    for answer in predictions:
        track = answer.key
        right[track].append(answer.is_right)
        artists[track] = answer.group
    return {track: sum(list_) / len(list_) for track, list_ in right.items()}, artists
