"""A zip of a genre folder to a dataset: unpacked to a folder that is deleted afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

from genre.audio.feature_config import FeatureConfig
from genre.datasets.archives import unpack_files
from genre.datasets.folder import extract_recordings
from genre.datasets.layout import find_tracks
from genre.datasets.types import Progress, SegmentSet


def extract_zip(
    path: Path,
    features: FeatureConfig,
    *,
    teacher_values: bool = False,
    on_progress: Progress | None = None,
) -> SegmentSet:
    """Extract the frames of every recording in a zipped genre folder.

    Parameters
    ----------
    path : Path
        A zip of what `genre.datasets.folder.extract_folder` takes.
    features : FeatureConfig
        The frames to compute.
    teacher_values : bool
        Whether to compute what a teacher reads of each segment as well.
    on_progress : callable, optional
        Called after each track.

    Returns
    -------
    data : SegmentSet
        What could not be used, links and zips within the zip among it, is listed
        in ``skipped``.

    Raises
    ------
    DatasetError
        If the file is no zip, holds more than it may, or nothing that can be used.
    """
    with tempfile.TemporaryDirectory() as temporary:
        files, skipped = unpack_files(path, Path(temporary))
        found, passed_over = find_tracks(files)
        skipped += passed_over
        return extract_recordings(
            found,
            skipped,
            features,
            name=path.stem,
            teacher_values=teacher_values,
            on_progress=on_progress,
        )
