"""What the network would have predicted without a second, or without a value.

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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from genre.audio.feature_config import FeatureConfig, FeatureKind
from genre.errors import ParameterError
from genre.network.forward import BATCH_SEGMENTS, Network

Part = Literal["second"] | FeatureKind
"""A second, or one value of every frame: an MFCC, or a value of musicnn."""
Occluder = Literal["the mean of the training data", "the song's own mean"]


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


class OcclusionRun:
    """An occlusion that is computed a little at a time and shared by all visitors who view it.

    Parameters
    ----------
    parts : iterator of Occlusion
        `occlude_seconds` or `occlude_values`.
    """

    def __init__(self, parts: Iterator[Occlusion]) -> None:
        self._parts, self._lock = parts, threading.Lock()
        self._latest = next(parts)

    def advance(self, seconds: float) -> Occlusion:
        """Compute for about ``seconds``, and return what is known by then.

        Several visitors may call this at once: each call advances it for all.
        """
        end = time.monotonic() + seconds
        with self._lock:
            while not self._latest.is_finished and time.monotonic() < end:
                self._latest = next(self._parts, self._latest)
            return self._latest


def occlude_seconds(
    network: Network, steps: np.ndarray, *, audible: np.ndarray, genre: int, segment_seconds: float
) -> Iterator[Occlusion]:
    """Silence each second of a song and predict again, a batch of seconds at a time.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote.
    genre : int
        Index of the predicted genre.
    segment_seconds : float

    Yields
    ------
    occlusion : Occlusion
        Each further along than the one before; the last one is complete.

    Raises
    ------
    ParameterError
        If ``genre`` is not one of the network's.
    """
    _check_genre(genre, network)
    n_segments, n_steps = steps.shape[:2]
    filling, replaced_by = _silence(network, steps)
    before = network.predict_proba(steps)[:, genre]
    # The middle of every step, in seconds of the song, says which second it belongs to.
    middle = (np.arange(n_segments * n_steps) + 0.5) * segment_seconds / n_steps
    second_of = middle.astype(int).reshape(n_segments, n_steps)
    n_seconds = int(second_of[-1, -1]) + 1
    jobs = [(s, t) for s in range(n_segments) for t in np.unique(second_of[s]) if audible[s]]
    total, n_votes = np.zeros(n_seconds), np.zeros(n_seconds, int)
    for start in range(0, max(1, len(jobs)), BATCH_SEGMENTS):
        batch = jobs[start : start + BATCH_SEGMENTS]
        if batch:
            which = np.array([s for s, _ in batch])
            occluded = steps[which]  # a copy: (n_jobs, n_steps, n_values)
            occluded[second_of[which] == np.array([t for _, t in batch])[:, np.newaxis]] = filling
            moved = network.predict_proba(occluded)[:, genre] - before[which]
            for (_, t), change in zip(batch, moved, strict=True):
                total[t] += change
                n_votes[t] += 1
        has_more = start + BATCH_SEGMENTS < len(jobs)
        n_done = jobs[start + BATCH_SEGMENTS][1] if has_more else n_seconds
        change = np.full(n_seconds, np.nan)
        known = (n_votes > 0) & (np.arange(n_seconds) < n_done)
        change[known] = total[known] / n_votes[known]
        yield Occlusion("second", change, int(n_done), replaced_by)


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
    _check_genre(genre, network)
    if not audible.any():
        raise ParameterError("no segment of this song has a vote. Choose a song with sound.")
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


def start_occlusion(
    by: Part,
    network: Network,
    steps: np.ndarray,
    features: FeatureConfig,
    *,
    audible: np.ndarray,
    genre: int,
) -> OcclusionRun:
    """Begin to silence a song second by second, or value by value.

    Parameters and errors are those of `occlude_seconds` and `occlude_values`.

    Returns
    -------
    occlusion : OcclusionRun
    """
    if by != "second":
        return OcclusionRun(occlude_values(network, steps, features, audible=audible, genre=genre))
    seconds = features.segment_seconds
    return OcclusionRun(
        occlude_seconds(network, steps, audible=audible, genre=genre, segment_seconds=seconds)
    )


def _check_genre(genre: int, network: Network) -> None:
    if not 0 <= genre < network.config.n_genres:
        raise ParameterError(
            f"genre={genre} was given, this network tells {network.config.n_genres} apart. "
            f"Give an index from 0 to {network.config.n_genres - 1}."
        )


def _silence(network: Network, steps: np.ndarray) -> tuple[np.ndarray, Occluder]:
    """Return the values that stand in for what is silenced, and what they are."""
    if network.config.scaling:
        return network.weights["normalization.mean"], "the mean of the training data"
    return steps.mean(axis=(0, 1), dtype=np.float64).astype(np.float32), "the song's own mean"
