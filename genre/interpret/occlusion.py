"""What the network would have predicted without one of its values.

Conventions
-----------
silenced
    Replaced by what tells the network nothing: the mean of the training data, where the
    network keeps it for its scaling, else the song's own mean.
change
    Probability of the predicted genre without the part, minus with it: below zero where the
    part supported the prediction, above where it opposed it.

References
----------
.. [1] M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks",
   ECCV 2014: occlusion, there of image patches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from genre.audio.feature_config import FeatureConfig, FeatureKind
from genre.errors import GenreError, ParameterError
from genre.language import _
from genre.network.forward import Network

Part = Literal["second"] | FeatureKind
"""A second, or one value of every frame: an MFCC, or a value of musicnn."""
Occluder = Literal["the mean of the training data", "the song's own mean", "silence"]
"""What stands in for a value; a second is silent (`genre.interpret.silence`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """By how much the predicted genre's probability changed, as far as it has been computed.

    Parameters
    ----------
    by : {"second", "mfcc", "musicnn"}
        What was silenced, one at a time.
    change : np.ndarray [shape=(n_parts,)]
        For a second, of the probability in the segments it lies in; for a value, of the
        song's.  NaN where it is not computed yet, or where a silent segment has no vote.
    n_done : int
        Parts computed so far, from the first on.
    replaced_by : str
        What stood in for the silenced part.
    """

    by: Part
    change: np.ndarray
    n_done: int
    replaced_by: Occluder

    @property
    def is_finished(self) -> bool:
        """Whether every part has been silenced."""
        return self.n_done == len(self.change)

    @property
    def strongest(self) -> int | None:
        """The part that changes the probability most, as far as computed; None if none is."""
        if np.isnan(self.change).all():
            return None
        return int(np.nanargmax(np.abs(self.change)))


class OcclusionRun:
    """An occlusion that is computed a little at a time and shared by all visitors who view it.

    Parameters
    ----------
    begin : callable
        Begins `genre.interpret.silence.silence_seconds` or `occlude_values`.
    """

    def __init__(self, begin: Callable[[], Iterator[Occlusion]]) -> None:
        self._begin, self._lock = begin, threading.Lock()
        self._parts = begin()
        self._latest = next(self._parts)

    def advance(self, seconds: float) -> Occlusion:
        """Compute for about ``seconds``, and return what is known by then.

        Several visitors may call this at once: each call advances it for all.

        Raises
        ------
        GenreError
            If the song can no longer be read; the next call begins again, for it may be back.
        """
        end = time.monotonic() + seconds
        with self._lock:
            try:
                while not self._latest.is_finished and time.monotonic() < end:
                    self._latest = next(self._parts)
            except GenreError:  # which ends a generator: it would never be finished
                self._parts = self._begin()
                raise
            if self._latest.is_finished:
                self._parts = iter(())  # and with it the samples that it holds
            return self._latest


def occlude_values(
    network: Network,
    steps: np.ndarray,
    features: FeatureConfig,
    *,
    audible: np.ndarray,
    genre: int,
) -> Iterator[Occlusion]:
    """Silence each value in the whole song, with its deltas and deviations, and predict again.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    features : FeatureConfig
        The settings they were computed with.
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote: at least one.
    genre : int
        Index of the predicted genre.

    Yields
    ------
    occlusion : Occlusion
        One further value each time; the last one is complete.

    Raises
    ------
    ParameterError
        If ``genre`` is not one of the network's, or no segment has a vote.
    """
    check_genre(genre, network)
    if not audible.any():
        raise ParameterError(_("no segment of this song has a vote. Choose a song with sound."))
    filling, replaced_by = _silence(network, steps)
    voting = steps[audible]
    before = network.predict_proba(voting)[:, genre].mean()
    n = features.frame_values
    change = np.full(n, np.nan)
    for value in range(n):
        occluded = voting.copy()
        # The values of a step are blocks of n: of MFCCs means, deltas, deviations of both.
        occluded[..., value::n] = filling[value::n]
        change[value] = network.predict_proba(occluded)[:, genre].mean() - before
        yield Occlusion(features.kind, change.copy(), value + 1, replaced_by)


def check_genre(genre: int, network: Network) -> None:
    """Raise if a network does not tell apart so many genres."""
    if not 0 <= genre < network.config.n_genres:
        raise ParameterError(
            _(
                "genre={genre} was given, this network tells {n_genres} apart. Give an "
                "index from 0 to {n_genres_2}."
            ).format(
                genre=genre,
                n_genres=network.config.n_genres,
                n_genres_2=network.config.n_genres - 1,
            )
        )


def _silence(network: Network, steps: np.ndarray) -> tuple[np.ndarray, Occluder]:
    """Return the values that stand in for what is silenced, and what they are."""
    if network.config.scaling:
        return network.weights["normalization.mean"], "the mean of the training data"
    return steps.mean(axis=(0, 1), dtype=np.float64).astype(np.float32), "the song's own mean"
