"""The files of a collection, and the map of songs."""

import io

import numpy as np

from genre import paths
from genre.collection import search, song_map
from genre.collection.index_job import read_index
from genre.collection.store import DATABASE, STATUS, list_collections
from genre.export.collection_table import playlists_zip, songs_csv, songs_json
from genre.system.files import write_json
from tests.fuzz.mutations import mutated
from tests.support.collections import made_up_collection

RECORDS, MAP = "heard-1.f32", "song_map.npz"


def set_up(folder):
    """A collection of sixty made-up songs; its files, and the map's."""
    home, paths.HOME = paths.HOME, folder / "home"
    try:
        place = made_up_collection(folder / "songs", 60)
    finally:
        paths.HOME = home
    write_json(place / STATUS, {
        "version": 1, "state": "ready", "reason": "", "pid": 7, "process_started": 1.5,
        "heartbeat": 2.5, "n_done": 60, "n_files": 60, "n_heard": 60, "n_problems": 0,
        "folder": "/songs",
    })  # fmt: skip
    files = {name: (place / name).read_bytes() for name in (DATABASE, RECORDS, STATUS)}
    return place, files | {MAP: song_map.PATH.read_bytes()}


def make(state, rng):
    _, files = state
    name = rng.choice([DATABASE, DATABASE, DATABASE, *files])
    content = bytearray(mutated(files[name], rng))
    for _ in range(rng.choice([0, 4, 40]) if content else 0):  # in its pages as well
        content[rng.randrange(len(content))] = rng.randrange(256)
    return name, bytes(content)


def use(state, name, content):
    """Do all that the page and the command do with a collection."""
    place, files = state
    if name == MAP:
        song_map.load_map(io.BytesIO(content))
        return
    for beside in place.glob(f"{DATABASE}-*"):
        beside.unlink()
    for file in (DATABASE, RECORDS, STATUS):
        (place / file).write_bytes(content if file == name else files[file])
    f"{read_index(place)} {list_collections()}".encode()
    overview = search.read_overview(place)
    f"{overview.folder} {overview.genres} {overview.seconds:.0f}".encode(errors="replace")
    search.list_problems(place)
    songs = search.find_songs(place, "song", limit=-1)
    for export in (songs_csv, songs_json):
        export(songs).encode(errors="replace")
    playlists_zip(songs)
    search.nearest_songs(place, np.ones(200, np.float32))
    search.songs_by_tag(place, "guitar")
    assert len(search.map_points(place).positions) <= 60
    for song in songs[:3]:
        search.song_vector(place, song.digest)


COLLECTION = (set_up, make, use)
