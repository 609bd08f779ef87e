"""From a signal to the segments the network hears.

Conventions
-----------
frame
    One MFCC vector, computed over ``n_fft`` samples, every ``hop_length`` samples.
segment
    ``segment_seconds`` of audio, as consecutive frames: what the network
    classifies.  A segment's features depend on its own samples only, so they
    are the same whatever was recorded before or after it.
step
    What the network reads at a time: a frame, or, when ``texture_frames`` is
    set, the mean and deviation of that many frames.

Arrays are time-major, ``(n_frames, n_mfcc)``, the order an LSTM reads.
librosa's ``(n_mfcc, n_frames)`` order appears nowhere in this package.
"""

from __future__ import annotations

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.mfcc import mfcc
from genre.audio.signal import MIN_SECONDS, SILENCE_PEAK, Signal
from genre.errors import AudioError, ParameterError

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

    Examples
    --------
    >>> hiss = np.random.default_rng(440).standard_normal(7 * 22_050).astype(np.float32)
    >>> extract_segments(Signal(hiss, sr=22_050), FeatureConfig()).shape
    (2, 130, 13)
    """
    frames = extract_frames(signal, config)
    return frames_to_steps(repeat_frames(frames, config.n_frames), config)


def extract_frames(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Compute the MFCCs of each segment from the samples of that segment alone.

    Parameters
    ----------
    signal : Signal
    config : FeatureConfig
        ``deltas`` and ``texture_frames`` play no part here.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc), dtype=float32]
        A recording shorter than one segment gives one segment with fewer frames;
        errors as in `extract_segments`.
    """
    return mfcc(
        cut_segments(signal, config),
        sr=config.sr,
        n_mfcc=config.n_mfcc,
        n_fft=config.n_fft,
        hop_length=config.hop_length,
    )


def cut_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Return the samples of each whole segment, as a view.

    Returns
    -------
    segments : np.ndarray [shape=(n_segments, n_samples), dtype=float32]
        One shorter segment for a recording that does not fill one; errors as
        in `extract_segments`.
    """
    if signal.sr != config.sr:
        raise ParameterError(
            f"the signal is sampled at {signal.sr} Hz, the features expect {config.sr} Hz. "
            f"Load it with load_audio(path, sr={config.sr})."
        )
    if signal.seconds < MIN_SECONDS:
        raise AudioError(
            f"this recording lasts {signal.seconds:.1f} s, the model needs at least "
            f"{MIN_SECONDS:g} s. Choose a longer recording."
        )
    n_segments = len(signal.samples) // config.segment_samples
    if n_segments == 0:
        return signal.samples[np.newaxis]
    whole = signal.samples[: n_segments * config.segment_samples]
    return whole.reshape(n_segments, config.segment_samples)


def audible_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Tell which segments hold any sound: silence has no genre and no vote.

    Returns
    -------
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        False where no sample of the segment rises above -80 dB of full scale.
    """
    segments = cut_segments(signal, config)
    return np.maximum(segments.max(axis=1), -segments.min(axis=1)) >= SILENCE_PEAK


def repeat_frames(frames: np.ndarray, n_frames: int) -> np.ndarray:
    """Fill short segments by repeating their frames from the start.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_given, n_mfcc)]
    n_frames : int
        Frames of a whole segment.

    Returns
    -------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc)]
    """
    n_given = frames.shape[1]
    if n_given == n_frames:
        return frames
    return frames[:, np.arange(n_frames) % n_given]


def frames_to_steps(frames: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Turn frames into what the network reads: add deltas, summarise textures.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_segments, n_frames, n_mfcc), dtype=float32]
        Frames of whole segments, at least ``config.n_mfcc`` coefficients each.
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
    values = np.ascontiguousarray(frames[..., : config.n_mfcc], dtype=np.float32)
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
