"""A folder of recordings, one folder per genre, to a dataset.

Conventions
-----------
``<folder>/<genre>/<track_id>.<ext>``.  Artists, where known, stand in
``artists.csv`` or ``tracks.csv`` beside the genre folders, with the columns
``track_id`` and ``artist``.  Of tracks named as in the GTZAN collection the artist is
known (`genre.datasets.gtzan_facts`), unless such a table names another.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import check_features
from genre.audio.formats import AUDIO_EXTENSIONS
from genre.audio.segments import repeat_frames
from genre.datasets.extraction_cache import (
    extraction_key,
    read_extracted,
    remove_oldest,
    write_extracted,
)
from genre.datasets.gtzan_facts import known_artist
from genre.datasets.recording import Extracted, extract_track
from genre.datasets.types import Progress, SegmentSet, Skipped, Track
from genre.errors import DatasetError

TABLES = ("artists.csv", "tracks.csv")
"""The names a table of artists may have, the first of them read."""


def extract_folder(
    folder: Path,
    features: FeatureConfig,
    *,
    teacher_values: bool = False,
    on_progress: Progress | None = None,
    n_jobs: int = -1,
) -> SegmentSet:
    """Extract the frames of every recording in a genre folder, in parallel and once.

    What was extracted before, here or from a copy, is taken from the user's cache
    (`genre.datasets.extraction_cache`).

    Parameters
    ----------
    folder : Path
        Holds one folder of recordings for each genre.
    features : FeatureConfig
        The frames to compute.
    teacher_values : bool
        Whether to compute what a teacher reads of each segment as well.
    on_progress : callable, optional
        Called after each track.
    n_jobs : int
        Processes to use; -1 for one per core.

    Returns
    -------
    data : SegmentSet
        Tracks in order of genre and name.  What could not be read, is silent, or
        stands in a folder without recordings, is listed in ``skipped``.

    Raises
    ------
    DatasetError
        If no recording can be used.
    ModelError
        If the weights of musicnn are needed, and missing or corrupt.
    """
    check_features(features)  # once, not for each recording
    if teacher_values:
        check_features(MusicnnConfig())
    found, skipped = scan_folder(folder)
    artists = read_artists(folder)
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
            artist = artists.get(track.track_id) or known_artist(track)
            tracks.append(replace(track, artist=artist))
    strangers = sorted(set(artists) - {track.track_id for _, track in found})
    if strangers:
        names = ", ".join(strangers[:3]) + (", ..." if len(strangers) > 3 else "")
        reason = f"{len(strangers)} of its track_ids name no recording here ({names})"
        skipped.append(Skipped("the table of artists", reason))
    if not tracks:
        reasons = "; ".join(f"{s.name}: {s.reason}" for s in skipped[:3])
        raise DatasetError(
            f"no recording in '{folder.name}' can be used ({reasons or 'no genre folders'}). "
            "Expected one folder of recordings for each genre."
        )
    return SegmentSet(
        frames=np.concatenate(frames),
        n_frames=np.array(own),
        track_index=np.array(index),
        tracks=tuple(tracks),
        features=features.frames,
        name=folder.name,
        skipped=tuple(skipped),
        teacher_values=np.concatenate(taught) if taught else None,
    )


def scan_folder(folder: Path) -> tuple[list[tuple[Path, Track]], list[Skipped]]:
    """List the recordings of a genre folder, and the genre folders without any.

    Parameters
    ----------
    folder : Path
        Holds one folder of recordings for each genre.

    Returns
    -------
    found : list of (Path, Track)
        In order of genre and name.  A name that two genres share is made unique
        by putting the genre before it.
    skipped : list of Skipped
    """
    found, skipped = [], []
    for genre_folder in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] != "."):
        paths = sorted(_recordings(genre_folder))
        if not paths:
            skipped.append(Skipped(f"{genre_folder.name}/", "the folder holds no recordings"))
        found += [(path, Track(path.stem, genre_folder.name)) for path in paths]
    n_named = Counter(track.track_id for _, track in found)
    unique = [
        (path, replace(track, track_id=f"{track.genre}/{path.name}"))
        if n_named[track.track_id] > 1
        else (path, track)
        for path, track in found
    ]
    return unique, skipped


def genre_root(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return in which folder the genre folders lie: where there are most of them.

    Parameters
    ----------
    paths : iterable of tuple of str
        Parts of the path of every file.

    Returns
    -------
    root : tuple of str
        The parts of its path; empty for the top.

    Examples
    --------
    >>> genre_root([("music", "rock", "a.wav"), ("music", "jazz", "b.wav"), ("notes", "c.wav")])
    ('music',)
    """
    genres: dict[tuple[str, ...], set[str]] = {}
    for parts in paths:
        is_recording = Path(parts[-1]).suffix.lower() in AUDIO_EXTENSIONS if parts else False
        if is_recording and len(parts) >= 2 and ".." not in parts:
            genres.setdefault(parts[:-2], set()).add(parts[-2])
    return min(genres, key=lambda root: (-len(genres[root]), len(root), root), default=())


def find_genre_folder(folder: Path) -> Path | None:
    """Return the folder of genre folders that lies somewhere below; None without two of them."""
    files = (path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file())
    shown = [parts for parts in files if not any(part.startswith(".") for part in parts)]
    root = folder.joinpath(*genre_root(shown))
    genres = {track.genre for _, track in scan_folder(root)[0]} if shown else ()
    return root if len(genres) >= 2 else None


def read_artists(folder: Path) -> dict[str, str]:
    """Read who made which track, where a table beside the genre folders says so.

    Parameters
    ----------
    folder : Path
        May hold ``artists.csv`` or ``tracks.csv`` with ``track_id`` and ``artist``.

    Returns
    -------
    artists : dict
        From track_id to artist; tracks of unknown artist are absent.

    Raises
    ------
    DatasetError
        If the table cannot be read or lacks one of the two columns.
    """
    for path in (folder / name for name in TABLES):
        if not path.exists():
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                columns, rows = reader.fieldnames or ["none"], list(reader)
        except (OSError, ValueError, csv.Error) as error:
            raise DatasetError(
                f"{path.name} cannot be read ({type(error).__name__}). "
                "Save it as comma-separated text in UTF-8."
            ) from error
        if not {"track_id", "artist"} <= set(columns):
            raise DatasetError(
                f"{path.name} has the columns {', '.join(columns)}, "
                "track_id and artist are needed. Add a first line with these names."
            )
        named = ((row["track_id"], (row["artist"] or "").strip()) for row in rows)
        return {track_id: artist for track_id, artist in named if track_id and artist}
    return {}


def _extract_all(
    found: list[tuple[Path, Track]],
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


def _recordings(folder: Path) -> Iterator[Path]:
    """Yield the audio files of one folder."""
    shown = (path for path in folder.iterdir() if path.name[0] != ".")
    yield from (path for path in shown if path.suffix.lower() in AUDIO_EXTENSIONS)
