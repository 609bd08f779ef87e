"""A collection of 100,000 songs: how soon the nearest are found, and what of them is held."""

from __future__ import annotations

from benchmarks.stopwatch import HAS_PROC, NO_PROC, race, resident_bytes, timed
from benchmarks.table import Bench, Row, benchmark, show_megabytes, show_seconds, skipped, time_row

N_SONGS = 100_000
N_NEAREST = 5


@benchmark("collection")
def searching(bench: Bench) -> list[Row]:
    """Five nearest of 100,000 made-up songs, exactly: from the collection on disk to their names.

    The records are mapped into memory anew for each search. The alternative is scikit-learn's
    NearestNeighbors, brute force with cosine distance, fitted once on the same embeddings in
    memory; it returns rows. Medians of 15 searches, in turns.
    """
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    from genre import paths
    from genre.collection import search
    from genre.collection.store import load_records
    from tests.support.collections import made_up_collection

    home, paths.HOME = paths.HOME, bench.folder / "home"
    try:
        place = made_up_collection(bench.folder / "songs", N_SONGS)
        vectors = np.array(load_records(place, 1)[:, :200])
        asked = vectors[4321]
        theirs = NearestNeighbors(
            n_neighbors=N_NEAREST, metric="cosine", algorithm="brute", n_jobs=-1
        ).fit(vectors)
        n = bench.times(15)
        ours, other = race(
            timed(lambda: search.nearest_songs(place, asked, n=N_NEAREST)),
            timed(lambda: theirs.kneighbors(asked[None])),
            n,
            n,
        )
        drawn, _ = race(timed(lambda: search.map_points(place)), lambda: 0.0, bench.times(3), 1)
        rows = [
            time_row(
                "Five nearest of 100,000 songs", ours, other,
                than="scikit-learn's NearestNeighbors, brute", under=0.05,
            ),
            Row("20,000 of them placed on the map", show_seconds(drawn), "kept until they change"),
        ]  # fmt: skip
        what = "Memory that stays after 20 searches"
        if not HAS_PROC:
            return [*rows, *skipped(what, NO_PROC)]
        before = resident_bytes()
        for _ in range(20):
            search.nearest_songs(place, asked, n=N_NEAREST)
        held = max(0, resident_bytes() - before)
        embeddings = show_megabytes(vectors.nbytes)
        return [*rows, Row(what, show_megabytes(held), f"{embeddings}, the embeddings in memory")]
    finally:
        paths.HOME = home
