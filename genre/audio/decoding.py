"""From an open file to blocks of decoded audio, trusting nothing the file claims.

Conventions
-----------
block
    What is decoded at a time, at most ``BLOCK_SAMPLES`` values from libsndfile
    and as many per channel from ffmpeg: memory follows what is kept.
"""

import contextlib
import ctypes
import functools
import re
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import soundfile as sf

from genre.audio.cost import Cost, metered
from genre.audio.formats import ogg_links, recognise, refused_codec, vetted
from genre.audio.signal import BLOCK_SAMPLES
from genre.errors import AudioError
from genre.language import _

if TYPE_CHECKING:
    import av

MIN_SR, MAX_SR = 8_000, 192_000
MAX_CHANNELS = 8
MAX_AMPLITUDE = 1e6
MAX_ALLOCATION = 64 * 2**20
"""Bytes that ffmpeg may ask for at once; a header of 1.5 kB can make it ask for gigabytes."""

# Not MP3: without a Xing header libsndfile guesses its length, and may stop far too early.
_SNDFILE_CONTAINERS = frozenset({"wav", "rf64", "flac", "ogg", "aiff", "au"})
_FFMPEG_NAMES = {"rf64": "wav", "webm": "matroska"}  # where they differ from the container's

_SNDFILE_CODECS = re.compile(r"PCM_\w+|FLOAT|DOUBLE|ULAW|ALAW|VORBIS|OPUS|MPEG_LAYER_I+")
_FFMPEG_CODECS = re.compile(
    r"aac|alac|flac|vorbis|(lib)?opus|mp[23](float)?|e?ac3|wmav[12]|wmapro|wmalossless|pcm_\w+"
)
_FFMPEG_SAMPLES = re.compile(r"(u8|s16|s32|flt|dbl)p?")

Blocks = Iterator[tuple[int, np.ndarray]]
"""Samples per second, and samples [shape=(n_samples, n_channels), dtype=float32]."""


def decode(file: BinaryIO) -> Blocks:
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
        accepted, nothing can be decoded, or decoding costs too much.
    """
    container, file = recognise(file)
    cost = Cost()
    file = metered(file, cost)
    try:
        for link in ogg_links(file) if container == "ogg" else [file]:
            cost.add()
            for block_sr, block in _blocks(link, container, cost):
                _check_values(block)
                yield block_sr, block
        cost.add()  # what came to an early end is not taken for the whole
    except MemoryError as error:
        raise AudioError(
            _("decoding this recording takes more memory than it may. Convert it to WAV or MP3.")
        ) from error
    if cost.n_flaws and not cost.has_sound:
        raise AudioError(
            _(
                "this recording cannot be decoded: it is damaged or incomplete, a whole file "
                "was expected. Copy or export it again."
            )
        )


def _blocks(file: BinaryIO, container: str, cost: Cost) -> Blocks:
    """Decode by libsndfile where it can, and what is left by ffmpeg."""
    n_known = 0
    if container in _SNDFILE_CONTAINERS:
        file = vetted(container, file)
        try:
            for block_sr, block in _sndfile_blocks(file):
                cost.add(len(block), block_sr)
                yield block_sr, block
                n_known += len(block)
            return
        except sf.LibsndfileError:
            file.seek(0)  # ffmpeg skips the flaw where libsndfile gives up
    yield from _gathered(_ffmpeg_blocks(file, container, n_known, cost))


def _check_kind(sr: int, n_channels: int) -> None:
    if not MIN_SR <= sr <= MAX_SR:
        raise AudioError(
            _(
                "this recording has {sr:,} samples a second; {min_sr:,} to {max_sr:,} Hz are "
                "accepted. Convert it to 44,100 Hz."
            ).format(sr=sr, min_sr=MIN_SR, max_sr=MAX_SR)
        )
    if not 1 <= n_channels <= MAX_CHANNELS:
        raise AudioError(
            _(
                "this recording has {n_channels} channels; 1 to {max_channels} are accepted. "
                "Mix it down to stereo."
            ).format(n_channels=n_channels, max_channels=MAX_CHANNELS)
        )


def _check_values(block: np.ndarray) -> None:
    peak = max(abs(block.min(initial=0.0)), abs(block.max(initial=0.0)))
    if not np.isfinite(peak):  # a NaN anywhere is the minimum and the maximum
        raise AudioError(
            _(
                "this recording contains values that are not numbers (NaN or infinite); finite "
                "amplitudes were expected. Export it again, as 16 bit for example."
            )
        )
    if peak > MAX_AMPLITUDE:
        raise AudioError(
            _(
                "this recording reaches {peak:.0e} times full scale; at most "
                "{max_amplitude:.0e} is accepted. Normalise it and export it again."
            ).format(peak=peak, max_amplitude=MAX_AMPLITUDE)
        )


def _sndfile_blocks(file: BinaryIO) -> Blocks:
    with sf.SoundFile(file) as sound:
        if not _SNDFILE_CODECS.fullmatch(sound.subtype):
            raise refused_codec(sound.subtype)
        _check_kind(sound.samplerate, sound.channels)
        n_samples = max(1, BLOCK_SAMPLES // sound.channels)
        while len(block := sound.read(n_samples, dtype="float32", always_2d=True)):
            yield sound.samplerate, block  # (n_samples, n_channels)


def _ffmpeg_blocks(file: BinaryIO, container: str, n_known: int, cost: Cost) -> Blocks:
    """Decode all but the first ``n_known`` samples, skipping packets that are damaged."""
    ffmpeg = _ffmpeg()
    n_decoded = 0
    try:
        # A named format and no protocol: no other file is opened, whatever this one refers to.
        with ffmpeg.open(
            file,
            format=_FFMPEG_NAMES.get(container, container),
            container_options=_container_options(),
            metadata_errors="replace",
        ) as recording:
            stream = _sound_track(recording)
            packets = recording.demux(stream)
            while not cost.is_hopeless:
                try:
                    frames = next(packets).decode()
                except StopIteration:
                    break
                except ffmpeg.FFmpegError:
                    cost.n_flaws += 1
                    cost.add()
                    packets = recording.demux(stream)  # from where the last one stopped
                    continue
                cost.add()
                for frame in frames:
                    _check_kind(frame.sample_rate, frame.layout.nb_channels)
                    cost.add(frame.samples, frame.sample_rate)
                    block = _frame_values(frame)[max(0, n_known - n_decoded) :]
                    n_decoded += frame.samples
                    yield frame.sample_rate, block
    except ffmpeg.FFmpegError:
        cost.n_flaws += 1


@functools.cache
def _ffmpeg() -> ModuleType:
    """Load ffmpeg, which most recordings do not need, and bound what it may ask for."""
    import av

    # PyAV has no name for this setting.  Where the system finds a library's functions only in
    # that library itself (Windows), ffmpeg's own bound remains, 2 GB.
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(av._core.__file__).av_max_alloc(ctypes.c_size_t(MAX_ALLOCATION))
    return av


@functools.cache
def _container_options() -> dict[str, str]:
    """Return what may be looked at while a container is opened: little, and by few decoders."""
    codecs = filter(_FFMPEG_CODECS.fullmatch, sorted(_ffmpeg().codecs_available))
    return {
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(codecs),
        "max_streams": "100",
        "probesize": "200000",  # bytes; each packet of two takes 500 to keep
    }


def _sound_track(recording: "av.container.InputContainer") -> "av.AudioStream":
    """Return the first sound track of a recording, with a codec that is read."""
    if not recording.streams.audio:
        raise AudioError(
            _("this file has no sound track; a recording was expected. Choose another file.")
        )
    track = recording.streams.audio[0]
    codec = track.codec_context  # None where ffmpeg has no decoder for it
    if codec is None or not _FFMPEG_CODECS.fullmatch(codec.name):
        raise refused_codec(codec.name if codec else _("a codec that is not known"))
    for other in recording.streams:
        if other.index != track.index:
            other.discard = _ffmpeg().stream.Discard.all
    codec.options = {"max_samples": str(BLOCK_SAMPLES)}
    return track


def _gathered(blocks: Blocks) -> Blocks:
    """Put small blocks together: an MP3's frames of 1,152 samples cost more to handle each."""
    waiting: list[np.ndarray] = []
    waiting_kind: tuple[int, int] | None = None  # rate and channels, the same for all that wait
    n_waiting = 0
    for block_sr, block in blocks:
        kind = (block_sr, block.shape[1])
        if waiting_kind and (kind != waiting_kind or n_waiting + len(block) > BLOCK_SAMPLES):
            yield waiting_kind[0], np.concatenate(waiting)
            waiting, n_waiting = [], 0
        waiting.append(block)
        waiting_kind = kind
        n_waiting += len(block)
    if waiting_kind:
        yield waiting_kind[0], np.concatenate(waiting)


def _frame_values(frame: "av.AudioFrame") -> np.ndarray:
    """Return a frame's samples [shape=(n_samples, n_channels), dtype=float32], at full scale 1."""
    if not _FFMPEG_SAMPLES.fullmatch(frame.format.name):
        raise refused_codec(_("samples of the kind {name}").format(name=frame.format.name))
    values = frame.to_ndarray()  # planar: (n_channels, n_samples), else (1, n_samples * n_channels)
    values = values.T if frame.format.is_planar else values.reshape(frame.samples, -1)
    if values.dtype.kind in "iu":
        full_scale = 2.0 ** (8 * values.dtype.itemsize - 1)
        middle = full_scale if values.dtype.kind == "u" else 0.0
        values = (values - middle) / full_scale
    return values.astype(np.float32)
