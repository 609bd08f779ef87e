"""Collections for tests and benchmarks: of made-up songs, without reading any sound."""

import hashlib
import os

import numpy as np

from genre.collection.store import N_VALUES, collection_of, opened, records_file
from genre.collection.writer import Writer, searchable

GENRES = ("blues", "jazz", "metal", "rock")


def made_up_vectors(n, seed=0):
    """Embeddings of length 1, float32."""
    vectors = np.random.default_rng(seed).standard_normal((n, 200), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def made_up_collection(folder, n):
    """Write a collection of so many songs at once; return its place."""
    folder.mkdir(parents=True, exist_ok=True)
    place = collection_of(folder)
    place.mkdir(parents=True)
    records = np.zeros((n, N_VALUES), "<f4")
    records[:, :200] = made_up_vectors(n)
    records[:, 200:] = np.random.default_rng(1).random((n, 50), dtype=np.float32)
    records.tofile(records_file(place, 1))
    with opened(place, is_new=True) as database:
        Writer(database, place, folder, "made up")
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO songs VALUES (?, ?, 1, 1, ?, ?, 30, ?, 0.5, 'probably', NULL, 'piano', ?)",
            (
                (
                    os.fsencode(name),
                    name,
                    hashlib.sha256(name.encode()).hexdigest(),
                    i,
                    genre,
                    words,
                )
                for i in range(n)
                for name, genre in [(f"song {i:06}.mp3", GENRES[i % len(GENRES)])]
                for words in [searchable(f"{name} {genre} piano")]
            ),
        )
        database.execute("COMMIT")
    return place
