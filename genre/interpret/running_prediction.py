"""The running prediction: what the network would predict if the segment ended here.

Conventions
-----------
prefix
    The first ``k`` steps of a segment, from one step to all.  The state is reset at each segment.

A forward network has computed all of it already: its state after ``k`` steps does not
depend on what follows, so pooling and head are applied to each prefix of one pass.  A
bidirectional network reads the segment's end before it outputs anything about its start; it is
run again on each prefix, at fewer of them.  Either way the last prefix is the whole segment, with
the network's own prediction; it was trained on whole segments only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.network.forward import BATCH_SEGMENTS, HeldGate, Network, apply_head

MAX_RERUNS = 13
"""Prefixes that a bidirectional network is run on."""


@dataclass(frozen=True, slots=True, eq=False)
class RunningPrediction:
    """The network's prediction after each prefix of each segment.

    Parameters
    ----------
    prefixes : np.ndarray [shape=(n_prefixes,), dtype=int]
        Their lengths in steps, the last a whole segment.
    probabilities : np.ndarray [shape=(n_segments, n_prefixes, n_genres), dtype=float32]
    was_rerun : bool
        Whether the network had to be run on each prefix, being bidirectional.
    seconds : np.ndarray [shape=(n_prefixes,)]
        How much of the segment lies under each prefix.
    segment_seconds : float
    """

    prefixes: np.ndarray
    probabilities: np.ndarray
    was_rerun: bool
    seconds: np.ndarray
    segment_seconds: float

    @property
    def top(self) -> np.ndarray:
        """Index of the most probable genre [shape=(n_segments, n_prefixes)]."""
        return self.probabilities.argmax(axis=2)

    @property
    def decided(self) -> np.ndarray:
        """Index of the prefix from which the top genre never changes [shape=(n_segments,)]."""
        differs = self.top != self.top[:, -1:]  # (n_segments, n_prefixes)
        n = differs.shape[1]
        last = n - 1 - differs[:, ::-1].argmax(axis=1)  # of the prefixes that differ
        return np.where(differs.any(axis=1), last + 1, 0)

    @property
    def decided_seconds(self) -> np.ndarray:
        """Seconds of the segment read by then [shape=(n_segments,)]."""
        return self.seconds[self.decided]


def predict_prefixes(
    network: Network,
    steps: np.ndarray,
    features: FeatureConfig,
    held: Sequence[HeldGate] = (),
) -> RunningPrediction:
    """Predict after every step, as if the segment ended there.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    features : FeatureConfig
        The settings the steps were computed with.
    held : sequence of HeldGate
        Gates that are held at a value.

    Returns
    -------
    prediction : RunningPrediction

    Raises
    ------
    ParameterError
        If ``steps`` do not fit the network, or it has no such gates.
    """
    n_steps = steps.shape[1]
    if network.config.bidirectional:
        n = min(n_steps, MAX_RERUNS)
        prefixes = np.arange(1, n + 1) * n_steps // n
        parts = [network.predict_proba(steps[:, :k], held) for k in prefixes]
        probabilities = np.stack(parts, axis=1)
    else:
        prefixes = np.arange(1, n_steps + 1)
        shape = (len(steps), n_steps, network.config.n_genres)
        probabilities = np.empty(shape, np.float32)
        for start in range(0, len(steps), BATCH_SEGMENTS):
            batch = slice(start, start + BATCH_SEGMENTS)
            trace = network.trace(steps[batch], held)
            for k in prefixes:
                head = apply_head(network, trace.outputs[-1][:, :k], trace.scaled[:, :k])
                probabilities[batch, k - 1] = head.probabilities
    return RunningPrediction(
        prefixes,
        probabilities,
        network.config.bidirectional,
        seconds_read(prefixes, n_steps, features),
        features.segment_seconds,
    )


def seconds_read(prefixes: np.ndarray, n_steps: int, features: FeatureConfig) -> np.ndarray:
    """Return how much of a segment lies under its first steps.

    Steps of musicnn overlap: the first one is over a whole window already.

    Parameters
    ----------
    prefixes : np.ndarray [shape=(n_prefixes,), dtype=int]
        How many steps.
    n_steps : int
        Of a segment.
    features : FeatureConfig

    Returns
    -------
    seconds : np.ndarray [shape=(n_prefixes,)]

    Examples
    --------
    >>> seconds_read(np.array([1, 2, 7]), 7, MusicnnConfig()).tolist()
    [0.96, 1.28, 2.88]
    """
    if isinstance(features, MusicnnConfig):
        frames = features.window_frames + (prefixes - 1) * features.hop_frames
        return frames * features.hop_length / features.sr
    return prefixes * features.segment_seconds / n_steps
