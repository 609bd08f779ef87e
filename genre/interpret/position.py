"""A moment of a song: which step of which segment, and when.

Conventions
-----------
index
    Steps of the whole song counted from 0, through all its segments: one number that a
    slider, a link and every scene can share.
"""

from __future__ import annotations

from dataclasses import dataclass

from genre.audio.feature_config import FeatureConfig


@dataclass(frozen=True, slots=True)
class Position:
    """One step of a song.

    Parameters
    ----------
    index : int
        Among all steps of the song.
    segment, step : int
        From 0; the state is reset at each segment.
    n_segments, n_steps : int
        Segments of the song, and steps of a segment.
    seconds, segment_seconds : float
        When the step begins in the song, and when its segment does.
    """

    index: int
    segment: int
    step: int
    n_segments: int
    n_steps: int
    seconds: float
    segment_seconds: float

    @property
    def last(self) -> int:
        """Index of the song's last step."""
        return self.n_segments * self.n_steps - 1


def find_position(index: int, shape: tuple[int, ...], features: FeatureConfig) -> Position:
    """Return the step of a song that an index names.

    Parameters
    ----------
    index : int
        One outside the song becomes its first or its last step.
    shape : tuple of int
        ``(n_segments, n_steps, ...)``, of `genre.models.song_analysis.SongAnalysis.steps`.
    features : FeatureConfig
        The settings the steps were computed with.

    Returns
    -------
    moment : Position

    Examples
    --------
    >>> from genre.audio.feature_config import MfccConfig
    >>> moment = find_position(140, (10, 130, 13), MfccConfig())
    >>> moment.segment, moment.step
    (1, 10)
    """
    n_segments, n_steps = shape[:2]
    index = min(max(0, index), n_segments * n_steps - 1)
    segment, step = divmod(index, n_steps)
    began = segment * features.segment_seconds
    seconds = began + step * features.step_seconds
    return Position(index, segment, step, n_segments, n_steps, seconds, began)


def find_index(seconds: float, shape: tuple[int, ...], features: FeatureConfig) -> int:
    """Return the index of the step that sounds at a time; the inverse of `find_position`.

    Parameters
    ----------
    seconds : float
    shape : tuple of int
    features : FeatureConfig

    Returns
    -------
    index : int

    Examples
    --------
    >>> from genre.audio.feature_config import MfccConfig
    >>> find_index(3.0, (10, 130, 13), MfccConfig())
    130
    """
    n_segments, n_steps = shape[:2]
    # A step's beginning is rounded on its way through a player: a thousandth is forgiven.
    segment = min(int((seconds + 1e-3) / features.segment_seconds), n_segments - 1)
    within = seconds + 1e-3 - segment * features.segment_seconds
    return segment * n_steps + min(int(within / features.step_seconds), n_steps - 1)
