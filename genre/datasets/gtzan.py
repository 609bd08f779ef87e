"""The GTZAN collection: where it comes from, where it lies, and how it gets there.

Conventions
-----------
Each source has a folder of its own in the user's cache, ``gtzan/<name>``.  The set is
there once a folder of genres lies anywhere in it, however it came: unpacked by
`download_gtzan`, or put there by hand.  An archive put there by hand is unpacked
instead of being fetched.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from genre.datasets.archives import unpack_genres
from genre.datasets.layout import find_genre_folder
from genre.errors import DatasetError, ParameterError
from genre.language import N_, _
from genre.paths import cache_folder
from genre.system.download import cause_of, download
from genre.system.schema import cause

Stage = Literal["downloading", "unpacking"]
OnProgress = Callable[[Stage, int, int], None]
"""Called with the stage, how much of it is done and of how much (0: not known); bytes
while downloading, files while unpacking."""

NOTE = N_(
    "GTZAN was collected by George Tzanetakis in 2000 and 2001 from records, radio and "
    "microphones. No licence was ever published: the rights in the recordings are their "
    "owners'. It is used for research and teaching; keep your copy to yourself. Some clips are "
    "repeated, mislabelled or distorted, and jazz.00054 cannot be read."
)
TIMEOUT = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes."""


@dataclass(frozen=True, slots=True)
class GtzanSource:
    """A place to fetch GTZAN, or a part of it, from.

    ``md5`` is the archive's, ``size`` what to expect in words, ``note`` what to know
    before fetching it; these two and ``title`` are messages, translated where they are shown.
    """

    name: str
    title: str
    url: str
    md5: str
    n_tracks: int
    size: str
    note: str = NOTE

    @property
    def archive_name(self) -> str:
        """What the archive is called: the end of its URL."""
        return self.url.partition("?")[0].rstrip("/").rpartition("/")[2] or "archive"

    @property
    def folder(self) -> Path:
        """Where it lies, or is to lie."""
        return cache_folder() / "gtzan" / self.name


SOURCES = {
    source.name: source
    for source in (
        GtzanSource(
            name="mini",
            title=N_("GTZAN mini: 100 clips, ten of each genre"),
            url="https://github.com/TempoBeatDownbeat/gtzan_mini/archive/refs/heads/main.zip",
            md5="44f7f23af8363d96c59663a987f29a4c",
            n_tracks=100,
            size=N_("about 130 MB of recordings"),
        ),
        GtzanSource(
            name="full",
            title=N_("GTZAN: 1,000 clips of 30 s, a hundred of each genre"),
            url="https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
            md5="5b3d6dddb579ab49814ab86dba69e7c7",
            n_tracks=1000,
            size=N_("1.2 GB, and 1.3 GB more once it is unpacked"),
        ),
    )
}
"""As published; the sums are those that mirdata checks.  `find_source` minds the environment."""


class _Stopped(Exception):
    """The download was asked to stop."""


def find_source(name: str) -> GtzanSource:
    """Return a source by its name, as the environment wants it.

    Parameters
    ----------
    name : str
        ``mini`` or ``full``.  ``GENRE_LAB_GTZAN_<NAME>_URL`` and ``..._MD5`` in the
        environment take the place of what is published.

    Returns
    -------
    source : GtzanSource

    Raises
    ------
    ParameterError
        If there is no such source, or the environment names no md5.
    """
    if name not in SOURCES:
        raise ParameterError(
            _("there is no GTZAN {name!r}. Choose one of {sources}.").format(
                name=name, sources=", ".join(SOURCES)
            )
        )
    published, prefix = SOURCES[name], f"GENRE_LAB_GTZAN_{name.upper()}"
    url = os.environ.get(f"{prefix}_URL") or published.url
    md5 = (os.environ.get(f"{prefix}_MD5") or published.md5).lower()
    if not re.fullmatch(r"[0-9a-f]{32}", md5):
        raise ParameterError(
            _("{prefix}_MD5 is {md5!r}, expected 32 hexadecimal digits.").format(
                prefix=prefix, md5=md5
            )
        )
    return replace(published, url=url, md5=md5)


def find_gtzan(source: GtzanSource) -> Path | None:
    """Return the folder of genres of a source that lies in the cache; None without one."""
    return find_genre_folder(source.folder)


def download_gtzan(
    source: GtzanSource,
    *,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path | None:
    """Fetch a source, check it and unpack it; one process at a time.

    Parameters
    ----------
    source : GtzanSource
    on_progress : callable, optional
        See `OnProgress`.
    should_stop : callable, optional
        Asked at each block and file.  What was fetched stays, and the next time
        goes on from there.

    Returns
    -------
    folder : Path or None
        The folder of genres, found or made, for `genre.datasets.load.load_dataset`; None if
        it was stopped.

    Raises
    ------
    DatasetError
        If it cannot be fetched, is not what was expected, or does not fit the disk.
    """
    if found := find_gtzan(source):
        return found

    def tell(stage: Stage, n_done: int, n_total: int) -> None:
        if should_stop and should_stop():
            raise _Stopped
        if on_progress:
            on_progress(stage, n_done, n_total)

    try:
        incoming = source.folder / ".incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        _unpack(source, _placed_archive(source) or _fetch(source, incoming, tell), tell)
        shutil.rmtree(incoming)
    except _Stopped:
        return None
    except OSError as error:
        refused = (
            _("'{folder}' could not be written ({reason}). Free some space and try again.")
            if error.errno == errno.ENOSPC
            else _(
                "'{folder}' could not be written ({reason}). Check the permissions and try again."
            )
        )
        raise DatasetError(refused.format(folder=source.folder, reason=cause(error))) from error
    return find_gtzan(source)


def _placed_archive(source: GtzanSource) -> Path | None:
    """Return an archive that was put into the source's folder by hand, if it is the right one."""
    placed = sorted(p for p in source.folder.glob("*") if p.name.endswith((".zip", ".gz", ".tgz")))
    for path in placed:
        with path.open("rb") as file:
            md5 = hashlib.file_digest(file, "md5").hexdigest()
        if md5 == source.md5:
            return path
        raise DatasetError(
            _(
                "'{path}' is not {archive_name} as it is published (its md5 is {md5}, {expected} "
                "was expected). Fetch it again from {url}, or unpack it there if you trust it."
            ).format(
                path=path,
                archive_name=source.archive_name,
                md5=md5,
                expected=source.md5,
                url=source.url,
            )
        )
    return None


def _fetch(source: GtzanSource, incoming: Path, tell: OnProgress) -> Path:
    """Download the archive, and check its sum."""
    import pooch
    from requests import RequestException

    part = incoming / f"{source.md5}.part"
    name, known_hash = source.archive_name, f"md5:{source.md5}"
    for path in incoming.iterdir():  # what a process that was killed has left
        if path not in (part, incoming / name):
            path.unlink()
    pooch.get_logger().setLevel("WARNING")

    def fetch(url: str, target: str, _pooch: Any) -> None:
        download(url, part, lambda n, total: tell("downloading", n, total), timeout=TIMEOUT)
        os.replace(part, target)

    try:
        return Path(pooch.retrieve(source.url, known_hash, name, incoming, downloader=fetch))
    except RequestException as error:
        raise DatasetError(
            _(
                "{url} could not be fetched: {error}. Check the network and try again, or "
                "fetch it with a browser and put {name} as it is into '{folder}'."
            ).format(url=source.url, error=cause_of(error), name=name, folder=source.folder)
        ) from error
    except ValueError as error:  # pooch's word for another sum
        raise DatasetError(
            _(
                "what {url} sends is not the archive that was expected (its md5 is not {md5}). "
                "Try again; if that is no help, unpack a copy you trust into '{folder}'."
            ).format(url=source.url, md5=source.md5, folder=source.folder)
        ) from error


def _unpack(source: GtzanSource, archive: Path, tell: OnProgress) -> None:
    """Unpack an archive beside the place where it belongs, then move it there."""
    made = source.folder / f"gtzan-{source.name}"
    aside = source.folder / ".unpacking"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        unpack_genres(archive, aside, on_progress=lambda *done: tell("unpacking", *done))
        if find_genre_folder(aside) is None:
            raise DatasetError(
                _(
                    "{name} from {url} holds no folder of recordings for each of two genres. "
                    "Choose another source."
                ).format(name=archive.name, url=source.url)
            )
        shutil.rmtree(made, ignore_errors=True)  # nothing of use is there, or it would be found
        os.replace(aside, made)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
