"""Changes of a dataset by hand: classes, and what is said of its clips."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from genre.builder.dataset import OwnDataset
from genre.builder.names import class_name, tidy
from genre.builder.store import change
from genre.errors import DatasetError
from genre.language import _
from genre.system.schema import brief


def add_class(slug: str, name: str) -> OwnDataset:
    """Add an empty class.

    Parameters
    ----------
    slug : str
        Of the dataset.
    name : str
        In any script.

    Returns
    -------
    dataset : OwnDataset

    Raises
    ------
    DatasetError
        If it is no name, differs from that of another class by case or Unicode form alone, or
        there are 100 classes; and as `genre.builder.store.change`.
    """

    def make(dataset: OwnDataset) -> OwnDataset:
        new = class_name(name, dataset.classes)
        return replace(dataset, classes=(*dataset.classes, new))

    return change(slug, make)


def rename_class(slug: str, old: str, new: str) -> OwnDataset:
    """Give a class another name; to that of another class it is not renamed but merged.

    Raises
    ------
    DatasetError
        As `add_class`, and if there is no such class.
    """

    def make(dataset: OwnDataset) -> OwnDataset:
        _check_class(dataset, old)
        name = class_name(new, [other for other in dataset.classes if other != old])
        return _moved(dataset, old, name)

    return change(slug, make)


def merge_classes(slug: str, name: str, into: str) -> OwnDataset:
    """Move all clips of a class into another one; the class is gone then.

    Raises
    ------
    DatasetError
        If there is no such class.
    """

    def make(dataset: OwnDataset) -> OwnDataset:
        _check_class(dataset, name)
        _check_class(dataset, into)
        return dataset if name == into else _moved(dataset, name, into)

    return change(slug, make)


def remove_class(slug: str, name: str) -> OwnDataset:
    """Remove a class with its clips; the recordings that they are copies of stay.

    Raises
    ------
    DatasetError
        If there is no such class.
    """

    def make(dataset: OwnDataset) -> OwnDataset:
        _check_class(dataset, name)
        clips = tuple(clip for clip in dataset.clips if clip.genre != name)
        classes = tuple(other for other in dataset.classes if other != name)
        return replace(dataset, classes=classes, clips=clips)

    return change(slug, make)


def remove_clips(slug: str, files: Collection[str]) -> OwnDataset:
    """Remove clips; the recordings that they are copies of stay."""
    gone = set(files)

    def make(dataset: OwnDataset) -> OwnDataset:
        return replace(dataset, clips=tuple(c for c in dataset.clips if c.file not in gone))

    return change(slug, make)


def correct_clips(slug: str, changes: Mapping[str, Mapping[str, str]]) -> OwnDataset:
    """Correct what is said of clips.

    Parameters
    ----------
    slug : str
    changes : mapping
        By file, new values of ``title``, ``artist`` and ``genre`` (the class: it must be there).

    Raises
    ------
    DatasetError
        If there is no such class.
    """

    def make(dataset: OwnDataset) -> OwnDataset:
        clips = []
        for clip in dataset.clips:
            new = changes.get(clip.file, {})
            genre = new.get("genre", clip.genre)
            if genre != clip.genre:
                _check_class(dataset, genre)
            title, artist = tidy(new.get("title", clip.title)), tidy(new.get("artist", clip.artist))
            clips.append(replace(clip, genre=genre, title=title, artist=artist) if new else clip)
        return replace(dataset, clips=tuple(clips))

    return change(slug, make)


def _moved(dataset: OwnDataset, old: str, new: str) -> OwnDataset:
    clips = tuple(replace(c, genre=new) if c.genre == old else c for c in dataset.clips)
    classes = dict.fromkeys(new if name == old else name for name in dataset.classes)
    return replace(dataset, classes=tuple(classes), clips=clips)


def _check_class(dataset: OwnDataset, name: str) -> None:
    if name not in dataset.classes:
        raise DatasetError(
            _("the dataset {label!r} has no class {name!r}. It has: {names}.").format(
                label=dataset.label,
                name=brief(name),
                names=", ".join(dataset.classes) or _("none yet"),
            )
        )
