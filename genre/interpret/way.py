"""The whole way of a song through a model: from samples to the verdict, stage by stage.

Conventions
-----------
window
    Some consecutive segments around a moment, of which every number is at hand.  It is bounded
    in what it holds, so that a song of 20 minutes costs no more than one of 30 seconds.
drawn step
    Every ``stride``-th step of a segment; all of them unless a segment has very many.
prefix
    What the layers after the recurrent ones give after the first ``k`` steps of a segment, as if
    it ended there.  A bidirectional layer has read the whole segment: there is one prefix only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import frames_to_steps
from genre.audio.level import set_level
from genre.audio.mfcc import dct_basis, mel_decibels
from genre.audio.musicnn import log_mel
from genre.audio.musicnn_network import N_FRAMES
from genre.audio.segments import cut_segments, repeat_frames
from genre.audio.signal import Signal
from genre.interpret.way_stages import Stage, describe_way
from genre.models.classifier import Classifier
from genre.models.song_analysis import SongAnalysis
from genre.network.config import NetworkConfig
from genre.network.forward import HeadTrace, Network, Trace, apply_head

WINDOW_SECONDS = 30
MAX_VALUES = 800_000
"""Of the network in a window."""
MAX_DRAWN_STEPS = 520
MAX_FRAMES = 4000
"""Frames of a window of which samples, decibels and coefficients are at hand."""
VALUES_OF_CELL = {"lstm": 6, "simple_rnn": 1}


@dataclass(frozen=True, slots=True, eq=False)
class SoundDetail:
    """The sound under a window, and what is computed of it before the network.

    Parameters
    ----------
    samples : np.ndarray [shape=(n_samples,), dtype=float32]
    bands : np.ndarray [shape=(n_segments, n_frames, n_mels)]
        Of each frame, in decibels; what musicnn reads is a logarithm of its own.
    shown : np.ndarray [shape=(n_segments, n_frames, n_mfcc)] or None
        MFCCs of the settings that were asked for.
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc)] or None
        Those of the model, at the level that it reads.
    deltas : np.ndarray [shape=(n_segments, n_frames, n_mfcc)] or None
        Their slopes; None where the model reads none.
    """

    samples: np.ndarray
    bands: np.ndarray
    shown: np.ndarray | None = None
    frames: np.ndarray | None = None
    deltas: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A song on its way through a model: all shapes, and every number within a window.

    Parameters
    ----------
    stages : tuple of Stage
    features : FeatureConfig
    shown : MfccConfig or None
        The settings of the stages ``frames`` and ``mfcc``; None for musicnn's values.
    network : Network
    returns_sequences : bool
        Whether the last recurrent layer is drawn as handing on every step.
    first, n_segments : int
        The first segment of the window, and the segments of the song.
    stride : int
    steps : np.ndarray [shape=(n_window, n_steps, n_values), dtype=float32]
        What the network reads.
    trace : Trace
        Of these segments.
    prefixes : np.ndarray [shape=(n_prefixes,), dtype=int]
        Steps read.
    heads : HeadTrace
        Its arrays are (n_window, n_prefixes, ...).
    sound : SoundDetail or None
        None beyond the beginning of a song, which alone is kept.
    """

    stages: tuple[Stage, ...]
    features: FeatureConfig
    shown: MfccConfig | None
    network: Network
    returns_sequences: bool
    first: int
    n_segments: int
    stride: int
    steps: np.ndarray
    trace: Trace
    prefixes: np.ndarray
    heads: HeadTrace
    sound: SoundDetail | None


def trace_way(
    song: SongAnalysis,
    classifier: Classifier,
    *,
    segment: int = 0,
    shown: MfccConfig | None = None,
    returns_sequences: bool | None = None,
) -> Way:
    """Follow a song through a model, with every number of the segments around a moment.

    Parameters
    ----------
    song : SongAnalysis
        As this classifier read it.
    classifier : Classifier
    segment : int
        One that the window has to hold.
    shown, returns_sequences
        As for `describe_way`.

    Returns
    -------
    way : Way

    Raises
    ------
    ParameterError
        If a setting is outside what the features support.
    """
    features, network = classifier.features, classifier.network
    n_segments, n_steps = song.steps.shape[:2]
    n_window, stride = window_size(features, network.config, n_segments)
    first = min(max(segment, 0), n_segments - 1) // n_window * n_window
    steps = song.steps[first : first + n_window]
    trace = network.trace(steps)
    prefixes = np.array([n_steps])
    if not network.config.bidirectional:
        prefixes = np.arange(0, n_steps, stride) + 1
    if isinstance(features, MfccConfig):
        shown = shown or features.frames
    as_trained = network.config.pooling != "last"
    sequences = as_trained if returns_sequences is None else returns_sequences
    return Way(
        stages=describe_way(
            features,
            network.config,
            n_segments=n_segments,
            n_samples=song.n_samples,
            shown=shown,
            returns_sequences=sequences,
        ),
        features=features,
        shown=shown,
        network=network,
        returns_sequences=sequences,
        first=first,
        n_segments=n_segments,
        stride=stride,
        steps=steps,
        trace=trace,
        prefixes=prefixes,
        heads=_heads(network, trace, prefixes),
        sound=_sound(song, features, shown, n_window) if first == 0 else None,
    )


def window_size(features: FeatureConfig, config: NetworkConfig, n_segments: int) -> tuple[int, int]:
    """Return how many segments a window holds, and the stride of its drawn steps.

    Examples
    --------
    >>> config = NetworkConfig(n_steps=130, n_values=13, n_genres=10)
    >>> window_size(MfccConfig(), config, 400)
    (6, 1)
    """
    per_step = 2 * config.n_values + VALUES_OF_CELL[config.cell] * sum(config.output_widths)
    per_step += config.n_pooled + sum(config.dense_layers.values()) + 2 * config.n_genres
    n_steps = config.n_steps
    stride = max(-(-n_steps // MAX_DRAWN_STEPS), -(-n_steps * per_step // MAX_VALUES))
    fitting = MAX_VALUES // (-(-n_steps // stride) * per_step)
    longest = int(WINDOW_SECONDS // features.segment_seconds)
    return max(1, min(n_segments, longest, fitting)), stride


def _heads(network: Network, trace: Trace, prefixes: np.ndarray) -> HeadTrace:
    """Return what the layers after the recurrent ones give after each prefix."""
    heads = [apply_head(network, trace.outputs[-1][:, :k], trace.scaled[:, :k]) for k in prefixes]

    def over_prefixes(arrays: list[np.ndarray]) -> np.ndarray:
        return np.stack(arrays, axis=1)  # (n_window, n_prefixes, ...)

    return HeadTrace(
        over_prefixes([head.pooled for head in heads]),
        tuple(over_prefixes(list(layer)) for layer in zip(*(h.dense for h in heads), strict=True)),
        over_prefixes([head.logits for head in heads]),
        over_prefixes([head.probabilities for head in heads]),
    )


def _sound(
    song: SongAnalysis, features: FeatureConfig, shown: MfccConfig | None, n_window: int
) -> SoundDetail | None:
    """Return the sound of the first window; None where none of its segments is kept whole."""
    signal, size = song.beginning, features.segment_samples
    is_short = song.n_samples < size
    if len(signal.samples) < size and not is_short:
        return None
    n_frames = shown.n_frames if shown else N_FRAMES
    n = min(n_window, len(signal.samples) // size or 1, max(1, MAX_FRAMES // n_frames))
    head = Signal(signal.samples[: n * size], signal.sr)
    if not isinstance(features, MfccConfig) or shown is None:
        segments = cut_segments(set_level(head), features)
        return SoundDetail(head.samples, np.stack([log_mel(one) for one in segments]))
    bands, coefficients = _mfcc(head, shown)
    if shown == features.frames:
        frames = coefficients
    else:
        _, frames = _mfcc(head, features.frames)
    frames = _as_read(frames, song.steps, features)
    deltas = None
    if features.deltas:
        both = frames_to_steps(frames, replace(features, texture_frames=0))
        deltas = both[..., features.n_mfcc :]
    is_own = shown == features.frames
    return SoundDetail(head.samples, bands, frames if is_own else coefficients, frames, deltas)


def _mfcc(signal: Signal, config: MfccConfig) -> tuple[np.ndarray, np.ndarray]:
    """Return decibels and MFCCs; those of a recording shorter than a segment are repeated."""
    settings = {"sr": config.sr, "n_fft": config.n_fft, "hop_length": config.hop_length}
    decibels = mel_decibels(cut_segments(signal, config), **settings)
    decibels = repeat_frames(decibels, config.n_frames)
    return decibels, (decibels @ dct_basis(config.n_mfcc)).astype(np.float32)


def _as_read(frames: np.ndarray, steps: np.ndarray, features: MfccConfig) -> np.ndarray:
    """Bring frames to the level at which the network reads them.

    That level follows from the whole recording: the steps, which are at it, tell how far off it is.
    It adds the same to the first coefficient of every frame, and nothing to deltas and deviations.
    """
    raw = frames_to_steps(frames, features)[..., 0]
    read = frames.copy()
    read[..., 0] += np.mean(steps[: len(raw), :, 0] - raw, dtype=np.float64)
    return read
