"""What a link calls one's own data: its name and a digest of what is in it, never where it is.

Conventions
-----------
``<name>~<eight hexadecimal digits>``: the name of the folder or file, and the beginning of a sha256
of what identifies the content: of a folder or table the genres, artists, names and sizes of its
recordings, of a pack its header (which has the digests of its files), of any other file its bytes.
Where data of a name was found before is kept in the user's cache (``places.json``) and in the
configuration of each run, so that a link finds it again here and says nothing of it elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from genre.datasets.genre_table import TABLE_ENDINGS
from genre.datasets.layout import scan_folder
from genre.datasets.load import path_of
from genre.datasets.pack_header import PACK_FILE
from genre.errors import DatasetError
from genre.paths import cache_folder
from genre.system.files import special_file, write_json
from genre.system.schema import Damaged, file_name, items, printable, read_json

MAX_NAME = 60
"""Characters of a name that a link holds."""
MAX_PLACES = 50
_IDENTITY = re.compile(r"[^\x00-\x1f]{1,60}~[0-9a-f]{8}")
_PLACES = "places.json"


def is_identity(text: str) -> bool:
    """Tell whether a text is what a link calls data.

    Examples
    --------
    >>> is_identity("music~0a1b2c3d"), is_identity("gtzan-subset"), is_identity("/etc~0a1b2c3d/x")
    (True, False, False)
    """
    return bool(_IDENTITY.fullmatch(text))


def name_in(identity: str) -> str:
    """Return the name of the data that an identity means."""
    return identity.rpartition("~")[0]


def identify(source: str | Path) -> str:
    """Return what a link calls a dataset; empty where nothing can be read.

    Parameters
    ----------
    source : str or Path
        As `genre.datasets.load.load_dataset` takes it.
    """
    path, digest = path_of(source), hashlib.sha256()
    try:
        if special_file(path) or not path.exists():
            return ""
        if (path / PACK_FILE).exists():
            digest.update((path / PACK_FILE).read_bytes())
        elif path.is_dir() or path.suffix.lower() in TABLE_ENDINGS:
            for recording, track in scan_folder(path)[0]:
                whose = f"{track.genre}/{track.artist or ''}/{recording.name}"
                line = f"{whose} {recording.stat().st_size}\n"
                digest.update(line.encode("utf-8", "surrogateescape"))
        else:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
    except (OSError, DatasetError):
        return ""
    return f"{_name_of(path)}~{digest.hexdigest()[:8]}"


def find_place(identity: str, places: Iterable[str] = ()) -> tuple[str, bool]:
    """Look for the data that a link means where data of its name was before.

    Parameters
    ----------
    identity : str
    places : iterable of str
        Looked at first; then those that were noted.

    Returns
    -------
    place : str
        Empty if nothing of this name is here any more.
    is_same : bool
        Whether its content is what it was: if not, it was changed since.
    """
    changed = ""
    for place in dict.fromkeys([*places, *_noted()]):
        if _name_of(Path(place)) != name_in(identity):
            continue
        if (found := identify(place)) == identity:
            return place, True
        changed = changed or (place if found else "")
    return changed, False


def closest_place(
    identity: str, places: Iterable[str] = (), identify: Callable[[str], str] = identify
) -> tuple[str, bool]:
    """Return what is here and closest to the data that a link means.

    Parameters
    ----------
    identity : str
    places : iterable of str
        Looked at first; then those that were noted.
    identify : callable
        `identify`, or what remembers its answers.

    Returns
    -------
    place : str
        Data with the same digest, under whatever name; else of the same name, as `find_place`
        finds them; else empty.
    is_same : bool
        Whether the digest is the same.
    """
    found = {place: identify(place) for place in dict.fromkeys([*places, *_noted()])}
    for place, known in found.items():
        if known and known.rpartition("~")[2] == identity.rpartition("~")[2]:
            return place, True
    for place, known in found.items():
        if known and name_in(known) == name_in(identity):
            return place, False
    return "", False


def note_place(source: str) -> None:
    """Note where a dataset is, for the links that will name it; a full disk is no hindrance."""
    noted = _noted()
    if noted[:1] == [source]:
        return
    places = list(dict.fromkeys([source, *noted]))[:MAX_PLACES]
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        write_json(cache_folder() / _PLACES, {"version": 1, "places": places})
    except OSError:
        return


def _noted() -> list[str]:
    """Return the places that were noted, the latest first."""
    try:
        document = read_json(cache_folder() / _PLACES)
        places = document["places"]
        items(file_name)(places, "places")
    except (Damaged, KeyError, TypeError):
        return []
    return list(places)


def _name_of(path: Path) -> str:
    """Return the name of a dataset as a link has it."""
    name = path.name if path.is_dir() else path.stem
    return printable(name)[:MAX_NAME].strip() or "data"
