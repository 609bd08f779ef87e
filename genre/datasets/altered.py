"""The recordings of a dataset as they sound elsewhere, described like the dataset itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.audio.alterations import alter_at_random
from genre.audio.feature_config import FeatureConfig
from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments, repeat_frames
from genre.datasets.layout import scan_folder
from genre.datasets.types import Progress, SegmentSet, Track
from genre.errors import DatasetError


def add_altered(
    data: SegmentSet,
    folder: Path,
    n_altered: int = 1,
    *,
    on_progress: Progress | None = None,
    n_jobs: int = -1,
) -> SegmentSet:
    """Add altered versions of every segment to a dataset, to train on.

    Parameters
    ----------
    data : SegmentSet
        As `genre.datasets.folder.extract_folder` made it of ``folder``.
    folder : Path
        Holds one folder of recordings for each genre.
    n_altered : int
        How many versions of each recording; each is altered in ways of its own.
    on_progress : callable, optional
        Called after each track.
    n_jobs : int
        Processes to use; -1 for one per core.

    Returns
    -------
    data : SegmentSet
        With ``altered``; the same audio gives the same numbers.

    Raises
    ------
    DatasetError
        If a track of the dataset is not in the folder.
    """
    from joblib import Parallel, delayed

    paths = {track.track_id: path for path, track in scan_folder(folder)[0]}
    if absent := [track.track_id for track in data.tracks if track.track_id not in paths]:
        raise DatasetError(
            f"{len(absent)} tracks of {data.name} are not in '{folder.name}' (first {absent[0]}). "
            "Give the folder that it was extracted from."
        )
    jobs = (
        delayed(_altered_frames)(paths[track.track_id], track, data.features, n_altered)
        for track in data.tracks
    )
    done = []
    for track, frames in zip(
        data.tracks, Parallel(n_jobs=n_jobs, return_as="generator")(jobs), strict=True
    ):
        done.append(frames)
        if on_progress:
            on_progress(len(done), len(data.tracks), track.track_id)
    return replace(data, altered=np.concatenate(done, axis=1))


def _altered_frames(
    path: Path, track: Track, features: FeatureConfig, n_altered: int
) -> np.ndarray:
    """Describe altered versions of a track, (n_altered, n_segments, n_frames, frame_values)."""
    signal = load_audio(path, sr=features.sr)
    audible = audible_segments(signal, features)  # of the original: the same segments
    first_seed = int(track.digest[:8], 16)
    versions = [
        extract_frames(alter_at_random(signal, first_seed + i), features)[audible]
        for i in range(n_altered)
    ]
    return np.stack([repeat_frames(frames, features.n_frames) for frames in versions])
