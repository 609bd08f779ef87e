"""From a signal to the segments the network hears.

Conventions
-----------
frame
    What is stored of a segment, one vector after the other: an MFCC vector, computed over
    ``n_fft`` samples, every ``hop_length`` samples; or the values that MSD-musicnn computes
    for a window (`genre.audio.feature_config.MusicnnConfig`).
segment
    ``segment_seconds`` of audio, as consecutive frames: what the network
    classifies.  A segment's features depend on its own samples, and where recordings are
    brought to one level on that of its recording, but on nothing else around it.
step
    What the network reads at a time: a frame, or, when ``texture_frames`` is
    set, the mean and deviation of that many MFCC frames.

Arrays are time-major, ``(n_frames, n_values)``, the order an LSTM reads.
librosa's ``(n_mfcc, n_frames)`` order appears nowhere in this package.
"""

from __future__ import annotations

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig, MusicnnConfig
from genre.audio.level import level_mfcc
from genre.audio.mfcc import mfcc
from genre.audio.musicnn import bundled_network, extract_windows
from genre.audio.segments import cut_segments, repeat_frames
from genre.audio.signal import Signal

DELTA_REACH = 4
"""Frames to each side that a delta looks at: librosa's default width of 9."""


def extract_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Cut a signal into segments and describe each by what the network reads.

    Samples left over after the last whole segment are dropped, and the frames
    of a recording shorter than one segment are repeated until they fill one:
    padding would teach the network what silence sounds like.

    Parameters
    ----------
    signal : Signal
        Mono audio at ``config.sr``; `genre.audio.load.load_audio` returns it so.
    config : FeatureConfig

    Returns
    -------
    segments : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        In playing order; segment ``i`` starts at ``i * config.segment_seconds``.

    Raises
    ------
    ParameterError
        If the signal is not sampled at ``config.sr``.
    AudioError
        If the signal is shorter than half a second.
    ModelError
        If the weights of musicnn are needed, and missing or corrupt.

    Examples
    --------
    >>> hiss = np.random.default_rng(440).standard_normal(7 * 22_050).astype(np.float32)
    >>> extract_segments(Signal(hiss, sr=22_050), MfccConfig()).shape
    (2, 130, 13)
    """
    frames = repeat_frames(extract_frames(signal, config), config.n_frames)
    return frames_to_steps(level_frames(frames, config), config)


def extract_frames(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Compute the frames of each segment from the samples of that segment alone.

    Parameters
    ----------
    signal : Signal
    config : FeatureConfig
        ``deltas`` and ``texture_frames`` play no part here.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, frame_values), dtype=float32]
        Of a recording shorter than one segment, one segment, with fewer frames if they are
        MFCCs; errors as in `extract_segments`.
    """
    if isinstance(config, MusicnnConfig):
        return extract_windows(signal, config).values
    if not isinstance(config, MfccConfig):
        raise TypeError(type(config).__name__)
    return mfcc(
        cut_segments(signal, config),
        sr=config.sr,
        n_mfcc=config.n_mfcc,
        n_fft=config.n_fft,
        hop_length=config.hop_length,
    )


def level_frames(frames: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Bring the frames of one recording to one level, where its features ask for that.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, frame_values), dtype=float32]
        Of all segments of a recording.
    config : FeatureConfig
        Values of musicnn come from levelled samples: there is nothing left to do.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, frame_values), dtype=float32]
    """
    if not isinstance(config, MfccConfig) or not config.level:
        return frames
    # Of as many coefficients as are read: a pack that holds more gives the same level.
    return level_mfcc(frames[..., : config.n_mfcc])


def check_features(config: FeatureConfig) -> None:
    """Raise if these features cannot be computed here.

    Raises
    ------
    ModelError
        If the weights of musicnn are needed, and missing or corrupt.
    """
    if isinstance(config, MusicnnConfig):
        bundled_network()


def frames_to_steps(frames: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Turn frames into what the network reads: of MFCCs, add deltas, summarise textures.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, n_given), dtype=float32]
        Frames of whole segments, at least ``config.frame_values`` values each.
    config : FeatureConfig
        ``n_mfcc``, ``deltas`` and ``texture_frames`` decide what comes out.

    Returns
    -------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        Per step the coefficients, then their deltas; with texture windows the
        means of all of these, then the deviations.

    References
    ----------
    .. [1] G. Tzanetakis and P. Cook, "Musical genre classification of audio
       signals", IEEE Trans. Speech and Audio Processing 10(5), 2002.
    """
    values = np.ascontiguousarray(frames[..., : config.frame_values], dtype=np.float32)
    if not isinstance(config, MfccConfig):
        return values
    if config.deltas:
        values = np.concatenate([values, _delta(values)], axis=-1)
    if config.texture_frames <= 1:
        return values
    n_segments, _, n_values = values.shape
    used = values[:, : config.n_steps * config.texture_frames]
    windows = used.reshape(n_segments, config.n_steps, config.texture_frames, n_values)
    return np.concatenate([windows.mean(axis=2), windows.std(axis=2)], axis=-1)


def _delta(values: np.ndarray) -> np.ndarray:
    """Slope of a straight line through nine frames; the outermost slopes are held at the ends."""
    reach = DELTA_REACH
    padded = np.pad(values, ((0, 0), (reach, reach), (0, 0)), mode="edge")
    n_frames = values.shape[1]
    weights = np.arange(-reach, reach + 1, dtype=np.float32)
    weights /= np.square(weights).sum()
    slope = np.zeros_like(values)
    for k, weight in enumerate(weights):
        slope += weight * padded[:, k : k + n_frames]
    if n_frames > 2 * reach:
        slope[:, :reach] = slope[:, reach : reach + 1]
        slope[:, -reach:] = slope[:, -reach - 1 : -reach]
    return slope
