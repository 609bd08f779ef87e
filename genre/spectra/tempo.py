"""Onsets in a spectrogram, and the tempo at which they return.

Conventions
-----------
onsets
    By how much a frame is louder than the one before, in decibels, mean of the mel bands.
"""

from __future__ import annotations

import numpy as np

from genre.spectra.stft import hann

WINDOW_SECONDS = 8.0
"""How far around a frame its tempo is looked for."""
LIKELIEST_BPM, MAX_BPM = 120.0, 320.0
TOP_DB = 80.0
BATCH_FRAMES = 1024
"""How many frames' autocorrelations are in memory at a time."""

# Below these there is no ground to name a tempo.  Measured on white noise of 1 to 120 s: up to
# 1.2 standard errors.
MIN_PULSE = 0.1  # autocorrelation of the onsets one beat apart
MIN_PULSE_ERRORS = 3.0


def onset_strength(mel_power: np.ndarray, *, n_fft: int, hop_length: int) -> np.ndarray:
    """Return how strongly something begins in each frame.

    Parameters
    ----------
    mel_power : np.ndarray [shape=(n_frames, n_mels)]
    n_fft, hop_length : int
        Samples under one of its frames and from one to the next.

    Returns
    -------
    onsets : np.ndarray [shape=(n_frames,)]
        As ``librosa.onset.onset_strength`` has them.
    """
    decibels = 10 * np.log10(np.maximum(mel_power, 1e-10))
    decibels = np.maximum(decibels, decibels.max() - TOP_DB)
    louder = np.maximum(0, np.diff(decibels, axis=0)).mean(axis=1)
    delay = 1 + n_fft // (2 * hop_length)  # a frame begins before what it is centred on
    return np.pad(louder, (delay, 0))[: len(mel_power)]


def estimate_tempo(onsets: np.ndarray, *, frames_per_second: float) -> float | None:
    """Return the tempo in beats per minute; None where the onsets do not return.

    Parameters
    ----------
    onsets : np.ndarray [shape=(n_frames,)]
    frames_per_second : float

    Returns
    -------
    tempo : float or None
        That of ``librosa.feature.tempo``, found between its whole frames.
    """
    lag = _likeliest_lag(onsets, frames_per_second)
    pulse = autocorrelate(onsets - onsets.mean())  # (n_frames,), by lag in frames
    if not (pulse[0] > 0 and 1 <= lag < len(pulse) - 1):
        return None
    before, peak, after = pulse[lag - 1 : lag + 2] / pulse[0]
    if max(before, peak, after) < max(MIN_PULSE, MIN_PULSE_ERRORS / np.sqrt(len(onsets))):
        return None
    # In whole frames 120 bpm are 117.5 or 123: a parabola finds the peak between.
    curvature = before - 2 * peak + after
    shift = float(np.clip((before - after) / (2 * curvature), -0.5, 0.5)) if curvature < 0 else 0.0
    return 60 * frames_per_second / (lag + shift)


def _likeliest_lag(onsets: np.ndarray, frames_per_second: float) -> int:
    """Return after how many frames the onsets return, as ``librosa.feature.tempo`` decides it."""
    n = int(WINDOW_SECONDS * frames_per_second)
    ramped = np.pad(onsets, n // 2, mode="linear_ramp", end_values=0)
    frames = np.lib.stride_tricks.sliding_window_view(ramped, n)[: len(onsets)]
    total = np.zeros(n)
    for start in range(0, len(frames), BATCH_FRAMES):
        pulses = autocorrelate(frames[start : start + BATCH_FRAMES] * hann(n))
        largest = np.abs(pulses).max(axis=1, keepdims=True)
        total += (pulses / np.where(largest < np.finfo(pulses.dtype).tiny, 1, largest)).sum(axis=0)
    tempos = 60 * frames_per_second / np.arange(1, n)  # of lags from 1 on
    scores = np.log1p(1e6 * total[1:] / len(frames)) - 0.5 * np.log2(tempos / LIKELIEST_BPM) ** 2
    return 1 + int(np.argmax(np.where(tempos < MAX_BPM, scores, -np.inf)))


def autocorrelate(values: np.ndarray) -> np.ndarray:
    """Return the autocorrelation of each row at every lag [shape as given]."""
    n = values.shape[-1]
    n_fft = 1 << (2 * n - 1).bit_length()  # long enough that the ends do not meet
    spectrum = np.fft.rfft(values, n_fft, axis=-1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.fft.irfft(power, n_fft, axis=-1)[..., :n]
