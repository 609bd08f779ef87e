"""One recording as a page shows it: prediction, waveform and MFCCs.

The size of a view does not depend on the song's length, and it holds no audio.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.signal import waveform_envelope
from genre.models.prediction import Classifier, Prediction, classify_frames

MAX_COLUMNS = 1500
"""Columns of MFCCs kept: as many as a wide screen can show."""


@dataclass(frozen=True, slots=True, eq=False)
class SongView:
    """What is drawn of one recording.

    Parameters
    ----------
    prediction : Prediction
    envelope : np.ndarray [shape=(n_buckets, 2), dtype=float32]
        Lowest and highest sample of each stretch of the whole recording.
    mfcc : np.ndarray [shape=(n_columns, n_mfcc), dtype=float32]
        Frames of all segments in playing order, averaged to at most `MAX_COLUMNS`.
    column_seconds : float
        Time from one column to the next.
    """

    prediction: Prediction
    envelope: np.ndarray
    mfcc: np.ndarray
    column_seconds: float


def view_song(source: str | Path | bytes | BinaryIO, classifier: Classifier) -> SongView:
    """Decode and classify a recording once, and keep what is drawn of it.

    Parameters
    ----------
    source : path, bytes or file object
    classifier : Classifier

    Returns
    -------
    view : SongView

    Raises
    ------
    AudioError
        If the recording cannot be read, is shorter than half a second, or silent.
    """
    signal = load_audio(source, sr=classifier.features.sr)
    frames = extract_frames(signal, classifier.features)
    prediction = classify_frames(frames, signal, classifier)
    mfcc = average_columns(frames.reshape(-1, frames.shape[2]))  # (n_columns, n_mfcc)
    drawn_seconds = min(signal.seconds, len(frames) * classifier.features.segment_seconds)
    return SongView(
        prediction=prediction,
        envelope=waveform_envelope(signal),
        mfcc=mfcc,
        column_seconds=drawn_seconds / len(mfcc),
    )


def average_columns(frames: np.ndarray, n_columns: int = MAX_COLUMNS) -> np.ndarray:
    """Average neighbouring frames until no more than a screen can show are left.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_frames, n_mfcc)]
    n_columns : int
        The most to return.

    Returns
    -------
    columns : np.ndarray [shape=(min(n_frames, n_columns), n_mfcc), dtype=float32]
        Each the mean of about as many frames; every frame counts in exactly one.
    """
    n = min(len(frames), n_columns)
    starts = np.arange(n) * len(frames) // n
    counts = np.diff(np.append(starts, len(frames)))
    return (np.add.reduceat(frames, starts, axis=0) / counts[:, np.newaxis]).astype(np.float32)
