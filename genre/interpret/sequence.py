"""From sound to sequence: a song as a series of samples, and as a series of vectors.

Conventions
-----------
univariate
    ``[n_samples, 1]``: one number at a time, ``sr`` of them a second.
multivariate
    ``[n_frames, n_mfcc]``: a vector at a time, about ``sr / hop_length`` of them a second.
    Frames are those of the segments, each segment by itself, as the network gets them; what
    is left of a song after the last whole segment has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import extract_frames
from genre.audio.signal import Signal, waveform_envelope
from genre.errors import ParameterError
from genre.models.song_analysis import BEGINNING_SECONDS, average_columns
from genre.network.forward import Network


@dataclass(frozen=True, slots=True, eq=False)
class SongSequence:
    """A song as two series, with the shapes of both.

    Parameters
    ----------
    univariate_shape, multivariate_shape : tuple of int
        Of the whole song.
    segment_shape : tuple of int
        ``(n_segments, n_frames, n_values)``: the same, cut as the network reads it.
    frames_per_second : float
        Mean over the song.
    seconds, drawn_seconds : float
        Of the song, and of what is drawn of it.
    envelope : np.ndarray [shape=(n_buckets, 2), dtype=float32]
        Lowest and highest sample of each stretch of what is drawn.
    columns : np.ndarray [shape=(n_columns, n_values), dtype=float32]
        Its frames, averaged to what a screen can show.
    frames : np.ndarray [shape=(n_drawn_frames, n_values), dtype=float32]
        Its frames one by one.
    row_name : str
        What one value of a frame is called.
    """

    univariate_shape: tuple[int, int]
    multivariate_shape: tuple[int, int]
    segment_shape: tuple[int, int, int]
    frames_per_second: float
    seconds: float
    drawn_seconds: float
    envelope: np.ndarray
    columns: np.ndarray
    frames: np.ndarray
    row_name: str

    @property
    def frame_seconds(self) -> float:
        """Time from one drawn frame to the next."""
        return self.drawn_seconds / len(self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Shuffled:
    """What the network predicts for a song, and for the same steps in another order.

    Parameters
    ----------
    before, after : np.ndarray [shape=(n_genres,)]
        Mean over the audible segments.
    n_changed : int
        Audible segments whose own prediction changed.
    n_segments : int
        Audible segments.
    average_moved : float
        Largest change of any value's mean in any segment: zero but for rounding.
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        The shuffled ones.
    """

    before: np.ndarray
    after: np.ndarray
    n_changed: int
    n_segments: int
    average_moved: float
    steps: np.ndarray


def describe_sequence(
    signal: Signal,
    *,
    n_mfcc: int = 13,
    n_fft: int = 2048,
    hop_length: int = 512,
    n_samples: int | None = None,
) -> SongSequence:
    """Describe a song as a univariate and as a multivariate series.

    Parameters
    ----------
    signal : Signal
    n_mfcc : int
        Coefficients of a frame.
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.
    n_samples : int, optional
        Of the whole song, where ``signal`` is only its first `BEGINNING_SECONDS`.

    Returns
    -------
    sequence : SongSequence

    Raises
    ------
    ParameterError
        If a setting is outside what the features support.
    AudioError
        If the signal is shorter than half a second.

    Examples
    --------
    >>> hum = Signal(np.sin(np.arange(6 * 22_050) / 20), 22_050)
    >>> describe_sequence(hum).univariate_shape, describe_sequence(hum).multivariate_shape
    ((132300, 1), (260, 13))
    """
    config = MfccConfig(sr=signal.sr, n_mfcc=n_mfcc, n_fft=n_fft, hop_length=hop_length)
    head = _beginning(signal)
    return _describe(head, extract_frames(head, config), config, n_samples or len(signal.samples))


def describe_steps(
    signal: Signal, steps: np.ndarray, features: FeatureConfig, *, n_samples: int | None = None
) -> SongSequence:
    """Describe a song as samples and as the steps that a network reads.

    Parameters
    ----------
    signal : Signal
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        Of the whole song.
    features : FeatureConfig
        The settings they were computed with.
    n_samples : int, optional
        As for `describe_sequence`.

    Returns
    -------
    sequence : SongSequence
        Its frames are the steps.
    """
    head = _beginning(signal)
    drawn = steps[: max(1, len(head.samples) // features.segment_samples)]
    return _describe(head, drawn, features, n_samples or len(signal.samples))


def _beginning(signal: Signal) -> Signal:
    """Return what is drawn of a song."""
    return Signal(signal.samples[: BEGINNING_SECONDS * signal.sr], signal.sr)


def _describe(
    head: Signal, frames: np.ndarray, features: FeatureConfig, n_samples: int
) -> SongSequence:
    """Describe a song by its beginning, and the frames of that (n_segments, n_frames, n_values)."""
    _, n_frames, n_values = frames.shape
    n_segments = max(1, n_samples // features.segment_samples)
    drawn_seconds = min(head.seconds, len(frames) * features.segment_seconds)
    flat = frames.reshape(-1, n_values)
    return SongSequence(
        univariate_shape=(n_samples, 1),
        multivariate_shape=(n_segments * n_frames, n_values),
        segment_shape=(n_segments, n_frames, n_values),
        frames_per_second=1 / features.frame_seconds,
        seconds=n_samples / head.sr,
        drawn_seconds=drawn_seconds,
        envelope=waveform_envelope(Signal(head.samples[: round(drawn_seconds * head.sr)], head.sr)),
        columns=average_columns(flat),
        frames=flat,
        row_name=features.row_name,
    )


def shuffle_steps(
    network: Network, steps: np.ndarray, *, audible: np.ndarray, seed: int = 0
) -> Shuffled:
    """Shuffle the steps of each segment, and predict both.

    A step keeps its own values: a texture window its deviations, a frame its deltas.
    Only the order of the steps is lost.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote: at least one.
    seed : int
        Another seed gives another order.

    Returns
    -------
    shuffled : Shuffled

    Raises
    ------
    ParameterError
        If no segment has a vote.
    """
    if not audible.any():
        raise ParameterError("no segment of this song has a vote. Choose a song with sound.")
    mixed = np.random.default_rng(seed).permuted(
        np.tile(np.arange(steps.shape[1]), (len(steps), 1)), axis=1
    )
    other = np.take_along_axis(steps, mixed[..., np.newaxis], axis=1)
    before, after = (network.predict_proba(X[audible]) for X in (steps, other))
    averages = (X.mean(axis=1, dtype=np.float64) for X in (steps, other))
    return Shuffled(
        before=before.mean(axis=0, dtype=np.float64),
        after=after.mean(axis=0, dtype=np.float64),
        n_changed=int((before.argmax(axis=1) != after.argmax(axis=1)).sum()),
        n_segments=len(before),
        average_moved=float(np.abs(np.subtract(*averages)).max()),
        steps=other,
    )
