"""Songs of a collection as CSV, JSON and playlists (m3u8, one for each genre)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from genre.collection.store import CollectionSong
from genre.export.result_table import no_formula
from genre.system.files import json_text
from genre.system.schema import printable
from genre.text.format import one_line

COLUMNS = (
    *("file", "path", "genre", "certainty", "probability", "seconds", "looks_like", "tags"),
    "sha256",
)


def song_row(song: CollectionSong) -> dict[str, Any]:
    """Return a song as a row of the columns `COLUMNS`."""
    return {
        "file": song.name,
        "path": printable(str(song.path)),
        "genre": song.genre,
        "certainty": song.certainty,
        "probability": round(song.probability, 4),
        "seconds": round(song.seconds, 1),
        "looks_like": song.looks_like,
        "tags": ", ".join(song.tags),
        "sha256": song.digest,
    }


def songs_csv(songs: Iterable[CollectionSong]) -> str:
    """Return songs as CSV with a header; what looks like a formula begins with a quote."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for song in songs:
        writer.writerow({name: no_formula(value) for name, value in song_row(song).items()})
    return out.getvalue()


def songs_json(songs: Iterable[CollectionSong]) -> str:
    """Return songs as a JSON list."""
    return json_text([song_row(song) | {"tags": list(song.tags)} for song in songs])


def playlists(songs: Sequence[CollectionSong]) -> dict[str, bytes]:
    """Return a playlist for each genre: extended m3u, with whole paths.

    Returns
    -------
    files : dict of str to bytes
        By the file's name.  Paths are written as the system names them, which is UTF-8 nearly
        everywhere; a path that holds the end of a line cannot stand in a playlist and is left out.
    """
    lines: dict[str, list[str]] = {}
    for song in songs:
        if not re.search(r"[\r\n]", str(song.path)):
            of_genre = lines.setdefault(song.genre, ["#EXTM3U"])
            title = one_line(song.name.rpartition("/")[2].rpartition(".")[0] or song.name)
            of_genre += [f"#EXTINF:{round(song.seconds)},{title}", str(song.path)]
    return {
        f"{_file_name(genre)}.m3u8": ("\n".join(of_genre) + "\n").encode("utf-8", "surrogateescape")
        for genre, of_genre in sorted(lines.items())
    }


def playlists_zip(songs: Sequence[CollectionSong]) -> bytes:
    """Return the playlists as one zip: the same bytes for the same songs."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, playlist in playlists(songs).items():
            archive.writestr(zipfile.ZipInfo(name), playlist, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _file_name(genre: str) -> str:
    return re.sub(r"[^\w -]", "_", genre)
