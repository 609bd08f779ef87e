"""A dataset that grows by recordings: in memory while it is small, from then on in the cache."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.musicnn_network import N_PENULTIMATE
from genre.audio.segments import repeat_frames
from genre.datasets.extraction_cache import Extracted
from genre.datasets.pack_header import is_large
from genre.datasets.types import SegmentSet, Skipped, Track
from genre.errors import DatasetError
from genre.language import _
from genre.storage.growing import GrowingArray


class GrowingSet:
    """The segments of recordings, which are added within `with`.

    Parameters
    ----------
    features : FeatureConfig
        Of all that is added.

    Raises
    ------
    DatasetError
        If they go to the disk and the cache cannot be written to.
    """

    def __init__(self, features: FeatureConfig) -> None:
        self._features = features
        self._tracks: list[Track] = []
        self._track_of: dict[str, str] = {}  # by digest: a copy may be on a split's other side
        self._skipped: list[Skipped] = []
        self._own, self._index = array("q"), array("q")
        self._n_own_frames = 0
        self._frames = GrowingArray((features.n_frames, features.frame_values))
        self._taught = GrowingArray((N_PENULTIMATE,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: Any) -> None:
        self._frames.__exit__(*what)
        self._taught.__exit__(*what)

    def add(self, asked: Track, result: Extracted | Skipped) -> None:
        """Take what was extracted from one recording."""
        if isinstance(result, Skipped):
            self._skipped.append(result)
            return
        track, frames = result.track, result.frames
        if (original := self._track_of.get(track.digest)) is not None:
            reason = _("it is the same recording as {name}").format(name=original)
            self._skipped.append(Skipped(asked.track_id, reason))
            return
        self._track_of[track.digest] = track.track_id
        self._index.extend([len(self._tracks)] * len(frames))
        self._own.extend([frames.shape[1]] * len(frames))
        self._tracks.append(track)
        arrays = {self._frames: repeat_frames(frames, self._features.n_frames)}
        if result.teacher_values is not None:
            arrays[self._taught] = result.teacher_values
        self._n_own_frames += len(frames) * frames.shape[1]
        for growing, rows in arrays.items():
            if is_large(self._features.frames, self._n_own_frames):
                growing.move_to_disk()
            growing.append(rows)

    def dataset(self, name: str, skipped: Sequence[Skipped]) -> SegmentSet:
        """Return them all.

        Parameters
        ----------
        name : str
            What the dataset is called.
        skipped : sequence of Skipped
            What was passed over before.

        Raises
        ------
        DatasetError
            If no recording could be used.
        """
        skipped = (*skipped, *self._skipped)
        if not self._tracks:
            reasons = "; ".join(f"{s.name}: {s.reason}" for s in skipped[:3])
            raise DatasetError(
                _(
                    "no recording in '{name}' can be used ({reasons}). Expected one folder of "
                    "recordings for each genre, or a table of genres."
                ).format(name=name, reasons=reasons or _("no genre folders"))
            )
        taught = self._taught.finish()
        return SegmentSet(
            frames=self._frames.finish(),
            n_frames=np.array(self._own),
            track_index=np.array(self._index),
            tracks=tuple(self._tracks),
            features=self._features.frames,
            name=name,
            skipped=skipped,
            teacher_values=taught if len(taught) else None,
        )
