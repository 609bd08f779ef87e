"""What kind of file it is, and whether its codec is one that is read.

Conventions
-----------
container
    What kind of file it is, known by its first bytes, never by its name nor by
    a decoder's guess: some formats that ffmpeg guesses list other files to open.
codec
    How the sound inside is coded.  Those not listed here are refused.
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from genre.errors import AudioError
from genre.language import _

MAX_PADDING = 65_536  # bytes of zeros before an MP3
MAX_CHUNKS = 1_000
MAX_TAGS = 16
FIND_BYTES = 2**20
"""How much of a file is searched at a time."""

AUDIO_EXTENSIONS = (
    *(".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".webm"),
    *(".wma", ".aif", ".aiff", ".aifc", ".au", ".snd", ".mka", ".mp2"),
)
"""Endings of the files that are tried in folders and archives."""

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
# libsndfile's rarer codecs have open flaws, some within reach of merely opening a file, so
# the codec is read from the header first and what libsndfile made of it is checked after.
_WAV_CODECS = frozenset({0x01, 0x03, 0x06, 0x07, 0x55})  # PCM, FLOAT, ALAW, ULAW, MP3
_AIFC_CODECS = frozenset(b"NONE,sowt,twos,raw ,in24,in32,fl32,FL32,fl64,FL64,ulaw,alaw".split(b","))
_AU_CODECS = frozenset({1, 2, 3, 4, 5, 6, 7, 27})  # ULAW, PCM 8 to 32, FLOAT, DOUBLE, ALAW
# The page that begins a stream: "continues none" and a position of zero, by the format.
_OGG_FIRST_PAGE = re.compile(rb"OggS\0[\x02\x06]\0{8}")
_RARE_NAMES = {0x02: "Microsoft ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x40: "G.721 ADPCM"}


def recognise(file: BinaryIO) -> tuple[str, BinaryIO]:
    """Return the container's name and the file from its first byte on, past tags and padding.

    AudioError is raised if it is none of those that are read.
    """
    start, head = 0, _read_at(file, 0, 64)
    for _other in range(MAX_TAGS):
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
            _(
                "this file is not audio this program knows. It expected WAV, FLAC, MP3, Ogg, "
                "Opus, M4A, AAC, WebM, WMA, AIFF or AU. Convert the recording to one of them."
            )
        )
    file.seek(start)
    return match.lastgroup, io.BufferedReader(_View(file, start)) if start else file


def vetted(container: str, file: BinaryIO) -> BinaryIO:
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
        for name, _other, start in _chunks(file, ">"):
            if name == b"COMM":
                codec = (tag := _read_at(file, start + 18, 4)).decode("ascii", "replace")
                is_accepted &= tag in _AIFC_CODECS
    elif container == "au":
        codec = int.from_bytes(_read_at(file, 12, 4), "big")
        is_accepted = codec in _AU_CODECS
    if not is_accepted:
        raise refused_codec(codec)
    file.seek(0)
    return file


def ogg_links(file: BinaryIO) -> Iterator[BinaryIO]:
    """Cut a chained Ogg file, several written one after the other, into its links.

    An ordinary one is yielded as it is.
    """
    start = next_page = 0
    for place in _find_all(_OGG_FIRST_PAGE, file):
        if place not in (0, next_page):  # else it begins a stream beside the one before it
            yield io.BufferedReader(_View(file, start, end=place))
            start = place
        n_segments, *sizes = _read_at(file, place + 26, 256).ljust(256, b"\0")
        next_page = place + 27 + n_segments + sum(sizes[:n_segments])
    file.seek(0)
    yield io.BufferedReader(_View(file, start)) if start else file


def _find_all(pattern: re.Pattern[bytes], file: BinaryIO) -> Iterator[int]:
    """Yield where in a file a pattern of at most 64 bytes begins, a block at a time."""
    start = 0
    while block := _read_at(file, start, FIND_BYTES + 64):
        yield from (
            start + match.start()
            for match in pattern.finditer(block)
            if match.start() < FIND_BYTES  # the others begin in the next block
        )
        start += FIND_BYTES


def refused_codec(codec: int | str) -> AudioError:
    """Return the error that names a codec which is not read."""
    if isinstance(codec, str):
        name = codec
    else:
        name = _RARE_NAMES.get(codec) or _("codec number {number}").format(number=codec)
    return AudioError(
        _(
            "the sound in this file is coded as {name}, which this program does not read. It "
            "expected plain PCM, floating point, FLAC, MP3, AAC, Vorbis or Opus. Convert the "
            "recording, to WAV or MP3 for example."
        ).format(name=name)
    )


def _read_at(file: BinaryIO, start: int, n_bytes: int) -> bytes:
    file.seek(start)
    return file.read(n_bytes)


def _chunks(file: BinaryIO, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Walk a RIFF or FORM file: each chunk's name, claimed size and first byte's place."""
    start = 12
    for _other in range(MAX_CHUNKS):
        head = _read_at(file, start, 8)
        if len(head) < 8:
            return
        name, size = struct.unpack(order + "4sI", head)
        yield name, size, start + 8
        start += 8 + size + size % 2


class _View(io.RawIOBase):
    """A file from byte ``start`` to before ``end``, its first bytes replaced by ``head``."""

    def __init__(
        self, file: BinaryIO, start: int, head: bytes = b"", end: int | None = None
    ) -> None:
        self._file, self._start, self._head = file, start, head
        self._size = (file.seek(0, os.SEEK_END) if end is None else end) - start
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        self._position = max(0, origin[whence] + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n_bytes = max(0, min(len(buffer), self._size - self._position))
        data = _read_at(self._file, self._start + self._position, n_bytes)
        new = self._head[self._position :][: len(data)]
        buffer[: len(data)] = new + data[len(new) :]
        self._position += len(data)
        return len(data)
