"""A genre folder out of a zip or a tar, trusting nothing that the archive claims.

Conventions
-----------
Members are written under numbers, and their names kept beside them: no path in an archive
decides where anything is written, and none is too long or too strange for this system.
`genre.datasets.layout` says what is of which genre, as of a folder.
"""

from __future__ import annotations

import contextlib
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from genre.datasets.data_files import DataFile, is_clutter
from genre.datasets.genre_table import TABLES
from genre.datasets.layout import find_tracks, genre_root, is_table
from genre.datasets.types import Skipped
from genre.errors import DatasetError
from genre.language import _
from genre.system.safe_zip import BAD_DATA, is_link, leads_out, parts_of
from genre.system.schema import brief

MAX_MEMBERS = 20_000
MAX_BYTES = 8 * 2**30
"""What an archive may unpack to: twice the whole GTZAN collection and more."""
MAX_EXPANSION = 200
"""Times its own size that an archive may unpack to; music hardly shrinks at all."""
SMALL_BYTES = 64 * 2**20
"""An archive that unpacks to no more than this may be of any expansion."""
_BLOCK_BYTES = 2**20
_UTF8_FLAG = 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """Something in an archive: its parts as a path, its size as it claims, what it is."""

    name: str
    n_bytes: int
    kind: Literal["file", "folder", "link", "other"]
    open: Callable[[], IO[bytes]]

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders it lies in, and its own name."""
        return parts_of(self.name) or ("_",)  # of a name such as "."


def unpack_files(
    path: Path,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    only_names: bool = False,
) -> tuple[list[DataFile], list[Skipped]]:
    """Unpack the recordings and tables of an archive, under numbers instead of their names.

    Parameters
    ----------
    path : Path
        A zip, or a tar, compressed or not.
    folder : Path
        An empty folder.
    on_progress : callable, optional
        Called with how many files are done and how many there are; what it raises
        ends the unpacking.
    only_names : bool
        Write no recordings: what is in the archive is then known in a moment.

    Returns
    -------
    files : list of DataFile
        With their paths in the archive; of those that are neither recording nor table nothing
        is written.
    skipped : list of Skipped
        What was left out: links, damaged members.

    Raises
    ------
    DatasetError
        If the file is no archive, or holds more than it may.
    """
    files: list[DataFile] = []
    try:
        with _opened(path, folder) as members:
            chosen, skipped = _choose(path, members, folder)
            wanted = []
            for member, file in chosen:
                if file.is_recording or file.parts[-1].lower() in TABLES:
                    wanted.append((member, file))
                else:
                    files.append(file)
            for n_done, (member, file) in enumerate(wanted, start=1):
                if only_names and file.is_recording:
                    files.append(file)
                    continue
                try:
                    _write(member, file.path)
                    files.append(file)
                except (zipfile.BadZipFile, *BAD_DATA):
                    file.path.unlink()
                    skipped.append(Skipped(file.name, _("it is damaged in the archive")))
                if on_progress:
                    on_progress(n_done, len(wanted))
    except (zipfile.BadZipFile, tarfile.TarError, *BAD_DATA) as error:
        raise _unreadable(path, error) from error
    except (NotImplementedError, RuntimeError) as error:  # a rare compression; a password
        raise _unreadable(path, error) from error
    return sorted(files, key=lambda file: file.parts), skipped


def unpack_genres(
    path: Path, folder: Path, *, on_progress: Callable[[int, int], None] | None = None
) -> list[Skipped]:
    """Unpack the recordings of an archive into a folder per genre, under their names.

    Parameters, what is raised and ``skipped`` are those of `unpack_files`.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as numbered:
        files, skipped = unpack_files(path, Path(numbered), on_progress=on_progress)
        found, passed_over = find_tracks(files)
        names = {file.path: file.parts[-1] for file in files}
        root = genre_root(file.parts for file in files if file.is_recording)
        tables = [(file.path, ".") for file in files if is_table(file.parts, root)]
        for place, genre in [*tables, *((place, track.genre) for place, track in found)]:
            if genre == ".." or set(genre) & set("/\\:"):  # as a table in the archive names it
                skipped.append(Skipped(f"{genre}/", _("no folder can have this name")))
                continue
            target = folder / genre / names[place]
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                skipped.append(Skipped(f"{genre}/{target.name}", _("there is another of its name")))
            else:
                os.replace(place, target)
    return skipped + passed_over


def _unreadable(path: Path, error: Exception) -> DatasetError:
    return DatasetError(
        _(
            "{name} cannot be unpacked ({reason}). Pack the folder again, without a password."
        ).format(name=path.name, reason=brief(error))
    )


@contextlib.contextmanager
def _opened(path: Path, folder: Path) -> Iterator[list[Member]]:
    """Open an archive of either kind for a folder, and list its members up to a few too many."""
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            members: list[Member] = []
            n_bytes = 0
            for info in tar:
                members.append(_of_tar(tar, info, folder))
                n_bytes += info.size
                if len(members) > MAX_MEMBERS or n_bytes > MAX_BYTES:
                    break  # to list a compressed tar is to unpack all of it
            yield members
    else:
        with zipfile.ZipFile(path) as archive:
            yield [_of_zip(archive, info) for info in archive.infolist()]


def _of_tar(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path) -> Member:
    is_plain = info.isreg() and not info.issparse()  # a sparse file claims what is not there
    try:
        tarfile.data_filter(info, str(folder))
    except (tarfile.FilterError, ValueError):  # the standard library's rules, besides our own
        is_plain = False
    link = "link" if info.issym() or info.islnk() else "other"
    kind = "file" if is_plain else "folder" if info.isdir() else link

    def reader() -> IO[bytes]:
        file = tar.extractfile(info)
        if file is None:
            raise tarfile.ReadError(_("{name} is no file").format(name=info.name))
        return file

    return Member(info.name, info.size, kind, reader)  # type: ignore[arg-type]


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    kind = "folder" if info.filename.endswith("/") else "link" if is_link(info) else "file"
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:  # macOS writes UTF-8 and does not say so
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return Member(name, info.file_size, kind, lambda: archive.open(info))  # type: ignore[arg-type]


def _choose(
    path: Path, members: list[Member], folder: Path
) -> tuple[list[tuple[Member, DataFile]], list[Skipped]]:
    """Tell which members are files, and where they would lie; refuse what is too much."""
    n_bytes = sum(member.n_bytes for member in members)
    expands = n_bytes > max(SMALL_BYTES, MAX_EXPANSION * path.stat().st_size)
    if len(members) > MAX_MEMBERS or n_bytes > MAX_BYTES or expands:
        raise DatasetError(
            _(
                "{name} holds {n_members:,} files that unpack to {n_bytes:,.0f} MiB; up to "
                "{max_members:,} files and {max_bytes:.0f} GiB, no more than {max_expansion} "
                "times the archive, are read. Pack the recordings alone."
            ).format(
                name=path.name,
                n_members=len(members),
                n_bytes=n_bytes / 2**20,
                max_members=MAX_MEMBERS,
                max_bytes=MAX_BYTES / 2**30,
                max_expansion=MAX_EXPANSION,
            )
        )
    chosen: list[tuple[Member, DataFile]] = []
    skipped = []
    last = {member.parts: member for member in members}  # as when all are unpacked in order
    for member in members:
        parts = member.parts
        shown = str(PurePosixPath(*parts))
        if member.kind == "folder" or not parts or is_clutter(parts):
            continue
        if leads_out(member.name):
            skipped.append(Skipped(shown, _("its path leads out of the archive")))
        elif member.kind == "link":
            skipped.append(Skipped(shown, _("it is a link, not a recording")))
        elif member.kind == "other":
            skipped.append(Skipped(shown, _("it is neither a file nor a folder")))
        elif last[parts] is not member:
            skipped.append(Skipped(shown, _("a later file of the archive has the same name")))
        else:
            target = folder / f"{len(chosen):06}{PurePosixPath(parts[-1]).suffix.lower()}"
            chosen.append((member, DataFile.named(target, parts)))
    return chosen, skipped


def _write(member: Member, target: Path) -> None:
    """Write one member, and no more of it than it claims to be.

    The file is there whatever happens.  BadZipFile is raised for data of any compression, and a
    place in the archive, that are not what they should be.
    """
    left = member.n_bytes
    try:
        with target.open("wb") as file, member.open() as source:
            while left > 0 and (block := source.read(min(_BLOCK_BYTES, left))):
                file.write(block)
                left -= len(block)
    except (*BAD_DATA, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the system, not of the data
            raise
        raise zipfile.BadZipFile(brief(error)) from error
