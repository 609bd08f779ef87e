"""A folder of recordings to a dataset: decoded and described, in parallel and once.

Conventions
-----------
`genre.datasets.layout` says which recordings are of which genre, and by whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import check_features, extract_frames
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.segments import audible_segments, repeat_frames
from genre.datasets.extraction_cache import (
    Extracted,
    extraction_key,
    read_extracted,
    remove_oldest,
    write_extracted,
)
from genre.datasets.layout import scan_folder
from genre.datasets.types import Progress, SegmentSet, Skipped, Track
from genre.errors import AudioError, DatasetError


def extract_folder(
    source: Path,
    features: FeatureConfig,
    *,
    teacher_values: bool = False,
    on_progress: Progress | None = None,
    n_jobs: int = -1,
) -> SegmentSet:
    """Extract the frames of the recordings in a folder.

    Parameters
    ----------
    source : Path
        A folder, or a table of genres in the folder of its recordings.
    features, teacher_values, on_progress, n_jobs
        As `extract_recordings` takes them.

    Returns
    -------
    data : SegmentSet
        Tracks in order of genre and path.  What could not be read, is silent, of no known
        genre or no recording is listed in ``skipped``.

    Raises
    ------
    DatasetError
        If no recording can be used, or a table cannot be.
    ModelError
        If the weights of musicnn are needed, and missing or corrupt.
    """
    found, skipped = scan_folder(source)
    name = source.name if source.is_dir() else source.stem
    return extract_recordings(
        found,
        skipped,
        features,
        name=name,
        teacher_values=teacher_values,
        on_progress=on_progress,
        n_jobs=n_jobs,
    )


def extract_recordings(
    found: Sequence[tuple[Path, Track]],
    skipped: Sequence[Skipped],
    features: FeatureConfig,
    *,
    name: str,
    teacher_values: bool = False,
    on_progress: Progress | None = None,
    n_jobs: int = -1,
) -> SegmentSet:
    """Extract the frames of recordings whose genres are known, in parallel and once.

    What was extracted before, here or from a copy, is taken from the user's cache
    (`genre.datasets.extraction_cache`).

    Parameters
    ----------
    found : sequence of (Path, Track)
    skipped : sequence of Skipped
        What was passed over before.
    features : FeatureConfig
        The frames to compute.
    name : str
        What the dataset is called.
    teacher_values : bool
        Whether to compute what a teacher reads of each segment as well.
    on_progress : callable, optional
        Called after each track.
    n_jobs : int
        Processes to use; -1 for one per core.

    Returns
    -------
    data : SegmentSet

    Raises
    ------
    DatasetError
        If no recording can be used.
    """
    check_features(features)  # once, not for each recording
    if teacher_values:
        check_features(MusicnnConfig())
    skipped = list(skipped)
    results = _extract_all(
        found, features, teacher_values=teacher_values, on_progress=on_progress, n_jobs=n_jobs
    )
    tracks: list[Track] = []
    track_of: dict[str, str] = {}  # by digest: a copy on the other side of a split is leakage
    frames, own, index, taught = [], [], [], []
    for (_, asked), result in zip(found, results, strict=True):
        if isinstance(result, Skipped):
            skipped.append(result)
        elif (original := track_of.get(result.track.digest)) is not None:
            skipped.append(Skipped(asked.track_id, f"it is the same recording as {original}"))
        else:
            track, track_frames = result.track, result.frames
            track_of[track.digest] = track.track_id
            index += [len(tracks)] * len(track_frames)
            own += [track_frames.shape[1]] * len(track_frames)
            frames.append(repeat_frames(track_frames, features.n_frames))
            if result.teacher_values is not None:
                taught.append(result.teacher_values)
            tracks.append(track)
    if not tracks:
        reasons = "; ".join(f"{s.name}: {s.reason}" for s in skipped[:3])
        raise DatasetError(
            f"no recording in '{name}' can be used ({reasons or 'no genre folders'}). "
            "Expected one folder of recordings for each genre, or a table of genres."
        )
    return SegmentSet(
        frames=np.concatenate(frames),
        n_frames=np.array(own),
        track_index=np.array(index),
        tracks=tuple(tracks),
        features=features.frames,
        name=name,
        skipped=tuple(skipped),
        teacher_values=np.concatenate(taught) if taught else None,
    )


def extract_track(
    path: Path, track: Track, features: FeatureConfig, *, teacher_values: bool = False
) -> Extracted | Skipped:
    """Extract the frames of one recording.

    Parameters
    ----------
    path : Path
        The recording.
    track : Track
        What is known of it; length and digest are filled in.
    features : FeatureConfig
        The frames to compute.
    teacher_values : bool
        Whether to compute these as well, from the same samples.

    Returns
    -------
    result : Extracted or Skipped
        Silent segments are left out.  A reason, rather than an exception, where
        the recording cannot be used: one bad file never costs the others.
    """
    try:
        signal = load_audio(path, sr=features.sr)
        audible = audible_segments(signal, features)
        if not audible.any():  # what follows the last whole segment is not used
            return Skipped(track.track_id, "the recording is silent")
        frames = extract_frames(signal, features)
    except AudioError as error:
        return Skipped(track.track_id, str(error))
    described = replace(track, seconds=round(signal.seconds, 2), digest=signal.digest())
    taught = None
    if teacher_values:  # of the same samples: the same segments
        taught = extract_windows(signal, MusicnnConfig()).values[audible].mean(axis=1)
    return Extracted(described, frames[audible], taught)


def _extract_all(
    found: Sequence[tuple[Path, Track]],
    features: FeatureConfig,
    *,
    teacher_values: bool,
    on_progress: Progress | None,
    n_jobs: int,
) -> list[Extracted | Skipped]:
    """Return a result for each recording, decoding those alone of which none is kept."""
    from joblib import Parallel, delayed

    def recall(path: Path, track: Track) -> tuple[str | None, Extracted | Skipped | None]:
        key = extraction_key(path, features, teacher_values=teacher_values)
        return key, read_extracted(key, track, features) if key else None

    results: list[Extracted | Skipped | None] = []
    keys = []
    n_done = 0
    # Threads: digests are taken without holding Python's lock, and no process need be started.
    recalled = Parallel(n_jobs=n_jobs, backend="threading", return_as="generator")(
        delayed(recall)(path, track) for path, track in found
    )
    for (_, track), (key, result) in zip(found, recalled, strict=True):
        keys.append(key)
        results.append(result)
        n_done += result is not None
        if on_progress and result is not None:
            on_progress(n_done, len(found), track.track_id)
    missing = [i for i, result in enumerate(results) if result is None]
    jobs = (
        delayed(extract_track)(*found[i], features, teacher_values=teacher_values) for i in missing
    )
    extracted = Parallel(n_jobs=n_jobs, return_as="generator")(jobs) if missing else ()
    for i, result in zip(missing, extracted, strict=True):
        results[i] = result
        if key := keys[i]:
            write_extracted(key, result)  # at once: an extraction that is killed goes on here
        n_done += 1
        if on_progress:
            on_progress(n_done, len(found), found[i][1].track_id)
    if missing:
        remove_oldest()
    return [result for result in results if result is not None]
