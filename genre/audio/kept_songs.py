"""The songs that visitors upload: on disk for an hour, for who has the link to them.

Conventions
-----------
Below the cache folder, which is the user's own (mode 0700):

``songs/<SHA-256 of the content>.song``
    The recording as it was uploaded.  Who uploads the same again shares the file, and learns
    nothing by it.
``songs/<SHA-256 of the token>.json``
    A list of such songs with the names their visitor gave them.

A *token* stands in the link of the page.  It is random (192 bits), and stands nowhere on disk: who
does not have the link cannot find a list, nor can the lists tell the links.  Who has the link has
the songs and their names, for as long as they are kept: to share it is to share them.  A list is
never changed, a new choice makes a new one; so whoever opens a shared link changes nothing for
others, and sees nothing of what they choose later.

An hour after a list or song was last used it is swept, and sooner where there are too many or too
large ones, the oldest first: whenever a song is kept or a visit begins, and by a timer of each
process that has kept one.  Several processes may share the folder: every file is written whole,
and each step bears that another process has just taken a file away.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from genre.errors import AudioError
from genre.language import N_, _
from genre.paths import cache_folder
from genre.system.files import write_bytes, write_json
from genre.system.schema import Damaged, items, one_of, read_json, record, text, whole

KEPT_SECONDS = 3600.0
SWEEP_SECONDS = 300.0
MAX_SONGS = 100
"""In one list."""
MAX_LIST_BYTES = 1_000_000_000
"""Of the songs of one list."""
MAX_FILES = 1000
"""Songs in all, and as many lists."""
MAX_BYTES = 4_000_000_000
"""Of all songs; where the disk is small, half of what it would have free without them."""
MAX_NAME = 255
_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MAX_JSON_BYTES = 300_000
_TIMER = "sweep-songs"
SOURCES = ("uploads", "recording", "live")
GONE = N_(
    "The songs of this link are not here: uploads are kept for an hour, on the computer they were "
    "uploaded to. Upload them again."
)
_SONG_GONE = N_("This song is no longer kept: uploads are kept for an hour. Upload it again.")


class NotKeptError(AudioError):
    """A song was swept away since it was uploaded; it may be uploaded again."""


@dataclass(frozen=True, slots=True)
class KeptSong:
    """A song of a list.

    Parameters
    ----------
    name : str
    digest : str
        SHA-256 of its content, hexadecimal.
    n_bytes : int
    upload : str
        By what the page's uploader knows it.
    """

    name: str
    digest: str
    n_bytes: int
    upload: str = ""

    @property
    def path(self) -> Path:
        """Where its content lies, if it is still kept."""
        return _content_path(self.digest)

    def is_kept(self) -> bool:
        """Tell whether its content is still kept, whole; if so, its hour begins anew."""
        return _size(self.path) == self.n_bytes and touch(self.path)


def keep_content(content: bytes, digest: str) -> Path:
    """Keep the content of a song.

    ``digest`` is its SHA-256, hexadecimal.

    Raises
    ------
    OSError
        If the disk is full, or the folder cannot be written to; nothing is left behind.
    """
    path = _content_path(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(n_new_bytes=len(content))
    _sweep_later()
    if not (_size(path) == len(content) and touch(path)):
        write_bytes(path, content)
    return path


def check_room(n_songs: int, n_bytes: int) -> None:
    """Check that one visitor may have so many songs.

    Raises
    ------
    AudioError
        If they are too many, or too large together.
    """
    if n_songs > MAX_SONGS or n_bytes > MAX_LIST_BYTES:
        raise AudioError(
            _(
                "At most {n} songs of together {mb:,} MB are kept for one visitor. Remove some of "
                "them to add others, or use the command line: python -m genre classify FILES."
            ).format(n=MAX_SONGS, mb=MAX_LIST_BYTES // 10**6)
        )


def keep_list(songs: Sequence[KeptSong], source: str) -> str:
    """Keep a list of songs whose contents are kept.

    Parameters
    ----------
    songs : sequence of KeptSong
        At most `MAX_SONGS`.
    source : str
        What brought them, one of `SOURCES`.

    Returns
    -------
    token : str
        For the link: 32 letters, digits, dashes and underscores.

    Raises
    ------
    OSError
        If the disk is full, or the folder cannot be written to.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    document = {"version": 1, "source": source, "songs": [asdict(song) for song in songs]}
    write_json(_list_path(token), document)
    sweep()
    return token


def read_list(token: str) -> tuple[list[KeptSong], str]:
    """Return the songs of a link, and what brought them; their hour begins anew.

    Parameters
    ----------
    token : str
        May be anything.

    Returns
    -------
    songs : list of KeptSong
        Also those whose content is no longer kept: `KeptSong.is_kept` tells.
    source : str

    Raises
    ------
    NotKeptError
        If there is no such list, or none that can be read.
    """
    sweep()
    if not _TOKEN.fullmatch(token):
        raise NotKeptError(_(GONE))
    path = _list_path(token)
    try:
        document = read_json(path, max_bytes=_MAX_JSON_BYTES)
        _LIST(document, _("the list"))
        if len(document["songs"]) > MAX_SONGS:
            raise Damaged(_("the list is too long"))
    except Damaged as error:
        raise NotKeptError(_(GONE)) from error
    touch(path)
    fields = KeptSong.__dataclass_fields__
    songs = [KeptSong(**{name: song[name] for name in fields}) for song in document["songs"]]
    return songs, document["source"]


def touch_list(token: str) -> None:
    """Begin the hour of a list anew, if there is one."""
    if _TOKEN.fullmatch(token):
        touch(_list_path(token))


def touch(path: Path) -> bool:
    """Begin the hour of a file anew; tell whether it is there."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True


def read_content(path: Path) -> bytes:
    """Return the content of a song.

    Raises
    ------
    NotKeptError
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotKeptError(_(_SONG_GONE)) from error


def sweep(n_new_bytes: int = 0) -> None:
    """Remove what was not used for an hour, and the oldest of what is too much.

    Parameters
    ----------
    n_new_bytes : int
        For which there must be room.
    """
    found: dict[str, list[tuple[float, int, Path]]] = {".song": [], ".json": [], ".part": []}
    now = time.time()
    for path in _folder().glob("*"):
        with contextlib.suppress(OSError):  # another process sweeps as well
            about = path.stat()
            if path.suffix in found:
                found[path.suffix].append((about.st_mtime, about.st_size, path))
    if not any(found.values()):
        return  # there may be no folder yet
    n_kept = sum(size for files in found.values() for _, size, _ in files)
    most = min(MAX_BYTES, (shutil.disk_usage(_folder()).free + n_kept) / 2)
    for files in found.values():  # a part is what a killed process has left
        files.sort(reverse=True)
        n_bytes = n_new_bytes
        for n, (used, size, path) in enumerate(files, start=1):
            n_bytes += size
            if now - used > KEPT_SECONDS or n > MAX_FILES or n_bytes > most:
                with contextlib.suppress(OSError):
                    path.unlink()


def _sweep_later() -> None:
    """Sweep from time to time while there are songs, also where no page is opened."""
    if any(timer.name == _TIMER for timer in threading.enumerate()):
        return
    timer = threading.Timer(SWEEP_SECONDS, _sweep_and_go_on)
    timer.name, timer.daemon = _TIMER, True
    timer.start()


def _sweep_and_go_on() -> None:
    threading.current_thread().name = ""
    sweep()
    if any(_folder().glob("*.song")):
        _sweep_later()


def _folder() -> Path:
    return cache_folder() / "songs"


def _content_path(digest: str) -> Path:
    return _folder() / f"{digest}.song"


def _list_path(token: str) -> Path:
    return _folder() / f"{hashlib.sha256(token.encode()).hexdigest()}.json"


def _size(path: Path) -> int:
    """Return the size of a file; -1 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _digest(value: object, where: str) -> None:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise Damaged(_("{where} is no digest").format(where=where))


_SONG = record(name=text, digest=_digest, n_bytes=whole(), upload=text)
_LIST = record(version=whole(1, 1), source=one_of(*SOURCES), songs=items(_SONG))
