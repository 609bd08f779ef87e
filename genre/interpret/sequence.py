"""Does order matter?  The steps of a song in another order: what is predicted, how it sounds.

Conventions
-----------
order
    (n_segments, n_steps): which step of its segment stands at each place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.language import _
from genre.network.forward import Network

FADE_SECONDS = 0.01
"""From one step's sound into the next one's."""


@dataclass(frozen=True, slots=True, eq=False)
class Shuffled:
    """What the network predicts for a song, and for the same steps in another order.

    Parameters
    ----------
    before, after : np.ndarray [shape=(n_genres,)]
        Mean over the audible segments.
    n_changed : int
        Audible segments whose own prediction changed.
    n_segments : int
        Audible segments.
    average_moved : float
        Largest change of any value's mean in any segment: zero but for rounding.
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        The shuffled ones.
    order : np.ndarray [shape=(n_segments, n_steps), dtype=int]
    """

    before: np.ndarray
    after: np.ndarray
    n_changed: int
    n_segments: int
    average_moved: float
    steps: np.ndarray
    order: np.ndarray


def shuffle_steps(
    network: Network, steps: np.ndarray, *, audible: np.ndarray, seed: int = 0
) -> Shuffled:
    """Shuffle the steps of each segment, and predict both.

    A step keeps its own values: a texture window its deviations, a frame its deltas.
    Only the order of the steps is lost.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote: at least one.
    seed : int
        Another seed gives another order.

    Returns
    -------
    shuffled : Shuffled

    Raises
    ------
    ParameterError
        If no segment has a vote.
    """
    if not audible.any():
        raise ParameterError(_("no segment of this song has a vote. Choose a song with sound."))
    mixed = np.random.default_rng(seed).permuted(
        np.tile(np.arange(steps.shape[1]), (len(steps), 1)), axis=1
    )
    other = np.take_along_axis(steps, mixed[..., np.newaxis], axis=1)
    before, after = (network.predict_proba(X[audible]) for X in (steps, other))
    averages = (X.mean(axis=1, dtype=np.float64) for X in (steps, other))
    return Shuffled(
        before=before.mean(axis=0, dtype=np.float64),
        after=after.mean(axis=0, dtype=np.float64),
        n_changed=int((before.argmax(axis=1) != after.argmax(axis=1)).sum()),
        n_segments=len(before),
        average_moved=float(np.abs(np.subtract(*averages)).max()),
        steps=other,
        order=mixed,
    )


def play_shuffled(signal: Signal, order: np.ndarray, features: FeatureConfig) -> Signal:
    """Put the sound of a song into the order of its shuffled steps, segment by segment.

    A segment is cut into as many equal parts as it has steps; windows that overlap stand for the
    part of the segment that they are nearest to.

    Parameters
    ----------
    signal : Signal
        A song, or its beginning.
    order : np.ndarray [shape=(n_segments, n_steps), dtype=int]
        `Shuffled.order`.
    features : FeatureConfig

    Returns
    -------
    signal : Signal
        Its whole segments, of which a shorter song has one; each cut is a crossfade of
        `FADE_SECONDS`.

    Examples
    --------
    >>> from genre.audio.feature_config import MfccConfig
    >>> order = np.arange(26)[np.newaxis]
    >>> hiss = Signal(np.random.default_rng(1).normal(size=66_150).astype("f4"), 22_050)
    >>> bool(np.allclose(play_shuffled(hiss, order, MfccConfig()).samples, hiss.samples))
    True
    """
    size = min(features.segment_samples, len(signal.samples))
    n_segments = min(len(order), len(signal.samples) // size)
    n_steps = order.shape[1]
    bounds = np.arange(n_steps + 1) * size // n_steps
    shortest = int(np.diff(bounds).min())
    half = max(1, min(round(FADE_SECONDS * signal.sr / 2), shortest // 2))
    rise = (np.arange(2 * half) + 0.5) / (2 * half)
    played = np.zeros(n_segments * size + 2 * half, np.float64)
    padded = np.pad(signal.samples, half)
    at = half  # where the next part begins
    for segment, steps in enumerate(order[:n_segments]):
        for step in steps:
            start, end = segment * size + bounds[step : step + 2]
            part = padded[start : end + 2 * half].astype(np.float64)  # half a fade more at each end
            part[: 2 * half] *= rise
            part[-2 * half :] *= rise[::-1]
            played[at - half : at - half + len(part)] += part
            at += end - start
    # Before the first part and after the last there is nothing to fade from or to.
    played[half : 2 * half] /= rise[half:]
    played[-2 * half : -half] /= rise[::-1][:half]
    return Signal(played[half:-half].astype(np.float32), signal.sr)
