"""Which moments of a song spoke for its prediction, which against it, and what they changed.

Conventions
-----------
moment
    A segment, or neighbouring seconds of it, as the model heard it by itself.
for, against
    A moment speaks for the predicted genre where it makes it more probable than the song as a
    whole does, and against it where less; one that does neither is no moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.language import _

N_MOMENTS = 3
MIN_DIFFERENCE = 0.01
"""Of a moment's probability from the song's: less is no difference to speak of."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of a song, and what the model made of it alone.

    Parameters
    ----------
    start_seconds, end_seconds : float
    genre : str
        The most probable one there.
    probability : float
        Of the genre predicted for the song, there.
    """

    start_seconds: float
    end_seconds: float
    genre: str
    probability: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A predicted genre and its probability, and that of the genre predicted for the whole song."""

    genre: str
    probability: float
    of_predicted: float


@dataclass(frozen=True, slots=True)
class Why:
    """What a song's prediction rests on.

    Parameters
    ----------
    verdict : Verdict
        Of the whole song.
    supporting, opposing : tuple of Moment [length <= 3]
        The strongest first.  None overlap.
    without_supporting, without_opposing : Verdict or None
        Of the song without these moments; None where there are none.
    """

    verdict: Verdict
    supporting: tuple[Moment, ...] = ()
    opposing: tuple[Moment, ...] = ()
    without_supporting: Verdict | None = None
    without_opposing: Verdict | None = None


def explain(
    probabilities: np.ndarray,
    genres: Sequence[str],
    *,
    audible: np.ndarray,
    segment_seconds: float,
    seconds: float,
) -> Why:
    """Find the three moments that spoke most for a song's prediction, and the three most against.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
        Of each segment by itself; the song's are their mean.
    genres : sequence of str
        In output order.
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments count: at least one.
    segment_seconds, seconds : float
        Length of a segment, and of the song.

    Returns
    -------
    why : Why
        Without moments where the song is one segment, or all are alike.

    Raises
    ------
    ParameterError
        If the shapes do not fit, or no segment counts.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])
    >>> why = explain(p, ["jazz", "rock"], audible=np.ones(3, bool), segment_seconds=3, seconds=9)
    >>> [moment.start_seconds for moment in why.supporting], why.without_supporting.genre
    ([0, 3], 'rock')
    """
    shape = (len(audible), len(genres))
    if np.shape(probabilities) != shape or not np.any(audible):
        raise ParameterError(
            _(
                "probabilities of shape {shape} were given for {n} segments, {n_audible} of them "
                "audible, and {n_genres} genres. Give one row for each segment, at least one of "
                "them audible."
            ).format(
                shape=np.shape(probabilities),
                n=shape[0],
                n_audible=int(np.sum(audible)),
                n_genres=shape[1],
            )
        )
    counted = np.flatnonzero(audible)
    predicted = int(_mean(probabilities, counted).argmax())
    verdict = _verdict(probabilities, counted, genres, predicted)
    heard = probabilities[counted, predicted].astype(np.float64)
    difference = heard - heard.mean()
    support, against = (
        [int(i) for i in np.argsort(-signed, kind="stable") if signed[i] >= MIN_DIFFERENCE]
        for signed in (difference, -difference)
    )

    def moments(chosen: Sequence[int]) -> tuple[Moment, ...]:
        return tuple(
            Moment(
                start_seconds=segment * segment_seconds,
                end_seconds=min((segment + 1) * segment_seconds, seconds),
                genre=genres[int(probabilities[segment].argmax())],
                probability=float(probabilities[segment, predicted]),
            )
            for segment in (int(counted[i]) for i in chosen)
        )

    def without(chosen: Sequence[int]) -> Verdict | None:
        rest = np.delete(counted, chosen)
        return _verdict(probabilities, rest, genres, predicted) if chosen else None

    support, against = support[:N_MOMENTS], against[:N_MOMENTS]
    return Why(verdict, moments(support), moments(against), without(support), without(against))


def _mean(probabilities: np.ndarray, segments: np.ndarray) -> np.ndarray:
    return probabilities[segments].mean(axis=0, dtype=np.float64)


def _verdict(
    probabilities: np.ndarray, segments: np.ndarray, genres: Sequence[str], predicted: int
) -> Verdict:
    mean = _mean(probabilities, segments)
    best = int(mean.argmax())
    return Verdict(genres[best], float(mean[best]), float(mean[predicted]))
