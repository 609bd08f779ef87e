"""A zip of a genre folder to a dataset: unpacked to a folder that is deleted afterwards."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from genre.audio.feature_config import FeatureConfig
from genre.datasets.archives import unpack_genres
from genre.datasets.folder import extract_folder
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
        A zip with one folder of recordings for each genre.
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
        skipped = unpack_genres(path, Path(temporary))
        data = extract_folder(
            Path(temporary), features, teacher_values=teacher_values, on_progress=on_progress
        )
    return replace(data, name=path.stem, skipped=(*skipped, *data.skipped))
