"""Measure how probable each word of musicnn's tags is on average: `MEANS` in genre/audio/tags.py.

    python models/ears/make_tag_means.py FOLDER

The folder holds the recordings of the tracks that datasets/gtzan-subset lists, in any order.
"""

import sys
from pathlib import Path

import numpy as np

from genre.audio.feature_config import MusicnnConfig
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.tags import MIN_PROBABILITY, MIN_RATIO, word_probabilities
from genre.datasets.pack import read_pack
from genre.paths import ROOT

paths = {path.stem: path for path in Path(sys.argv[1]).rglob("*.*")}
of_tracks = []
for track in read_pack(ROOT / "datasets" / "gtzan-subset").tracks:
    signal = load_audio(paths[track.track_id], sr=MusicnnConfig.sr)
    of_tracks.append(word_probabilities(extract_windows(signal, MusicnnConfig()).tags))
for word in of_tracks[0]:
    mean = np.mean([one[word] for one in of_tracks])
    if MIN_RATIO * mean > MIN_PROBABILITY:
        sys.stdout.write(f'"{word}": {mean:.4f}\n')
