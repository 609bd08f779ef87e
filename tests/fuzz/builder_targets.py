"""A dataset that was built here: its table, its classes, and the tags of a recording."""

from genre import paths
from genre.builder.dataset import Clip, class_rows
from genre.builder.file_tags import read_tags
from genre.builder.inbox import put, waiting
from genre.builder.store import create, read_dataset, save
from genre.builder.table import ABOUT, TABLE
from genre.builder.work_job import read_work
from genre.datasets.load import list_tracks
from genre.system.files import write_json
from tests.fuzz.mutations import mutated, mutated_csv
from tests.support.recordings import recording

TAGGED = ("mp3", "flac", "ogg", "m4a", "wma", "aiff", "wav16")


def in_home(folder, act, *arguments):
    """Do something where a folder is the program's home."""
    home, paths.HOME = paths.HOME, folder / "home"
    try:
        return act(*arguments)
    finally:
        paths.HOME = home


def set_up(folder):
    """A dataset of three clips in two classes, its status and an upload; its files, and sounds."""
    return in_home(folder, _set_up, folder)


def _set_up(folder):
    dataset = create("fuzz")
    clips = [Clip(f"{n}.wav", genre, "a title", "an artist", 30.0, "0" * 64, "1" * 64, f"{n}.wav")
             for n, genre in enumerate(("rock", "rock", "jazz"))]  # fmt: skip
    save(type(dataset)(dataset.slug, dataset.label, ("rock", "jazz"), tuple(clips)))
    put(dataset.slug, "a.wav", "rock", b"")
    write_json(dataset.folder / ".work" / "work.json", {
        "version": 1, "state": "ready", "reason": "", "pid": 7, "process_started": 1.5,
        "heartbeat": 2.5, "task": "add", "n_done": 1, "n_files": 2, "n_added": 1, "n_skipped": 1,
        "skipped": [["a.wav", "why"]], "out": "",
    })  # fmt: skip
    (upload,) = (dataset.folder / ".work" / "inbox").glob("*.json")
    places = {ABOUT: dataset.folder / ABOUT, TABLE: dataset.folder / TABLE, "upload": upload}
    places["work"] = dataset.folder / ".work" / "work.json"
    sounds = {kind: recording(kind, 0.2) for kind in TAGGED}
    return folder, dataset, {n: (path, path.read_bytes()) for n, path in places.items()}, sounds


def make(state, rng):
    _folder, _dataset, files, sounds = state
    name = rng.choice([*files, *files, *sounds])
    if name == TABLE and rng.random() < 0.6:
        return name, mutated_csv(files[name][1].decode(), rng)
    return name, mutated(files[name][1] if name in files else sounds[name], rng)


def use(state, name, content):
    """Do what page and command do with a dataset and with a recording's tags."""
    folder, dataset, files, _sounds = state
    if name not in files:
        path = folder / f"tagged.{name.removesuffix('16')}"
        path.write_bytes(content)
        assert all(len(said) <= 200 and said.isprintable() for said in read_tags(path))
        return
    path, good = files[name]
    path.write_bytes(content)
    try:
        in_home(folder, _look_at, dataset.slug)
    finally:
        path.write_bytes(good)


def _look_at(slug):
    read_work(slug)
    waiting(slug)
    found = read_dataset(slug)
    assert sum(row.n_clips for row in class_rows(found)) == len(found.clips)
    list_tracks(found.folder)


BUILT = (set_up, make, use)
