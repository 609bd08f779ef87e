"""Recordings and datasets: what a visitor or a folder gives to be heard or learnt from."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from genre.audio import kept_songs
from genre.audio.feature_config import MfccConfig
from genre.audio.features import extract_frames
from genre.audio.load import browser_media_type, load_audio
from genre.datasets.folder import extract_folder, extract_recordings
from genre.datasets.gtzan import find_source
from genre.datasets.gtzan_download import read_download
from genre.datasets.identity import identify
from genre.datasets.load import load_dataset, stored_features
from genre.datasets.pack import write_pack
from genre.datasets.read_job import read_reading
from genre.datasets.summary import describe_dataset
from genre.errors import DatasetError
from genre.splits.split import split_tracks
from genre.text import training_data as training_text
from genre.text.uploads import no_longer_kept
from tests.fuzz.mutations import (
    EXTREMES,
    TEXTS,
    mutated,
    mutated_csv,
    mutated_json,
    mutated_npz,
    zipped,
)
from tests.support.made_up import two_genre_data
from tests.support.recordings import KINDS, m4a_that_claims, matroska, recording, wav_of

OTHER_RECORDINGS = {
    "tiny-packets": lambda: matroska(b"\0\0", 500),
    "s64": lambda: wav_of(64),
    "absurd-table": lambda: m4a_that_claims(1_000),
    "chained": lambda: recording("ogg", 0.3) + recording("opus", 0.3),
}


def look_at(data):
    """Do with a dataset what commands and the page Train do before they train."""
    overview = describe_dataset(data)
    for row in (*overview.genres, overview.total):
        str(row.genre).encode("utf-8", "surrogateescape")
    with contextlib.suppress(DatasetError):  # too few tracks, or none that is named
        split_tracks(data, seed=1)


@lru_cache
def good_recording(kind, seconds=0.5):
    """A recording of about half a second, as it should be."""
    if kind in OTHER_RECORDINGS:
        return OTHER_RECORDINGS[kind]()
    return recording(kind, seconds, noise=0.05)


def make_recording(state, rng):
    kind = rng.choice([*KINDS, *OTHER_RECORDINGS])
    content = good_recording(kind)
    if kind == "wavfloat" and rng.random() < 0.3:  # numbers that are none, in the sound itself
        place = rng.randrange(64, len(content) - 8) // 4 * 4
        return kind, content[:place] + rng.choice(EXTREMES) + content[place + 4 :]
    return kind, mutated(content, rng)


def use_recording(state, kind, content):
    browser_media_type(content)
    signal = load_audio(content)
    assert signal.seconds <= 1_200
    assert np.isfinite(extract_frames(signal, MfccConfig())).all()


RECORDING = (lambda folder: None, make_recording, use_recording)


def set_up_folder(folder):
    """A folder for data, and a cache of its own."""
    os.environ["GENRE_LAB_CACHE"] = str(folder / "cache")
    for extract in (extract_folder, extract_recordings):
        extract.__kwdefaults__["n_jobs"] = 1
    (folder / "data").mkdir()
    return folder / "data"


def make_data_json(folder, rng):
    frames = [[[round(rng.gauss(0, 9), 2) for _ in range(3)] for _ in range(2)] for _ in range(4)]
    values = {"mapping": ["a/blues", "b/rock"], "labels": [0, 0, 1, 1], "mfcc": frames}
    named = {"track": ["w", "x", "y", "z"], "artist": ["p", None, "q", "r"]}
    return "json", mutated_json(values | (named if rng.random() < 0.7 else {}), rng)


def use_data_json(folder, kind, content):
    (folder / "data.json").write_bytes(content)
    stored_features(folder / "data.json")
    look_at(load_dataset(folder / "data.json"))


DATA_JSON = (set_up_folder, make_data_json, use_data_json)


def make_data_zip(folder, rng):
    kind = rng.choice(["wav16", "au", "ogg"])
    root = rng.choice(["", "music/", "a/b/"])
    lengths = {"rock/1": 0.5, "rock/2": 0.51, "jazz/1": 0.52, "jazz/2": 0.53}
    members = {f"{root}{name}.wav": good_recording(kind, s) for name, s in lengths.items()}
    name = rng.choice(list(members))
    members[name] = mutated(members[name], rng)
    members[f"{root}artists.csv"] = mutated_csv("track_id,artist\n1,a\n2,b\n", rng)
    return "zip", zipped(members, rng)


def use_data_zip(folder, kind, content):
    (folder / "music.zip").write_bytes(content)
    look_at(load_dataset(folder / "music.zip"))


DATA_ZIP = (set_up_folder, make_data_zip, use_data_zip)


def set_up_music(folder):
    data = set_up_folder(folder)
    for genre in ("rock", "jazz"):
        (data / genre).mkdir()
        for i, kind in enumerate(("wav16", "au")):
            seconds = 0.5 + 0.01 * len(genre) * i + 0.1 * (genre == "jazz")
            (data / genre / f"{genre}{i}.wav").write_bytes(good_recording(kind, seconds))
    return data


def make_artists_csv(folder, rng):
    rows = [f"{genre}{i},artist {i}" for genre in ("rock", "jazz") for i in (0, 1)]
    name = rng.choice(["artists.csv", "tracks.csv"])
    return name, mutated_csv("\n".join(["track_id,artist", *rows]) + "\n", rng)


def use_artists_csv(folder, name, content):
    (folder / name).write_bytes(content)
    try:
        look_at(load_dataset(folder))
    finally:
        (folder / name).unlink()


ARTISTS_CSV = (set_up_music, make_artists_csv, use_artists_csv)


HEADERS = ("track_id,genre,artist", "path,genre", "file,artist,genre,year")
FMA = ",track,track,artist\n,genre_top,title,name\ntrack_id,,,\n"


def make_genre_table(folder, rng):
    """A table that says of which genre recordings are, as FMA's or as one's own has it."""
    lines = []
    is_fma, header = rng.random() < 0.3, rng.choice(HEADERS)
    for genre in ("rock", "jazz"):
        for i in (0, 1):
            place = f"{rng.choice(['', f'{genre}/', f'/elsewhere/{genre}/'])}{genre}{i}"
            values = {"track_id": f"{genre}{i}", "path": f"{place}.wav", "file": f"{genre}{i}.wav",
                      "genre": genre, "artist": f"artist {i}", "year": "1999"}  # fmt: skip
            if is_fma:
                lines.append(f"{genre}{i},{genre},a title,artist {i}")
            else:
                lines.append(",".join(values[column] for column in header.split(",")))
    text = "\n".join([FMA.strip() if is_fma else header, *lines]) + "\n"
    if rng.random() < 0.3:
        text = text.replace(",", rng.choice([";", "\t"]))
    name = rng.choice(["genres.csv", "tracks.csv", "mine.tsv"])
    return name, mutated_csv(rng.choice(["", "", "sep=,\n"]) + text, rng)


def use_genre_table(folder, name, content):
    (folder / name).write_bytes(content)
    try:
        identify(folder / name)
        look_at(load_dataset(folder / name))
    finally:
        (folder / name).unlink()


GENRE_TABLE = (set_up_music, make_genre_table, use_genre_table)


def set_up_kept_songs(folder):
    """Two kept songs, the token of their list, and the name of the list's file."""
    set_up_folder(folder)
    songs = []
    for name in ("one.wav", "two.wav"):
        content = name.encode() * 9
        digest = hashlib.sha256(content).hexdigest()
        kept_songs.keep_content(content, digest)
        songs.append(kept_songs.KeptSong(name, digest, len(content), f"id of {name}"))
    token = kept_songs.keep_list(songs, "uploads")
    return token, next((folder / "cache" / "songs").glob("*.json")).name, songs


def make_kept_songs(state, rng):
    """A list that is not as it was written, or a link that names something else."""
    token, _, songs = state
    if rng.random() < 0.2:
        return "link", rng.choice([mutated(token.encode(), rng), *map(_encoded, TEXTS)])
    document = {"version": 1, "source": "uploads", "songs": [asdict(song) for song in songs]}
    document["songs"][0]["name"] = rng.choice([*TEXTS, "one.wav"])
    return "list", mutated_json(document, rng)


def _encoded(text):
    return text.encode("utf-8", "surrogatepass")


def use_kept_songs(state, kind, content):
    token, name, made = state
    for song in made:
        kept_songs.keep_content(song.name.encode() * 9, song.digest)
    path = made[0].path.with_name(name)
    if kind == "link":
        token = content.decode("utf-8", "replace")
    else:
        path.write_bytes(content)
    kept_songs.touch_list(token)
    songs, source = kept_songs.read_list(token)
    assert source in kept_songs.SOURCES
    for song in songs:
        assert song.path.parent == path.parent
        if song.is_kept():
            assert len(kept_songs.read_content(song.path)) == song.n_bytes
    no_longer_kept([song.name for song in songs]).encode()


KEPT_SONGS = (set_up_kept_songs, make_kept_songs, use_kept_songs)


def set_up_pack(folder):
    data = set_up_folder(folder)
    write_pack(data, two_genre_data(3))
    files = {name: (data / name).read_bytes() for name in ("pack.json", "tracks.csv", "frames.npz")}
    return data, files


def make_pack(state, rng):
    """A pack of which one file is changed, mostly with checksums that fit: it is read on."""
    _, good = state
    name = rng.choice(["pack.json", "tracks.csv", "frames.npz", "frames.npz"])
    if name == "pack.json":
        return name, mutated_json(json.loads(good[name]), rng)
    if name == "tracks.csv":
        content = mutated_csv(good[name].decode(), rng)
    elif rng.random() < 0.3:
        content = mutated(good[name], rng)
    else:
        content = mutated_npz(np.load(io.BytesIO(good[name])), rng)
    if rng.random() < 0.1:
        return name, content
    header = json.loads(good["pack.json"])
    header["sha256"][name] = hashlib.sha256(content).hexdigest()
    return f"{name}-checked", zipped({"pack.json": json.dumps(header).encode(), name: content})


def use_pack(state, name, content):
    folder, good = state
    if name.endswith("-checked"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            changed = {member: archive.read(member) for member in archive.namelist()}
    else:
        changed = {name: content}
    for file, data in (good | changed).items():
        (folder / file).write_bytes(data)
    stored_features(folder)
    look_at(load_dataset(folder))


PACK = (set_up_pack, make_pack, use_pack)

OVERVIEW_ROW = {
    "genre": "rock", "n_tracks": 3, "n_segments": 9, "minutes": 1.5, "n_artists": 2, "n_unknown": 1,
}  # fmt: skip
STATUSES = {
    "reading": {
        "version": 1, "state": "ready", "reason": "", "pid": 7, "process_started": 1.5,
        "heartbeat": 2.5, "n_done": 3, "n_tracks": 3, "skipped": [["a.wav", "it is silent"]],
        "overview": {"name": "m", "genres": [OVERVIEW_ROW], "total": OVERVIEW_ROW, "n_skipped": 1},
    },
    "download": {
        "version": 1, "state": "ready", "reason": "", "pid": 7, "process_started": 1.5,
        "heartbeat": 2.5, "n_done": 3, "n_total": 3, "path": "somewhere",
    },
}  # fmt: skip


def make_status(folder, rng):
    kind = rng.choice(list(STATUSES))
    states = ["reading", "ready", "failed", "downloading", "unpacking", "absent", "stopped"]
    return kind, mutated_json(STATUSES[kind] | {"state": rng.choice(states)}, rng)


def use_status(folder, kind, content):
    cache = Path(os.environ["GENRE_LAB_CACHE"])
    if kind == "reading":
        path = folder / "nowhere"
        read_reading(str(path))
        digest = hashlib.sha256(f"mfcc {path.resolve()}".encode()).hexdigest()
        file = cache / "readings" / f"{digest[:16]}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        reading = read_reading(str(path))
        training_text.reading_line(reading.n_done, reading.n_tracks, "mfcc")
        reading.reason.encode()
        if reading.state == "ready":
            training_text.overview_line(reading.overview)
            [training_text.overview_row(row) for row in reading.overview["genres"]]
            [f"{name}: {why}" for name, why in reading.skipped]
    else:
        source = find_source("mini")
        file = cache / "gtzan" / "mini" / "download.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        download = read_download(source)
        download.reason.encode()
        if download.is_live:
            training_text.download_line(download)
        shutil.rmtree(file.parent)


STATUS = (set_up_folder, make_status, use_status)
