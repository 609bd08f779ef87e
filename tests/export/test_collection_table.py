"""Songs of a collection as CSV, JSON and playlists."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

from genre.collection.store import CollectionSong
from genre.export.collection_table import playlists, playlists_zip, songs_csv, songs_json


def song(name, genre="jazz", path=None):
    place = Path(path or f"/music/{name}")
    return CollectionSong(
        place, name, "0" * 64, 0, 61.5, genre, 0.71234, "probably", "music", ("piano", "jazz")
    )


SONGS = [
    song("a/one.mp3"),
    song("=2+3.mp3"),
    song("three.mp3", "한국 음악/neu"),
    song("four\n#EXTINF:9.mp3"),
]


def test_csv_has_a_line_for_each_song_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(songs_csv(SONGS))))
    assert [row["file"] for row in rows][:2] == ["a/one.mp3", "'=2+3.mp3"]
    assert len(rows) == 4
    assert rows[0]["path"] == "/music/a/one.mp3"
    assert (rows[0]["genre"], rows[0]["probability"]) == ("jazz", "0.7123")
    assert rows[0]["tags"] == "piano, jazz"


def test_json_is_the_same():
    first, *others = json.loads(songs_json(SONGS))
    assert len(others) == 3
    assert first["tags"] == ["piano", "jazz"] and first["seconds"] == 61.5


def test_playlists_hold_the_songs_of_a_genre_and_no_line_of_a_name():
    found = playlists(SONGS)
    assert list(found) == ["jazz.m3u8", "한국 음악_neu.m3u8"]
    assert found["jazz.m3u8"].decode().splitlines() == [
        "#EXTM3U", "#EXTINF:62,one", "/music/a/one.mp3", "#EXTINF:62,=2+3", "/music/=2+3.mp3"
    ]  # fmt: skip


def test_playlist_names_a_file_by_its_own_bytes():
    odd = b"/music/caf\xe9.mp3"
    ((_, playlist),) = playlists([song("caf?.mp3", path=os.fsdecode(odd))]).items()
    assert playlist.splitlines()[-1] == odd


def test_zip_holds_each_playlist():
    with zipfile.ZipFile(io.BytesIO(playlists_zip(SONGS))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == playlists(SONGS)
    assert playlists_zip(SONGS) == playlists_zip(SONGS)
