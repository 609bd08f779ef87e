"""What was extracted from a recording, kept so that it is decoded once.

Conventions
-----------
A kept result is found by its key: a digest of the recording's bytes, of the settings
of the frames, and of everything that makes frames out of bytes: the source of the modules
it goes through, the versions of the libraries and, where they are used, musicnn's
weights.  Neither the name nor the date of a file counts, so a renamed, copied or zipped
recording is known, and a changed one is another.  Frames are kept as float32, without
rounding: what comes from here equals
what was extracted.  Nothing here may fail an extraction: what cannot be read is made
again, and what cannot be written is not kept.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio import musicnn_weights
from genre.audio.feature_config import FeatureConfig
from genre.datasets.types import Skipped, Track
from genre.language import SOURCE, current
from genre.paths import PACKAGE, cache_folder
from genre.system.files import replacing, special_file, sweep_parts
from genre.system.npz import UNREADABLE, read_arrays

MAX_BYTES = 2 * 2**30
"""Of all that is kept; the whole GTZAN collection takes 110 MB."""
MAKERS = (
    *("audio/formats", "audio/cost", "audio/decoding", "audio/downmix", "audio/load"),
    *("audio/signal", "audio/level", "audio/feature_config", "audio/features", "audio/mfcc"),
    "audio/segments",
    *("audio/musicnn", "audio/musicnn_network", "audio/musicnn_weights"),
    *(
        "datasets/folder",
        "paths",
        "system/files",
        "system/npz",
        "system/safe_zip",
        "system/threads",
    ),
)
"""The modules that a recording goes through: changed, they make other frames."""
LIBRARIES = ("av", "numpy", "soundfile", "soxr")


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


def extraction_key(
    path: Path, features: FeatureConfig, *, teacher_values: bool = False
) -> str | None:
    """Return under what name the result for a recording is kept.

    Parameters
    ----------
    path : Path
        The recording; all of it is read.
    features : FeatureConfig
    teacher_values : bool
        Whether these are wanted as well.

    Returns
    -------
    key : str or None
        None where it is not a file, or cannot be read.
    """
    if special_file(path):
        return None
    settings = json.dumps(features.frames.to_dict(), sort_keys=True)
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        if features.kind == "musicnn" or teacher_values:
            settings += "teacher values " * teacher_values
            settings += hashlib.sha256(musicnn_weights.PATH.read_bytes()).hexdigest()
    except OSError:
        return None
    return hashlib.sha256(f"{content} {settings} {_makers()}".encode()).hexdigest()


def read_extracted(key: str, track: Track, features: FeatureConfig) -> Extracted | Skipped | None:
    """Return what is kept of a recording.

    Parameters
    ----------
    key : str
        As `extraction_key` gives it.
    track : Track
        What is known of the recording; length and digest are filled in.
    features : FeatureConfig

    Returns
    -------
    result : Extracted or Skipped or None
        None where nothing is kept, or what is kept is damaged.
    """
    path = _place(key)
    try:
        with path.open("rb") as file:
            kept = read_arrays(file)
        if "reason" in kept:
            if str(kept.get("language", SOURCE)) != current():
                return None  # a sentence for somebody else: it is soon found again
            result: Extracted | Skipped = Skipped(track.track_id, str(kept["reason"]))
        else:
            frames, seconds, digest = kept["frames"], kept["seconds"], kept["digest"]
            is_of_frames = frames.ndim == 3 and frames.shape[2] == features.frame_values
            if not is_of_frames or not frames.size or frames.dtype != np.float32:
                return None
            found = replace(track, seconds=float(seconds), digest=str(digest))
            result = Extracted(found, frames, kept.get("teacher_values"))
            if result.teacher_values is not None and len(result.teacher_values) != len(frames):
                return None
        os.utime(path)  # the oldest are removed first: this one is in use
    except UNREADABLE:
        return None
    return result


def write_extracted(key: str, result: Extracted | Skipped) -> None:
    """Keep what was extracted from a recording, for the next time.

    Parameters
    ----------
    key : str
        As `extraction_key` gives it.
    result : Extracted or Skipped
    """
    if isinstance(result, Skipped):
        language = np.array(current())
        kept: dict[str, Any] = {"reason": np.array(result.reason), "language": language}
    else:
        seconds, digest = np.array(result.track.seconds), np.array(result.track.digest)
        kept = {"frames": result.frames.astype(np.float32), "seconds": seconds, "digest": digest}
        if result.teacher_values is not None:
            kept["teacher_values"] = result.teacher_values.astype(np.float32)
    path = _place(key)
    with contextlib.suppress(OSError):  # a full disk, a folder that must not be written to
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, **kept)


def remove_oldest(max_bytes: int = MAX_BYTES) -> None:
    """Remove what was not used for longest, until no more is kept than may be."""
    kept = []
    sweep_parts(_place("").parent)
    with contextlib.suppress(OSError), os.scandir(_place("").parent) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # another process has removed it
                stat = entry.stat()
                kept.append((stat.st_mtime_ns, stat.st_size, entry.path))
    n_bytes = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if n_bytes <= max_bytes:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
        n_bytes -= size


def _place(key: str) -> Path:
    return cache_folder() / "extracted" / f"{key}.npz"


@functools.cache
def _makers() -> str:
    """Return a digest of the code, and the versions, that make frames out of bytes."""
    digest = hashlib.sha256()
    for module in MAKERS:
        digest.update((PACKAGE / f"{module}.py").read_bytes())
    return " ".join([digest.hexdigest(), *(f"{name}-{version(name)}" for name in LIBRARIES)])
