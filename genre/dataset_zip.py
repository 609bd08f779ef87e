"""A zip of a genre folder to a dataset, trusting nothing that the zip claims.

Conventions
-----------
Read is ``<genre>/<recording>``, with or without one folder around all of it, and
the table of artists beside the genres.  Members go to a folder that is deleted
afterwards, under names of their own making: no path in a zip decides where
anything is written.
"""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from genre.audio import AUDIO_EXTENSIONS
from genre.dataset import Progress, SegmentSet, Skipped
from genre.dataset_folder import extract_folder
from genre.errors import DatasetError
from genre.features import FeatureConfig
from genre.zip_members import is_link, leads_out, parts_of

MAX_MEMBERS = 20_000
MAX_BYTES = 8 * 2**30
"""What a zip may unpack to: twice the whole GTZAN collection and more."""
MAX_EXPANSION = 200
"""Times its own size that a zip may unpack to; music hardly shrinks at all."""
SMALL_BYTES = 64 * 2**20
"""A zip that unpacks to no more than this may be of any expansion."""
TABLES = ("artists.csv", "tracks.csv")
_BLOCK_BYTES = 2**20


def extract_zip(
    path: Path, features: FeatureConfig, *, on_progress: Progress | None = None
) -> SegmentSet:
    """Extract the frames of every recording in a zipped genre folder.

    Parameters
    ----------
    path : Path
        A zip with one folder of recordings for each genre.
    features : FeatureConfig
        The frames to compute.
    on_progress : callable, optional
        Told of each track as it is done.

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
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as temporary:
            wanted, skipped = _choose_members(path, archive.infolist())
            for member, (genre, name) in wanted.items():
                folder = Path(temporary) / genre
                folder.mkdir(exist_ok=True)
                _unpack(archive, member, folder / name)
            data = extract_folder(Path(temporary), features, on_progress=on_progress)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        # RuntimeError: a password is needed; NotImplementedError: a rare compression
        raise DatasetError(
            f"{path.name} cannot be unpacked ({error or type(error).__name__}). "
            "Zip the folder again, without a password."
        ) from error
    return replace(data, name=path.stem, skipped=(*skipped, *data.skipped))


def _choose_members(
    path: Path, members: list[zipfile.ZipInfo]
) -> tuple[dict[zipfile.ZipInfo, tuple[str, str]], list[Skipped]]:
    """Tell which members are recordings of which genre, and refuse what is too much."""
    n_bytes = sum(member.file_size for member in members)
    expands = n_bytes > max(SMALL_BYTES, MAX_EXPANSION * path.stat().st_size)
    if len(members) > MAX_MEMBERS or n_bytes > MAX_BYTES or expands:
        raise DatasetError(
            f"{path.name} holds {len(members):,} files that unpack to {n_bytes / 2**20:,.0f} MiB; "
            f"up to {MAX_MEMBERS:,} files and {MAX_BYTES / 2**30:.0f} GiB, no more than "
            f"{MAX_EXPANSION} times the zip, are read. Zip the recordings alone."
        )
    wanted: dict[zipfile.ZipInfo, tuple[str, str]] = {}
    skipped = []
    files = [m for m in members if not m.is_dir() and not _is_clutter(m.filename)]
    depth = _depth_of_genres(files)
    for member in files:
        parts = parts_of(member)
        shown = PurePosixPath(*parts).name or member.filename
        if leads_out(member):
            skipped.append(Skipped(shown, "its path leads out of the zip"))
        elif is_link(member):
            skipped.append(Skipped(shown, "it is a link, not a recording"))
        elif len(parts) == depth and parts[-1] in TABLES:
            wanted[member] = (".", parts[-1])
        elif Path(parts[-1]).suffix.lower() not in AUDIO_EXTENSIONS:
            skipped.append(Skipped(shown, "it is not a recording that is read"))
        elif len(parts) != depth + 1:
            skipped.append(Skipped(shown, "it is not in a genre's folder"))
        else:
            wanted[member] = (parts[-2], parts[-1])
    return wanted, skipped


def _depth_of_genres(files: list[zipfile.ZipInfo]) -> int:
    """Return how many parts a genre's path has: 1, or 2 with one folder around all."""
    paths = [parts_of(member) for member in files]
    around = {parts[0] for parts in paths}
    return 2 if len(around) == 1 and any(len(parts) == 3 for parts in paths) else 1


def _is_clutter(name: str) -> bool:
    """Tell what some systems put into every zip, and hidden files."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/"))


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one member, and no more of it than it claims to be."""
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as file:
        while left > 0 and (block := source.read(min(_BLOCK_BYTES, left))):
            file.write(block)
            left -= len(block)
