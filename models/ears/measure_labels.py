"""Measure how many exchanged labels `genre.builder.check` finds; docs/architecture.md has it.

    python models/ears/measure_labels.py

Of the 430 bundled tracks 20 get another genre at random, in 20 draws (seeds 0 to 19).
"""

import sys
from dataclasses import replace

import numpy as np

from genre.builder.check import compare
from genre.builder.dataset import Clip
from genre.collection.song_map import bundled_map, bundled_tracks

N_EXCHANGED, N_DRAWS = 20, 20

vectors = bundled_map().vectors
clips = [
    Clip(f"{track.track_id}.flac", track.genre, "", track.artist or "")
    for track in bundled_tracks()
]
genres = sorted({clip.genre for clip in clips})
suspects, outliers, twins = compare(clips, vectors)
sys.stdout.write(
    f"as they are: {len(suspects)} labels doubted, {len(outliers)} outliers, {len(twins)} twins\n"
)
found, marked, first = [], [], []
for seed in range(N_DRAWS):
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(clips), N_EXCHANGED, replace=False)
    changed = list(clips)
    for i in chosen:
        others = [genre for genre in genres if genre != clips[i].genre]
        changed[i] = replace(clips[i], genre=str(rng.choice(others)))
    suspects, *_ = compare(changed, vectors)
    files = [one.clip.file for one in suspects]
    wrong = {clips[i].file for i in chosen}
    found.append(len(wrong & set(files)))
    first.append(len(wrong & set(files[:N_EXCHANGED])))
    marked.append(len(files))
sys.stdout.write(
    f"{N_EXCHANGED} exchanged, mean of {N_DRAWS} draws: {np.mean(found):.1f} found among "
    f"{np.mean(marked):.1f} doubted, {np.mean(first):.1f} of them among the first {N_EXCHANGED}\n"
)
