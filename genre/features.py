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

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from genre.audio import MIN_SECONDS, SILENCE_PEAK, Signal
from genre.errors import AudioError, ParameterError
from genre.mfcc import N_MELS, mfcc

MAX_SEGMENT_SECONDS = 60
DELTA_REACH = 4
"""Frames to each side that a delta looks at: librosa's default width of 9."""


@dataclass(frozen=True, slots=True)
class FeatureConfig:
    """How a signal becomes features; saved with every model trained on them.

    Parameters
    ----------
    sr : int
        Sampling rate in Hz.
    n_mfcc : int
        MFCCs per frame.
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.
    segment_seconds : float
        Length of a segment in seconds.
    deltas : bool
        Whether each frame also carries the slope of its coefficients.
    texture_frames : int
        Frames summarised into one step (their mean and deviation); 0 or 1 leaves frames as steps.
    """

    sr: int = 22_050
    n_mfcc: int = 13
    n_fft: int = 2048
    hop_length: int = 512
    segment_seconds: float = 3.0
    deltas: bool = False
    texture_frames: int = 0

    def __post_init__(self) -> None:
        for name in ("sr", "n_mfcc", "n_fft", "hop_length", "texture_frames"):
            value, least = getattr(self, name), int(name != "texture_frames")
            if not isinstance(value, int) or value < least:
                raise ParameterError(f"{name}={value!r}, expected a whole number from {least} up.")
        if not isinstance(self.segment_seconds, int | float) or not (
            0 < self.segment_seconds <= MAX_SEGMENT_SECONDS
        ):
            raise ParameterError(
                f"segment_seconds={self.segment_seconds!r}, expected a number above 0 and up to "
                f"{MAX_SEGMENT_SECONDS}. The course uses 3."
            )
        if self.n_mfcc > N_MELS:
            raise ParameterError(
                f"n_mfcc={self.n_mfcc} was asked for, there are 1 to {N_MELS} coefficients. "
                "The course uses 13."
            )
        if self.segment_samples < self.n_fft:
            raise ParameterError(
                f"segment_seconds={self.segment_seconds} gives {self.segment_samples} samples "
                f"at sr={self.sr}, less than one frame of n_fft={self.n_fft}. "
                "Use longer segments or a smaller n_fft."
            )
        if self.texture_frames > self.n_frames:
            raise ParameterError(
                f"texture_frames={self.texture_frames} does not fit a segment of "
                f"{self.n_frames} frames. Use 0 (off) to {self.n_frames}."
            )

    @property
    def segment_samples(self) -> int:
        """Samples in a segment."""
        return round(self.segment_seconds * self.sr)

    @property
    def n_frames(self) -> int:
        """Frames in a segment; each is centred, so the first lies on sample 0."""
        return 1 + self.segment_samples // self.hop_length

    @property
    def n_steps(self) -> int:
        """Steps in a segment: how many vectors the network reads."""
        return self.n_frames // max(1, self.texture_frames)

    @property
    def n_values(self) -> int:
        """Values in a step."""
        per_frame = self.n_mfcc * (2 if self.deltas else 1)
        return per_frame * (2 if self.texture_frames > 1 else 1)

    @property
    def frames(self) -> FeatureConfig:
        """The settings of the frames alone: what a feature pack is made with."""
        return replace(self, deltas=False, texture_frames=0)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FeatureConfig:
        """Read settings written by `to_dict`; unknown keys are refused."""
        unknown = set(values) - {name for name in cls.__dataclass_fields__}
        if unknown:
            raise ParameterError(
                f"unknown feature settings {sorted(unknown)}; known are "
                f"{sorted(cls.__dataclass_fields__)}. Use a newer version of this program."
            )
        return cls(**values)


def extract_segments(signal: Signal, config: FeatureConfig) -> np.ndarray:
    """Cut a signal into segments and describe each by what the network reads.

    Samples left over after the last whole segment are dropped, and the frames
    of a recording shorter than one segment are repeated until they fill one:
    padding would teach the network what silence sounds like.

    Parameters
    ----------
    signal : Signal
        Mono audio at ``config.sr``; `genre.audio.load_audio` returns it so.
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
