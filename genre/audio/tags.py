"""Which of musicnn's tags stand out in a recording, in words.

Conventions
-----------
word
    How a tag is written for visitors; tags that mean the same share one word, which is as
    probable as the most probable of them.
mean over the tracks
    Most recordings get some *rock* and some *pop*: a word says something of a recording where it
    is more probable than in others.  The others are the 430 tracks of the bundled data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.musicnn_network import TAGS
from genre.errors import ParameterError
from genre.language import _

MIN_PROBABILITY = 0.1
MIN_RATIO = 1.5
"""A word is named from this probability, and this multiple of its mean over the tracks, on."""
N_NAMED = 4

WORDS = {
    "female vocalist": "female vocalists",
    "chill": "chillout",
    "electronica": "electronic",
    "Mellow": "mellow",
    "Hip-Hop": "hip-hop",
    "Progressive rock": "progressive rock",
    "House": "house",
    "rnb": "R&B",
    "00s": "2000s",
}
"""The word for each tag that is not its own."""

MEANS = {"jazz": 0.1320, "rock": 0.1258, "pop": 0.1012, "blues": 0.0764, "soul": 0.0725}
"""The mean over the tracks, of words for which `MIN_RATIO` times it exceeds `MIN_PROBABILITY`.

``python models/ears/make_tag_means.py FOLDER`` measures it on the recordings.
"""

_TAGS_OF_WORD: dict[str, list[int]] = {}
for _i, _tag in enumerate(TAGS):
    _TAGS_OF_WORD.setdefault(WORDS.get(_tag, _tag), []).append(_i)


@dataclass(frozen=True, slots=True)
class Tag:
    """A word for a recording, and its mean probability over the segments that count."""

    word: str
    probability: float


def strongest_tags(tags: np.ndarray, counted: np.ndarray | None = None) -> tuple[Tag, ...]:
    """Name the words that stand out in a recording.

    Parameters
    ----------
    tags : np.ndarray [shape=(n_segments, 50), dtype=float32]
        As `genre.audio.musicnn.WindowFeatures` has them.
    counted : np.ndarray [shape=(n_segments,), dtype=bool], optional
        Which segments count; all if not given.

    Returns
    -------
    named : tuple of Tag
        The most probable first, at most `N_NAMED`: each at least `MIN_PROBABILITY` and
        `MIN_RATIO` times its mean over the tracks.  Empty if none is.

    Raises
    ------
    ParameterError
        If the shapes are not as described, or no segment counts.
    """
    probabilities = word_probabilities(tags, counted)
    strongest = sorted(probabilities, key=lambda word: -probabilities[word])
    return tuple(
        Tag(word, probabilities[word])
        for word in strongest
        if probabilities[word] >= max(MIN_PROBABILITY, MIN_RATIO * MEANS.get(word, 0))
    )[:N_NAMED]


def tag_words() -> list[str]:
    """Return every word, in alphabetical order."""
    return sorted(_TAGS_OF_WORD, key=str.casefold)


def tag_indices(word: str) -> list[int]:
    """Return the indices of the tags that share a word.

    Raises
    ------
    ParameterError
        If there is no such word.
    """
    if word not in _TAGS_OF_WORD:
        raise ParameterError(
            _("the tag {word!r} was asked for, expected one of {tag_words}.").format(
                word=word, tag_words=", ".join(tag_words())
            )
        )
    return _TAGS_OF_WORD[word]


def word_probabilities(tags: np.ndarray, counted: np.ndarray | None = None) -> dict[str, float]:
    """Return the mean probability of each word over the segments that count.

    Parameters and errors are those of `strongest_tags`.
    """
    if counted is None:
        counted = np.ones(len(tags), dtype=bool)
    if tags.shape != (len(counted), len(TAGS)) or not counted.any():
        raise ParameterError(
            _(
                "tags of shape {shape} and {counted} of {n_counted} segments to count, "
                "expected ({n_counted}, {n_tags}) and at least one."
            ).format(
                shape=tags.shape,
                counted=int(counted.sum()),
                n_counted=len(counted),
                n_tags=len(TAGS),
            )
        )
    return {
        word: float(tags[counted][:, indices].max(axis=1).mean())
        for word, indices in _TAGS_OF_WORD.items()
    }
