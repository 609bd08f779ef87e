"""From a file, or its bytes, to a signal.

Conventions
-----------
sample
    One amplitude value, float32, full scale at 1.0.
signal
    Mono samples and their rate.  Channels are averaged, never dropped.

What is read, and what is refused, is decided in `genre.decoding`.
"""

import contextlib
import hashlib
import io
import os
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soxr

from genre.containers import recognise
from genre.decoding import (
    BLOCK_SAMPLES,
    MAX_SR,
    MIN_SR,
    decode,
)
from genre.errors import AudioError, ParameterError

MIN_SECONDS = 0.5
MAX_SECONDS = 20 * 60.0
SILENCE_PEAK = 1e-4  # -80 dBFS
AUDIO_EXTENSIONS = (
    *(".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".webm"),
    *(".wma", ".aif", ".aiff", ".aifc", ".au", ".snd", ".mka", ".mp2"),
)
BROWSER_MEDIA_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "mov": "audio/mp4",
    "aac": "audio/aac",
    "webm": "audio/webm",
}

Source = str | os.PathLike[str] | bytes | BinaryIO


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
    """

    samples: np.ndarray
    sr: int
    is_truncated: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not mono."""
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim != 1 or self.sr <= 0:
            raise ParameterError(
                f"a signal is mono with a positive rate, got shape {samples.shape} at "
                f"{self.sr} Hz. Average the channels first."
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
            sha.update(_to_int16(self.samples[start : start + BLOCK_SAMPLES]).tobytes())
        return sha.hexdigest()


def load_audio(
    source: Source,
    *,
    sr: int = 22_050,
    max_seconds: float = MAX_SECONDS,
) -> Signal:
    """Decode a recording, average its channels and resample it.

    Short and silent recordings are returned as they are.  What can be decoded
    of a damaged or cut off file is used.

    Parameters
    ----------
    source : str, Path, bytes or binary file
        Where the recording is, its content, or an open file, read from its start.
    sr : int
        Samples per second of the signal returned.
    max_seconds : float
        Where to stop reading; at most ``MAX_SECONDS``.

    Returns
    -------
    signal : Signal
        Mono, at ``sr``, at least one sample.

    Raises
    ------
    AudioError
        If the source is missing, empty, in a format or codec that is not read,
        outside 8 to 192 kHz or 1 to 8 channels, holds values that are no
        numbers, or nothing in it can be decoded.
    ParameterError
        If ``sr`` or ``max_seconds`` is out of range.

    Examples
    --------
    >>> beep = np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000)
    >>> load_audio(encode_wav((beep, 48_000))).samples.shape
    (22050,)
    """
    if not (MIN_SR <= sr <= MAX_SR and 0 < max_seconds <= MAX_SECONDS):
        raise ParameterError(
            f"sr={sr} and max_seconds={max_seconds} were given; sr must lie in {MIN_SR} to "
            f"{MAX_SR} Hz and max_seconds above 0 and up to {MAX_SECONDS:g} s."
        )
    with _opened(source) as file:
        # The system hands out this buffer's memory as it fills, and takes the rest back.
        samples = np.empty(round(max_seconds * sr), dtype=np.float32)
        n_heard = 0
        for part in _resampled(decode(file), sr):
            kept = part[: max(0, len(samples) - n_heard)]
            samples[n_heard : n_heard + len(kept)] = kept
            n_heard += len(part)
            if n_heard > len(samples) + 1:  # one sample more may be the resampler's rounding
                break
    if n_heard == 0:
        raise AudioError("this recording holds no sound: it has 0 samples. Choose one that plays.")
    is_truncated = n_heard > len(samples) + 1
    samples.resize(min(n_heard, len(samples)), refcheck=False)
    return Signal(samples, sr, is_truncated)


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
        raise ParameterError(f"n_buckets={n_buckets} was given; use 1 or more.")
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
            wav.writeframesraw(_to_int16(signal.samples[start : start + BLOCK_SAMPLES]).tobytes())
    return encoded.getvalue()


def browser_media_type(source: Source) -> str | None:
    """Return as what browsers play a recording, by its first bytes.

    None for what they do not play as it is: AIFF, AU and WMA need `encode_wav`
    first, and so does what is no audio at all.
    """
    try:
        with _opened(source) as file:
            return BROWSER_MEDIA_TYPES.get(recognise(file)[0])
    except AudioError:
        return None


def _to_int16(samples: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(samples * 32_768), -32_768, 32_767).astype("<i2")


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """Open a source at its start; an open file is left where it was found."""
    try:
        if isinstance(source, bytes):
            file: BinaryIO = io.BytesIO(source)
        elif isinstance(source, str | os.PathLike):
            path = Path(source)
            if path.is_dir():
                raise AudioError("this is a folder, a recording was expected. Choose a file in it.")
            if not path.is_file():
                raise AudioError("there is no such file. Check its name and folder.")
            file = path.open("rb")
        else:
            file = source
        position = file.tell()
        try:
            if file.seek(0, os.SEEK_END) == 0:
                raise AudioError("this file is empty (0 bytes). Choose another recording.")
            file.seek(0)
            yield file
        finally:
            if file is source:
                file.seek(position)
            else:
                file.close()
    except OSError as error:
        raise AudioError(
            f"this file cannot be read ({error.strerror or 'unknown cause'}). "
            "Check that it still exists and that it may be read."
        ) from error


def _resampled(blocks: Iterator[tuple[int, np.ndarray]], sr: int) -> Iterator[np.ndarray]:
    """Average the channels of each block and bring it to ``sr``."""
    resampler, resampler_sr = None, 0
    for block_sr, block in blocks:  # block: (n_samples, n_channels)
        if resampler is None or block_sr != resampler_sr:
            if resampler is not None:
                yield resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True)
            resampler = soxr.ResampleStream(block_sr, sr, 1, dtype="float32", quality="HQ")
            resampler_sr = block_sr
        n_channels = block.shape[1]
        # (n_samples,): the mean, as a product because NumPy's mean is 80 times slower here
        mono = block @ np.full(n_channels, 1 / n_channels, dtype=np.float32)
        yield resampler.resample_chunk(mono)
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True)
