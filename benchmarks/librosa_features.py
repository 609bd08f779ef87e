"""The features a model asks for, computed the usual way: librosa, segment by segment.

They equal those of `genre.audio.features`, so what is compared is how, not what, is computed.
Settings are given as an object with the fields of a model card's ``features``.
"""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np


def extract_mfccs(samples: np.ndarray, features: Any) -> np.ndarray:
    """Return the MFCCs of each whole segment [shape=(n_segments, n_frames, n_mfcc)].

    A recording shorter than one segment gives one segment with fewer frames.
    """
    n = round(features.segment_seconds * features.sr)
    mfccs = [
        librosa.feature.mfcc(
            y=samples[start : start + n],
            sr=features.sr,
            n_mfcc=features.n_mfcc,
            n_fft=features.n_fft,
            hop_length=features.hop_length,
        ).T
        for start in range(0, max(len(samples) - n, 0) + 1, n)
    ]
    return np.array(mfccs)


def extract_steps(samples: np.ndarray, features: Any) -> np.ndarray:
    """Return what the network reads [shape=(n_segments, n_steps, n_values)]."""
    values = extract_mfccs(samples, features)
    if features.deltas:
        deltas = librosa.feature.delta(values, axis=1)
        values = np.concatenate([values, deltas], axis=-1)
    n = features.texture_frames
    if n <= 1:
        return values
    n_segments, n_frames, n_values = values.shape
    n_steps = n_frames // n
    windows = values[:, : n_steps * n].reshape(n_segments, n_steps, n, n_values)
    return np.concatenate([windows.mean(axis=2), windows.std(axis=2)], axis=-1)
