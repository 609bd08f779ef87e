"""A folder of recordings to a dataset: decoded and described, in parallel and once.

Conventions
-----------
`genre.datasets.layout` says which recordings are of which genre, and by whom.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import check_features, extract_frames
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.segments import audible_segments
from genre.cluster.here import LocalFile
from genre.cluster.tasks import run_tasks
from genre.datasets.data_files import name_of
from genre.datasets.extraction_cache import (
    Extracted,
    extraction_key,
    read_extracted,
    remove_oldest,
    write_extracted,
)
from genre.datasets.growing_set import GrowingSet
from genre.datasets.layout import scan_folder
from genre.datasets.types import Progress, SegmentSet, Skipped, Track
from genre.errors import AudioError, DatasetError
from genre.language import _


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
        If no recording can be used, a table cannot be, or the folder was changed meanwhile.
    ModelError
        If the weights of musicnn are needed, and missing or corrupt.
    """
    found, skipped = scan_folder(source)
    before = _state_of(found)
    name = name_of(source)
    data = extract_recordings(
        found,
        skipped,
        features,
        name=name,
        teacher_values=teacher_values,
        on_progress=on_progress,
        n_jobs=n_jobs,
    )
    if _state_of(scan_folder(source)[0]) != before:
        raise DatasetError(
            _(
                "'{name}' was changed while it was read: its recordings or their genres are not "
                "what they were. Read it again once nothing changes; what was extracted is kept."
            ).format(name=name)
        )
    return data


def _state_of(found: Sequence[tuple[Path, Track]]) -> list[tuple[Path, Track, int]]:
    """Return what says whether recordings are what they were, as an identity does."""
    sizes = []
    for path, _track in found:
        try:
            sizes.append(path.stat().st_size)
        except OSError:  # a broken link, or just deleted
            sizes.append(-1)
    return [(path, track, size) for (path, track), size in zip(found, sizes, strict=True)]


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
    with (
        GrowingSet(features) as segments,
        closing(
            _extract_all(
                found,
                features,
                teacher_values=teacher_values,
                on_progress=on_progress,
                n_jobs=n_jobs,
            )
        ) as results,
    ):
        for asked, result in results:
            segments.add(asked, result)
        return segments.dataset(name, skipped)


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
            return Skipped(track.track_id, _("the recording is silent"))
        frames = extract_frames(signal, features)
    except AudioError as error:
        return Skipped(track.track_id, str(error))
    described = replace(track, seconds=round(signal.seconds, 2), digest=signal.digest())
    taught = None
    if teacher_values:  # of the same samples: the same segments
        taught = extract_windows(signal, MusicnnConfig()).values[audible].mean(axis=1)
    return Extracted(described, frames[audible], taught)


def _extract_one(
    path: Path, track: Track, features: FeatureConfig, teacher_values: bool
) -> Extracted | Skipped:
    """Extract the frames of one recording, in whatever process."""
    return extract_track(path, track, features, teacher_values=teacher_values)


def _extract_all(
    found: Sequence[tuple[Path, Track]],
    features: FeatureConfig,
    *,
    teacher_values: bool,
    on_progress: Progress | None,
    n_jobs: int,
) -> Generator[tuple[Track, Extracted | Skipped]]:
    """Yield a result for each recording, in order, decoding those alone of which none is kept."""
    from joblib import Parallel, delayed

    done = itertools.count(1)
    coming: deque[tuple[Path, Track, str | None, bool]] = deque()

    def recall(path: Path, track: Track) -> tuple[str | None, bool]:
        key = extraction_key(path, features, teacher_values=teacher_values)
        return key, bool(key and read_extracted(key, track, features))

    def report(track: Track) -> None:
        if on_progress:
            on_progress(next(done), len(found), track.track_id)

    def tasks() -> Iterator[tuple[Any, ...]]:
        # Threads: digests are taken without holding Python's lock, and no process need be started.
        recalled = Parallel(n_jobs=n_jobs, backend="threading", return_as="generator")(
            delayed(recall)(path, track) for path, track in found
        )
        for (path, track), (key, is_kept) in zip(found, recalled, strict=True):
            coming.append((path, track, key, is_kept))
            if is_kept:
                report(track)
            else:
                yield LocalFile(path), track, features, teacher_values

    def kept() -> Iterator[tuple[Track, Extracted | Skipped]]:
        while coming and coming[0][3]:
            path, track, key, _is_kept = coming.popleft()
            result = read_extracted(str(key), track, features)  # unless it was removed meanwhile
            yield track, result or _extract_one(path, track, features, teacher_values)

    missing = tasks()
    first = list(itertools.islice(missing, 1))
    if first:
        every = itertools.chain(first, missing)
        with closing(run_tasks(_extract_one, every, n_jobs=n_jobs)) as extracted:
            try:
                for result in extracted:
                    yield from kept()
                    _path, track, key, _is_kept = coming.popleft()
                    if key:
                        write_extracted(key, result)  # at once: killed, an extraction goes on here
                    report(track)
                    yield track, result
            finally:
                remove_oldest()
    yield from kept()
