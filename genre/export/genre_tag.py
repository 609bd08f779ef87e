"""The genre tag of a recording's file: read, and written with all else as it was.

Conventions
-----------
The tag is the one that the file's format has: ``TCON`` of ID3 in MP3, WAV and AIFF, ``©gen`` in
M4A, ``genre`` of the Vorbis comments in FLAC, Ogg and Opus, ``WM/Genre`` in WMA.  A file is
replaced whole or not at all, and only by one that decodes to the same samples.  Its owner and
permissions stay; the time of its last change does not: players and backups find changed files
by it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genre.audio.load import load_audio
from genre.errors import AudioError, GenreError
from genre.language import _
from genre.models.prediction import Prediction
from genre.system.files import replacing
from genre.system.schema import brief, cause
from genre.text.song import CONFIDENCE_LABELS, NOT_MUSIC


class TagError(GenreError):
    """The genre tag of a file cannot be read or written."""


class NoTagError(TagError):
    """Files of this kind have no genre tag that can be written."""


def read_genre_tag(path: Path) -> str:
    """Read the genre that a file names.

    Parameters
    ----------
    path : Path

    Returns
    -------
    genre : str
        Several are joined by semicolons; empty where there is none.

    Raises
    ------
    NoTagError
        If files of this kind have no such tag.
    TagError
        If the tags of the file cannot be read.
    """
    return _genre_of(_opened(path))


def check_writable(path: Path) -> None:
    """Raise if a file is not to be changed.

    Raises
    ------
    TagError
    """
    mode = path.stat().st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise TagError(_("this file is read-only. Allow changes to it and try again."))


def write_genre_tag(path: Path, genre: str) -> None:
    """Write a genre into the tags of a file, in place of the one it has.

    Parameters
    ----------
    path : Path
        A link is followed: what it leads to is changed.
    genre : str

    Raises
    ------
    NoTagError
        If files of this kind have no such tag.
    TagError
        If the file is read-only, cannot be written, or would not sound as before; it is then as
        it was.
    """
    path = path.resolve()
    try:
        check_writable(path)
        kind = type(_opened(path))
        digest = load_audio(path).digest()
        with replacing(path) as file:
            with path.open("rb") as source:
                shutil.copyfileobj(source, file)
            _set_genre(kind, file, genre)
            _check_copy(kind, file, genre, digest)
            _copy_status(path, Path(file.name))
    except OSError as error:
        raise TagError(
            _(
                "the tag could not be written ({reason}). Check the disk and the permissions of "
                "the folder."
            ).format(reason=cause(error))
        ) from error
    except AudioError as error:
        raise TagError(
            _("the tag was not written, for the copy cannot be read: {error}").format(error=error)
        ) from error


def reason_against(prediction: Prediction, least: str = "clearly") -> str:
    """Return why a prediction is no reason to change a file; empty where it is one.

    Parameters
    ----------
    prediction : Prediction
    least : str
        From which confidence level on: ``clearly``, or ``probably`` too; never below.

    Returns
    -------
    reason : str
        In a few words.
    """
    if prediction.music.looks_like in NOT_MUSIC:
        return _("not music, it sounds like {kind}").format(
            kind=_(NOT_MUSIC[prediction.music.looks_like])
        )
    if prediction.music.looks_like is None:
        return _("whether it is music could not be checked")
    if prediction.confidence == "unsure":
        return _("{level}, perhaps {genre}").format(
            level=_(CONFIDENCE_LABELS["unsure"]), genre=prediction.genre
        )
    if prediction.confidence not in ("clearly", least):
        return _("only {level} {genre}").format(
            level=_(CONFIDENCE_LABELS[prediction.confidence]), genre=prediction.genre
        )
    return ""


def _opened(path: Path) -> Any:
    """Return a file as mutagen knows it, with tags to write to."""
    import mutagen

    try:
        file = mutagen.File(path)
    except mutagen.MutagenError as error:
        raise TagError(
            _("the tags of this file cannot be read ({error}).").format(error=brief(error))
        ) from error
    if file is None:
        raise NoTagError(
            _("files of this kind ({ending}) have no genre tag to write").format(
                ending=path.suffix.lower()
            )
        )
    _with_tags(file, path.suffix.lower())
    return file


def _with_tags(file: Any, ending: str) -> None:
    """Give a file tags if it has none; raise if its kind has no genre among them."""
    import mutagen

    with contextlib.suppress(mutagen.MutagenError, NotImplementedError):
        if file.tags is None:
            file.add_tags()
    if not _access(file):
        raise NoTagError(
            _("files of this kind ({ending}) have no genre tag to write").format(ending=ending)
        )


def _access(file: Any) -> tuple[str, Callable[[str], Any]] | None:
    """Return the name of the genre tag among a file's tags, and what makes its value of a text."""
    from mutagen.asf import ASFTags
    from mutagen.id3 import ID3, TCON
    from mutagen.mp4 import MP4Tags

    if isinstance(file.tags, ID3):
        return "TCON", lambda genre: TCON(encoding=3, text=[genre])
    if isinstance(file.tags, MP4Tags):
        return "\xa9gen", lambda genre: [genre]
    if isinstance(file.tags, ASFTags):
        return "WM/Genre", lambda genre: [genre]
    if hasattr(file.tags, "vendor"):  # Vorbis comments, of whichever file
        return "genre", lambda genre: [genre]
    return None


def _genre_of(file: Any) -> str:
    access = _access(file)
    found: Any = file.tags.get(access[0], []) if access else []
    values = getattr(found, "genres", found)
    return "; ".join(str(value) for value in values)


def _set_genre(kind: Any, file: Any, genre: str) -> None:
    """Write a genre into an open file, in the version of its tags."""
    import mutagen
    from mutagen.id3 import ID3

    try:
        file.seek(0)
        tagged = kind(file)
        _with_tags(tagged, "")
        name, value_of = _access(tagged) or ("", str)
        settings: dict[str, int] = {}
        if isinstance(tagged.tags, ID3) and tagged.tags.version < (2, 4):
            settings["v2_version"] = 3
            tagged.tags.update_to_v23()
        tagged.tags[name] = value_of(genre)
        file.seek(0)
        tagged.save(file, **settings)
    except mutagen.MutagenError as error:
        raise TagError(
            _("the tag could not be written ({error}).").format(error=brief(error))
        ) from error


def _check_copy(kind: Any, file: Any, genre: str, digest: str) -> None:
    """Raise unless a tagged copy names the genre and sounds as the file does."""
    file.flush()
    file.seek(0)
    written = _genre_of(kind(file))
    file.seek(0)
    if load_audio(file).digest() != digest or written != genre:
        raise TagError(
            _(
                "the tag was not written: the file would not sound as before, or not name the "
                "genre. Use another program for this one."
            )
        )


def _copy_status(path: Path, copy: Path) -> None:
    """Give a copy the owner, permissions and attributes of a file; it is changed now."""
    status = path.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # not ours to give
            os.chown(copy, status.st_uid, status.st_gid)
    shutil.copystat(path, copy)
    os.utime(copy)
