"""The short-time Fourier transform and back, as librosa's, without the seconds its import takes.

Conventions
-----------
spectrum
    Time-major, ``(n_frames, 1 + n_fft // 2)``.  Frames are centred, padded with zeros, and
    weighted by a periodic Hann window.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

TINY = np.finfo(np.float32).tiny
BATCH_FRAMES = 256
"""How many frames are copied out of the samples at a time."""


def stft(samples: np.ndarray, *, n_fft: int, hop_length: int) -> np.ndarray:
    """Return the spectrum of each frame.

    Parameters
    ----------
    samples : np.ndarray [shape=(n_samples,), dtype=float32]
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.

    Returns
    -------
    spectrum : np.ndarray [shape=(1 + n_samples // hop_length, 1 + n_fft // 2), dtype=complex64]

    Examples
    --------
    >>> stft(np.ones(22_050, np.float32), n_fft=2048, hop_length=512).shape
    (44, 1025)
    """
    padded = np.pad(samples, n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop_length]
    spectrum = np.empty((len(frames), 1 + n_fft // 2), np.complex64)
    for start in range(0, len(frames), BATCH_FRAMES):
        windowed = frames[start : start + BATCH_FRAMES] * hann(n_fft)
        spectrum[start : start + BATCH_FRAMES] = np.fft.rfft(windowed, axis=1)
    return spectrum


def istft(spectrum: np.ndarray, *, hop_length: int, n_samples: int) -> np.ndarray:
    """Return the samples whose frames have this spectrum: the least-squares estimate [1]_.

    Parameters
    ----------
    spectrum : np.ndarray [shape=(n_frames, 1 + n_fft // 2)]
    hop_length : int
        It divides ``n_fft``.
    n_samples : int
        How many are returned; beyond the last frame they are 0.

    Returns
    -------
    samples : np.ndarray [shape=(n_samples,), dtype=float32]

    References
    ----------
    .. [1] D. W. Griffin and J. S. Lim, "Signal estimation from modified short-time Fourier
       transform", IEEE Trans. Acoustics, Speech, and Signal Processing 32(2), 1984.
    """
    n_frames, n_fft = len(spectrum), 2 * (spectrum.shape[1] - 1)
    window = hann(n_fft)
    n_parts = n_fft // hop_length  # a frame, in hops
    added = np.zeros((n_frames + n_parts - 1, hop_length), np.float32)
    weight = np.zeros_like(added)
    frames = np.fft.irfft(spectrum, n_fft, axis=1).astype(np.float32, copy=False) * window
    frames = frames.reshape(n_frames, n_parts, hop_length)
    squares = np.square(window).reshape(n_parts, hop_length)
    for part in range(n_parts):
        added[part : part + n_frames] += frames[:, part]
        weight[part : part + n_frames] += squares[part]
    heard = np.divide(added, weight, out=added, where=weight > TINY).ravel()[n_fft // 2 :]
    samples = np.zeros(n_samples, np.float32)
    samples[: len(heard)] = heard[:n_samples]
    return samples


@lru_cache(maxsize=8)
def hann(n: int) -> np.ndarray:
    """Return a periodic Hann window [shape=(n,), dtype=float32]."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(np.float32)
