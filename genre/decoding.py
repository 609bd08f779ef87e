"""From an open file to blocks of decoded audio, trusting nothing the file claims.

Conventions
-----------
container
    What kind of file it is, known by its first bytes, never by its name nor by
    a decoder's guess: some formats that ffmpeg guesses list other files to open.
codec
    How the sound inside is coded.  Those not listed here are refused.
block
    What is decoded at a time, at most ``BLOCK_SAMPLES`` values from libsndfile
    and as many per channel from ffmpeg: memory follows what is kept.
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import soundfile as sf

from genre.errors import AudioError

if TYPE_CHECKING:
    import av

MIN_SR, MAX_SR = 8_000, 192_000
MAX_CHANNELS = 8
MAX_AMPLITUDE = 1e6
BLOCK_SAMPLES = 65_536
MAX_PADDING = 65_536  # bytes of zeros before an MP3
MAX_CHUNKS = 1_000
MAX_TAGS = 16
MAX_FLAWS = 1_000

# A group's name is the container's.  MPEG layer I is left out: its first two bytes are also
# those of every text file in UTF-16.
_CONTAINERS = re.compile(
    rb"(?P<wav>RIFF....WAVE)|(?P<rf64>RF64....WAVE)|(?P<flac>fLaC)|(?P<ogg>OggS)"
    rb"|(?P<aiff>FORM....AIF[FC])|(?P<au>\.snd)|(?P<mov>....ftyp)"
    rb"|(?P<webm>\x1a\x45\xdf\xa3.{0,48}?webm)|(?P<matroska>\x1a\x45\xdf\xa3)"
    rb"|(?P<asf>\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c)"
    rb"|(?P<aac>\xff[\xf0\xf1\xf8\xf9])|(?P<mp3>\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd])",
    re.DOTALL,
)
# Not MP3: without a Xing header libsndfile guesses its length, and may stop far too early.
_SNDFILE_CONTAINERS = frozenset({"wav", "rf64", "flac", "ogg", "aiff", "au"})
_FFMPEG_NAMES = {"rf64": "wav", "webm": "matroska"}  # where they differ from the container's

# libsndfile's rarer codecs have open flaws, some within reach of merely opening a file, so
# the codec is read from the header first and what libsndfile made of it is checked after.
_WAV_CODECS = frozenset({0x01, 0x03, 0x06, 0x07, 0x55})  # PCM, FLOAT, ALAW, ULAW, MP3
_AIFC_CODECS = frozenset(b"NONE,sowt,twos,raw ,in24,in32,fl32,FL32,fl64,FL64,ulaw,alaw".split(b","))
_AU_CODECS = frozenset({1, 2, 3, 4, 5, 6, 7, 27})  # ULAW, PCM 8 to 32, FLOAT, DOUBLE, ALAW
_RARE_NAMES = {0x02: "Microsoft ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x40: "G.721 ADPCM"}
_SNDFILE_CODECS = re.compile(r"PCM_\w+|FLOAT|DOUBLE|ULAW|ALAW|VORBIS|OPUS|MPEG_LAYER_I+")
_FFMPEG_CODECS = re.compile(
    r"aac|alac|flac|vorbis|(lib)?opus|mp[23](float)?|e?ac3|wmav[12]|wmapro|wmalossless|pcm_\w+"
)


def recognise(file: BinaryIO) -> tuple[str, BinaryIO]:
    """Return the container's name and the file from its first byte on, past tags and padding.

    AudioError is raised if it is none of those that are read.
    """
    start, head = 0, _read_at(file, 0, 64)
    for _ in range(MAX_TAGS):
        if not head.startswith(b"ID3") or len(head) < 10:
            break
        size = (head[6] << 21) + (head[7] << 14) + (head[8] << 7) + head[9]
        start += 10 + size + (10 if head[5] & 0x10 else 0)  # a footer repeats the ten bytes
        head = _read_at(file, start, 64)
    if head.startswith(b"\0"):
        padding = _read_at(file, start, MAX_PADDING)
        n_zeros = len(padding) - len(padding.lstrip(b"\0"))
        if (match := _CONTAINERS.match(padding[n_zeros:])) and match.lastgroup == "mp3":
            start, head = start + n_zeros, padding[n_zeros:]
    match = _CONTAINERS.match(head)
    if match is None or match.lastgroup is None:
        raise AudioError(
            "this file is not audio this program knows: its first bytes are those of none of "
            "the formats it reads. It expected WAV, FLAC, MP3, Ogg, Opus, M4A, AAC, WebM, WMA, "
            "AIFF or AU. Convert the recording to one of them."
        )
    file.seek(start)
    return match.lastgroup, io.BufferedReader(_View(file, start)) if start else file


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
        file = _vetted(container, file)
        try:
            for block_sr, block in _sndfile_blocks(file):
                yield block_sr, _checked(block_sr, block)
                n_known += len(block)
            return
        except sf.LibsndfileError:
            file.seek(0)  # ffmpeg skips the flaw where libsndfile gives up
    for block_sr, block in _ffmpeg_blocks(file, container, n_known):
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
            raise _refused_codec(sound.subtype)
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
                raise _refused_codec(stream.codec_context.name)
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


def _frame_values(frame: "av.AudioFrame") -> np.ndarray:
    """Return a frame's samples [shape=(n_samples, n_channels), dtype=float32], at full scale 1."""
    values = frame.to_ndarray()  # planar: (n_channels, n_samples), else (1, n_samples * n_channels)
    values = values.T if frame.format.is_planar else values.reshape(frame.samples, -1)
    if values.dtype.kind in "iu":
        full_scale = 2.0 ** (8 * values.dtype.itemsize - 1)
        middle = full_scale if values.dtype.kind == "u" else 0.0
        values = (values - middle) / full_scale
    return values.astype(np.float32)


def _vetted(container: str, file: BinaryIO) -> BinaryIO:
    """Refuse rare codecs before libsndfile opens the file; mend a WAV still being written."""
    codec: int | str = 0
    is_accepted = True
    if container in ("wav", "rf64"):
        for name, size, start in _chunks(file, "<"):
            if name == b"fmt ":
                fmt = _read_at(file, start, 26).ljust(26, b"\0")
                at = 24 if fmt.startswith(b"\xfe\xff") else 0  # "extensible": it stands further on
                codec = int.from_bytes(fmt[at : at + 2], "little")
                is_accepted &= codec in _WAV_CODECS
            elif name == b"data":
                if size == 0:  # a stream; libsndfile reads to its end if the outer length is 8
                    file = io.BufferedReader(_View(file, 0, b"RIFF\x08\0\0\0"))
                break
    elif container == "aiff" and _read_at(file, 8, 4) == b"AIFC":
        for name, _, start in _chunks(file, ">"):
            if name == b"COMM":
                codec = (tag := _read_at(file, start + 18, 4)).decode("ascii", "replace")
                is_accepted &= tag in _AIFC_CODECS
    elif container == "au":
        codec = int.from_bytes(_read_at(file, 12, 4), "big")
        is_accepted = codec in _AU_CODECS
    if not is_accepted:
        raise _refused_codec(codec)
    file.seek(0)
    return file


def _refused_codec(codec: int | str) -> AudioError:
    name = codec if isinstance(codec, str) else _RARE_NAMES.get(codec, f"codec number {codec}")
    return AudioError(
        f"the sound in this file is coded as {name}, which this program does not read. It "
        "expected plain PCM, floating point, FLAC, MP3, AAC, Vorbis or Opus. Convert the "
        "recording, to WAV or MP3 for example."
    )


def _read_at(file: BinaryIO, start: int, n_bytes: int) -> bytes:
    file.seek(start)
    return file.read(n_bytes)


def _chunks(file: BinaryIO, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Walk a RIFF or FORM file: each chunk's name, claimed size and first byte's place."""
    start = 12
    for _ in range(MAX_CHUNKS):
        head = _read_at(file, start, 8)
        if len(head) < 8:
            return
        name, size = struct.unpack(order + "4sI", head)
        yield name, size, start + 8
        start += 8 + size + size % 2


class _View(io.RawIOBase):
    """A file from byte ``start`` on, its first bytes replaced by ``head``."""

    def __init__(self, file: BinaryIO, start: int, head: bytes = b"") -> None:
        self._file, self._start, self._head = file, start, head

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        offset += self._start if whence == os.SEEK_SET else 0
        return self._file.seek(offset, whence) - self._start

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        position = self._file.tell() - self._start
        data = self._file.read(len(buffer))
        new = self._head[position:][: len(data)]
        buffer[: len(data)] = new + data[len(new) :]
        return len(data)
