"""One recording, decoded once: the prediction, what is drawn, and what the network read.

Every page that shows a song starts here.  What a `SongView` holds is bounded by what can be
drawn, not by the song's length, so that many can be kept; the rest of a `SongAnalysis` is what
the page Inside looks into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import extract_frames, frames_to_steps, level_frames
from genre.audio.level import set_level
from genre.audio.load import load_audio
from genre.audio.musicnn import count_segments, extract_windows
from genre.audio.musicnn_network import TAGS
from genre.audio.segments import (
    audible_segments,
    repeat_frames,
    spread_segments,
    take_segments,
)
from genre.audio.signal import Signal, waveform_envelope
from genre.audio.tags import Tag, strongest_tags
from genre.datasets.types import Track
from genre.models.card import GTZAN_NAME
from genre.models.classifier import Classifier, classify_steps
from genre.models.prediction import Prediction

MAX_COLUMNS = 1500
"""Columns of frames kept: as many as a wide screen can show."""
BEGINNING_SECONDS = 30
"""How much of the samples is kept, to be described with other settings."""
N_FIRST = 12
"""Segments of a first impression."""
BLOCK_SEGMENTS = 32
"""Segments copied at a time after that."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstImpression:
    """The prediction from `N_FIRST` segments of a recording, and how many it has.

    ``prediction`` is that of a recording of these segments alone.
    """

    prediction: Prediction
    n_segments: int


@dataclass(frozen=True, slots=True, eq=False)
class SongView:
    """What is drawn of one recording.

    Parameters
    ----------
    prediction : Prediction
    envelope : np.ndarray [shape=(n_buckets, 2), dtype=float32]
        Lowest and highest sample of each stretch of the whole recording.
    columns : np.ndarray [shape=(n_columns, n_values), dtype=float32]
        Frames of all segments in playing order, averaged to at most `MAX_COLUMNS`.
    column_seconds : float
        Time from one column to the next.
    row_name : str
        What a value of a column is.
    digest : str
        Of the samples (`genre.audio.signal.Signal.digest`) at the rate that the model reads.
    tags : np.ndarray [shape=(n_segments, 50), dtype=float32] or None
        Probabilities of `genre.audio.musicnn_network.TAGS`, where musicnn has been run.
    """

    prediction: Prediction
    envelope: np.ndarray
    columns: np.ndarray
    column_seconds: float
    row_name: str
    digest: str
    tags: np.ndarray | None = None

    @property
    def strongest_tags(self) -> tuple[Tag, ...]:
        """The tags that stand out in the audible segments; empty if none, or without musicnn."""
        if self.tags is None:
            return ()
        return strongest_tags(self.tags, self.prediction.audible)

    def segment_tags(self, segment: int) -> tuple[Tag, ...]:
        """Return the tags that stand out in one segment; none in a silent one."""
        if self.tags is None or not self.prediction.audible[segment]:
            return ()
        return strongest_tags(self.tags[segment : segment + 1])

    def as_track(self, name: str) -> Track:
        """Return the recording as one of those that a model's card may list as seen in training.

        Parameters
        ----------
        name : str
            Of its file: one of GTZAN is recognised by it, in any format and as an excerpt.

        Returns
        -------
        track : Track
            Without a genre.
        """
        gtzan = re.match(rf"{GTZAN_NAME.pattern}(?!\d)", name.lower())
        return Track(gtzan[0] if gtzan else name, genre="", digest=self.digest)


@dataclass(frozen=True, slots=True, eq=False)
class SongAnalysis:
    """A recording as a classifier read it.

    Parameters
    ----------
    view : SongView
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        What the network read; ``view.prediction`` was made of it.
    beginning : Signal
        The first `BEGINNING_SECONDS`.
    n_samples : int
        Of the whole recording.
    """

    view: SongView
    steps: np.ndarray
    beginning: Signal
    n_samples: int

    @property
    def prediction(self) -> Prediction:
        """What the classifier made of it."""
        return self.view.prediction


def analyze_song(source: str | Path | bytes | BinaryIO, classifier: Classifier) -> SongAnalysis:
    """Decode and classify a recording once, and keep what is shown of it.

    Parameters
    ----------
    source : path, bytes or file object
    classifier : Classifier

    Returns
    -------
    analysis : SongAnalysis

    Raises
    ------
    AudioError
        If the recording cannot be read, is shorter than half a second, or silent.
    """
    *_, analysis = analyze_in_stages(source, classifier)
    return cast("SongAnalysis", analysis)


def analyze_in_stages(
    source: str | Path | bytes | BinaryIO, classifier: Classifier
) -> Iterator[FirstImpression | SongAnalysis]:
    """Analyse a recording, and say early what its segments so far are classified as.

    Parameters and errors are those of `analyze_song`.

    Yields
    ------
    impression : FirstImpression
        Only of a recording with more than `N_FIRST` audible segments, for a classifier that reads
        musicnn's values.
    analysis : SongAnalysis
        At last.  No segment is computed twice for it, and it is the same to the last bit.
    """
    features = classifier.features
    signal = load_audio(source, sr=features.sr)
    if not isinstance(features, MusicnnConfig):
        yield _finish(extract_frames(signal, features), None, signal, classifier)
        return
    n_segments, first = count_segments(signal), first_segments(signal, features)
    if not len(first):
        windows = extract_windows(signal, features)
        yield _finish(windows.values, windows.tags, signal, classifier)
        return
    values = np.empty((n_segments, features.n_frames, features.frame_values), np.float32)
    tags = np.empty((n_segments, len(TAGS)), np.float32)
    others = np.setdiff1d(np.arange(n_segments), first)
    levelled = set_level(signal)  # as a whole: a part of it has another level
    for chosen in (first, *np.split(others, range(BLOCK_SEGMENTS, len(others), BLOCK_SEGMENTS))):
        part = take_segments(levelled, chosen, features)
        windows = extract_windows(part, features, is_levelled=True)
        values[chosen], tags[chosen] = windows.values, windows.tags
        if chosen is first:
            steps = frames_to_steps(windows.values, features)
            yield FirstImpression(classify_steps(steps, part, classifier), n_segments)
    yield _finish(values, tags, signal, classifier)


def first_segments(signal: Signal, features: FeatureConfig) -> np.ndarray:
    """Choose the segments of a first impression, spread evenly over the audible ones.

    Returns
    -------
    segments : np.ndarray [shape=(N_FIRST,) or (0,), dtype=int]
        In playing order; none where there are no more than that many.
    """
    audible = np.flatnonzero(audible_segments(signal, features))
    if len(audible) <= N_FIRST:
        return audible[:0]
    return audible[spread_segments(len(audible), N_FIRST)]


def _finish(
    frames: np.ndarray, tags: np.ndarray | None, signal: Signal, classifier: Classifier
) -> SongAnalysis:
    """Classify a recording by the frames of all its segments, and keep what is shown of it."""
    features = classifier.features
    whole = repeat_frames(frames, features.n_frames)
    steps = frames_to_steps(level_frames(whole, features), features)
    columns = average_columns(frames.reshape(-1, frames.shape[2]))  # (n_columns, n_values)
    drawn_seconds = min(signal.seconds, len(frames) * features.segment_seconds)
    view = SongView(
        prediction=classify_steps(steps, signal, classifier),
        envelope=waveform_envelope(signal),
        columns=columns,
        column_seconds=drawn_seconds / len(columns),
        row_name=features.row_name,
        digest=signal.digest(),
        tags=tags,
    )
    # A copy: a slice would keep the whole recording in memory.
    beginning = Signal(signal.samples[: BEGINNING_SECONDS * signal.sr].copy(), signal.sr)
    return SongAnalysis(view, steps, beginning, len(signal.samples))


def average_columns(frames: np.ndarray, n_columns: int = MAX_COLUMNS) -> np.ndarray:
    """Average neighbouring frames until no more than a screen can show are left.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_frames, n_values)]
    n_columns : int
        The most to return.

    Returns
    -------
    columns : np.ndarray [shape=(min(n_frames, n_columns), n_values), dtype=float32]
        Each the mean of about as many frames; every frame counts in exactly one.
    """
    n = min(len(frames), n_columns)
    starts = np.arange(n) * len(frames) // n
    counts = np.diff(np.append(starts, len(frames)))
    return (np.add.reduceat(frames, starts, axis=0) / counts[:, np.newaxis]).astype(np.float32)
