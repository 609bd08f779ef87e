"""Feature packs: a dataset's frames in a few megabytes, or on the disk, with no audio in them.

Conventions
-----------
A pack is a folder: ``pack.json`` (settings, scales, checksums), ``tracks.csv`` (one line per
track) and the frames as int16 with a scale and an offset per value: in ``frames.npz``, which is
read whole, or, where they are many, in ``.npy`` files, which are mapped and read by rows.
``docs/formats.md`` lists every key.  The same tracks give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.musicnn_network import N_PENULTIMATE
from genre.datasets.data_files import name_of
from genre.datasets.pack_header import (
    FILES,
    MAPPED,
    PACK_FILE,
    PACK_VERSIONS,
    check_files,
    check_header,
    is_large,
    read_index,
    read_tracks,
    write_tracks,
)
from genre.datasets.types import SegmentSet, Skipped
from genre.errors import DatasetError, ParameterError
from genre.language import _
from genre.storage.mapped import ArrayWriter, MappedArray, digest_of, note_as_written
from genre.storage.rows import Array, chunks
from genre.storage.segments import (
    PART_BYTES,
    Scale,
    StoredSegments,
    own_parts,
    range_of,
    single_rows,
)
from genre.system.files import write_bytes
from genre.system.folders import replacing_folder
from genre.system.npz import UNREADABLE, read_arrays
from genre.system.schema import Damaged, brief, read_json

_MAX_BYTES = 2**31
"""A packed pack whose arrays claim more than 2 GiB is refused unread."""


def write_pack(
    folder: Path, data: SegmentSet, *, description: str = "", is_mapped: bool | None = None
) -> None:
    """Write a dataset as a feature pack, a part at a time.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; an earlier pack in it is replaced, whole or not at all, unless
        folders lie beside it.
    data : SegmentSet
    description : str
        Where the data comes from; shown when the pack is opened.
    is_mapped : bool, optional
        Whether its frames are to be mapped when it is read; unless given, where they are many.
    """
    if is_mapped is None:
        n_versions = 1 + len(data.altered_versions())
        is_mapped = is_large(data.features, int(data.n_frames.sum()), n_versions)
    others = [path for path in folder.glob("*") if path.name not in FILES]
    if (folder / PACK_FILE).exists() and all(path.is_file() for path in others):
        with replacing_folder(folder.resolve(), replace=True) as new:
            for path in others:
                shutil.copy2(path, new)
            _write_files(new, data, description, is_mapped=is_mapped)
    else:  # no pack until its header is there; folders of somebody else's are not moved
        folder.mkdir(parents=True, exist_ok=True)
        _write_files(folder, data, description, is_mapped=is_mapped)
    digests = read_json(folder / PACK_FILE)["sha256"]
    for name in FILES - {*digests, PACK_FILE}:
        (folder / name).unlink(missing_ok=True)  # of an earlier pack
    for name in MAPPED & {*digests}:  # it need not be read to know that it is as it was written
        note_as_written(folder / name, digests[name])


def _write_files(folder: Path, data: SegmentSet, description: str, *, is_mapped: bool) -> None:
    """Write the files of a pack, its header last."""
    versions: list[Array] = [data.frames, *(data.altered if data.altered is not None else ())]
    scale = Scale.between(
        *range_of(part for of in versions for part in own_parts(of, data.n_frames))
    )
    taught = None
    if data.teacher_values is not None:
        values = data.teacher_values
        taught = Scale.between(*range_of(values[part] for part in chunks(values, PART_BYTES)))
    write = _write_mapped if is_mapped else _write_packed
    written = write(folder, data, versions, scale, taught)
    write_bytes(folder / "tracks.csv", write_tracks(data.tracks))
    header = {
        "version": PACK_VERSIONS[bool(is_mapped)],
        "name": data.name,
        "description": description,
        "genres": list(data.genres),
        "n_tracks": len(data.tracks),
        "n_segments": len(data.frames),
        "features": data.features.to_dict(),
        **scale.to_dict(),
        **({"teacher_values": taught.to_dict()} if taught else {}),
        "skipped": [[s.name, s.reason] for s in data.skipped],
        "has_tracks": data.has_tracks,
        "sha256": {name: digest_of(folder / name) for name in (*written, "tracks.csv")},
    }
    write_bytes(folder / PACK_FILE, (json.dumps(header, indent=1) + "\n").encode())


def _index(data: SegmentSet) -> dict[str, Any]:
    """Return which frames and which track belong to each segment."""
    return {
        "n_frames": data.n_frames.astype(np.int32),
        "track_index": data.track_index.astype(np.int32),
    }


def _write_packed(
    folder: Path, data: SegmentSet, versions: Sequence[Array], scale: Scale, taught: Scale | None
) -> list[str]:
    """Write all arrays, compressed, in one file; return its name."""
    frames = [
        np.concatenate([scale.encode(part) for part in own_parts(of, data.n_frames)])
        for of in versions
    ]
    arrays = {"frames": frames[0], **_index(data)}
    if len(frames) > 1:
        arrays["altered"] = np.stack(frames[1:])  # (n_altered, n_own_frames, n_values)
    if taught:
        arrays["teacher_values"] = taught.encode(np.asarray(data.teacher_values))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_bytes(folder / "frames.npz", buffer.getvalue())
    return ["frames.npz"]


def _write_mapped(
    folder: Path, data: SegmentSet, versions: Sequence[Array], scale: Scale, taught: Scale | None
) -> list[str]:
    """Write each large array in a file of its own, a part at a time; return the files' names."""
    written = {"frames.npy": versions[:1], "altered.npy": versions[1:]}
    for name, arrays in written.items():
        if arrays:
            with ArrayWriter(folder / name, (data.features.frame_values,), np.int16) as file:
                for of in arrays:
                    for part in own_parts(of, data.n_frames):
                        file.append(scale.encode(part))
    if taught:
        written["teacher_values.npy"] = values = [data.teacher_values]
        with ArrayWriter(folder / "teacher_values.npy", (N_PENULTIMATE,), np.int16) as file:
            for rows in chunks(values[0], PART_BYTES):
                file.append(taught.encode(values[0][rows]))
    buffer = io.BytesIO()
    np.savez(buffer, **_index(data))
    write_bytes(folder / "segments.npz", buffer.getvalue())
    return ["segments.npz", *(name for name, arrays in written.items() if arrays)]


def read_pack(folder: Path) -> SegmentSet:
    """Read a feature pack; of one that is mapped, no more than the frames that are asked for.

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
        header = check_header(folder)
        check_files(folder, header["sha256"])
        tracks = read_tracks((folder / "tracks.csv").read_bytes())
        is_mapped = header["version"] == PACK_VERSIONS[True]
        held = _open_mapped(folder, header) if is_mapped else _read_packed(folder)
        features = FeatureConfig.from_dict(header["features"])
        scale = Scale.from_dict(header)
        n_frames, track_index, taught = held.n_frames, held.track_index, held.taught
        shape = (int(n_frames.sum()), features.frame_values)
        fits = (
            all(version.shape == shape for version in held.versions)
            and scale.scale.shape == scale.offset.shape == shape[1:]
            and n_frames.min() >= 1
            and n_frames.max() <= features.n_frames
            and np.array_equal(np.unique(track_index), np.arange(len(tracks)))
            and len(track_index) == len(n_frames)
            and ("teacher_values" in header) == (taught is not None)
            and (taught is None or taught.shape == (len(n_frames), N_PENULTIMATE))
        )
        if not fits:
            raise ValueError(_("its arrays do not fit each other"))
        frames, *others = (
            StoredSegments(version, n_frames, features.n_frames, scale).rows()
            for version in held.versions
        )
        altered = tuple(others) or None
        return SegmentSet(
            frames=frames if is_mapped else frames[:],
            altered=altered if is_mapped or not altered else np.stack([of[:] for of in altered]),
            teacher_values=taught
            if taught is None
            else single_rows(taught, Scale.from_dict(header["teacher_values"])),
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
        said = _(
            "the pack {name} cannot be read ({reason}). Fetch it again, or extract it again "
            "from the audio."
        ).format(name=name_of(folder), reason=brief(f"{what}{error}"))
        raise DatasetError(said) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The arrays of a pack, not yet believed.

    ``versions`` are the own frames of all segments, (n_own_frames, n_values), as they are and in
    each altered version.
    """

    n_frames: np.ndarray
    track_index: np.ndarray
    versions: list[np.ndarray] | list[MappedArray]
    taught: np.ndarray | MappedArray | None


def _open_mapped(folder: Path, header: Mapping[str, Any]) -> _Held:
    """Map the large arrays of a pack."""
    with (folder / "segments.npz").open("rb") as file:
        n_frames, track_index = read_index(read_arrays(file))
    versions = [MappedArray(folder / "frames.npy")]
    if "altered.npy" in header["sha256"]:
        n = len(MappedArray(folder / "altered.npy")) // max(1, len(versions[0]))
        versions += [MappedArray(folder / "altered.npy", k, n) for k in range(n)]
    taught = None
    if "teacher_values.npy" in header["sha256"]:
        taught = MappedArray(folder / "teacher_values.npy")
    if any(array.dtype != np.int16 for array in (*versions, *([taught] if taught else ()))):
        raise ValueError(_("its arrays are not of the right shapes and types"))
    return _Held(n_frames, track_index, versions, taught)


def _read_packed(folder: Path) -> _Held:
    """Read the arrays of a pack, refusing what would unpack to gigabytes."""
    with zipfile.ZipFile(folder / "frames.npz") as archive:
        if sum(member.file_size for member in archive.infolist()) > _MAX_BYTES:
            raise DatasetError(
                _("the pack unpacks to more than 2 GiB. Split it into smaller ones.")
            )
    with (folder / "frames.npz").open("rb") as file:
        arrays = read_arrays(file)
    n_frames, track_index = read_index(arrays)
    frames = arrays["frames"]
    if (frames.ndim, frames.dtype.kind) != (2, "i"):
        raise ValueError(_("its arrays are not of the right shapes and types"))
    altered = arrays.get("altered", np.empty((0, *frames.shape), np.int16))
    if (altered.ndim, altered.dtype.kind) != (3, "i"):
        raise ValueError(_("its altered versions are not of the right shape and type"))
    taught = arrays.get("teacher_values")
    if taught is not None and (taught.ndim, taught.dtype.kind) != (2, "i"):
        raise ValueError(_("its teacher values are not of the right shape and type"))
    return _Held(n_frames, track_index, [frames, *altered], taught)
