"""A dataset from wherever it is: a bundled pack, folder, table, zip, pack or JSON file."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from genre.audio.feature_config import FeatureConfig, FeatureKind, MfccConfig, MusicnnConfig
from genre.datasets.archives import unpack_files
from genre.datasets.data_files import label_in, name_of
from genre.datasets.folder import extract_folder, extract_recordings
from genre.datasets.genre_table import TABLE_ENDINGS
from genre.datasets.json_file import read_json
from genre.datasets.layout import find_tracks, scan_folder
from genre.datasets.pack import read_pack
from genre.datasets.pack_header import (
    PACK_FILE,
    pack_has_teacher_values,
    read_pack_features,
    read_pack_tracks,
)
from genre.datasets.types import Progress, SegmentSet, Track, TrackList
from genre.errors import DatasetError
from genre.language import _
from genre.paths import DATASETS
from genre.system.files import special_file

USUAL_FEATURES: dict[FeatureKind, FeatureConfig] = {
    "mfcc": MfccConfig(n_mfcc=20),
    "musicnn": MusicnnConfig(),
}
"""The frames extracted from audio, by their kind, unless others are asked for."""
DEFAULT_FEATURES = USUAL_FEATURES["mfcc"]


def load_dataset(
    source: str | Path,
    *,
    features: FeatureConfig | None = None,
    teacher_values: bool = False,
    on_progress: Progress | None = None,
) -> SegmentSet:
    """Load a dataset from wherever it is.

    Parameters
    ----------
    source : str or Path
        The name of a bundled pack, or the path of a pack, of a folder with one
        folder per genre or a table of genres, of such a table, of a zip of such a
        folder, or of a JSON file with ``mapping``, ``labels``, ``mfcc``.
    features : FeatureConfig, optional
        The frames to extract from audio; `DEFAULT_FEATURES` unless given.
    teacher_values : bool
        Whether to extract from audio what a teacher reads of each segment as well.
    on_progress : callable, optional
        Called after each track extracted from audio.

    Returns
    -------
    data : SegmentSet

    Raises
    ------
    DatasetError
        If nothing is there, or what is there cannot be used.
    """
    features = features or DEFAULT_FEATURES
    path = path_of(source)
    if special := special_file(path):
        raise DatasetError(
            _(
                "'{source}' is {special}, a dataset was expected. Save it as a file and choose "
                "that."
            ).format(source=source, special=special)
        )
    if path.is_dir():
        if (path / PACK_FILE).exists():
            data = read_pack(path)
            return replace(data, name=label_in(path) or data.name)
        return extract_folder(
            path, features, teacher_values=teacher_values, on_progress=on_progress
        )
    if path.suffix == ".json" and path.exists():
        return read_json(path)
    if path.suffix.lower() in TABLE_ENDINGS and path.exists():
        return extract_folder(path, features, on_progress=on_progress)
    if path.suffix.lower() == ".zip" and path.exists():
        return extract_zip(path, features, teacher_values=teacher_values, on_progress=on_progress)
    raise DatasetError(
        _(
            "there is no dataset at '{source}'. Expected the name of a bundled one "
            "({names}), a folder with one folder of recordings for each genre, a table of "
            "genres (.csv) beside the recordings, a zip of such a folder, a feature pack, "
            "or a .json file."
        ).format(source=source, names=", ".join(bundled_datasets()) or _("none here"))
    )


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
        A zip of what `genre.datasets.folder.extract_folder` takes.
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
    with tempfile.TemporaryDirectory() as temporary:  # deleted with what was unpacked
        files, skipped = unpack_files(path, Path(temporary))
        found, passed_over = find_tracks(files)
        skipped += passed_over
        return extract_recordings(
            found,
            skipped,
            features,
            name=path.stem,
            teacher_values=teacher_values,
            on_progress=on_progress,
        )


def list_tracks(source: str | Path, *, whole_only: bool = False) -> TrackList | None:
    """List the tracks of a dataset by their names and artists, extracting nothing.

    Parameters
    ----------
    source : str or Path
        As `load_dataset` takes it.
    whole_only : bool
        Leave out what is known to fill no segment: of a pack, as of others it is not known yet.

    Returns
    -------
    tracks : TrackList or None
        What cannot be used turns out later, so there may be fewer.  None where it is not
        known: of a JSON file, and of what cannot be read.

    Raises
    ------
    DatasetError
        If a table of artists, a pack or an archive cannot be read.
    """
    path = path_of(source)
    if special_file(path) or not path.exists():
        return None
    if (path / PACK_FILE).exists():
        listed = read_pack_tracks(path, whole_only=whole_only)
        return replace(listed, name=label_in(path) or listed.name)
    empty: tuple[str, ...] = ()
    if path.is_dir() or path.suffix.lower() in TABLE_ENDINGS:
        found, _other = scan_folder(path)
        empty = _empty_genres(path, found)
    elif path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory() as temporary:
            found, _other = find_tracks(unpack_files(path, Path(temporary), only_names=True)[0])
    else:
        return None
    return TrackList(tuple(track for _, track in found), name_of(path), empty=empty)


def _empty_genres(source: Path, found: Sequence[tuple[Path, Track]]) -> tuple[str, ...]:
    """Return the empty folders beside those of the genres; none where a table names genres."""
    for path, track in found[:1]:
        folders = (path.relative_to(source) if path.is_relative_to(source) else path).parents
        names = [unicodedata.normalize("NFC", folder.name) for folder in folders]
        if source.is_dir() and track.genre in names:
            root = (source / folders[names.index(track.genre)]).parent
            beside = [one for one in root.iterdir() if one.is_dir() and one.name[0] not in "._"]
            return tuple(sorted(one.name for one in beside if not _has_content(one)))
    return ()


def _has_content(folder: Path) -> bool:
    """Tell whether anything but hidden files is in a folder, or it cannot be looked into."""
    try:
        return any(not one.name.startswith(".") for one in folder.iterdir())
    except OSError:
        return True


def source_stamp(source: str | Path) -> tuple[int, ...]:
    """Return numbers that change when recordings are added to a dataset, or taken away."""
    path = path_of(source)
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else []
        shown = [
            one for one in inside if one.is_dir() or one.suffix in (*TABLE_ENDINGS, ".json", ".npz")
        ]
        found = [one.stat() for one in (path, *shown)]
    except OSError:
        return ()
    return tuple(number for stat in found for number in (stat.st_mtime_ns, stat.st_size))


def path_of(source: str | Path) -> Path:
    """Return where a dataset is: a path, or the folder of a bundled pack."""
    path = Path(source or "nowhere")  # an empty name would be this very folder
    is_bundled = not path.exists() and str(source) in bundled_datasets()
    return DATASETS / str(source) if is_bundled else path


def stored_features(source: str | Path) -> FeatureConfig | None:
    """Return of which features a dataset is, where it holds features and no audio.

    Parameters
    ----------
    source : str or Path
        As `load_dataset` takes it.

    Returns
    -------
    features : FeatureConfig or None
        None for audio, and for what cannot be read.
    """
    path = path_of(source)
    return MfccConfig() if path.suffix == ".json" else read_pack_features(path)


def lacks_teacher_values(source: str | Path) -> bool:
    """Tell whether a dataset is a pack that holds no teacher values.

    Parameters
    ----------
    source : str or Path
        As `load_dataset` takes it.

    Returns
    -------
    lacks : bool
        False for audio, for what cannot be read, and for a .json file, which is not read here.
    """
    path = path_of(source)
    return read_pack_features(path) is not None and not pack_has_teacher_values(path)


def bundled_datasets() -> list[str]:
    """Return the names of the packs that come with the program."""
    return sorted(path.parent.name for path in DATASETS.glob(f"*/{PACK_FILE}"))
