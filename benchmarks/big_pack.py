"""Training on a pack larger than memory: what it holds, and how fast it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from benchmarks.stopwatch import HAS_PROC, NO_PROC, run_child, timed
from benchmarks.table import Bench, Row, benchmark, show_megabytes, show_seconds, skipped
from genre.audio.feature_config import MfccConfig
from genre.datasets.pack import write_pack
from genre.datasets.types import SegmentSet, Track
from genre.storage.rows import Rows

N_GENRES = 10
TRACKS_OF_AN_ARTIST = 12
MOST_BYTES = 1.5e9
LEAST_SPEED = 0.9
FEATURES = MfccConfig(n_mfcc=20)


@benchmark("big-pack")
def train_on_big_pack(bench: Bench) -> list[Row]:
    """Training `course` on a made-up pack of 5,000 tracks, or as many as `--tracks` says.

    11 to 12 segments a track, 130 frames of 20 values: 60 kB a track, so 100,000 tracks are 6 GB.
    Memory: a process that reads the pack, splits it, trains and predicts; what it holds of its
    own (RssAnon), and all that is resident in it, mapped pages of the file included (VmHWM).
    Speed: another process trains on the pack and, in turns of 310 batches, on 500 of its tracks
    held in memory; medians of nine turns, and of the ratio within each.  Reading: the tracks'
    names alone, and all but the frames.
    """
    what = f"A pack of {bench.n_tracks:,} made-up tracks"
    if not HAS_PROC:
        return skipped(what, NO_PROC)
    pack = bench.folder / "pack"
    written = timed(lambda: write_made_up(pack, bench.n_tracks))()
    n_bytes = (pack / "frames.npy").stat().st_size
    n_turns = "2" if bench.quick else "9"
    held = json.loads(run_child(["-m", "benchmarks.big_pack_child", "memory", pack]).stdout)
    raced = json.loads(
        run_child(["-m", "benchmarks.big_pack_child", "speed", pack, n_turns]).stdout
    )
    what += f" ({show_megabytes(n_bytes)})"
    return [
        Row(f"{what}: written", show_seconds(written), "none"),
        Row(
            f"{what}: opened, once it was checked whole",
            show_seconds(held["open_seconds"]),
            f"{show_seconds(held['first_seconds'])}, the first time; "
            f"names of the tracks alone {show_seconds(held['names_seconds'])}, "
            f"split by artist {show_seconds(held['split_seconds'])}",
        ),
        Row(
            f"{what}: memory that training holds (RssAnon)",
            show_megabytes(held["anonymous"]),
            f"{show_megabytes(held['peak'])} with mapped pages and libraries (VmHWM), "
            f"{show_megabytes(held['before'])} before the pack is read",
            f"under {show_megabytes(MOST_BYTES)}",
            held["anonymous"] < MOST_BYTES,
        ),
        Row(
            f"{what}: segments a second in training",
            f"{raced['mapped']:,.0f}",
            f"{raced['small']:,.0f}, 500 tracks in memory",
            f"at least {LEAST_SPEED:.0%} of it",
            raced["share"] >= LEAST_SPEED,
            f"{raced['share']:.2f}",
        ),
    ]


def write_made_up(folder: Path, n_tracks: int) -> None:
    """Write a pack of tracks whose frames are made up as they are written."""
    rng = np.random.default_rng(0)
    n_segments = 11 + np.arange(n_tracks) % 2
    track_index = np.repeat(np.arange(n_tracks), n_segments)
    genre = np.arange(n_tracks) // TRACKS_OF_AN_ARTIST % N_GENRES
    noise = rng.normal(0, 30, (509, FEATURES.n_frames, 20)).astype(np.float32)
    level = rng.normal(0, 20, (N_GENRES, 1, 20)).astype(np.float32)

    def make(rows: np.ndarray) -> np.ndarray:
        made = noise[rows % 509]
        made += level[genre[track_index[rows]]]
        return made

    tracks = tuple(
        Track(
            f"track-{i:06}",
            f"genre-{genre[i]}",
            f"artist {i // TRACKS_OF_AN_ARTIST}",
            3.0 * float(n_segments[i]),
            hashlib.sha256(str(i).encode()).hexdigest(),
        )
        for i in range(n_tracks)
    )
    data = SegmentSet(
        frames=Rows(make, np.arange(len(track_index)), noise.shape[1:]),
        n_frames=np.full(len(track_index), FEATURES.n_frames),
        track_index=track_index,
        tracks=tracks,
        features=FEATURES,
        name="made-up",
    )
    write_pack(folder, data, description="made up to measure with", is_mapped=True)
