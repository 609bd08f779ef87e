"""Short recordings in every format that is read, and what is heard in them."""

import io
import struct

import av
import numpy as np
import soundfile as sf

SNDFILE_KINDS = {
    "wav16": ("WAV", "PCM_16", 44_100),
    "wav24": ("WAV", "PCM_24", 44_100),
    "wavfloat": ("WAV", "FLOAT", 44_100),
    "wavex": ("WAVEX", "PCM_16", 44_100),
    "rf64": ("RF64", "PCM_16", 44_100),
    "flac": ("FLAC", "PCM_16", 44_100),
    "ogg": ("OGG", "VORBIS", 44_100),
    "opus": ("OGG", "OPUS", 48_000),
    "mp3": ("MP3", "MPEG_LAYER_III", 44_100),
    "aiff": ("AIFF", "PCM_16", 44_100),
    "aifc": ("AIFF", "FLOAT", 44_100),
    "au": ("AU", "PCM_16", 44_100),
    "aulaw": ("AU", "ULAW", 44_100),
}
FFMPEG_KINDS = {
    "m4a": ("ipod", "aac", 44_100),
    "alac": ("ipod", "alac", 44_100),
    "mp4": ("mp4", "aac", 44_100),
    "aac": ("adts", "aac", 44_100),
    "webm": ("webm", "libopus", 48_000),
    "mka": ("matroska", "flac", 44_100),
    "wma": ("asf", "wmav2", 44_100),
}
KINDS = [*SNDFILE_KINDS, *FFMPEG_KINDS]


def tone(sr, seconds=2.0, hz=440.0, peak=0.5):
    return (peak * np.sin(2 * np.pi * hz * np.arange(int(sr * seconds)) / sr)).astype(np.float32)


def written(samples, sr, container="WAV", codec="PCM_16", **settings):
    """Encode ``samples`` (n_samples,) or (n_samples, n_channels) by libsndfile."""
    file = io.BytesIO()
    sf.write(file, samples, sr, format=container, subtype=codec, **settings)
    return file.getvalue()


def written_by_ffmpeg(samples, sr, container, codec, layout="stereo", **options):
    """Encode ``samples`` (n_samples, n_channels) by ffmpeg."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as recording:
        stream = recording.add_stream(codec, rate=sr)
        stream.layout = layout
        stream.bit_rate = 128_000
        planes = np.ascontiguousarray(samples.T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = sr, 0
        recording.mux(stream.encode(frame))
        recording.mux(stream.encode(None))
    return file.getvalue()


def recording(kind, seconds=2.0, noise=0.0):
    """Stereo: 440 Hz at 0.5 on the left, at 0.3 on the right, with noise if asked for."""
    container, codec, sr = (SNDFILE_KINDS | FFMPEG_KINDS)[kind]
    samples = np.stack([tone(sr, seconds), 0.6 * tone(sr, seconds)], axis=1)
    samples += noise * np.random.default_rng(7).standard_normal(samples.shape).astype(np.float32)
    encode = written if kind in SNDFILE_KINDS else written_by_ffmpeg
    return encode(samples, sr, container, codec)


def tone_level(signal, hz=440.0):
    """Return the amplitude of a sine in the middle second, and that of all else."""
    start = len(signal.samples) // 2 - signal.sr // 2
    middle = signal.samples[start : start + signal.sr]
    phases = 2 * np.pi * hz * np.arange(signal.sr) / signal.sr
    basis = np.stack([np.sin(phases), np.cos(phases)], axis=1)
    weights = np.linalg.lstsq(basis, middle, rcond=None)[0]
    return np.hypot(*weights), np.sqrt(2 * np.mean((middle - basis @ weights) ** 2))


def matroska(payload, n_packets, sr=8_000.0):
    """A Matroska file of ``n_packets`` equal packets of mono 16 bit PCM."""

    def element(number, content):
        return bytes.fromhex(number) + (len(content) | 1 << 56).to_bytes(8, "big") + content

    head = element("1a45dfa3", element("4282", b"matroska"))
    audio = element("e1", element("b5", struct.pack(">d", sr)) + element("6264", b"\x10"))
    codec = element("86", b"A_PCM/INT/LIT") + audio
    track = element(
        "ae", element("d7", b"\1") + element("73c5", b"\1") + element("83", b"\2") + codec
    )
    packets = element("a3", b"\x81\0\0\x80" + payload) * n_packets
    cluster = element("1f43b675", element("e7", b"\0") + packets)
    return head + element("18538067", element("1654ae6b", track) + cluster)


def wav_of(bits, sr=8_000):
    """A mono WAV of half a second of silence in samples of so many bits, which may be none."""
    n_bytes = bits // 8
    fmt = struct.pack("<HHIIHH", 1, 1, sr, sr * n_bytes, n_bytes, bits)
    data = bytes(sr // 2 * n_bytes)
    chunks = b"fmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def m4a_that_claims(n_samples):
    """An M4A of 0.1 s whose table of contents claims so many packets, of a byte each."""
    content = bytearray(recording("m4a", 0.1))
    sizes, times, chunks = (content.index(name) for name in (b"stsz", b"stts", b"stsc"))
    content[sizes + 8 : sizes + 16] = struct.pack(">II", 1, n_samples)
    content[times + 12 : times + 16] = struct.pack(">I", n_samples)
    content[chunks + 16 : chunks + 20] = struct.pack(">I", n_samples)
    return bytes(content)


def bad_recordings():
    """Files that are no use, by what is wrong with them, each with a part of what is said."""
    return {
        "text": (b"Some words.\n" * 50, "not audio this program knows"),
        "empty": (b"", "is empty"),
        "eight hertz": (matroska(b"\0\0", 500, sr=8.0), "has 8 samples a second"),
        "tiny packets": (matroska(b"\0\0", 30_000), "given up"),
        "64 bit": (wav_of(64), "coded as samples of the kind s64"),
        "40 bit": (wav_of(40), "a codec that is not known"),
        "absurd table": (m4a_that_claims(200_000_000), "0 samples|cannot be decoded"),
    }
