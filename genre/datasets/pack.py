"""Feature packs: a dataset's frames in a few megabytes, with no audio in them.

Conventions
-----------
A pack is a folder: ``pack.json`` (settings, scales, checksum), ``tracks.csv``
(one line per track) and ``frames.npz`` (int16 frames with a scale and an offset
per value).  ``docs/formats.md`` lists every key.  The same tracks give the
same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.musicnn_network import N_PENULTIMATE
from genre.audio.segments import repeat_frames
from genre.datasets.pack_header import (
    COLUMNS,
    HEADER,
    PACK_FILE,
    PACK_VERSION,
    VERSIONED,
    read_tracks,
)
from genre.datasets.types import SegmentSet, Skipped
from genre.errors import DatasetError, ParameterError
from genre.system.files import write_bytes
from genre.system.folders import replacing_folder
from genre.system.npz import UNREADABLE, read_arrays
from genre.system.schema import (
    Damaged,
    brief,
    read_json,
)

_MAX_BYTES = 2**31
"""A pack whose arrays claim more than 2 GiB is refused unread."""


def write_pack(folder: Path, data: SegmentSet, *, description: str = "") -> None:
    """Write a dataset as a feature pack.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; an earlier pack in it is replaced, whole or not at all, unless
        folders lie beside it.
    data : SegmentSet
    description : str
        Where the data comes from; shown when the pack is opened.
    """
    versions = np.stack([_own_frames(version) for version in (data, *data.altered_versions())])
    frames, quantised = _quantise(versions)
    arrays: dict[str, Any] = {
        "frames": frames[0],  # (n_own_frames, n_values)
        "n_frames": data.n_frames.astype(np.int32),
        "track_index": data.track_index.astype(np.int32),
    }
    if len(frames) > 1:
        arrays["altered"] = frames[1:]  # (n_altered, n_own_frames, n_values)
    optional: dict[str, Any] = {}
    if data.teacher_values is not None:
        arrays["teacher_values"], optional["teacher_values"] = _quantise(data.teacher_values)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in data.tracks:
        writer.writerow([t.track_id, t.genre, t.artist or "", f"{t.seconds:.2f}", t.digest])
    files = {
        "frames.npz": buffer.getvalue(),
        "tracks.csv": table.getvalue().encode("utf-8", "surrogateescape"),
    }
    header = {
        "version": PACK_VERSION,
        "name": data.name,
        "description": description,
        "genres": list(data.genres),
        "n_tracks": len(data.tracks),
        "n_segments": len(data.frames),
        "features": data.features.to_dict(),
        **quantised,
        **optional,
        "skipped": [[s.name, s.reason] for s in data.skipped],
        "has_tracks": data.has_tracks,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[PACK_FILE] = (json.dumps(header, indent=1) + "\n").encode()
    others = [path for path in folder.glob("*") if path.name not in files]
    if (folder / PACK_FILE).exists() and all(path.is_file() for path in others):
        with replacing_folder(folder.resolve(), replace=True) as new:
            for path in others:
                shutil.copy2(path, new)
            _write_files(new, files)
    else:  # no pack until its header is there; folders of somebody else's are not moved
        folder.mkdir(parents=True, exist_ok=True)
        _write_files(folder, files)


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        write_bytes(folder / name, content)


def read_pack(folder: Path) -> SegmentSet:
    """Read a feature pack.

    Parameters
    ----------
    folder : Path
        A folder written by `write_pack`.

    Returns
    -------
    data : SegmentSet
        Frames within half a scale step of those that were written.

    Raises
    ------
    DatasetError
        If a file is missing, altered, or of another version.
    """
    try:
        header = read_json(folder / PACK_FILE)
        VERSIONED(header, PACK_FILE)
        version = header["version"]
        if version != PACK_VERSION:
            raise DatasetError(
                f"the pack {folder.name} has version {version}, this program reads version "
                f"{PACK_VERSION}. Extract it again from the audio."
            )
        HEADER(header, PACK_FILE)
        content = {name: (folder / name).read_bytes() for name in ("frames.npz", "tracks.csv")}
        for name, data in content.items():
            if hashlib.sha256(data).hexdigest() != header["sha256"][name]:
                raise DatasetError(
                    f"{name} in the pack {folder.name} is not the file that was written "
                    "(its checksum differs). Fetch the pack again, or extract it again."
                )
        tracks = read_tracks(content["tracks.csv"])
        frames, n_frames, track_index, altered, taught = _read_arrays(content["frames.npz"])
        features = FeatureConfig.from_dict(header["features"])
        scale, offset = (np.array(header[key], np.float32) for key in ("scale", "offset"))
        fits = (
            frames.shape == (n_frames.sum(), features.frame_values)
            and scale.shape == offset.shape == (features.frame_values,)
            and n_frames.min() >= 1
            and n_frames.max() <= features.n_frames
            and np.array_equal(np.unique(track_index), np.arange(len(tracks)))
            and len(track_index) == len(n_frames)
            and altered.shape[1:] == frames.shape
            and ("teacher_values" in header) == (taught is not None)
            and (taught is None or taught.shape == (len(n_frames), N_PENULTIMATE))
        )
        if not fits:
            raise ValueError("its arrays do not fit each other")
        versions = [
            _whole_frames(version * scale + offset, n_frames, features.n_frames)
            for version in (frames, *altered)
        ]
        return SegmentSet(
            frames=versions[0],
            altered=np.stack(versions[1:]) if len(altered) else None,
            teacher_values=_read_teacher_values(taught, header),
            n_frames=n_frames,
            track_index=track_index,
            tracks=tracks,
            features=features,
            name=header["name"],
            skipped=tuple(Skipped(name, reason) for name, reason in header["skipped"]),
            has_tracks=header["has_tracks"],
        )
    except (*UNREADABLE, IndexError, csv.Error) as error:
        if isinstance(error, ParameterError):
            raise
        what = "" if isinstance(error, Damaged) else f"{type(error).__name__}: "
        raise DatasetError(
            f"the pack {folder.name} cannot be read ({brief(f'{what}{error}')}). "
            "Fetch it again, or extract it again from the audio."
        ) from error


def _quantise(values: np.ndarray) -> tuple[np.ndarray, dict[str, list[float]]]:
    """Return values as int16, with the offset and scale of each on the last axis."""
    others = tuple(range(values.ndim - 1))
    low, high = (f(values, axis=others).astype(np.float64) for f in (np.min, np.max))
    offset = (high + low) / 2
    scale = np.maximum((high - low) / (2 * 32_767), 1e-9)
    numbers = np.round((values - offset) / scale).astype(np.int16)
    return numbers, {"offset": offset.tolist(), "scale": scale.tolist()}


def _read_teacher_values(numbers: np.ndarray | None, header: dict[str, Any]) -> np.ndarray | None:
    """Return the teacher values of all segments, if the pack holds any."""
    if numbers is None:
        return None
    scale, offset = (
        np.array(header["teacher_values"][key], np.float32) for key in ("scale", "offset")
    )
    values: np.ndarray = numbers * scale + offset
    return values


def _own_frames(data: SegmentSet) -> np.ndarray:
    """Return the frames of all segments, (n_own_frames, n_values), without repetitions."""
    return np.concatenate([f[:n] for f, n in zip(data.frames, data.n_frames, strict=True)])


def _whole_frames(own: np.ndarray, n_own: np.ndarray, n_frames: int) -> np.ndarray:
    """Return the frames of all segments, (n_segments, n_frames, n_values), short ones repeated."""
    parts = np.split(own, np.cumsum(n_own)[:-1])
    return np.stack([repeat_frames(part[np.newaxis], n_frames)[0] for part in parts])


def _read_arrays(
    content: bytes,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Read the arrays, refusing what would unpack to gigabytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MAX_BYTES:
            raise DatasetError("the pack unpacks to more than 2 GiB. Split it into smaller ones.")
    arrays = read_arrays(io.BytesIO(content))
    found = tuple(arrays[name] for name in ("frames", "n_frames", "track_index"))
    if [(array.ndim, array.dtype.kind) for array in found] != [(2, "i"), (1, "i"), (1, "i")]:
        raise ValueError("its arrays are not of the right shapes and types")
    frames, n_frames, track_index = found
    altered = arrays.get("altered", np.empty((0, *frames.shape), np.int16))
    if (altered.ndim, altered.dtype.kind) != (3, "i"):
        raise ValueError("its altered versions are not of the right shape and type")
    taught = arrays.get("teacher_values")
    if taught is not None and (taught.ndim, taught.dtype.kind) != (2, "i"):
        raise ValueError("its teacher values are not of the right shape and type")
    return frames, n_frames, track_index, altered, taught
