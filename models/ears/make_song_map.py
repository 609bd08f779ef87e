"""Make ``song_map.npz``, and measure it.

``python models/ears/make_song_map.py [-o FILE]`` fits the map of songs on the 430 tracks of
``datasets/gtzan-subset-musicnn``; ``--measure`` compares it with other maps instead.

How a map is measured
---------------------
With the artists in five folds (two seeds), a map is fitted on four folds and the tracks of the
fifth are placed on it.  The *agreement* is the share of the five nearest fitted tracks, in the two
dimensions, that are of a placed track's genre.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.manifold import TSNE
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.pipeline import make_pipeline

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from genre.collection.song_map import (  # noqa: E402
    N_DISCRIMINANTS,
    PACK,
    PATH,
    SongMap,
    save_map,
    song_values,
)
from genre.datasets.pack import read_pack  # noqa: E402
from genre.system.threads import one_blas_thread  # noqa: E402

N_FOLDS, FOLD_SEEDS, N_NEIGHBOURS = 5, (0, 1), 5
PERPLEXITY = 30
Place = Callable[[np.ndarray], np.ndarray]


def read_values() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what each track's embedding is made of (430, 200), its genre and its artist."""
    data = read_pack(PACK)
    values = []
    for i in range(len(data.tracks)):
        steps = data.frames[data.track_index == i]
        values.append(song_values(steps, np.ones(len(steps), bool)))
    genres = np.array([track.genre for track in data.tracks])
    artists = np.array([track.artist or track.track_id for track in data.tracks])
    return np.stack(values), genres, artists


def discriminants(n_components: int) -> LinearDiscriminantAnalysis:
    """Return the analysis that is fitted; the shrinkage is Ledoit and Wolf's."""
    return LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto", n_components=n_components)


def fit_kernel(values: np.ndarray, genres: np.ndarray, *, is_supervised: bool = True) -> SongMap:
    """Fit all of a map but the positions; without genres, principal components are its kernel."""
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    bare = SongMap(mean, deviation, np.eye(1), np.empty((0, 1)), np.empty((0, 2)))
    vectors = bare.embed(values)
    if is_supervised:
        kernel = discriminants(N_DISCRIMINANTS).fit(vectors, genres).scalings_[:, :N_DISCRIMINANTS]
    else:
        kernel = PCA(30, random_state=0).fit(vectors).components_.T
    return replace(bare, kernel=kernel, vectors=vectors)


def fit_map(values: np.ndarray, genres: np.ndarray, *, is_supervised: bool = True) -> SongMap:
    """Fit a map."""
    fitted = fit_kernel(values, genres, is_supervised=is_supervised)
    tsne = TSNE(2, perplexity=PERPLEXITY, metric="cosine", init="pca", random_state=0)
    positions = tsne.fit_transform(fitted.vectors @ fitted.kernel)
    positions -= (positions.max(axis=0) + positions.min(axis=0)) / 2
    return replace(fitted, positions=positions / np.abs(positions).max(axis=0))


def place_linear(make: Callable[[], object]) -> Callable[..., tuple[np.ndarray, Place]]:
    """Return a candidate that is one linear map to two dimensions."""

    def fit(values: np.ndarray, genres: np.ndarray) -> tuple[np.ndarray, Place]:
        bare = fit_kernel(values, genres)
        model = make().fit(bare.embed(values), genres)  # type: ignore[attr-defined]
        return model.transform(bare.embed(values)), lambda new: model.transform(bare.embed(new))

    return fit


def place_map(*, is_supervised: bool) -> Callable[..., tuple[np.ndarray, Place]]:
    """Return a candidate that is a map of tracks."""

    def fit(values: np.ndarray, genres: np.ndarray) -> tuple[np.ndarray, Place]:
        fitted = fit_map(values, genres, is_supervised=is_supervised)
        return fitted.positions, lambda new: fitted.place(fitted.embed(new))

    return fit


CANDIDATES = {
    "PCA": place_linear(lambda: PCA(2, random_state=0)),
    "LDA": place_linear(lambda: discriminants(2)),
    "neighbourhood components": place_linear(
        lambda: make_pipeline(
            PCA(30, whiten=True, random_state=0),
            NeighborhoodComponentsAnalysis(2, init="lda", random_state=0, max_iter=60),
        )
    ),
    "t-SNE of 30 principal components": place_map(is_supervised=False),
    "t-SNE of 9 discriminants": place_map(is_supervised=True),
    "no map: all 200 values": place_linear(lambda: make_pipeline("passthrough")),
}


def agreement(fitted: np.ndarray, placed: np.ndarray, of: np.ndarray, wanted: np.ndarray) -> float:
    """Return the share of the nearest fitted tracks that are of the placed tracks' genres."""
    distances = np.linalg.norm(placed[:, np.newaxis] - fitted[np.newaxis], axis=2)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :N_NEIGHBOURS]
    return float((of[nearest] == wanted[:, np.newaxis]).mean())


def measure() -> None:
    """Print the agreement of each candidate on artists that it was not fitted on."""
    values, genres, artists = read_values()
    for name, fit in CANDIDATES.items():
        shares = []
        for seed in FOLD_SEEDS:
            folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
            for train, test in folds.split(values, genres, artists):
                fitted, place = fit(values[train], genres[train])
                placed = place(values[test])
                shares.append(agreement(fitted, placed, genres[train], genres[test]))
        sys.stdout.write(f"{name:<34} {np.mean(shares):.3f}\n")


def main() -> None:
    """Make the file, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=PATH)
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    with one_blas_thread():
        if arguments.measure:
            measure()
        else:
            values, genres, _ = read_values()
            save_map(arguments.out, fit_map(values, genres))


if __name__ == "__main__":
    main()
