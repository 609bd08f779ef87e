"""A genre folder out of a zip or a tar, trusting nothing that the archive claims.

Conventions
-----------
Taken out is ``<genre>/<recording>``, wherever in the archive the genres lie, and the
table of artists beside them.  Members are written under names of our own making: no
path in an archive decides where anything is written.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from genre.audio.formats import AUDIO_EXTENSIONS
from genre.datasets.folder import TABLES, genre_root
from genre.datasets.types import Skipped
from genre.errors import DatasetError
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


def unpack_genres(
    path: Path, folder: Path, *, on_progress: Callable[[int, int], None] | None = None
) -> list[Skipped]:
    """Unpack the recordings of an archive into a folder per genre.

    Parameters
    ----------
    path : Path
        A zip, or a tar, compressed or not.
    folder : Path
        An empty folder.
    on_progress : callable, optional
        Called with how many files are done and how many there are; what it raises
        ends the unpacking.

    Returns
    -------
    skipped : list of Skipped
        What was left out: links, archives within the archive, damaged members.

    Raises
    ------
    DatasetError
        If the file is no archive, or holds more than it may.
    """
    try:
        with _opened(path, folder) as members:
            wanted, skipped = _choose(path, members)
            for n_done, (member, (genre, name)) in enumerate(wanted, start=1):
                target = folder / genre / name
                target.parent.mkdir(exist_ok=True)
                try:
                    _write(member, target)
                except (zipfile.BadZipFile, zlib.error, EOFError):
                    target.unlink()
                    skipped.append(Skipped(name, "it is damaged in the archive"))
                if on_progress:
                    on_progress(n_done, len(wanted))
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise _unreadable(path, error) from error
    except (NotImplementedError, RuntimeError) as error:  # a rare compression; a password
        raise _unreadable(path, error) from error
    return skipped


def _unreadable(path: Path, error: Exception) -> DatasetError:
    return DatasetError(
        f"{path.name} cannot be unpacked ({brief(error)}). "
        "Pack the folder again, without a password."
    )


@contextmanager
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
            raise tarfile.ReadError(f"{info.name} is no file")
        return file

    return Member(info.name, info.size, kind, reader)  # type: ignore[arg-type]


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    kind = "folder" if info.filename.endswith("/") else "link" if is_link(info) else "file"
    return Member(info.filename, info.file_size, kind, lambda: archive.open(info))  # type: ignore[arg-type]


def _choose(
    path: Path, members: list[Member]
) -> tuple[list[tuple[Member, tuple[str, str]]], list[Skipped]]:
    """Tell which members are recordings of which genre, and refuse what is too much."""
    n_bytes = sum(member.n_bytes for member in members)
    expands = n_bytes > max(SMALL_BYTES, MAX_EXPANSION * path.stat().st_size)
    if len(members) > MAX_MEMBERS or n_bytes > MAX_BYTES or expands:
        raise DatasetError(
            f"{path.name} holds {len(members):,} files that unpack to {n_bytes / 2**20:,.0f} MiB; "
            f"up to {MAX_MEMBERS:,} files and {MAX_BYTES / 2**30:.0f} GiB, no more than "
            f"{MAX_EXPANSION} times the archive, are read. Pack the recordings alone."
        )
    wanted: list[tuple[Member, tuple[str, str]]] = []
    skipped = []
    files = [m for m in members if m.kind != "folder" and not _is_clutter(m.parts)]
    root = genre_root(m.parts for m in files if m.kind == "file")
    for member in files:
        parts = member.parts
        shown = PurePosixPath(*parts).name or member.name
        if leads_out(member.name):
            skipped.append(Skipped(shown, "its path leads out of the archive"))
        elif member.kind == "link":
            skipped.append(Skipped(shown, "it is a link, not a recording"))
        elif member.kind == "other":
            skipped.append(Skipped(shown, "it is neither a file nor a folder"))
        elif parts[:-1] == root and parts[-1] in TABLES:
            wanted.append((member, (".", parts[-1])))
        elif Path(parts[-1]).suffix.lower() not in AUDIO_EXTENSIONS:
            skipped.append(Skipped(shown, "it is not a recording that is read"))
        elif len(parts) < 2 or parts[:-2] != root:
            skipped.append(Skipped(shown, "it is not in a genre's folder"))
        else:
            wanted.append((member, (parts[-2], parts[-1])))
    return wanted, skipped


def _is_clutter(parts: tuple[str, ...]) -> bool:
    """Tell what some systems put into every archive, and hidden files."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


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
