"""Short recordings in every format that is read, and what is heard in them."""

import io

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
