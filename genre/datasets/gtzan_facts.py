"""What is published about the tracks of the GTZAN collection: who made them, and a partition.

Conventions
-----------
The facts are about all 1,000 tracks and lie in ``datasets/gtzan-facts.csv``; they say
nothing of sound.  A track is recognised by its name (``blues.00012``) together with its
genre: a folder that happens to use such names for other music must bring its own
``artists.csv``.

References
----------
.. [1] G. Tzanetakis and P. Cook, "Musical genre classification of audio signals", IEEE
   Trans. Speech and Audio Processing 10(5), 2002 (the collection).
.. [2] B. L. Sturm, "An Analysis of the GTZAN Music Genre Dataset", MIRUM 2012 (the artists).
.. [3] C. Kereliuk, B. L. Sturm and J. Larsen, "Deep Learning and Music Adversaries", IEEE
   Trans. Multimedia 17(11), 2015 (the fault-filtered partition).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from genre.datasets.types import HasTracks, Track
from genre.errors import DatasetError
from genre.language import _
from genre.paths import DATASETS

FACTS = DATASETS / "gtzan-facts.csv"
N_PUBLISHED = MappingProxyType({"train": 443, "validation": 197, "test": 290})
"""Tracks on each side of the fault-filtered partition."""


@dataclass(frozen=True, slots=True)
class TrackFact:
    """What is published of one track.

    ``artist`` is None where it is not known, ``side`` (``train``, ``validation``,
    ``test``) None for a track that the fault-filtered partition leaves out.
    """

    genre: str
    artist: str | None
    side: str | None


@cache
def read_facts(path: Path = FACTS) -> MappingProxyType[str, TrackFact]:
    """Read the published facts, once.

    Parameters
    ----------
    path : Path
        The columns are ``track_id``, ``genre``, ``artist``, ``fault_filtered``.

    Returns
    -------
    facts : mapping of str to TrackFact
        By track_id.

    Raises
    ------
    DatasetError
        If the file is missing or lacks a column.

    Examples
    --------
    >>> read_facts()["blues.00000"].artist
    'John Lee Hooker'
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return MappingProxyType(
                {
                    row["track_id"]: TrackFact(
                        row["genre"], row["artist"] or None, row["fault_filtered"] or None
                    )
                    for row in csv.DictReader(file)
                }
            )
    except (OSError, KeyError, ValueError) as error:
        raise DatasetError(
            _("{name} cannot be read ({error}). Fetch it again: it comes with the program.").format(
                name=path.name, error=type(error).__name__
            )
        ) from error


def known_artist(track: Track) -> str | None:
    """Return the published artist of a track of the GTZAN collection, None of any other."""
    fact = read_facts().get(track.track_id)
    return fact.artist if fact and fact.genre == track.genre else None


def published_sides(data: HasTracks) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell on which side of the fault-filtered partition each track of a dataset is.

    Parameters
    ----------
    data : HasTracks

    Returns
    -------
    train, validation, test : np.ndarray [shape=(n,), dtype=int]
        Indices of tracks; those that the partition leaves out, or does not know, are in none.

    Raises
    ------
    DatasetError
        If a side would be empty: the tracks are not GTZAN's, or not named so.
    """
    facts = read_facts()
    known = [facts.get(track.track_id) for track in data.tracks]
    side_of = np.array(
        [
            fact.side or "" if fact and fact.genre == track.genre else ""
            for fact, track in zip(known, data.tracks, strict=True)
        ]
    )
    train, validation, test = (np.flatnonzero(side_of == name) for name in N_PUBLISHED)
    if not (len(train) and len(validation) and len(test)):
        raise DatasetError(
            _(
                "the fault-filtered split is a partition of the GTZAN collection; of the "
                "tracks of {name} it has {n_train} to train, {n_validation} to validate and "
                "{n_test} to test on. Name tracks as GTZAN does (blues.00012, in the folder "
                "blues), or split by artist."
            ).format(
                name=data.name, n_train=len(train), n_validation=len(validation), n_test=len(test)
            )
        )
    return train, validation, test
