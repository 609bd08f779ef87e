"""Energy per pitch class, tuned to the recording.

Conventions
-----------
chroma
    Energy per pitch class, C first, octaves folded together, each frame's largest value 1.
tuning
    How far the recording's notes lie from those tuned to A at 440 Hz, in semitones.
"""

from __future__ import annotations

import numpy as np

from genre.spectra.stft import TINY

N_CHROMA = 12
LOWEST_PITCH, HIGHEST_PITCH = 150.0, 4000.0
MIN_PEAK = 0.1
"""Of a frame's largest value; below it a peak is no pitch."""
CENTRE_OCTAVE, OCTAVE_WIDTH = 5.0, 2.0
"""What counts most: around A at 440 Hz, less by a Gaussian of two octaves."""


def chroma(power: np.ndarray, *, sr: int) -> np.ndarray:
    """Return the chroma of each frame, tuned to the recording.

    Parameters
    ----------
    power : np.ndarray [shape=(n_frames, 1 + n_fft // 2), dtype=float32]
    sr : int

    Returns
    -------
    chroma : np.ndarray [shape=(n_frames, 12), dtype=float32]
        As ``librosa.feature.chroma_stft`` has it; 0 where nothing sounds.
    """
    n_fft = 2 * (power.shape[1] - 1)
    energy = power @ chroma_filters(sr, n_fft, estimate_tuning(power, sr=sr)).T
    largest = energy.max(axis=1, keepdims=True)
    return energy / np.where(largest < TINY, 1, largest)


def estimate_tuning(power: np.ndarray, *, sr: int) -> float:
    """Return how far most pitches lie from the nearest note, -0.5 to 0.5 semitones.

    Parameters
    ----------
    power : np.ndarray [shape=(n_frames, 1 + n_fft // 2), dtype=float32]
    sr : int

    Returns
    -------
    tuning : float
        To 0.01, as ``librosa.estimate_tuning`` has it; 0 without any pitch.
    """
    n_fft = 2 * (power.shape[1] - 1)
    frequencies = np.arange(power.shape[1]) * sr / n_fft
    lies_in_range = (frequencies >= LOWEST_PITCH) & (frequencies < min(HIGHEST_PITCH, sr / 2))
    bins = np.flatnonzero(lies_in_range)
    bins = bins[(bins > 0) & (bins < power.shape[1] - 1)]
    loudest = MIN_PEAK * power.max(axis=1, keepdims=True)
    before, here, after = (power[:, bins + shift] for shift in (-1, 0, 1))
    is_peak = (here > loudest) & (here >= np.where(after > loudest, after, 0))
    is_peak &= here > np.where(before > loudest, before, 0)
    before, here, after = before[is_peak], here[is_peak], after[is_peak]
    # A parabola through three bins has its top between them.
    slope, curvature = (after - before) / 2, before + after - 2 * here
    is_curved = np.abs(slope) < np.abs(curvature)
    shift = np.divide(-slope, curvature, out=np.zeros_like(slope), where=is_curved)
    heights = here + 0.5 * slope * shift
    pitches = ((np.nonzero(is_peak)[1] + bins[:1] + shift) * sr / n_fft).astype(np.float32)  # Hz
    if not len(pitches):
        return 0.0
    octaves = np.log2(pitches[heights >= np.median(heights)] / (440 / 16))
    semitones = np.mod(N_CHROMA * octaves, 1)
    counts, edges = np.histogram(
        np.where(semitones >= 0.5, semitones - 1, semitones), np.linspace(-0.5, 0.5, 101)
    )
    return float(edges[np.argmax(counts)])


def chroma_filters(sr: int, n_fft: int, tuning: float) -> np.ndarray:
    """Return how much each bin of a spectrum counts for each pitch class.

    Returns
    -------
    filters : np.ndarray [shape=(12, 1 + n_fft // 2), dtype=float32]
        As ``librosa.filters.chroma`` has them [1]_.

    References
    ----------
    .. [1] D. P. W. Ellis, "Chroma feature analysis and synthesis", 2007,
       https://www.ee.columbia.edu/~dpwe/resources/matlab/chroma-ansyn/
    """
    frequencies = np.arange(1, n_fft) * sr / n_fft
    a_440 = 440.0 * 2 ** (tuning / N_CHROMA)
    semitones = N_CHROMA * np.log2(frequencies / (a_440 / 16))
    semitones = np.concatenate([[semitones[0] - 1.5 * N_CHROMA], semitones])  # 0 Hz has none
    widths = np.concatenate([np.maximum(np.diff(semitones), 1), [1]])
    distance = semitones - np.arange(N_CHROMA)[:, np.newaxis]
    distance = np.mod(distance + N_CHROMA / 2, N_CHROMA) - N_CHROMA / 2
    filters = np.exp(-0.5 * (2 * distance / widths) ** 2)
    filters /= np.sqrt(np.square(filters).sum(axis=0))
    filters *= np.exp(-0.5 * ((semitones / N_CHROMA - CENTRE_OCTAVE) / OCTAVE_WIDTH) ** 2)
    c_first = np.roll(filters, -3, axis=0)  # they were counted from A
    return c_first[:, : 1 + n_fft // 2].astype(np.float32)
