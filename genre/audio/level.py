"""Loudness: how loud a recording is, and the same recording as loud as all others.

A recording that was turned down is the same music.  What a network reads is therefore made of a
level that no gain changes: of samples for musicnn, of the first coefficient for MFCCs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genre.audio.mfcc import N_MELS, dct_basis
from genre.audio.signal import Signal

TARGET_DB = -20.0
"""The level of every recording, in dB of full scale: about that of commercial recordings."""
BLOCK_SECONDS = 0.4
GATE_DB = 10.0
"""Blocks so far below the mean do not count, so pauses do not make a recording louder.

The gate and the block are those of ITU-R BS.1770; the ear's sensitivity to frequencies is left
out, so that the level of a recording does not depend on the bands it holds.
"""


def measure_level(signal: Signal) -> float:
    """Return the level of a recording: the root mean square over its loud blocks.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    level : float
        In dB of full scale; minus infinity for digital silence.

    Examples
    --------
    >>> tone = np.sin(np.arange(22_050) * 0.1)
    >>> [round(measure_level(Signal(gain * tone, 22_050)), 1) for gain in (1, 0.1)]
    [-3.0, -23.0]
    """
    block = round(BLOCK_SECONDS * signal.sr)
    starts = np.arange(0, max(1, len(signal.samples) - block + 1), block)  # whole blocks, or one
    used = signal.samples[: starts[-1] + block]
    powers = np.array([_mean_square(used[i : i + block]) for i in starts])
    power = _mean_over_loud(powers)
    return float(10 * np.log10(power)) if power > 0 else -np.inf


def set_level(signal: Signal, level: float = TARGET_DB) -> Signal:
    """Return a recording at the given level; digital silence stays as it is.

    Parameters
    ----------
    signal : Signal
    level : float
        In dB of full scale.

    Returns
    -------
    signal : Signal
        Samples may exceed 1: nothing is clipped.
    """
    measured = measure_level(signal)
    if np.isinf(measured):
        return signal
    return replace(signal, samples=signal.samples * np.float32(10 ** ((level - measured) / 20)))


def level_mfcc(frames: np.ndarray) -> np.ndarray:
    """Bring the MFCCs of one recording to a level that no gain changes.

    A gain adds the same to the decibels of every mel band, and thereby to the first coefficient
    alone.  The level is that of the mel spectrum which the coefficients describe.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc), dtype=float32]
        Of all segments of a recording.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc), dtype=float32]
        At 0 dB over the loud frames.
    """
    return at_level(frames, mfcc_level(frames))


def mfcc_level(frames: np.ndarray) -> float:
    """Return the level of one recording's MFCCs in dB, over its loud frames, as `level_mfcc`."""
    first = frames[..., 0].max()  # taken off before decibels become powers, which could overflow
    decibels = (frames - first * (np.arange(frames.shape[-1]) == 0)) @ dct_basis(frames.shape[-1]).T
    powers = np.power(10, decibels / 10, dtype=np.float32).sum(axis=-1)  # (n_segments, n_frames)
    return float(10 * np.log10(_mean_over_loud(powers)) + first / np.sqrt(N_MELS))


def at_level(frames: np.ndarray, level: float | np.ndarray) -> np.ndarray:
    """Return MFCCs brought to 0 dB.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc), dtype=float32]
    level : float or np.ndarray [shape=(n_segments,)]
        What they are at: `mfcc_level` of the recording that each was cut from.
    """
    levelled = frames.astype(np.float32)
    offset = np.sqrt(N_MELS) * np.asarray(level, np.float64)
    levelled[..., 0] -= offset[..., np.newaxis]  # in float64, then rounded
    return levelled


def _mean_over_loud(powers: np.ndarray) -> float:
    """Return the mean power of all blocks but those far below the mean of all."""
    return float(powers[powers >= powers.mean() * 10 ** (-GATE_DB / 10)].mean())


def _mean_square(samples: np.ndarray) -> float:
    return float(np.dot(samples, samples)) / len(samples)
