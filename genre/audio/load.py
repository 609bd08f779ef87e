"""From a file, or its bytes, to a signal.

What is read, and what is refused, is decided in `genre.audio.decoding`.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soxr

from genre.audio.decoding import MAX_SR, MIN_SR, decode
from genre.audio.downmix import Downmix
from genre.audio.formats import recognise
from genre.audio.signal import Signal
from genre.errors import AudioError, ParameterError
from genre.language import _
from genre.system.files import special_file

MAX_SECONDS = 20 * 60.0

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


def load_audio(
    source: Source,
    *,
    sr: int = 22_050,
    max_seconds: float = MAX_SECONDS,
) -> Signal:
    """Decode a recording, average its channels and resample it.

    Where the mean of the channels is over 10 dB quieter than the loudest, that
    one is used alone.  Short and silent recordings are returned as they are.
    What can be decoded of a damaged or cut off file is used.

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
    >>> from genre.audio.signal import encode_wav
    >>> beep = np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000)
    >>> load_audio(encode_wav((beep, 48_000))).samples.shape
    (22050,)
    """
    if not (MIN_SR <= sr <= MAX_SR and 0 < max_seconds <= MAX_SECONDS):
        raise ParameterError(
            _(
                "sr={sr} and max_seconds={max_seconds} were given; sr must lie in {min_sr} to "
                "{max_sr} Hz and max_seconds above 0 and up to {longest:g} s."
            ).format(
                sr=sr,
                max_seconds=max_seconds,
                min_sr=MIN_SR,
                max_sr=MAX_SR,
                longest=MAX_SECONDS,
            )
        )
    # The system hands out this buffer's memory as it fills, and takes the rest back.
    samples = np.empty(round(max_seconds * sr), dtype=np.float32)
    downmix = Downmix()
    with _opened(source) as file:
        n_read = _fill(samples, _resampled(decode(file), sr, downmix))
        if is_one_side := downmix.take_one_side():  # known at the end alone, and rare
            n_read = _fill(samples, _resampled(decode(file), sr, downmix))
    if n_read == 0:
        raise AudioError(
            _("this recording holds no sound: it has 0 samples. Choose one that plays.")
        )
    is_truncated = n_read > len(samples) + 1
    samples.resize(min(n_read, len(samples)), refcheck=False)
    return Signal(samples, sr, is_truncated, is_one_side)


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


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    """Open a source at its start; an open file is left where it was found."""
    try:
        if isinstance(source, bytes):
            file: BinaryIO = io.BytesIO(source)
        elif isinstance(source, str | os.PathLike):
            path = Path(source)
            if path.is_dir():
                raise AudioError(
                    _("this is a folder, a recording was expected. Choose a file in it.")
                )
            if special := special_file(path):
                raise AudioError(
                    _(
                        "this is {special}, a recording was expected. Save the sound in a file and "
                        "choose that."
                    ).format(special=special)
                )
            if not path.is_file():
                raise AudioError(_("there is no such file. Check its name and folder."))
            file = path.open("rb")
        else:
            file = source
        position = file.tell()
        try:
            if file.seek(0, os.SEEK_END) == 0:
                raise AudioError(_("this file is empty (0 bytes). Choose another recording."))
            file.seek(0)
            yield file
        finally:
            if file is source:
                file.seek(position)
            else:
                file.close()
    except OSError as error:
        raise AudioError(
            _(
                "this file cannot be read ({reason}). Check that it still exists and that it "
                "may be read."
            ).format(reason=error.strerror or _("unknown cause"))
        ) from error


def _fill(samples: np.ndarray, parts: Iterator[np.ndarray]) -> int:
    """Write the parts into ``samples``; return how many there were, a few past its end."""
    n_read = 0
    for part in parts:
        kept = part[: max(0, len(samples) - n_read)]
        samples[n_read : n_read + len(kept)] = kept
        n_read += len(part)
        if n_read > len(samples) + 1:  # one sample more may be the resampler's rounding
            break
    return n_read


def _resampled(
    blocks: Iterator[tuple[int, np.ndarray]], sr: int, downmix: Downmix
) -> Iterator[np.ndarray]:
    """Mix the channels of each block and bring it to ``sr``."""
    resampler, resampler_sr = None, 0
    for block_sr, block in blocks:  # block: (n_samples, n_channels)
        if resampler is None or block_sr != resampler_sr:
            if resampler is not None:
                yield resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True)
            resampler = soxr.ResampleStream(block_sr, sr, 1, dtype="float32", quality="HQ")
            resampler_sr = block_sr
        yield resampler.resample_chunk(downmix.mix(block))
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True)
