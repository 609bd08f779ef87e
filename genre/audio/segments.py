"""Where a signal is cut into segments, which of them hold sound, and what fills a short one."""

from __future__ import annotations

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.level import measure_level
from genre.audio.signal import MIN_SECONDS, Signal
from genre.errors import AudioError, ParameterError
from genre.language import _

SILENCE_DB = 60.0
"""How far below the recording's level a segment is silent."""


def check_length(signal: Signal) -> None:
    """Raise if a signal is too short to be described.

    Raises
    ------
    AudioError
        If it is shorter than half a second.
    """
    if signal.seconds < MIN_SECONDS:
        raise AudioError(
            _(
                "this recording lasts {seconds:.1f} s, the model needs at least "
                "{min_seconds:g} s. Choose a longer recording."
            ).format(seconds=signal.seconds, min_seconds=MIN_SECONDS)
        )


def cut_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Return the samples of each whole segment, as a view.

    Returns
    -------
    segments : np.ndarray [shape=(n_segments, n_samples), dtype=float32]
        One shorter segment for a recording that does not fill one; errors as
        in `genre.audio.features.extract_segments`.
    """
    if signal.sr != config.sr:
        raise ParameterError(
            _(
                "the signal is sampled at {sr} Hz, the features expect {expected} Hz. Load it with "
                "load_audio(path, sr={expected})."
            ).format(sr=signal.sr, expected=config.sr)
        )
    check_length(signal)
    n_segments = len(signal.samples) // config.segment_samples
    if n_segments == 0:
        return signal.samples[np.newaxis]
    whole = signal.samples[: n_segments * config.segment_samples]
    return whole.reshape(n_segments, config.segment_samples)


def take_segments(signal: Signal, segments: np.ndarray, config: FeatureConfig) -> Signal:
    """Return a signal of some whole segments of another one, one after the other."""
    return Signal(cut_segments(signal, config)[segments].ravel(), signal.sr)


def spread_segments(n_segments: int, n_most: int) -> np.ndarray:
    """Return which of so many segments are taken, to have at most ``n_most`` spread evenly.

    Examples
    --------
    >>> spread_segments(2, 4).tolist(), spread_segments(10, 4).tolist()
    ([0, 1], [1, 3, 6, 8])
    """
    n = min(n_segments, n_most)
    return (2 * np.arange(n) + 1) * n_segments // (2 * max(1, n))


def audible_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Tell which segments hold any sound: silence has no genre and no vote.

    Returns
    -------
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        False where no sample of the segment comes within 60 dB of the recording's level, so
        that no gain changes it; and everywhere in a recording that is silent.
    """
    segments = cut_segments(signal, config)
    if signal.is_silent:
        return np.zeros(len(segments), bool)
    least = 10 ** ((measure_level(signal) - SILENCE_DB) / 20)
    return np.maximum(segments.max(axis=1), -segments.min(axis=1)) >= least


def repeat_frames(frames: np.ndarray, n_frames: int) -> np.ndarray:
    """Fill short segments by repeating their frames from the start.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_given, n_values)]
    n_frames : int
        Frames of a whole segment.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, n_values)]
    """
    n_given = frames.shape[1]
    if n_given == n_frames:
        return frames
    return frames[:, np.arange(n_frames) % n_given]
