"""What a network trained on a million songs makes of a recording, segment by segment.

Conventions
-----------
network
    MSD-musicnn, trained elsewhere on listeners' tags of the Million Song Dataset, which may
    hold recordings and artists of the GTZAN collection: however the data is split, an accuracy
    reached with its outputs may be on artists that this network was trained on.
segment
    3 s at 16,000 Hz, of which the network reads 187 frames of 96 mel bands.  What it computes
    for a segment depends on the samples of that segment alone.
step
    The mean of ``frames_per_step`` consecutive frames of the network's maps.
window
    Some consecutive frames of a segment, in place of all of them under the penultimate layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import soxr

from genre.audio.feature_config import MusicnnConfig
from genre.audio.level import set_level
from genre.audio.mfcc import mel_power
from genre.audio.musicnn_network import (
    MAPS,
    N_CHANNELS,
    N_FRAMES,
    N_MELS,
    N_PENULTIMATE,
    TAGS,
    MusicnnNetwork,
    SegmentOutputs,
)
from genre.audio.musicnn_weights import load_musicnn_weights
from genre.audio.segments import check_length, repeat_frames
from genre.audio.signal import BLOCK_SAMPLES, Signal
from genre.errors import ParameterError
from genre.language import _
from genre.system.threads import N_THREADS, one_blas_thread

SR = MusicnnConfig.sr
SEGMENT_SECONDS = MusicnnConfig.segment_seconds
_N_FFT, _HOP_LENGTH = 512, MusicnnConfig.hop_length
_SEGMENT_SAMPLES = round(SEGMENT_SECONDS * SR)
_BATCH_SEGMENTS = 4 * N_THREADS
"""Segments between which the threads wait for each other; what is held at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class MusicnnFeatures:
    """What the network computed for a recording.

    Parameters
    ----------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        The maps that were asked for, 64 values each, averaged over ``frames_per_step`` frames.
    penultimate : np.ndarray [shape=(n_segments, 200), dtype=float32]
    tags : np.ndarray [shape=(n_segments, 50), dtype=float32]
        A probability for each of `genre.audio.musicnn_network.TAGS`.
    """

    steps: np.ndarray
    penultimate: np.ndarray
    tags: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class WindowFeatures:
    """What the network computed for windows of a recording, and for its segments.

    Parameters
    ----------
    values : np.ndarray [shape=(n_segments, n_windows, 200), dtype=float32]
        The penultimate layer over each window.
    tags : np.ndarray [shape=(n_segments, 50), dtype=float32]
        Of each whole segment, as in `MusicnnFeatures`.
    """

    values: np.ndarray
    tags: np.ndarray


@lru_cache(maxsize=1)
def bundled_network() -> MusicnnNetwork:
    """Return the network that comes with the program, read once."""
    return MusicnnNetwork(load_musicnn_weights())


def extract_musicnn(
    signal: Signal,
    network: MusicnnNetwork | None = None,
    *,
    maps: Collection[str] = ("middle_3",),
    frames_per_step: int = 5,
    hop_seconds: float = SEGMENT_SECONDS,
) -> MusicnnFeatures:
    """Describe each segment of a recording by what the network computes for it.

    Memory follows what is returned: with one map and five frames to a step, 10 kB a segment.

    Parameters
    ----------
    signal : Signal
        At any rate; it is resampled to 16,000 Hz where that is not its own.
    network : MusicnnNetwork, optional
        `bundled_network` if not given.
    maps : collection of str
        Which of `MAPS` the steps are made of, in that order; none for no steps.
    frames_per_step : int
        1 to 187; frames left over at a segment's end are dropped.
    hop_seconds : float
        From the start of one segment to the start of the next, 0.1 to 3.

    Returns
    -------
    features : MusicnnFeatures
        In playing order.  What is left over after the last whole segment is dropped; a
        recording shorter than one segment is repeated, frame by frame, until it fills one.

    Raises
    ------
    ParameterError
        If a setting is outside what is described here.
    AudioError
        If the signal is shorter than half a second.

    Examples
    --------
    >>> hiss = np.random.default_rng(440).standard_normal(7 * 16_000).astype(np.float32)
    >>> features = extract_musicnn(Signal(hiss, sr=16_000))
    >>> features.steps.shape, features.penultimate.shape, features.tags.shape
    ((2, 37, 64), (2, 200), (2, 50))
    """
    if unknown := set(maps) - set(MAPS):
        refused = _("the maps {given} were asked for, expected some of {known}.")
        raise ParameterError(
            refused.format(given=", ".join(sorted(unknown)), known=", ".join(MAPS))
        )
    if not isinstance(frames_per_step, int) or not 1 <= frames_per_step <= N_FRAMES:
        refused = _("frames_per_step={value!r}, expected a whole number from 1 to {high}.")
        raise ParameterError(refused.format(value=frames_per_step, high=N_FRAMES))
    n_segments, n_steps = count_segments(signal, hop_seconds), N_FRAMES // frames_per_step
    chosen = [
        i * N_CHANNELS + k for i in range(len(MAPS)) if MAPS[i] in maps for k in range(N_CHANNELS)
    ]
    features = MusicnnFeatures(
        steps=np.empty((n_segments, n_steps, len(chosen)), np.float32),
        penultimate=np.empty((n_segments, N_PENULTIMATE), np.float32),
        tags=np.empty((n_segments, len(TAGS)), np.float32),
    )
    outputs = compute_segments(signal, network or bundled_network(), hop_seconds=hop_seconds)
    for i, of_segment in enumerate(outputs):
        frames = of_segment.maps[: n_steps * frames_per_step, chosen]
        frames.reshape(n_steps, frames_per_step, -1).mean(axis=1, out=features.steps[i])
        features.penultimate[i] = of_segment.penultimate
        features.tags[i] = of_segment.tags
    return features


def extract_windows(
    signal: Signal,
    config: MusicnnConfig,
    network: MusicnnNetwork | None = None,
    *,
    is_levelled: bool = False,
) -> WindowFeatures:
    """Describe each segment by the penultimate layer over windows of its frames.

    Parameters
    ----------
    signal : Signal
        At any rate, as for `extract_musicnn`, and of any level: it is brought to one first.
    config : MusicnnConfig
        The windows.
    network : MusicnnNetwork, optional
        `bundled_network` if not given.
    is_levelled : bool
        Whether the signal is a part of a recording that was brought to that level as a whole.

    Returns
    -------
    features : WindowFeatures
        Order and errors as in `extract_musicnn`.

    Examples
    --------
    >>> hiss = np.random.default_rng(440).standard_normal(7 * 16_000).astype(np.float32)
    >>> extract_windows(Signal(hiss, sr=16_000), MusicnnConfig()).values.shape
    (2, 7, 200)
    """
    network = network or bundled_network()
    n_segments = count_segments(signal)
    values = np.empty((n_segments, config.n_steps, N_PENULTIMATE), np.float32)
    tags = np.empty((n_segments, len(TAGS)), np.float32)
    signal = signal if is_levelled else set_level(signal)
    for i, of_segment in enumerate(compute_segments(signal, network)):
        values[i] = network.compute_windows(
            of_segment.maps, window_frames=config.window_frames, hop_frames=config.hop_frames
        )
        tags[i] = of_segment.tags
    return WindowFeatures(values, tags)


def compute_segments(
    signal: Signal, network: MusicnnNetwork, *, hop_seconds: float = SEGMENT_SECONDS
) -> Iterator[SegmentOutputs]:
    """Compute one segment after the other, holding a few of them at a time.

    Parameters, errors and order are those of `extract_musicnn`.

    Yields
    ------
    outputs : SegmentOutputs
    """

    def of_segment(samples: np.ndarray) -> SegmentOutputs:
        return network.compute(log_mel(samples))

    segments = _segments(signal, hop_seconds)
    with ThreadPoolExecutor(N_THREADS) as threads:
        while batch := list(islice(segments, _BATCH_SEGMENTS)):
            with one_blas_thread():
                outputs = list(threads.map(of_segment, batch))
            yield from outputs


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Compute what the network reads of one segment.

    Parameters
    ----------
    samples : np.ndarray [shape=(n_samples,), dtype=float32]
        At 16,000 Hz, 3 s; of a shorter segment the frames are repeated.

    Returns
    -------
    log_mel : np.ndarray [shape=(187, 96), dtype=float32]
        ``log10(10000 * power + 1)``.  The authors' program rounds the power to 16 bits, in
        which loud bands are infinite; this does not.
    """
    power = mel_power(
        samples[np.newaxis], sr=SR, n_fft=_N_FFT, hop_length=_HOP_LENGTH, n_mels=N_MELS
    )
    # A whole segment has one frame more than the network reads; that one would hold padding.
    frames = repeat_frames(power[:, :N_FRAMES], N_FRAMES)[0]
    return np.log10(10_000 * frames + 1)


def count_segments(signal: Signal, hop_seconds: float = SEGMENT_SECONDS) -> int:
    """Return how many segments a recording gives: its whole ones, and at least one.

    Raises
    ------
    ParameterError
        If ``hop_seconds`` is not 0.1 to 3.
    AudioError
        If the signal is shorter than half a second.
    """
    if not 0.1 <= hop_seconds <= SEGMENT_SECONDS:
        refused = _("hop_seconds={value!r}, expected 0.1 to {high:g} s.")
        raise ParameterError(refused.format(value=hop_seconds, high=SEGMENT_SECONDS))
    check_length(signal)
    n_samples = len(signal.samples) * SR // signal.sr
    return 1 + max(0, n_samples - _SEGMENT_SAMPLES) // round(hop_seconds * SR)


def _segments(signal: Signal, hop_seconds: float) -> Iterator[np.ndarray]:
    """Yield the samples of each segment at 16,000 Hz."""
    n_segments, hop = count_segments(signal, hop_seconds), round(hop_seconds * SR)
    waiting = np.empty(0, np.float32)
    for block in _resampled(signal):
        waiting = np.concatenate([waiting, block])
        while n_segments and len(waiting) >= _SEGMENT_SAMPLES:
            yield waiting[:_SEGMENT_SAMPLES]
            waiting = waiting[hop:]
            n_segments -= 1
    if n_segments:  # shorter than a segment
        yield waiting


def _resampled(signal: Signal) -> Iterator[np.ndarray]:
    """Yield a signal at 16,000 Hz, block by block."""
    starts = range(0, len(signal.samples), BLOCK_SAMPLES)
    if signal.sr == SR:
        yield from (signal.samples[i : i + BLOCK_SAMPLES] for i in starts)
        return
    stream = soxr.ResampleStream(signal.sr, SR, 1, dtype="float32", quality="HQ")
    for i in starts:
        is_last = i + BLOCK_SAMPLES >= len(signal.samples)
        yield stream.resample_chunk(signal.samples[i : i + BLOCK_SAMPLES], last=is_last)
