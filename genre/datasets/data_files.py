"""The files of a dataset: in a folder and all below it, or in an archive."""

from __future__ import annotations

import os
import unicodedata
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from genre.audio.formats import AUDIO_EXTENSIONS
from genre.datasets.genre_table import Parts
from genre.datasets.types import Skipped
from genre.errors import DatasetError
from genre.language import _
from genre.paths import own_datasets
from genre.system.names import one_line
from genre.system.schema import Damaged, cause, read_json

MAX_DEPTH = 16
"""Folders between the top and a recording."""
MAX_FILES = 200_000
"""Files of all kinds that a folder is searched through; all of FMA are 106,574."""
LABEL_FILE = "dataset.json"
"""What says how a dataset is called that was built here (`genre.builder`)."""
CLUTTER = frozenset(
    (
        *("__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),
        *("@eadir", LABEL_FILE),
    )
)
"""What systems put into folders and archives, and `genre.builder` into a dataset; hidden files
are passed over too."""


def label_in(source: Path) -> str:
    """Return the label of a dataset that was built here; empty of other data, or where damaged."""
    if source.parent != own_datasets():
        return ""
    try:
        return one_line(str(read_json(source / LABEL_FILE)["label"]))
    except (Damaged, LookupError, TypeError):
        return ""


def name_of(source: Path) -> str:
    """Return what a dataset is called: its label where it has one, else the name of its file."""
    return label_in(source) or (source.name if source.is_dir() else source.stem)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a dataset: where it lies, and its path in the dataset as its owner named it."""

    path: Path
    parts: Parts

    @classmethod
    def named(cls, path: Path, parts: Iterable[str]) -> DataFile:
        """Return a file whose path is brought to Unicode's composed form (NFC)."""
        return cls(path, tuple(unicodedata.normalize("NFC", part) for part in parts))

    @property
    def name(self) -> str:
        """Its path in the dataset, with slashes."""
        return "/".join(self.parts)

    @property
    def is_recording(self) -> bool:
        """Whether its name ends as that of a recording."""
        return PurePosixPath(self.parts[-1]).suffix.lower() in AUDIO_EXTENSIONS


def is_clutter(parts: Iterable[str]) -> bool:
    """Tell whether a path is of a hidden file, or of what systems put beside files."""
    return any(
        (part.startswith(".") and part != "..") or part.casefold() in CLUTTER for part in parts
    )


def list_files(folder: Path) -> tuple[list[DataFile], list[Skipped]]:
    """List the files in a folder and in those below it; links to folders are followed once.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    files : list of DataFile
        In order of their paths.
    skipped : list of Skipped
        Folders that were not looked into, and empty ones.

    Raises
    ------
    DatasetError
        If there are over `MAX_FILES`.
    """
    files: list[DataFile] = []
    skipped: list[Skipped] = []
    seen: dict[tuple[int, int], Parts] = {}
    waiting, links = deque[Parts]([()]), deque[Parts]()  # a folder counts where it is, not linked
    while waiting or links:
        parts = waiting.popleft() if waiting else links.popleft()
        name, place = "/".join(parts) + "/", folder.joinpath(*parts)
        try:
            status = place.stat()
            first = seen.setdefault((status.st_dev, status.st_ino), parts)
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            reason = _("the folder cannot be opened ({reason})").format(reason=cause(error))
            skipped.append(Skipped(name, reason, is_unread=True))
            continue
        if first is not parts:
            same = "/".join(first) or _("this")
            reason = _("it is the same folder as {name}/").format(name=same)
            skipped.append(Skipped(name, reason))
        elif len(parts) > MAX_DEPTH:
            reason = _("it lies more than {n} folders deep").format(n=MAX_DEPTH)
            skipped.append(Skipped(name, reason))
        else:
            if not entries and parts:
                skipped.append(Skipped(name, _("the folder holds no recordings")))
            for entry in (entry for entry in entries if not is_clutter((entry.name,))):
                if os.path.isdir(entry.path):  # of a link to itself, entry.is_dir() raises
                    (links if entry.is_symlink() else waiting).append((*parts, entry.name))
                else:
                    files.append(DataFile.named(Path(entry.path), (*parts, entry.name)))
        if len(files) + len(waiting) > MAX_FILES:
            raise DatasetError(
                _(
                    "'{name}' holds over {max_files:,} files. Give a folder of recordings alone."
                ).format(name=name_of(folder), max_files=MAX_FILES)
            )
    return sorted(files, key=lambda file: file.parts), skipped


def list_others(
    files: Sequence[DataFile], root: Parts, used: Collection[DataFile]
) -> list[Skipped]:
    """List what is no recording: folders without any beside the genres', and files by ending.

    Parameters
    ----------
    files : sequence of DataFile
    root : tuple of str
        The folder in which the genres' folders lie.
    used : collection of DataFile
        Tables that were read.

    Returns
    -------
    skipped : list of Skipped
    """
    level = len(root) + 1
    full = {f.parts[:level] for f in files if f.is_recording and len(f.parts) > level}
    empty = set()
    endings: dict[str, list[DataFile]] = {}
    for file in files:
        folder = file.parts[:level]
        if file.is_recording or file in used:
            continue
        if full and len(file.parts) > level and folder[:-1] == root and folder not in full:
            empty.add(f"{'/'.join(folder)}/")
        else:
            ending = PurePosixPath(file.parts[-1]).suffix.lower()
            endings.setdefault(ending, []).append(file)
    skipped = [Skipped(name, _("the folder holds no recordings")) for name in sorted(empty)]
    for ending, others in sorted(endings.items()):
        if len(others) == 1:
            skipped.append(Skipped(others[0].name, _("it is not a recording that is read")))
        else:
            name = (
                _("{n:,} files {ending}") if ending else _("{n:,} files without an ending")
            ).format(n=len(others), ending=ending)
            skipped.append(Skipped(name, _("they are not recordings that are read")))
    return skipped
