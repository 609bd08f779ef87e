"""What a pack says of itself, without its frames: features, tracks, what else it holds."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.datasets.data_files import name_of
from genre.datasets.types import Track, TrackList
from genre.errors import DatasetError
from genre.language import _
from genre.storage.mapped import digest_of, is_as_written
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
PACK_VERSIONS = (1, 2)
"""Of packs that are read whole, and of those that are mapped."""
MAPPED = frozenset({"frames.npy", "altered.npy", "teacher_values.npy"})
"""The files that are mapped."""
FILES = MAPPED | {PACK_FILE, "tracks.csv", "frames.npz", "segments.npz"}
"""All that a pack may have of its own."""
MAPPED_BYTES = 256 * 2**20
"""From how many bytes of int16 on frames are in files: while they are extracted, and in a pack."""
COLUMNS = ("track_id", "genre", "artist", "seconds", "digest")
VERSIONED = record(version=whole())
_FLOAT = items(number(-3e38, 3e38))
QUANTISED = {"offset": _FLOAT, "scale": _FLOAT}
"""How values of a single precision are made of whole numbers."""
_FIELDS = {
    "name": file_name,
    "features": table(anything),
    **QUANTISED,
    "skipped": items(items(file_name)),
    "has_tracks": flag,
}
_HEADERS = {
    version: record(
        {"teacher_values": record(**QUANTISED)},
        **_FIELDS,
        sha256=record(dict.fromkeys(optional, text), **dict.fromkeys(files, text)),
    )
    for version, files, optional in (
        (1, ("frames.npz", "tracks.csv"), ()),
        (2, ("frames.npy", "segments.npz", "tracks.csv"), MAPPED),
    )
}


def is_large(features: FeatureConfig, n_own_frames: int, n_versions: int = 1) -> bool:
    """Tell whether the frames of a dataset are so many that they are mapped, not held in memory.

    Parameters
    ----------
    features : FeatureConfig
    n_own_frames : int
        Of all segments, without the repetitions of short ones.
    n_versions : int
        The segments as they are, and each altered version of them.
    """
    return 2 * features.frame_values * n_own_frames * n_versions > MAPPED_BYTES


def check_header(folder: Path) -> dict[str, Any]:
    """Read the header of a pack, and check it.

    Raises
    ------
    Damaged
        If it cannot be read.
    DatasetError
        If it is of another version.
    """
    header = read_json(folder / PACK_FILE)
    VERSIONED(header, PACK_FILE)
    version = header["version"]
    if version not in PACK_VERSIONS:
        raise DatasetError(
            _(
                "the pack {name} has version {version}, this program reads version "
                "{pack_version}. Extract it again from the audio."
            ).format(
                name=name_of(folder),
                version=version,
                pack_version=", ".join(map(str, PACK_VERSIONS)),
            )
        )
    _HEADERS[version](header, PACK_FILE)
    return header


def check_files(folder: Path, digests: Mapping[str, str]) -> None:
    """Raise unless the files of a pack are those that were written.

    Raises
    ------
    DatasetError
    """
    for name in sorted(FILES & {*digests}):
        path, digest = folder / name, digests[name]
        is_same = is_as_written(path, digest) if name in MAPPED else digest_of(path) == digest
        if not is_same:
            raise DatasetError(
                _(
                    "{name} in the pack {pack} is not the file that was written (its checksum "
                    "differs). Fetch the pack again, or extract it again."
                ).format(name=name, pack=name_of(folder))
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
        header = check_header(folder)
        return FeatureConfig.from_dict(header["features"])
    except (DatasetError, ValueError, TypeError):  # Damaged and ParameterError are of these
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
        header = check_header(folder)
        features = FeatureConfig.from_dict(header["features"])
        tracks = read_tracks((folder / "tracks.csv").read_bytes())
        if whole_only:
            is_mapped = header["version"] == PACK_VERSIONS[1]
            place = folder / ("segments.npz" if is_mapped else "frames.npz")
            with np.load(place, allow_pickle=False) as arrays:
                is_whole = arrays["n_frames"] == features.n_frames
                with_whole = set(arrays["track_index"][is_whole].tolist())
            tracks = tuple(
                track
                for i, track in enumerate(tracks)
                if i in with_whole and not 0 < track.seconds < features.segment_seconds
            )
    except (OSError, ValueError, KeyError, TypeError, csv.Error, zipfile.BadZipFile) as error:
        raise DatasetError(
            _(
                "the tracks of the pack {name} cannot be read ({error}). Make the pack again."
            ).format(name=name_of(folder), error=type(error).__name__)
        ) from error
    return TrackList(tracks, printable(header["name"]), header["has_tracks"])


def pack_has_teacher_values(folder: Path) -> bool:
    """Tell whether a pack that can be read says that it holds teacher values."""
    return "teacher_values" in read_json(folder / PACK_FILE)


def read_index(arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return ``n_frames`` and ``track_index`` of a pack's arrays, or raise ValueError."""
    found = tuple(arrays[name] for name in ("n_frames", "track_index"))
    if [(array.ndim, array.dtype.kind) for array in found] != [(1, "i"), (1, "i")]:
        raise ValueError(_("its arrays are not of the right shapes and types"))
    return found[0], found[1]


def write_tracks(tracks: Sequence[Track]) -> bytes:
    """Return the track table as it is in a pack."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in tracks:
        writer.writerow([t.track_id, t.genre, t.artist or "", f"{t.seconds:.2f}", t.digest])
    return content.getvalue().encode("utf-8", "surrogateescape")


def read_tracks(content: bytes) -> tuple[Track, ...]:
    """Read the track table."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8", "surrogateescape")))
    return tuple(
        Track(r["track_id"], r["genre"], r["artist"] or None, float(r["seconds"]), r["digest"])
        for r in rows
    )
