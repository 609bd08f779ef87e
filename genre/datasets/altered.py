"""The recordings of a dataset as they sound elsewhere, described like the dataset itself."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.audio.alterations import alter_at_random
from genre.audio.feature_config import FeatureConfig
from genre.audio.features import extract_frames
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments, repeat_frames
from genre.cluster.here import LocalFile
from genre.cluster.tasks import run_tasks
from genre.datasets.layout import scan_folder
from genre.datasets.pack_header import is_large
from genre.datasets.types import Progress, SegmentSet, Track
from genre.errors import DatasetError
from genre.language import _
from genre.storage.growing import GrowingArray
from genre.storage.rows import Rows


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
    paths = {track.track_id: path for path, track in scan_folder(folder)[0]}
    if absent := [track.track_id for track in data.tracks if track.track_id not in paths]:
        raise DatasetError(
            _(
                "{n_absent} tracks of {name} are not in '{folder}' (first {absent}). Give the "
                "folder that it was extracted from."
            ).format(n_absent=len(absent), name=data.name, folder=folder.name, absent=absent[0])
        )
    tasks = (
        (LocalFile(paths[track.track_id]), track, data.features, n_altered) for track in data.tracks
    )
    row_shape = (data.features.n_frames, data.features.frame_values)
    with ExitStack() as stack:
        versions = [stack.enter_context(GrowingArray(row_shape)) for _i in range(n_altered)]
        if is_large(data.features, int(data.n_frames.sum()), 1 + n_altered):
            for version in versions:
                version.move_to_disk()
        results = stack.enter_context(closing(run_tasks(_altered_frames, tasks, n_jobs=n_jobs)))
        for i, (track, of_track) in enumerate(zip(data.tracks, results, strict=True)):
            for version, frames in zip(versions, of_track, strict=True):
                version.append(frames)
            if on_progress:
                on_progress(i + 1, len(data.tracks), track.track_id)
        finished = [version.finish() for version in versions]
    is_on_disk = isinstance(finished[0], Rows)
    return replace(data, altered=tuple(finished) if is_on_disk else np.stack(finished))


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
