"""Extract 20 MFCCs of every recording under a folder, one after the other, with librosa.

python -m benchmarks.usual_extraction FOLDER OUT.npy
"""

import sys
from pathlib import Path

import librosa
import numpy as np

from benchmarks.librosa_features import extract_mfccs
from genre.audio.feature_config import MfccConfig
from genre.audio.segments import repeat_frames


def extract(folder: Path, out: Path) -> int:
    """Write the frames of all segments to a file, and return how many segments there are."""
    features = MfccConfig(n_mfcc=20)
    frames = []
    for path in sorted(folder.glob("*/*.flac")):
        samples, _ = librosa.load(path, sr=features.sr)
        frames.append(repeat_frames(extract_mfccs(samples, features), features.n_frames))
    every = np.concatenate(frames)  # (n_segments, n_frames, n_mfcc)
    np.save(out, every)
    return len(every)


if __name__ == "__main__":
    sys.stdout.write(f"{extract(Path(sys.argv[1]), Path(sys.argv[2]))} segments\n")
