"""Whether the tracks that are counted were in a model's training, in words."""

from __future__ import annotations

import numpy as np

from genre.datasets.json_file import FRAMES_DIGEST
from genre.datasets.types import SegmentSet
from genre.models.classifier import Classifier

SEEN = "seen in training"
UNSEEN = "not recognised as seen in training"
UNKNOWN = "not known whether seen in training"


def seen_label(
    classifier: Classifier, data: SegmentSet, seen: np.ndarray, counted: np.ndarray
) -> str:
    """Return a label: whether the model was trained on the counted tracks, if that is known.

    ==================  ================  ==================================
    of the counted      of the others     label
    ==================  ================  ==================================
    all seen                              seen in training
    k seen              comparable        seen in training: k of n tracks
    k seen              not comparable    seen in training: at least k of ...
    none seen           comparable        not recognised as seen in training
    none seen           not comparable    not known whether seen in training
    ==================  ================  ==================================
    """
    n_seen, n = int((seen & counted).sum()), int(counted.sum())
    if n_seen == n:
        return SEEN
    kinds = {digest.startswith(FRAMES_DIGEST) for digest in classifier.card.heard}
    others = [data.tracks[i].digest for i in np.flatnonzero(~seen)]
    # A digest of samples and one of frames differ though the recording is the same.
    are_comparable = all(d and kinds == {d.startswith(FRAMES_DIGEST)} for d in others)
    if n_seen:
        return f"{SEEN}: {'' if are_comparable else 'at least '}{n_seen} of {n} tracks"
    return UNSEEN if are_comparable else UNKNOWN
