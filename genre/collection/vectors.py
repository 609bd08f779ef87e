"""All embeddings of a collection at once, for what compares each song with each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from genre.audio.musicnn_network import N_PENULTIMATE
from genre.collection.store import check_row, has_songs, load_records, opened, read_about


def read_vectors(place: Path) -> tuple[dict[str, int], np.ndarray]:
    """Read the embeddings of a collection.

    Parameters
    ----------
    place : Path
        The collection; it need not be there.

    Returns
    -------
    rows : dict
        For the digest of each content its row.
    vectors : np.ndarray [shape=(n_rows, 200), dtype=float32]
        Of length 1.

    Raises
    ------
    CollectionError
        If it is damaged.
    """
    if not has_songs(place):
        return {}, np.empty((0, N_PENULTIMATE), np.float32)
    with opened(place) as database:
        database.execute("BEGIN")
        records = load_records(place, read_about(database)[2])
        found = database.execute(
            "SELECT digest, row FROM songs WHERE row >= 0 AND row < ?", (len(records),)
        ).fetchall()
        for row in found:
            check_row(row, (str, int))
        return dict(found), np.array(records[:, :N_PENULTIMATE])
