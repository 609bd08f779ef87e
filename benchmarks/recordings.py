"""The recordings that are measured with, made of one of the project's own examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from benchmarks.table import ROOT

EXAMPLE = ROOT / "samples" / "jazz.ogg"


def make_mp3(folder: Path, seconds: float) -> Path:
    """Write the example, repeated until it lasts so long, as a stereo MP3 at 44.1 kHz."""
    samples, sr = sf.read(EXAMPLE, dtype="float32", always_2d=True)
    path = folder / f"{seconds:g}s.mp3"
    sf.write(path, _looped(samples, round(seconds * sr)), sr, format="MP3")
    return path


def make_wav(folder: Path, seconds: float, sr: int = 48_000) -> Path:
    """Write the example, repeated until it lasts so long, as a stereo WAV of 16 bits."""
    samples, example_sr = sf.read(EXAMPLE, dtype="float32", always_2d=True)
    samples = soxr.resample(samples, example_sr, sr)
    path = folder / f"{seconds:g}s.wav"
    n_left = round(seconds * sr)
    with sf.SoundFile(path, "w", sr, samples.shape[1], subtype="PCM_16") as file:
        while n_left > 0:
            file.write(samples[:n_left])
            n_left -= len(samples)
    return path


def make_dataset(folder: Path, n_tracks: int) -> Path:
    """Write a folder of three genres with so many WAVs each: their examples, begun elsewhere."""
    for example in (EXAMPLE.with_stem(genre) for genre in ("classical", "jazz", "rock")):
        samples, sr = sf.read(example, dtype="float32")
        (folder / example.stem).mkdir(parents=True)
        for i in range(n_tracks):
            sf.write(folder / example.stem / f"{i}.wav", np.roll(samples, i * sr), sr)
    return folder


def _looped(samples: np.ndarray, n_samples: int) -> np.ndarray:
    """Repeat samples [shape=(n_given, n_channels)] to a length."""
    return samples[np.arange(n_samples) % len(samples)]
