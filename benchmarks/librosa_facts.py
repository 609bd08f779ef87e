"""Song facts as librosa computes them, which ours are measured and tested against.

    python -m benchmarks.librosa_facts song.mp3 cache_folder

numba keeps what it compiles in the folder: an empty one is a machine's first visitor.
"""

from __future__ import annotations

import os
import sys

import numpy as np

SR = 22_050


def tempo_and_onsets(samples: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the tempo in beats per minute, in whole frames, and the onsets [shape=(n_frames,)]."""
    import librosa

    onsets = librosa.onset.onset_strength(y=samples, sr=SR, hop_length=512)
    return float(librosa.feature.tempo(onset_envelope=onsets, sr=SR, hop_length=512)[0]), onsets


def chroma(samples: np.ndarray) -> np.ndarray:
    """Return the chroma of each frame [shape=(12, n_frames)]."""
    import librosa

    power = np.abs(librosa.stft(samples, n_fft=4096, hop_length=1024)) ** 2
    return librosa.feature.chroma_stft(S=power, sr=SR, n_fft=4096)


def harmonic_share(samples: np.ndarray) -> float:
    """Return the share of the energy that is harmonic."""
    import librosa

    magnitude = np.abs(librosa.stft(samples, n_fft=2048, hop_length=1024))
    lasting, striking = librosa.decompose.hpss(magnitude, kernel_size=(17, 31))
    energies = [float((part**2).sum()) for part in (lasting, striking)]
    return energies[0] / sum(energies)


def describe(path: str) -> None:
    """Compute all of them, and print the tempo."""
    import librosa

    samples, _ = librosa.load(path, sr=SR)
    tempo, onsets = tempo_and_onsets(samples)
    librosa.autocorrelate(onsets - onsets.mean())
    chroma(samples)
    harmonic_share(samples)
    sys.stdout.write(f"{tempo:.0f} bpm\n")


if __name__ == "__main__":
    os.environ["NUMBA_CACHE_DIR"] = sys.argv[2]
    describe(sys.argv[1])
