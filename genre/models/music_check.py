"""Whether a recording is music at all: of speech or noise no genre is predicted.

Conventions
-----------
segments
    At most `MAX_SEGMENTS` of 3 s, spread over the audible ones, whatever model is asked: the
    same recording gets the same answer from all of them.
values
    The penultimate layer of MSD-musicnn over the windows of `MusicnnConfig()`.
classifier
    A softmax regression on the mean and the deviation of a segment's values over its windows,
    trained by ``models/ears/make_music_check.py`` on tracks and on synthesised sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.level import set_level
from genre.audio.musicnn import extract_windows
from genre.audio.segments import audible_segments, spread_segments, take_segments
from genre.audio.signal import Signal
from genre.errors import ModelError
from genre.models.music_parameters import CheckParameters, NonMusic, bundled_parameters

CLASSES = ("music", *get_args(NonMusic))
"""What the classifier tells apart, in output order."""
MAX_SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class MusicCheck:
    """What a recording sounds like.

    Parameters
    ----------
    looks_like : str or None
        ``music``; else one of `NonMusic`, or ``other`` where none of them stands out; None where
        it was not checked.
    probability : float or None
        Of music, by the classifier: for comparing recordings, not calibrated.
    problem : str
        Why it could not be checked.
    """

    looks_like: str | None
    probability: float | None = None
    problem: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it was checked, and is not music."""
        return self.looks_like not in ("music", None)


NOT_CHECKED = MusicCheck(None)


def check_music(signal: Signal, values: np.ndarray | None = None) -> MusicCheck:
    """Tell whether a recording sounds like music, and if not, what it sounds like.

    Its level plays no part.  Without the parameters or the weights of musicnn nothing is
    checked; the answer then has the problem.

    Parameters
    ----------
    signal : Signal
        At any rate, and not silent.
    values : np.ndarray [shape=(n_segments, n_windows, 200)], optional
        Of all audible segments, where they have been computed.

    Returns
    -------
    check : MusicCheck

    Raises
    ------
    AudioError
        If the signal is shorter than half a second.
    """
    try:
        parameters = bundled_parameters()
        chosen = (
            spread_values(signal)
            if values is None
            else values[spread_segments(len(values), MAX_SEGMENTS)]
        )
        described = describe(chosen)
    except ModelError as error:
        return MusicCheck(None, problem=str(error))
    return judge(class_probabilities(described, parameters), len(described), parameters)


def spread_values(signal: Signal) -> np.ndarray:
    """Return musicnn's values for segments spread over a recording.

    Returns
    -------
    values : np.ndarray [shape=(n_segments, n_windows, 200), dtype=float32]
        Of `MAX_SEGMENTS` at most.
    """
    config = MfccConfig(sr=signal.sr)  # for its segments, of as many seconds as musicnn's
    audible = np.flatnonzero(audible_segments(signal, config))
    chosen = audible[spread_segments(len(audible), MAX_SEGMENTS)]
    part = take_segments(set_level(signal), chosen, config)
    return extract_windows(part, MusicnnConfig(), is_levelled=True).values


def describe(values: np.ndarray) -> np.ndarray:
    """Return what the classifier reads of each segment.

    Parameters
    ----------
    values : np.ndarray [shape=(n_segments, n_windows, 200)]

    Returns
    -------
    described : np.ndarray [shape=(n_segments, 400)]
        The means over the windows, then the deviations.
    """
    return np.concatenate([values.mean(axis=1), values.std(axis=1)], axis=1)


def class_probabilities(described: np.ndarray, parameters: CheckParameters) -> np.ndarray:
    """Return the probability of each class for a recording.

    Parameters
    ----------
    described : np.ndarray [shape=(n_segments, 400)]
    parameters : CheckParameters

    Returns
    -------
    probabilities : np.ndarray [shape=(5,)]
        In the order of `CLASSES`, of the mean of the segments' logits.
    """
    scaled = (described - parameters.mean) / parameters.scale
    logits = (scaled @ parameters.kernel.T + parameters.bias).mean(axis=0)  # (5,)
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()


def judge(probabilities: np.ndarray, n_segments: int, parameters: CheckParameters) -> MusicCheck:
    """Decide by the thresholds.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(5,)]
        Of `class_probabilities`.
    n_segments : int
        How many were read: one alone says less, and has a threshold of its own.
    parameters : CheckParameters

    Returns
    -------
    check : MusicCheck
    """
    music, others = float(probabilities[0]), probabilities[1:]
    if music >= parameters.least_music[int(n_segments > 1)]:
        return MusicCheck("music", music)
    likeliest = int(others.argmax())
    is_clear = others[likeliest] >= parameters.least_kind * others.sum()
    return MusicCheck(CLASSES[1 + likeliest] if is_clear else "other", music)
