"""The reference system's data file: JSON with ``mapping``, ``labels`` and ``mfcc``."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio.feature_config import MfccConfig
from genre.audio.musicnn_network import N_PENULTIMATE
from genre.audio.segments import repeat_frames
from genre.datasets.types import SegmentSet, Track, check_kind
from genre.errors import DatasetError
from genre.language import _
from genre.system.files import replacing
from genre.system.schema import Damaged, check_bounds

FRAMES_DIGEST = "frames:"
"""How the digest of a track's frames begins, so that it is never taken for one of samples."""


def read_json(path: Path) -> SegmentSet:
    """Read the reference system's data file (its ``load_data``).

    Parameters
    ----------
    path : Path
        JSON with ``mapping`` (genre names), ``labels`` (one index per segment),
        ``mfcc`` (per segment its frames) and, optionally, ``track`` (one name per
        segment), ``artist`` and ``teacher_values`` (per segment 200 numbers).

    Returns
    -------
    data : SegmentSet
        Without ``track`` each segment stands alone and only the course split is allowed.
        There is no audio to digest: a track's digest is that of its frames, and says so.

    Raises
    ------
    DatasetError
        If an array is missing, ragged, or disagrees with another.
    """
    content = _read_content(path)
    mapping = _genre_names(content["mapping"])
    mfcc, labels = content.pop("mfcc"), content["labels"]
    n_frames = MfccConfig().n_frames
    frames, own = _frames_from_lists(path.name, mfcc, n_frames)
    for key in ("labels", "track", "artist", "teacher_values"):
        if key in content and len(content[key]) != len(frames):
            raise DatasetError(
                _(
                    "{name} has {n_frames} segments in mfcc but {n_content} entries in {key}. "
                    "There must be one for each segment."
                ).format(name=path.name, n_frames=len(frames), n_content=len(content[key]), key=key)
            )
    if not all(isinstance(i, int) and 0 <= i < len(mapping) for i in labels):
        raise DatasetError(
            _(
                "{name} has labels outside its mapping of {n_mapping} genres. Each label must "
                "be a whole number from 0 to {last}."
            ).format(name=path.name, n_mapping=len(mapping), last=len(mapping) - 1)
        )
    names = [str(n) for n in content.get("track", range(len(frames)))]
    artists = content.get("artist", [None] * len(frames))
    tracks: dict[tuple[str, str], Track] = {}
    seconds = MfccConfig().segment_seconds
    for name, label, artist, segment in zip(names, labels, artists, frames, strict=True):
        genre = mapping[label]
        before = tracks.get((genre, name), Track(name, genre, str(artist) if artist else None))
        digest = hashlib.sha256(before.digest.encode() + segment.tobytes()).hexdigest()
        digest = FRAMES_DIGEST + digest
        tracks[genre, name] = replace(before, seconds=before.seconds + seconds, digest=digest)
    order = {place: i for i, place in enumerate(tracks)}
    return SegmentSet(
        frames=frames,
        n_frames=own,
        track_index=np.array([order[mapping[la], n] for n, la in zip(names, labels, strict=True)]),
        tracks=tuple(tracks.values()),
        features=MfccConfig(n_mfcc=frames.shape[2]),
        name=path.stem,
        has_tracks="track" in content,
        teacher_values=_teacher_values(path.name, content.get("teacher_values")),
    )


def _teacher_values(name: str, values: list[list[float]] | None) -> np.ndarray | None:
    """Turn the teacher values of all segments into an array; None where there are none."""
    if values is None:
        return None
    try:
        array = np.array(values, dtype=np.float32)
    except (ValueError, TypeError, OverflowError):
        array = np.empty(0, np.float32)
    if array.shape != (len(values), N_PENULTIMATE) or not np.isfinite(array).all():
        raise DatasetError(
            _(
                "teacher_values in {name} is not a table of {n_penultimate} finite values for "
                "each segment. Export the file again."
            ).format(name=name, n_penultimate=N_PENULTIMATE)
        )
    return array


def _genre_names(mapping: list[object]) -> list[str]:
    """Return the last part of each path where all lie in one folder; else a name has the slash."""
    paths = [re.split(r"[/\\]", str(name).rstrip("/\\")) for name in mapping]
    is_path = len({tuple(parts[:-1]) for parts in paths}) == 1
    return [parts[-1] if is_path else str(name) for parts, name in zip(paths, mapping, strict=True)]


def _read_content(path: Path) -> dict[str, Any]:
    """Return what a file holds: its lists, as long and as odd as they may be."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file)
    except (ValueError, OSError, RecursionError) as error:
        raise DatasetError(
            _(
                "{name} is not a readable JSON file ({error}). Export it again, with mapping, "
                "labels and mfcc."
            ).format(name=path.name, error=type(error).__name__)
        ) from error
    content = content if isinstance(content, dict) else {}
    tables = ("mfcc", "teacher_values")  # nearly all of it: checked as they become arrays
    try:
        check_bounds({key: value for key, value in content.items() if key not in tables})
    except Damaged as error:
        raise DatasetError(
            _(
                "{name} cannot be read ({error}). Export it again, with mapping, labels and mfcc."
            ).format(name=path.name, error=error)
        ) from error
    missing = [key for key in ("mapping", "labels", "mfcc") if key not in content]
    if missing:
        raise DatasetError(
            _(
                "{name} lacks {missing}. A data file needs mapping (genre names), labels (one "
                "per segment) and mfcc (the frames of each segment)."
            ).format(name=path.name, missing=", ".join(missing))
        )
    for key in ("mapping", "labels", "mfcc", "track", "artist", "teacher_values"):
        if not isinstance(content.get(key, []), list):
            raise DatasetError(
                _("{key} in {name} is a {kind}, expected a list. Export the file again.").format(
                    key=key, name=path.name, kind=type(content[key]).__name__
                )
            )
    return content


def _frames_from_lists(
    name: str, mfcc: list[list[list[float]]], n_frames: int
) -> tuple[np.ndarray, np.ndarray]:
    """Turn nested lists into frames and their true counts, saying which segment is amiss."""
    frames, own = [], []
    n_mfcc = None
    for i, segment in enumerate(mfcc):
        try:
            values = np.array(segment, dtype=np.float32)
        except (ValueError, TypeError, OverflowError):
            values = np.empty(0, np.float32)
        n_mfcc = n_mfcc or (values.shape[1] if values.ndim == 2 else None)
        is_table = values.ndim == 2 and values.shape[1] == n_mfcc and values.size > 0
        if not is_table or not np.isfinite(values).all():
            raise DatasetError(
                _(
                    "segment {i} in {name} is not a table of frames with {n_values} finite values "
                    "each. Export the file again."
                ).format(i=i, name=name, n_values=n_mfcc or 13)
            )
        if len(values) > n_frames:
            raise DatasetError(
                _(
                    "segment {i} in {name} has {n_values} frames, a segment of 3 s has {n_frames}. "
                    "Export the file with segments of 3 s."
                ).format(i=i, name=name, n_values=len(values), n_frames=n_frames)
            )
        own.append(len(values))
        frames.append(repeat_frames(values[np.newaxis], n_frames)[0])
        mfcc[i] = []  # a full-size file holds gigabytes of Python floats: let each go once read
    if not frames:
        raise DatasetError(_("{name} holds no segments. Export the file again.").format(name=name))
    return np.stack(frames), np.array(own)


def write_json(
    path: Path, data: SegmentSet, *, n_mfcc: int = 13, with_teacher_values: bool = False
) -> None:
    """Write a dataset as the reference system's data file, with the tracks named.

    Parameters
    ----------
    path : Path
    data : SegmentSet
    n_mfcc : int
        How many of its coefficients to write; the course reads 13.
    with_teacher_values : bool
        Whether to write these too, where the dataset holds them.

    Raises
    ------
    DatasetError
        If the dataset holds features of another kind.
    """
    check_kind(data.name, data.features, MfccConfig(), reader=_("a .json file"))
    genres = data.genres
    own = (
        frames[:n, :n_mfcc].astype(np.float64).round(4).tolist()
        for frames, n in zip(data.frames, data.n_frames, strict=True)
    )
    tracks = [data.tracks[i] for i in data.track_index]
    head: dict[str, Any] = {
        "mapping": genres,
        "labels": data.y.tolist(),
        "track": [track.track_id for track in tracks],
        "artist": [track.artist for track in tracks],
    }
    if with_teacher_values and data.teacher_values is not None:
        head["teacher_values"] = np.asarray(data.teacher_values, np.float64).round(4).tolist()
    with replacing(path) as file:
        file.write(f'{json.dumps(head)[:-1]}, "mfcc": ['.encode())
        for i, segment in enumerate(own):  # one at a time: all of them are gigabytes of lists
            file.write(((", " if i else "") + json.dumps(segment)).encode())
        file.write(b"]}\n")
