"""One recording to what a dataset holds of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.segments import audible_segments
from genre.datasets.types import Skipped, Track
from genre.errors import AudioError


@dataclass(frozen=True, slots=True, eq=False)
class Extracted:
    """A recording that was described.

    Parameters
    ----------
    track : Track
    frames : np.ndarray [shape=(n_segments, n_frames, frame_values), dtype=float32]
        Of its audible segments.
    teacher_values : np.ndarray [shape=(n_segments, 200), dtype=float32], optional
        As in `genre.datasets.types.SegmentSet`, where they were asked for.
    """

    track: Track
    frames: np.ndarray
    teacher_values: np.ndarray | None = None


def extract_track(
    path: Path, track: Track, features: FeatureConfig, *, teacher_values: bool = False
) -> Extracted | Skipped:
    """Extract the frames of one recording.

    Parameters
    ----------
    path : Path
        The recording.
    track : Track
        What is known of it; length and digest are filled in.
    features : FeatureConfig
        The frames to compute.
    teacher_values : bool
        Whether to compute these as well, from the same samples.

    Returns
    -------
    result : Extracted or Skipped
        Silent segments are left out.  A reason, rather than an exception, where
        the recording cannot be used: one bad file never costs the others.
    """
    try:
        signal = load_audio(path, sr=features.sr)
        audible = audible_segments(signal, features)
        if not audible.any():  # what follows the last whole segment is not used
            return Skipped(track.track_id, "the recording is silent")
        frames = extract_frames(signal, features)
    except AudioError as error:
        return Skipped(track.track_id, str(error))
    described = replace(track, seconds=round(signal.seconds, 2), digest=signal.digest())
    taught = None
    if teacher_values:  # of the same samples: the same segments
        taught = extract_windows(signal, MusicnnConfig()).values[audible].mean(axis=1)
    return Extracted(described, frames[audible], taught)
