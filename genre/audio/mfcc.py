"""MFCCs as librosa computes them, without the seconds its import takes.

Conventions
-----------
Axes are time-major, ``(n_segments, n_frames, n_mfcc)``.  Settings not named here
are librosa's defaults: centred frames padded with zeros, a periodic Hann window,
128 mel bands of equal area on Slaney's scale, decibels of power clipped 80 dB
below the loudest, an orthonormal DCT-II.  NumPy alone: importing SciPy would take
longer than classifying a clip does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from genre.system.threads import N_THREADS, one_blas_thread

N_MELS = 128
"""Mel bands under the MFCCs."""
TOP_DB = 80.0
"""Decibels kept below a segment's loudest value."""
_BATCH_SEGMENTS = 2
"""Segments a thread transforms at a time: their spectra stay near the processor."""


def mfcc(segments: np.ndarray, *, sr: int, n_mfcc: int, n_fft: int, hop_length: int) -> np.ndarray:
    """Compute the MFCCs of each segment by itself.

    Clipped against the loudest value of a whole batch, as one call of
    ``librosa.feature.mfcc`` on a batch does, segments would hear their neighbours;
    here each is clipped against its own.

    Parameters
    ----------
    segments : np.ndarray [shape=(n_segments, n_samples), dtype=float32]
        The samples of each segment.
    sr : int
        Sampling rate in Hz.
    n_mfcc : int
        Coefficients to keep, the lowest first.
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.

    Returns
    -------
    mfcc : np.ndarray [shape=(n_segments, 1 + n_samples // hop_length, n_mfcc), dtype=float32]
        Within 1e-3 of ``librosa.feature.mfcc`` of each segment.

    References
    ----------
    .. [1] S. B. Davis and P. Mermelstein, "Comparison of parametric
       representations for monosyllabic word recognition in continuously spoken
       sentences", IEEE Trans. Acoustics, Speech, and Signal Processing 28(4), 1980.
    .. [2] M. Slaney, "Auditory Toolbox", Interval Research Corporation, 1998.

    Examples
    --------
    >>> mfcc(np.ones((2, 22_050)), sr=22_050, n_mfcc=13, n_fft=2048, hop_length=512).shape
    (2, 44, 13)
    """
    batches = [segments[i : i + _BATCH_SEGMENTS] for i in range(0, len(segments), _BATCH_SEGMENTS)]

    def of_batch(batch: np.ndarray) -> np.ndarray:
        decibels = mel_decibels(batch, sr=sr, n_fft=n_fft, hop_length=hop_length)
        return (decibels @ dct_basis(n_mfcc)).astype(np.float32)

    with one_blas_thread(), ThreadPoolExecutor(N_THREADS) as threads:
        return np.concatenate(list(threads.map(of_batch, batches)))


def mel_decibels(segments: np.ndarray, *, sr: int, n_fft: int, hop_length: int) -> np.ndarray:
    """Compute the decibels under the MFCCs; parameters as for `mfcc`.

    Returns
    -------
    decibels : np.ndarray [shape=(n_segments, 1 + n_samples // hop_length, N_MELS)]
        Clipped `TOP_DB` below the loudest of the segment; ``@ dct_basis(n_mfcc)`` are the MFCCs.

    Examples
    --------
    >>> mel_decibels(np.ones((2, 22_050)), sr=22_050, n_fft=2048, hop_length=512).shape
    (2, 44, 128)
    """
    power = mel_power(
        segments.astype(np.float32, copy=False), sr=sr, n_fft=n_fft, hop_length=hop_length
    )
    decibels = 10.0 * np.log10(np.maximum(power, 1e-10, dtype=np.float64))
    loudest = decibels.max(axis=(1, 2), keepdims=True)
    return np.maximum(decibels, loudest - TOP_DB, out=decibels)


def mel_power(
    segments: np.ndarray, *, sr: int, n_fft: int, hop_length: int, n_mels: int = N_MELS
) -> np.ndarray:
    """Compute the power in each mel band of each segment by itself.

    Parameters
    ----------
    segments : np.ndarray [shape=(n_segments, n_samples), dtype=float32]
    sr : int
        Sampling rate in Hz.
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.
    n_mels : int
        Mel bands, from 0 Hz to half the sampling rate.

    Returns
    -------
    power : np.ndarray [shape=(n_segments, 1 + n_samples // hop_length, n_mels), dtype=float32]
        As ``librosa.feature.melspectrogram`` has it.

    Examples
    --------
    >>> mel_power(np.ones((1, 16_000), "f4"), sr=16_000, n_fft=512, hop_length=256, n_mels=96).shape
    (1, 63, 96)
    """
    padded = np.pad(segments, ((0, 0), (n_fft // 2, n_fft - n_fft // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, n_fft, axis=1)
    windows = windows[:, ::hop_length]  # (n_segments, n_frames, n_fft)
    spectrum = np.fft.rfft(windows * hann(n_fft), axis=-1)  # (..., 1 + n_fft // 2)
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    # One product a segment: a product of many rows may be summed in another order than one of
    # few, so a segment's last bits would depend on its neighbours; a stack of matrices takes
    # NumPy several times as long.
    filters = mel_filters(sr, n_fft, n_mels)
    return np.stack([frames @ filters for frames in power])


@lru_cache(maxsize=8)
def dct_basis(n_mfcc: int) -> np.ndarray:
    """Lowest vectors of the orthonormal DCT-II, (N_MELS, n_mfcc)."""
    return _cosines(np.arange(N_MELS) + 0.5, n_mfcc)


def _cosines(bands: np.ndarray, n_mfcc: int) -> np.ndarray:
    """Vectors of the orthonormal DCT-II read at such bands, (..., n_bands, n_mfcc)."""
    cosines = np.cos(np.pi * bands[..., np.newaxis] * np.arange(n_mfcc) / N_MELS)
    cosines *= np.sqrt(2 / N_MELS)
    cosines[..., 0] /= np.sqrt(2)
    return cosines


def stretch_matrices(n_mfcc: int, stretches: np.ndarray) -> np.ndarray:
    """Return what moves MFCCs to where a stretched mel axis would have put them.

    The spectrum that the MFCCs describe is read at other bands: at band
    ``stretch * band`` instead of ``band``, as if voices and instruments were larger
    (above 1) or smaller.  What is read beyond the last band is the last band.

    Parameters
    ----------
    n_mfcc : int
    stretches : np.ndarray [shape=(n,)]

    Returns
    -------
    matrices : np.ndarray [shape=(n, n_mfcc, n_mfcc), dtype=float32]
        ``mfcc @ matrix`` are the moved coefficients.

    References
    ----------
    .. [1] N. Jaitly and G. Hinton, "Vocal Tract Length Perturbation (VTLP) improves
       speech recognition", ICML Workshop on Deep Learning for Audio, 2013.

    Examples
    --------
    >>> bool(np.allclose(stretch_matrices(13, np.ones(1))[0], np.eye(13), atol=1e-5))
    True
    """
    bands = np.clip((np.arange(N_MELS) + 0.5) * np.reshape(stretches, (-1, 1)), 0.5, N_MELS - 0.5)
    read = _cosines(bands, n_mfcc).swapaxes(1, 2)  # (n, n_mfcc, N_MELS)
    return (read @ dct_basis(n_mfcc)).astype(np.float32)


@lru_cache(maxsize=8)
def hann(n_fft: int) -> np.ndarray:
    """Return the periodic Hann window, as librosa's [shape=(n_fft,), dtype=float32]."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)


@lru_cache(maxsize=8)
def mel_filters(sr: int, n_fft: int, n_mels: int = N_MELS) -> np.ndarray:
    """Return triangular mel filters of equal area on Slaney's scale.

    The scale is linear up to 1 kHz (15 mels) and logarithmic above, 27 mels to a
    factor of 6.4.

    Parameters
    ----------
    sr, n_fft, n_mels : int

    Returns
    -------
    filters : np.ndarray [shape=(1 + n_fft // 2, n_mels), dtype=float32]
    """
    bins = np.linspace(0, sr / 2, 1 + n_fft // 2)
    top = 15 + 27 * np.log(sr / 2 / 1000) / np.log(6.4) if sr > 2000 else sr / 2 * 3 / 200
    mels = np.linspace(0, top, n_mels + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    rising = (bins[:, np.newaxis] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, np.newaxis]) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))  # (n_bins, n_mels)
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)
