"""From an open file to blocks of decoded audio, trusting nothing the file claims.

Conventions
-----------
block
    What is decoded at a time, at most ``BLOCK_SAMPLES`` values from libsndfile
    and as many per channel from ffmpeg: memory follows what is kept.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import soundfile as sf

from genre.audio.formats import recognise, refused_codec, vetted
from genre.audio.signal import BLOCK_SAMPLES
from genre.errors import AudioError

if TYPE_CHECKING:
    import av

MIN_SR, MAX_SR = 8_000, 192_000
MAX_CHANNELS = 8
MAX_AMPLITUDE = 1e6
MAX_FLAWS = 1_000

# Not MP3: without a Xing header libsndfile guesses its length, and may stop far too early.
_SNDFILE_CONTAINERS = frozenset({"wav", "rf64", "flac", "ogg", "aiff", "au"})
_FFMPEG_NAMES = {"rf64": "wav", "webm": "matroska"}  # where they differ from the container's

_SNDFILE_CODECS = re.compile(r"PCM_\w+|FLOAT|DOUBLE|ULAW|ALAW|VORBIS|OPUS|MPEG_LAYER_I+")
_FFMPEG_CODECS = re.compile(
    r"aac|alac|flac|vorbis|(lib)?opus|mp[23](float)?|e?ac3|wmav[12]|wmapro|wmalossless|pcm_\w+"
)


def decode(file: BinaryIO) -> Iterator[tuple[int, np.ndarray]]:
    """Decode an audio file block by block.

    Parameters
    ----------
    file : binary file
        Open, seekable, and not empty.

    Yields
    ------
    block_sr : int
        Samples per second, 8,000 to 192,000.
    block : np.ndarray [shape=(n_samples, n_channels), dtype=float32]
        Finite, one to eight channels.

    Raises
    ------
    AudioError
        If the format, the codec, the rate, the channels or the values are not
        accepted, or nothing can be decoded.
    """
    container, file = recognise(file)
    n_known = 0
    if container in _SNDFILE_CONTAINERS:
        file = vetted(container, file)
        try:
            for block_sr, block in _sndfile_blocks(file):
                yield block_sr, _checked(block_sr, block)
                n_known += len(block)
            return
        except sf.LibsndfileError:
            file.seek(0)  # ffmpeg skips the flaw where libsndfile gives up
    for block_sr, block in _gathered(_ffmpeg_blocks(file, container, n_known)):
        yield block_sr, _checked(block_sr, block)


def _checked(block_sr: int, block: np.ndarray) -> np.ndarray:
    n_channels = block.shape[1]
    if not MIN_SR <= block_sr <= MAX_SR:
        raise AudioError(
            f"this recording has {block_sr:,} samples a second; {MIN_SR:,} to {MAX_SR:,} Hz are "
            "accepted. Convert it to 44,100 Hz."
        )
    if not 1 <= n_channels <= MAX_CHANNELS:
        raise AudioError(
            f"this recording has {n_channels} channels; 1 to {MAX_CHANNELS} are accepted. "
            "Mix it down to stereo."
        )
    peak = max(abs(block.min(initial=0.0)), abs(block.max(initial=0.0)))
    if not np.isfinite(peak):  # a NaN anywhere is the minimum and the maximum
        raise AudioError(
            "this recording contains values that are not numbers (NaN or infinite); finite "
            "amplitudes were expected. Export it again, as 16 bit for example."
        )
    if peak > MAX_AMPLITUDE:
        raise AudioError(
            f"this recording reaches {peak:.0e} times full scale; at most {MAX_AMPLITUDE:.0e} is "
            "accepted. Normalise it and export it again."
        )
    return block


def _sndfile_blocks(file: BinaryIO) -> Iterator[tuple[int, np.ndarray]]:
    with sf.SoundFile(file) as sound:
        if not _SNDFILE_CODECS.fullmatch(sound.subtype):
            raise refused_codec(sound.subtype)
        n_samples = max(1, BLOCK_SAMPLES // sound.channels)
        while len(block := sound.read(n_samples, dtype="float32", always_2d=True)):
            yield sound.samplerate, block  # (n_samples, n_channels)


def _ffmpeg_blocks(
    file: BinaryIO, container: str, n_known: int
) -> Iterator[tuple[int, np.ndarray]]:
    """Decode all but the first ``n_known`` samples, skipping packets that are damaged."""
    import av

    # A named format and no protocol: no other file is opened, whatever this one refers to.
    n_decoded = n_flaws = 0
    try:
        with av.open(
            file,
            format=_FFMPEG_NAMES.get(container, container),
            container_options={"protocol_whitelist": "none"},
            metadata_errors="replace",
        ) as recording:
            if not recording.streams.audio:
                raise AudioError(
                    "this file has no sound track; a recording was expected. Choose another file."
                )
            stream = recording.streams.audio[0]
            if not _FFMPEG_CODECS.fullmatch(stream.codec_context.name):
                raise refused_codec(stream.codec_context.name)
            stream.codec_context.options = {"max_samples": str(BLOCK_SAMPLES)}
            packets = recording.demux(stream)
            while n_flaws < MAX_FLAWS:
                try:
                    frames = next(packets).decode()
                except StopIteration:
                    break
                except av.FFmpegError:
                    n_flaws += 1
                    packets = recording.demux(stream)  # from where the last one stopped
                    continue
                for frame in frames:
                    block = _frame_values(frame)[max(0, n_known - n_decoded) :]
                    n_decoded += frame.samples
                    yield frame.sample_rate, block
    except av.FFmpegError:
        n_flaws += 1
    if n_flaws and n_decoded == 0 and n_known == 0:
        raise AudioError(
            "this recording cannot be decoded: it is damaged or incomplete, a whole file was "
            "expected. Copy or export it again."
        )


def _gathered(blocks: Iterator[tuple[int, np.ndarray]]) -> Iterator[tuple[int, np.ndarray]]:
    """Put small blocks together: an MP3's frames of 1,152 samples cost more to handle each."""
    waiting: list[np.ndarray] = []
    waiting_kind: tuple[int, int] | None = None  # rate and channels, the same for all that wait
    for block_sr, block in blocks:
        kind = (block_sr, block.shape[1])
        n_waiting = sum(map(len, waiting))
        if waiting_kind and (kind != waiting_kind or n_waiting + len(block) > BLOCK_SAMPLES):
            yield waiting_kind[0], np.concatenate(waiting)
            waiting = []
        waiting.append(block)
        waiting_kind = kind
    if waiting_kind:
        yield waiting_kind[0], np.concatenate(waiting)


def _frame_values(frame: "av.AudioFrame") -> np.ndarray:
    """Return a frame's samples [shape=(n_samples, n_channels), dtype=float32], at full scale 1."""
    values = frame.to_ndarray()  # planar: (n_channels, n_samples), else (1, n_samples * n_channels)
    values = values.T if frame.format.is_planar else values.reshape(frame.samples, -1)
    if values.dtype.kind in "iu":
        full_scale = 2.0 ** (8 * values.dtype.itemsize - 1)
        middle = full_scale if values.dtype.kind == "u" else 0.0
        values = (values - middle) / full_scale
    return values.astype(np.float32)
