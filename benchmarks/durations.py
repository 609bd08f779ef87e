"""How long a run takes, beside what the page says of it before it starts."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.stopwatch import wait_until
from benchmarks.table import Bench, Row, benchmark, show_seconds
from genre.datasets.load import load_dataset
from genre.datasets.pack import write_pack
from genre.datasets.types import SegmentSet
from genre.recipes.config import preset
from genre.recipes.prepare import extraction_features
from genre.runs.duration import StepCost, expected_seconds, same_cost
from genre.runs.files import read_status
from genre.runs.store import start_new_run
from genre.system.warm_worker import WarmWorker

FACTOR = 1.5
RUNS = (("quick", 30), ("course", 30), ("quick", 430), ("recommended", 430), ("ear", 430))
LARGE = ("quick", 3000)
LARGE_EPOCHS = 3


@benchmark("durations")
def expected_durations(bench: Bench) -> list[Row]:
    """Whole runs with a warm worker, beside what it measured of a step just before.

    From Start to the saved model.  Data of 30 and of 3,000 tracks are made of the tracks of the
    bundled dataset, some of them or all of them seven times; the latter are trained on for a few
    epochs alone.
    """
    rows = []
    worker = WarmWorker()
    for name, n_tracks in RUNS if bench.quick else (*RUNS, LARGE):
        config, title = preset(name), f"`{name}`"
        if (name, n_tracks) == LARGE:
            config = replace(config, epochs=LARGE_EPOCHS, preset="custom")
            title += f" with {LARGE_EPOCHS} epochs"
        data = load_dataset(
            "gtzan-subset-musicnn" if config.features == "musicnn" else "gtzan-subset",
            features=extraction_features(config),
        )
        source = data.name
        if n_tracks != len(data.tracks):
            source = str(bench.folder / f"{name}-{n_tracks}")
            data = _with_tracks(data, n_tracks)
            write_pack(Path(source), data)
        worker.warm_up()
        wait_until(lambda: worker.is_warm, "a worker was warm")
        asked = same_cost(config).to_dict()
        wait_until(lambda asked=asked: worker.measure(asked), "a step was measured")
        cost = StepCost(**worker.measure(asked))
        expected = expected_seconds(config, n_tracks, len(data.frames), cost)
        start = time.monotonic()
        run = start_new_run(config, source, bench.folder / "runs", worker=worker)
        wait_until(lambda run=run: not read_status(run).is_live, "a run had ended", 900)
        seconds = time.monotonic() - start
        rows.append(
            Row(
                f"A run of {title} on {n_tracks:,} tracks, from Start to its model",
                show_seconds(seconds),
                f"{show_seconds(expected)}, as expected before",
                f"within a factor of {FACTOR:g}",
                1 / FACTOR <= expected / seconds <= FACTOR,
                f"{expected / seconds:.2f}",
            )
        )
    worker.stop()
    return rows


def _with_tracks(data: SegmentSet, n_tracks: int) -> SegmentSet:
    """Return a dataset of the first tracks of each genre, or of all of them several times."""
    per_genre = n_tracks // len(data.genres)
    genres = data.track_genres
    chosen = np.concatenate(
        [np.resize(np.flatnonzero(genres == g), per_genre) for g in np.unique(genres)]
    )
    rows = [np.flatnonzero(data.track_index == track) for track in chosen]
    tracks = tuple(
        replace(data.tracks[track], track_id=f"{i}", artist=f"{i}", digest="")
        for i, track in enumerate(chosen)
    )
    at = np.concatenate(rows)
    return SegmentSet(
        data.frames[at],
        data.n_frames[at],
        np.repeat(np.arange(len(chosen)), [len(own) for own in rows]),
        tracks,
        data.features,
    )
