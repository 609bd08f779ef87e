"""What looks wrong in a dataset, by what musicnn heard: labels, outliers, the same sound twice.

Conventions
-----------
Clips are compared by the cosine distance of their embeddings (`genre.collection.song_map`).

likely mislabelled
    Of the `N_NEIGHBOURS` nearest clips of other artists none is of the clip's class, and half or
    more are of one other class.  Artists are left out because a clip of the same album is near
    whatever it is.  Where the class has fewer clips of other artists, as many neighbours are asked;
    with under `MIN_NEIGHBOURS` nothing is said.
outlier
    The mean distance to its `N_NEAREST` nearest clips is above the third quartile of all clips plus
    the range between the quartiles: Tukey's fence with 1 for 1.5, which no distance here exceeds.
alike
    Two clips at less than `ALIKE` of each other: the same recording in another form, mostly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.builder.dataset import Clip, OwnDataset
from genre.collection.song_map import bundled_map
from genre.collection.store import collection_of
from genre.collection.vectors import read_vectors

N_NEIGHBOURS = 10
MIN_NEIGHBOURS = 3
N_NEAREST = 5
MIN_CLIPS = 10
"""With fewer, no clip is called an outlier."""
ALIKE = 0.02
MAX_CHECKED = 10_000
"""Clips that are compared with each other: these take a second or two; of more, the first in
order of their digests, which say nothing of the sound."""
_BLOCK_ROWS = 1_024


@dataclass(frozen=True, slots=True)
class Suspect:
    """A clip whose class its neighbours do not share.

    ``suggested`` is the class of ``n_votes`` of its ``n_asked`` nearest clips of other artists.
    """

    clip: Clip
    suggested: str
    n_votes: int
    n_asked: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """A clip that is far from all others: ``distance`` is the mean to its nearest."""

    clip: Clip
    distance: float


@dataclass(frozen=True, slots=True)
class Twins:
    """Two clips that sound nearly the same."""

    first: Clip
    second: Clip
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class DatasetCheck:
    """What was found in a dataset.

    Parameters
    ----------
    clips : tuple of Clip
        Those that were compared.
    positions : np.ndarray [shape=(n_clips, 2), dtype=float32]
        Their places on the map, as `genre.collection.song_map.SongMap.place` has them.
    suspects : tuple of Suspect
        The surest first.
    outliers : tuple of Outlier
        The farthest first.
    twins : tuple of Twins
        The nearest first.
    n_heard, n_clips : int
        Clips that were heard, and that there are.
    """

    clips: tuple[Clip, ...]
    positions: np.ndarray
    suspects: tuple[Suspect, ...]
    outliers: tuple[Outlier, ...]
    twins: tuple[Twins, ...]
    n_heard: int
    n_clips: int


def check_dataset(dataset: OwnDataset) -> DatasetCheck:
    """Check a dataset by what was heard of its clips (`genre.collection.index_job` on its folder).

    Raises
    ------
    CollectionError
        If what was heard is damaged.
    """
    rows, vectors = read_vectors(collection_of(dataset.folder))
    heard = [clip for clip in dataset.clips if clip.digest in rows]
    chosen = sorted(heard, key=lambda clip: clip.digest)[:MAX_CHECKED]
    own = vectors[[rows[clip.digest] for clip in chosen]]
    suspects, outliers, twins = compare(chosen, own)
    return DatasetCheck(
        tuple(chosen),
        bundled_map().place(own) if len(own) else np.empty((0, 2), np.float32),
        tuple(suspects),
        tuple(outliers),
        tuple(twins),
        len(heard),
        len(dataset.clips),
    )


def compare(
    clips: list[Clip], vectors: np.ndarray
) -> tuple[list[Suspect], list[Outlier], list[Twins]]:
    """Find what looks wrong among some clips.

    Parameters
    ----------
    clips : list of Clip
    vectors : np.ndarray [shape=(n_clips, 200), dtype=float32]
        Their embeddings, of length 1.

    Returns
    -------
    suspects, outliers, twins
        As `DatasetCheck` has them.
    """
    classes, labels = np.unique([clip.genre for clip in clips], return_inverse=True)
    artists = np.unique([clip.artist or f"\n{clip.file}" for clip in clips], return_inverse=True)[1]
    suspects: list[Suspect] = []
    twins: list[Twins] = []
    far = np.empty(len(clips))
    for start in range(0, len(clips), _BLOCK_ROWS):
        here = np.arange(start, min(start + _BLOCK_ROWS, len(clips)))
        distances = 1 - vectors[here] @ vectors.T  # (n_rows, n_clips)
        distances[here - start, here] = np.inf
        twins += [
            Twins(clips[here[i]], clips[j], float(max(0.0, distances[i, j])))
            for i, j in np.argwhere(distances < ALIKE)
            if here[i] < j
        ]
        near = np.partition(distances, min(N_NEAREST, len(clips)) - 1, axis=1)[:, :N_NEAREST]
        far[here] = np.where(np.isfinite(near), near, 0).mean(axis=1)
        for i, row in zip(here, distances, strict=True):
            row[artists == artists[i]] = np.inf
            if found := _suspect(clips[i], row, labels, labels[i], classes):
                suspects.append(found)
    suspects.sort(key=lambda one: (-one.n_votes / one.n_asked, -one.n_asked, one.clip.file))
    twins.sort(key=lambda one: one.distance)
    return suspects, _outliers(clips, far), twins


def _suspect(
    clip: Clip, distances: np.ndarray, labels: np.ndarray, own: int, classes: np.ndarray
) -> Suspect | None:
    """Return a clip if its neighbours of other artists are of another class."""
    others = np.isfinite(distances)
    n_asked = min(N_NEIGHBOURS, int((others & (labels == own)).sum()))
    if n_asked < MIN_NEIGHBOURS:
        return None
    nearest = np.argpartition(distances, n_asked - 1)[:n_asked]
    votes = np.bincount(labels[nearest], minlength=len(classes))
    best = int(votes.argmax())
    if votes[own] or 2 * votes[best] < n_asked:
        return None
    return Suspect(clip, str(classes[best]), int(votes[best]), n_asked)


def _outliers(clips: list[Clip], far: np.ndarray) -> list[Outlier]:
    if len(clips) < MIN_CLIPS:
        return []
    low, high = np.quantile(far, [0.25, 0.75])
    fence = high + (high - low)
    order = np.argsort(-far)
    return [Outlier(clips[i], float(far[i])) for i in order if far[i] > fence]
