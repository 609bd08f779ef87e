"""A named dataset on disk: a folder that `genre.datasets` reads as any other folder of one's own.

Conventions
-----------
``paths.HOME/own-datasets/<slug>/`` has ``dataset.json`` (label and classes), ``tracks.csv`` (a line
for each clip) and ``clips/`` (the files); ``docs/formats.md`` lists the keys.  The table alone says
of which class a clip is, so each change is one file that is written whole: a clip is in the folder
before the table names it, and is deleted after the table has forgotten it.  A dataset of features
has a feature pack instead of table and clips, and cannot be changed.

locked
    One process changes a dataset at a time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.builder.dataset import CLIPS, Clip, OwnDataset, datasets_folder, folder_of
from genre.builder.names import (
    MAX_CHARACTERS,
    alike,
    check_classes,
    key_of,
    tidy,
)
from genre.builder.table import ABOUT, TABLE, VERSION, damaged, read_clips, write_dataset
from genre.collection.store import collection_of, delete_collection, has_songs
from genre.datasets.pack_header import PACK_FILE, read_pack_tracks
from genre.errors import CollectionError, DatasetError
from genre.language import _
from genre.system.folders import remove_folder
from genre.system.lock import FolderLock
from genre.system.names import fit_name, free_name
from genre.system.schema import Damaged, brief, cause, items, read_json, record, text, whole

MAX_CLIPS = 100_000
FALLBACK = "dataset"
"""Of a label without letters and digits."""
LOCK_SECONDS = 3.0
_ABOUT = record(version=whole(1), label=text, classes=items(text))


def list_datasets() -> list[str]:
    """Return the slugs of all named datasets, in alphabetical order."""
    return sorted(path.parent.name for path in datasets_folder().glob(f"*/{ABOUT}"))


def label_of(slug: str) -> str:
    """Return what a dataset is called; its slug where that cannot be read."""
    try:
        return str(_read_about(slug)["label"])
    except DatasetError:
        return slug


def find_dataset(name: str) -> str:
    """Return the slug of a dataset by its slug or its label.

    Raises
    ------
    DatasetError
        If there is none.
    """
    slugs = list_datasets()
    for slug in slugs:
        if name == slug or key_of(label_of(slug)) == key_of(name):
            return slug
    raise DatasetError(
        _("there is no dataset {name!r}. There are: {names}.").format(
            name=brief(name), names=", ".join(map(label_of, slugs)) or _("none yet")
        )
    )


def create(label: str) -> OwnDataset:
    """Create an empty dataset.

    Parameters
    ----------
    label : str
        Any text of one line; the folder's name is made of it.

    Raises
    ------
    DatasetError
        If it is no name, another dataset is called so, or the disk does not take it.
    """
    name = tidy(label)
    if not name or len(name) > MAX_CHARACTERS:
        raise DatasetError(
            _("{label!r} cannot be the name of a dataset: expected 1 to {n} characters.").format(
                label=brief(label), n=MAX_CHARACTERS
            )
        )
    slugs = list_datasets()
    if any(key_of(label_of(slug)) == key_of(name) for slug in slugs):
        raise DatasetError(
            _("there is a dataset called {label!r} already. Give another name.").format(label=name)
        )
    datasets_folder().mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in datasets_folder().iterdir()}
    dataset = OwnDataset(free_name(fit_name(name, FALLBACK), taken.__contains__), name)
    with _writing(dataset.slug):
        (dataset.folder / CLIPS).mkdir(parents=True)
        write_dataset(dataset)
    return dataset


def stamp(slug: str) -> tuple[int, ...]:
    """Return numbers that change when a dataset does."""
    found = []
    for name in (ABOUT, TABLE, PACK_FILE):
        with contextlib.suppress(OSError):
            about = (folder_of(slug) / name).stat()
            found += [about.st_mtime_ns, about.st_size]
    return tuple(found)


def read_dataset(slug: str) -> OwnDataset:
    """Read a named dataset.

    Raises
    ------
    DatasetError
        If there is none of this name, or what is there is damaged.
    """
    about = _read_about(slug)
    folder = folder_of(slug)
    if (folder / PACK_FILE).exists():
        tracks = read_pack_tracks(folder).tracks
        clips = [Clip(t.track_id, t.genre, "", t.artist or "", t.seconds) for t in tracks]
    else:
        clips = read_clips(folder / TABLE, about["label"])
    classes = dict.fromkeys([*about["classes"], *(clip.genre for clip in clips)])
    has_sound = not (folder / PACK_FILE).exists()
    return OwnDataset(slug, about["label"], tuple(classes), tuple(clips), has_sound)


def change(slug: str, make: Callable[[OwnDataset], OwnDataset]) -> OwnDataset:
    """Change a dataset: read it, write what is made of it, delete the clips that are not in it.

    Raises
    ------
    DatasetError
        If another process changes it, it has no sound, or it cannot be written; it is then as it
        was.
    """
    with locked(slug):
        before = read_dataset(slug)
        if not before.has_sound:
            raise DatasetError(
                _(
                    "{label!r} holds features and no sound: it cannot be changed. Build a dataset "
                    "from the recordings."
                ).format(label=before.label)
            )
        after = make(before)
        check_classes(after.classes)
        with _writing(slug):
            write_dataset(after)
        kept = {clip.file for clip in after.clips}
        for clip in before.clips:
            if clip.file not in kept:
                with contextlib.suppress(OSError):  # it is not in the dataset any more
                    before.path_of(clip).unlink()
    return after


def delete(slug: str) -> None:
    """Delete a dataset with its clips, and what was heard of them.

    Raises
    ------
    DatasetError
        If another process changes it, or the system refuses.
    """
    place = collection_of(folder_of(slug))
    with locked(slug), _writing(slug):
        if has_songs(place):
            with contextlib.suppress(CollectionError):  # it is read just now: it is only a cache
                delete_collection(place)
    with _writing(slug):
        remove_folder(folder_of(slug))


@contextlib.contextmanager
def locked(slug: str) -> Iterator[None]:
    """Keep others from changing a dataset.

    Raises
    ------
    DatasetError
        If another process does so already.
    """
    _check_here(slug)
    lock, end = FolderLock(folder_of(slug)), time.monotonic() + LOCK_SECONDS
    with _writing(slug):
        while not lock.acquire():
            if time.monotonic() > end:
                raise DatasetError(
                    _(
                        "{label!r} is being changed just now. Wait until that is done, or stop it."
                    ).format(label=label_of(slug))
                )
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.release()


def save(dataset: OwnDataset) -> None:
    """Write a dataset that is locked; errors are those of `change`."""
    with _writing(dataset.slug):
        write_dataset(dataset)


def with_class(dataset: OwnDataset, name: str) -> OwnDataset:
    """Return a dataset that has a class besides; `DatasetError` if one is too like it."""
    if name in dataset.classes:
        return dataset
    for other in dataset.classes:
        if key_of(other) == key_of(name):
            raise DatasetError(alike(other, name))
    check_classes([*dataset.classes, name])
    return replace(dataset, classes=(*dataset.classes, name))


def _check_here(slug: str) -> None:
    if not slug or Path(slug).name != slug or not (folder_of(slug) / ABOUT).exists():
        raise DatasetError(
            _("there is no dataset {name!r} any more. Choose another.").format(name=brief(slug))
        )


def _read_about(slug: str) -> dict[str, Any]:
    _check_here(slug)
    try:
        about: dict[str, Any] = read_json(folder_of(slug) / ABOUT)
        _ABOUT(about, ABOUT)
        if about["version"] != VERSION:
            raise Damaged(_("it is of another version of the program"))
        check_classes(about["classes"])
    except (Damaged, DatasetError) as error:
        raise damaged(slug, ABOUT, error) from error
    return about


@contextlib.contextmanager
def _writing(slug: str) -> Iterator[None]:
    """Say what the disk refuses in a sentence."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            _(
                "the dataset cannot be written in {folder} ({reason}). Free some space, or name "
                "another folder in GENRE_LAB_HOME."
            ).format(folder=folder_of(slug), reason=cause(error))
        ) from error
