"""What a pack says of itself, without its frames: features, tracks, what else it holds."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.datasets.types import Track, TrackList
from genre.errors import DatasetError
from genre.system.schema import (
    anything,
    file_name,
    flag,
    items,
    number,
    printable,
    read_json,
    record,
    table,
    text,
    whole,
)

PACK_FILE = "pack.json"
PACK_VERSION = 1
COLUMNS = ("track_id", "genre", "artist", "seconds", "digest")
VERSIONED = record(version=whole())
_FLOAT = items(number(-3e38, 3e38))
QUANTISED = {"offset": _FLOAT, "scale": _FLOAT}
"""How values of a single precision are made of whole numbers."""
HEADER = record(
    {"teacher_values": record(**QUANTISED)},
    name=file_name,
    features=table(anything),
    **QUANTISED,
    skipped=items(items(file_name)),
    has_tracks=flag,
    sha256=record(**{name: text for name in ("frames.npz", "tracks.csv")}),
)


def read_pack_features(folder: Path) -> FeatureConfig | None:
    """Read how the frames of a pack were made, without the frames.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    features : FeatureConfig or None
        None where there is no pack, or a corrupt one: `read_pack` says why.
    """
    try:
        header = read_json(folder / PACK_FILE)
        HEADER(header, PACK_FILE)
        return FeatureConfig.from_dict(header["features"])
    except (ValueError, TypeError):  # Damaged and ParameterError are of these
        return None


def read_pack_tracks(folder: Path, *, whole_only: bool = False) -> TrackList:
    """Read the tracks of a pack, without its frames.

    Parameters
    ----------
    folder : Path
    whole_only : bool
        Leave out tracks that fill no segment, as `SegmentSet.whole_segments` does.

    Returns
    -------
    tracks : TrackList

    Raises
    ------
    DatasetError
        If the pack cannot be read.
    """
    try:
        header = read_json(folder / PACK_FILE)
        HEADER(header, PACK_FILE)
        features = FeatureConfig.from_dict(header["features"])
        tracks = read_tracks((folder / "tracks.csv").read_bytes())
        if whole_only:
            with np.load(folder / "frames.npz", allow_pickle=False) as arrays:
                is_whole = arrays["n_frames"] == features.n_frames
                with_whole = set(arrays["track_index"][is_whole].tolist())
            tracks = tuple(
                track
                for i, track in enumerate(tracks)
                if i in with_whole and not 0 < track.seconds < features.segment_seconds
            )
    except (OSError, ValueError, KeyError, TypeError, csv.Error, zipfile.BadZipFile) as error:
        raise DatasetError(
            f"the tracks of the pack {folder.name} cannot be read ({type(error).__name__}). "
            "Make the pack again."
        ) from error
    return TrackList(tracks, printable(header["name"]), header["has_tracks"])


def pack_has_teacher_values(folder: Path) -> bool:
    """Tell whether a pack that can be read says that it holds teacher values."""
    return "teacher_values" in read_json(folder / PACK_FILE)


def read_tracks(content: bytes) -> tuple[Track, ...]:
    """Read the track table."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8", "surrogateescape")))
    return tuple(
        Track(r["track_id"], r["genre"], r["artist"] or None, float(r["seconds"]), r["digest"])
        for r in rows
    )
