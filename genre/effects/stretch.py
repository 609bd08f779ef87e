"""Faster at the same pitch, or lower at the same tempo: a phase vocoder.

References
----------
.. [1] J. L. Flanagan and R. M. Golden, "Phase vocoder", Bell System Technical Journal 45(9), 1966.
.. [2] J. Laroche and M. Dolson, "Improved phase vocoder time-scale modification of audio", IEEE
   Trans. Speech and Audio Processing 7(3), 1999.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.language import _
from genre.spectra.stft import istft, stft

N_FFT, HOP_LENGTH = 2048, 512
BATCH_FRAMES = 256
"""Frames computed at a time."""
MIN_RATE, MAX_RATE = 0.25, 4.0
Share = Callable[[float], object]
"""Called with the share that is done, 0 to 1."""


def change_tempo(signal: Signal, rate: float, on_progress: Share = lambda share: None) -> Signal:
    """Return a recording so many times as fast, at the same pitch.

    Parameters
    ----------
    signal : Signal
    rate : float
        0.25 to 4.
    on_progress : callable
        Called with the share that is done.

    Returns
    -------
    signal : Signal
        ``1 / rate`` times as long.

    Raises
    ------
    ParameterError
        If the rate is out of range.
    """
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ParameterError(
            _("rate={rate} was given; use {min_rate:g} to {max_rate:g}.").format(
                rate=rate, min_rate=MIN_RATE, max_rate=MAX_RATE
            )
        )
    spectrum = stft(signal.samples, n_fft=N_FFT, hop_length=HOP_LENGTH)
    stretched = phase_vocoder(spectrum, rate, hop_length=HOP_LENGTH, on_progress=on_progress)
    n_samples = round(len(signal.samples) / rate)
    return replace(signal, samples=istft(stretched, hop_length=HOP_LENGTH, n_samples=n_samples))


def change_pitch(
    signal: Signal, semitones: float, on_progress: Share = lambda share: None
) -> Signal:
    """Return a recording so many semitones higher, at the same tempo.

    Parameters
    ----------
    signal : Signal
    semitones : float
        Below 0: lower.
    on_progress : callable
        Called with the share that is done.

    Returns
    -------
    signal : Signal
        As long as before.
    """
    import soxr

    rate = 2 ** (-semitones / 12)
    stretched = change_tempo(signal, rate, on_progress)
    resampled = soxr.resample(stretched.samples, signal.sr / rate, signal.sr)
    samples = np.zeros(len(signal.samples), np.float32)
    samples[: len(resampled)] = resampled[: len(samples)]
    return replace(signal, samples=samples)


def phase_vocoder(
    spectrum: np.ndarray,
    rate: float,
    *,
    hop_length: int,
    on_progress: Share = lambda share: None,
) -> np.ndarray:
    """Return a spectrum read at another speed, with each bin's phase going on at its own frequency.

    Parameters
    ----------
    spectrum : np.ndarray [shape=(n_frames, 1 + n_fft // 2), dtype=complex64]
    rate : float
    hop_length : int
    on_progress : callable
        Called with the share that is done.

    Returns
    -------
    spectrum : np.ndarray [shape=(ceil(n_frames / rate), 1 + n_fft // 2), dtype=complex64]
        As ``librosa.phase_vocoder`` has it.
    """
    n_bins = spectrum.shape[1]
    times = np.arange(0, len(spectrum), rate)
    advance = np.pi * hop_length * np.arange(n_bins) / (n_bins - 1)  # in radians a frame
    phase = np.angle(spectrum[0]).astype(np.float64)
    padded = np.concatenate([spectrum, np.zeros((2, n_bins), spectrum.dtype)])
    stretched = np.empty((len(times), n_bins), np.complex64)
    for start in range(0, len(times), BATCH_FRAMES):
        batch = times[start : start + BATCH_FRAMES]
        first, share = batch.astype(int), (batch % 1)[:, np.newaxis]
        before, after = padded[first], padded[first + 1]
        magnitude = (1 - share) * np.abs(before) + share * np.abs(after)
        # By how much more than its middle frequency a bin turns from one frame to the next.
        turn = np.angle(after).astype(np.float64) - np.angle(before) - advance
        turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
        phases = phase + np.cumsum(turn + advance, axis=0)
        stretched[start : start + len(batch)] = magnitude * np.exp(
            1j * np.concatenate([phase[np.newaxis], phases[:-1]])
        )
        phase = phases[-1]
        on_progress((start + len(batch)) / len(times))
    return stretched
