"""Uploads and recordings on their way into a dataset: laid down at once, taken in by a job."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path, PurePosixPath

from genre.audio.formats import AUDIO_EXTENSIONS
from genre.builder.dataset import work_folder
from genre.builder.intake import Item
from genre.builder.names import MAX_TEXT, tidy
from genre.errors import DatasetError
from genre.language import _
from genre.system.files import write_bytes, write_json
from genre.system.schema import Damaged, cause, read_json, record, text

_ABOUT = record(name=text, genre=text)


def put(slug: str, name: str, genre: str, content: bytes) -> None:
    """Lay down a file for a dataset.

    Parameters
    ----------
    slug : str
        Of the dataset.
    name : str
        What the visitor calls the file.
    genre : str
        Its class.
    content : bytes

    Raises
    ------
    DatasetError
        If the disk does not take it.
    """
    name = tidy(name, MAX_TEXT) or "clip"
    ending = PurePosixPath(name).suffix.lower()
    place = _folder(slug) / secrets.token_hex(8)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(place.with_suffix(ending if ending in AUDIO_EXTENSIONS else ".bin"), content)
        write_json(place.with_suffix(".json"), {"name": name, "genre": genre})  # last: it is whole
    except OSError as error:
        raise DatasetError(
            _(
                "{name} could not be kept ({reason}). Free some space in {folder}, and upload it "
                "again."
            ).format(name=name, reason=cause(error), folder=_folder(slug))
        ) from error


def waiting(slug: str) -> list[Item]:
    """Return what waits to be taken into a dataset, in the order in which it came."""
    found = []
    for about in sorted(_folder(slug).glob("*.json"), key=lambda path: path.stat().st_mtime_ns):
        files = [path for path in _folder(slug).glob(f"{about.stem}.*") if path != about]
        try:
            document = read_json(about)
            _ABOUT(document, about.name)
        except Damaged:
            continue
        found += [Item(path, document["name"], document["genre"]) for path in files]
    return found


def has_waiting(slug: str) -> bool:
    """Tell whether something waits to be taken into a dataset."""
    return any(_folder(slug).glob("*.json"))


def drop(items: list[Item]) -> None:
    """Remove what was taken in, or cannot be."""
    for item in items:
        for path in (item.path.with_suffix(".json"), item.path):
            with contextlib.suppress(OSError):
                path.unlink()


def _folder(slug: str) -> Path:
    return work_folder(slug) / "inbox"
