"""Recordings into a dataset: each is read once, copied, or skipped with a reason.

Conventions
-----------
What is the same as a clip that is there, in bytes or in samples, is skipped: in two classes, or on
both sides of a split, it would be a mistake.  Copies are hidden until the table is written, so a
process that is killed leaves nothing that is not in the table.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genre.audio.feature_config import MfccConfig
from genre.audio.formats import AUDIO_EXTENSIONS
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments, check_length
from genre.builder.dataset import CLIPS, Clip
from genre.builder.file_tags import read_tags
from genre.builder.names import file_of, taken_by, tidy
from genre.builder.store import MAX_CLIPS, locked, read_dataset, save, with_class
from genre.datasets.types import Skipped
from genre.errors import AudioError, DatasetError
from genre.language import _
from genre.system.files import special_file
from genre.system.schema import cause

BATCH = 32
"""Recordings that are decoded before the next look at whether to stop."""
SAVE_SECONDS = 10.0
_HIDDEN = ".adding-"
Progress = Callable[[int, int, int], None]
"""Called with how many recordings are done, how many there are, and how many were added."""


@dataclass(frozen=True, slots=True)
class Item:
    """A recording that is to be added.

    Parameters
    ----------
    path : Path
    name : str
        What its owner calls it.
    genre : str
        Its class.
    title, artist : str
        What is known besides its own tags.
    is_artist_sure : bool
        Whether the artist goes before the one of its tags.
    """

    path: Path
    name: str
    genre: str
    title: str = ""
    artist: str = ""
    is_artist_sure: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """What became of some recordings."""

    n_added: int
    skipped: tuple[Skipped, ...]
    was_stopped: bool = False


def add_items(
    slug: str,
    items: Sequence[Item],
    *,
    on_progress: Progress = lambda n_done, n_items, n_added: None,
    is_stop_wanted: Callable[[], bool] = lambda: False,
    n_jobs: int = -1,
) -> Added:
    """Add recordings to a dataset.

    Parameters
    ----------
    slug : str
    items : sequence of Item
    on_progress : callable
    is_stop_wanted : callable
        Asked now and then; what was added until then stays.
    n_jobs : int
        Processes that decode; -1 for one per core.

    Returns
    -------
    added : Added

    Raises
    ------
    DatasetError
        If another process changes the dataset, it has no sound, two classes are too much alike,
        there are over 100,000 clips, or the disk is full: what was added until then stays.
    """
    with locked(slug):
        intake = _Intake(slug, items)
        was_stopped = False
        try:
            for start in range(0, len(items), BATCH):
                if was_stopped := is_stop_wanted():
                    break
                on_progress(start, len(items), intake.n_added)
                intake.take(items[start : start + BATCH], n_jobs)
        finally:
            intake.save()
        return Added(intake.n_added, tuple(intake.skipped), was_stopped)


class _Intake:
    """What is known of a dataset while recordings are added."""

    def __init__(self, slug: str, items: Sequence[Item]) -> None:
        dataset = read_dataset(slug)
        if not dataset.has_sound:
            raise DatasetError(
                _(
                    "{label!r} holds features and no sound: recordings cannot be added. Create "
                    "another dataset for them."
                ).format(label=dataset.label)
            )
        for name in dict.fromkeys(item.genre for item in items):
            dataset = with_class(dataset, name)
        self.dataset = dataset
        self.n_added = 0
        self.skipped: list[Skipped] = []
        self._new: list[Clip] = []
        self._by_digest = {clip.digest: clip for clip in dataset.clips if clip.digest}
        self._by_sound = {clip.sound: clip for clip in dataset.clips if clip.sound}
        self._folder = dataset.folder / CLIPS
        self._folder.mkdir(exist_ok=True)
        for left in self._folder.glob(f"{_HIDDEN}*"):  # of a process that was killed
            left.unlink()
        self._taken: set[str] = set()
        for path in self._folder.iterdir():
            self._taken |= taken_by(path.name)
        self._saved = time.monotonic()

    def take(self, items: Sequence[Item], n_jobs: int) -> None:
        """Add some recordings, or note why not."""
        digests = [_digest(item) for item in items]
        wanted = [
            item
            for item, digest in zip(items, digests, strict=True)
            if isinstance(digest, str) and digest not in self._by_digest
        ]
        described = dict(
            zip((id(item) for item in wanted), _described(wanted, n_jobs), strict=True)
        )
        for item, digest in zip(items, digests, strict=True):
            why = digest if isinstance(digest, Skipped) else self._same(item, digest)
            if why is None:
                one = described[id(item)]
                if isinstance(one, Skipped):
                    why = one
                else:
                    why = self._same_sound(item, one) or self._keep(item, one, str(digest))
            if why:
                self.skipped.append(why)
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self.save()

    def _same(self, item: Item, digest: str) -> Skipped | None:
        if clip := self._by_digest.get(digest):
            said = _("it is the same file as {name}, which is in {genre}")
            return Skipped(item.name, said.format(name=clip.file, genre=clip.genre))
        return None

    def _same_sound(self, item: Item, found: Clip) -> Skipped | None:
        if clip := self._by_sound.get(found.sound):
            said = _("it is the same sound as {name}, which is in {genre}")
            return Skipped(item.name, said.format(name=clip.file, genre=clip.genre))
        return None

    def _keep(self, item: Item, found: Clip, digest: str) -> Skipped | None:
        """Copy a recording beside the others, hidden until `save`."""
        if len(self.dataset.clips) + len(self._new) >= MAX_CLIPS:
            raise DatasetError(
                _("a dataset has up to {n:,} clips. Build another one for the rest.").format(
                    n=MAX_CLIPS
                )
            )
        file = file_of(Path(item.name).name, self._taken)
        try:
            shutil.copyfile(item.path, self._folder / f"{_HIDDEN}{file}")
        except OSError as error:
            if not item.path.exists():
                return Skipped(item.name, _("it was moved or deleted while it was read"))
            raise DatasetError(
                _(
                    "{name} could not be copied ({reason}). Free some space and add the rest again:"
                    " what is there already is passed over."
                ).format(name=item.name, reason=cause(error))
            ) from error
        clip = replace(found, file=file, digest=digest)
        self._taken |= taken_by(file)
        self._by_digest[digest] = self._by_sound[clip.sound] = clip
        self._new.append(clip)
        self.n_added += 1
        return None

    def save(self) -> None:
        """Write down what was added."""
        for clip in self._new:
            os.replace(self._folder / f"{_HIDDEN}{clip.file}", self._folder / clip.file)
        self.dataset = replace(self.dataset, clips=(*self.dataset.clips, *self._new))
        self._new = []
        save(self.dataset)
        self._saved = time.monotonic()


def _digest(item: Item) -> str | Skipped:
    """Return the digest of a file, or why it cannot be read."""
    if item.path.suffix.lower() not in AUDIO_EXTENSIONS:
        return Skipped(item.name, _("it is not a recording that is read"))
    if special := special_file(item.path):
        return Skipped(item.name, _("it is {kind}").format(kind=special))
    try:
        with item.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Skipped(item.name, _("it cannot be opened ({reason})").format(reason=cause(error)))


def _described(items: Sequence[Item], n_jobs: int) -> list[Clip | Skipped]:
    """Describe recordings, in several processes where they are many."""
    if n_jobs == 1 or len(items) <= 4:
        return [describe(item) for item in items]
    from joblib import Parallel, delayed

    found: list[Clip | Skipped] = Parallel(n_jobs=n_jobs)(delayed(describe)(i) for i in items)
    return found


def describe(item: Item) -> Clip | Skipped:
    """Decode a recording and read its tags.

    Returns
    -------
    clip : Clip or Skipped
        Without a file yet; a reason, where it cannot be used.
    """
    features = MfccConfig()
    try:
        signal = load_audio(item.path, sr=features.sr)
        check_length(signal)
        if not audible_segments(signal, features).any():
            return Skipped(item.name, _("the recording is silent"))
    except AudioError as error:
        return Skipped(item.name, str(error))
    except MemoryError:
        return Skipped(item.name, _("it needs more memory than there is"))
    title, artist = "", ""
    with contextlib.suppress(OSError):
        title, artist = read_tags(item.path)
    given = tidy(item.artist)
    artist = (given or artist) if item.is_artist_sure else (artist or given)
    return Clip(
        file="",
        genre=item.genre,
        title=tidy(item.title) or title,
        artist=artist,
        seconds=round(signal.seconds, 2),
        sound=signal.digest(),
        source=tidy(item.name),
    )
