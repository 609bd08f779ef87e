"""Mono audio in memory.

Conventions
-----------
sample
    One amplitude value, float32, full scale at 1.0.
signal
    Mono samples and their rate: the mean of a recording's channels, or the
    loudest of them where the mean loses it (`genre.audio.downmix`).
"""

import hashlib
import io
import wave
from dataclasses import dataclass

import numpy as np

from genre.errors import ParameterError
from genre.language import _

BLOCK_SAMPLES = 65_536
"""How many samples are worked on at a time."""
MIN_SECONDS = 0.5
SILENCE_PEAK = 1e-4  # -80 dBFS


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """Mono audio in memory.

    Parameters
    ----------
    samples : np.ndarray [shape=(n_samples,), dtype=float32]
        Full scale at 1.0.
    sr : int
        Samples per second.
    is_truncated : bool
        Whether the recording went on after the longest that is read.
    is_one_side : bool
        Whether it is one channel alone, because the channels cancel each other.
    """

    samples: np.ndarray
    sr: int
    is_truncated: bool = False
    is_one_side: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not mono."""
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim != 1 or self.sr <= 0:
            raise ParameterError(
                _(
                    "a signal is mono with a positive rate, got shape {shape} at {sr} Hz. Average "
                    "the channels first."
                ).format(shape=samples.shape, sr=self.sr)
            )
        object.__setattr__(self, "samples", samples)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.sr

    @property
    def is_silent(self) -> bool:
        """Whether no sample reaches -80 dBFS; an empty signal is silent."""
        peak = max(self.samples.max(initial=0.0), -self.samples.min(initial=0.0))
        return bool(peak < SILENCE_PEAK)

    def digest(self) -> str:
        """Return the SHA-256 of the samples as 16 bit integers.

        The same recording as .au, .wav or .flac has the same digest.
        """
        sha = hashlib.sha256()
        for start in range(0, len(self.samples), BLOCK_SAMPLES):
            sha.update(to_int16(self.samples[start : start + BLOCK_SAMPLES]).tobytes())
        return sha.hexdigest()


def waveform_envelope(signal: Signal, n_buckets: int = 3000) -> np.ndarray:
    """Return the lowest and highest sample of each stretch of a signal, to draw it.

    Parameters
    ----------
    signal : Signal
        What to draw.
    n_buckets : int
        How many stretches; a signal with fewer samples has one for each.

    Returns
    -------
    envelope : np.ndarray [shape=(n, 2), dtype=float32]
        Minimum and maximum; every sample counts in exactly one row.

    Examples
    --------
    >>> waveform_envelope(Signal(np.array([0.0, 0.5, -0.25, 0.125]), 8000), 2).tolist()
    [[0.0, 0.5], [-0.25, 0.125]]
    """
    if n_buckets < 1:
        raise ParameterError(
            _("n_buckets={n_buckets} was given; use 1 or more.").format(n_buckets=n_buckets)
        )
    n = min(n_buckets, len(signal.samples))
    starts = np.arange(n) * len(signal.samples) // n
    lows, highs = (f.reduceat(signal.samples, starts) for f in (np.minimum, np.maximum))
    return np.stack([lows, highs], axis=1)  # (n, 2)


def encode_wav(signal: Signal | tuple[np.ndarray, int]) -> bytes:
    """Encode a signal, or samples and their rate, as a 16 bit WAV for a browser to play.

    Examples
    --------
    >>> len(encode_wav((np.zeros(100), 22_050)))
    244
    """
    if isinstance(signal, tuple):
        signal = Signal(*signal)
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(signal.sr)
        wav.setnframes(len(signal.samples))
        for start in range(0, len(signal.samples), BLOCK_SAMPLES):
            wav.writeframesraw(to_int16(signal.samples[start : start + BLOCK_SAMPLES]).tobytes())
    return encoded.getvalue()


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Round samples to 16 bits; what is beyond full scale is cut off."""
    return np.clip(np.rint(samples * 32_768), -32_768, 32_767).astype("<i2")
