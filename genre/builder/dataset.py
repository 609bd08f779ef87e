"""What a named dataset is: its classes and its clips, and how much it has of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genre import paths

CLIPS = "clips"


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording of a dataset.

    Parameters
    ----------
    file : str
        Its name in ``clips/``; in a dataset of features the name of the track.
    genre : str
        Its class.
    title, artist : str
        Empty where not known.
    seconds : float
    digest : str
        The SHA-256 of the file.
    sound : str
        The digest of its samples (`genre.audio.signal.Signal.digest`).
    source : str
        What the file was called where it came from.
    """

    file: str
    genre: str
    title: str = ""
    artist: str = ""
    seconds: float = 0.0
    digest: str = ""
    sound: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class OwnDataset:
    """A named dataset.

    Parameters
    ----------
    slug : str
        The name of its folder.
    label : str
        What it is called, as it was typed.
    classes : tuple of str
        In the order in which they were named; there may be empty ones.
    clips : tuple of Clip
    has_sound : bool
        False for one of features.
    """

    slug: str
    label: str
    classes: tuple[str, ...] = ()
    clips: tuple[Clip, ...] = ()
    has_sound: bool = True

    @property
    def folder(self) -> Path:
        """Where it is: what training takes as a source."""
        return folder_of(self.slug)

    def path_of(self, clip: Clip) -> Path:
        """Return the file of a clip."""
        return self.folder / CLIPS / clip.file

    def clip(self, file: str) -> Clip | None:
        """Return the clip of a file; None if there is none."""
        return next((clip for clip in self.clips if clip.file == file), None)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How much a dataset has of one class: clips, known artists, clips without one, seconds."""

    name: str
    n_clips: int
    n_artists: int
    n_unknown: int
    seconds: float


def class_rows(dataset: OwnDataset) -> list[ClassRow]:
    """Count what a dataset has of each class."""
    by_class: dict[str, list[Clip]] = {name: [] for name in dataset.classes}
    for clip in dataset.clips:
        by_class[clip.genre].append(clip)
    return [
        ClassRow(
            name,
            len(clips),
            len({clip.artist for clip in clips if clip.artist}),
            sum(not clip.artist for clip in clips),
            sum(clip.seconds for clip in clips),
        )
        for name, clips in by_class.items()
    ]


def datasets_folder() -> Path:
    """Return the folder of all named datasets; it may not exist yet."""
    return paths.own_datasets()


def folder_of(slug: str) -> Path:
    """Return the folder of a dataset; it may not exist."""
    return datasets_folder() / slug


def work_folder(slug: str) -> Path:
    """Return where uploads wait and long work is written down: hidden from the reader."""
    return folder_of(slug) / ".work"
