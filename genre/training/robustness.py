"""How many predictions stay the same when the same song reaches the network altered.

Conventions
-----------
Each track is predicted by a network that was not trained on its artist: altered, and as it is.
Only tracks of `LEAST_SECONDS` and more: of a snippet that begins a second later a third is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from genre.audio.alterations import ALTERATIONS, alter
from genre.audio.feature_config import FeatureConfig
from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments
from genre.cluster.here import LocalFile
from genre.cluster.tasks import run_tasks
from genre.datasets.layout import scan_folder
from genre.datasets.types import Progress, SegmentSet
from genre.errors import DatasetError
from genre.language import _
from genre.network.forward import Network
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import prepare_tracks
from genre.splits.split import Split
from genre.training.crossval import train_folds

LEAST_SECONDS = 15.0
PLAIN = "as it is"

Steps = Mapping[int, Mapping[str, np.ndarray]]
"""By track and alteration, what a network reads [shape=(n_segments, n_steps, n_values)]."""


@dataclass(frozen=True, slots=True)
class Stability:
    """How one alteration changed the predictions of a recipe's networks.

    Parameters
    ----------
    n : int
        Predictions of altered tracks; from several rounds of folds, each track several times.
    n_same : int
        How many of them are of the genre that the track as it is was given.
    n_right : int
        How many of them are right.
    """

    n: int
    n_same: int
    n_right: int


def measure_robustness(
    data: SegmentSet,
    config: TrainConfig,
    folder: Path,
    *,
    n_folds: int = 5,
    fold_seeds: tuple[int, ...] = (0,),
    on_track: Progress | None = None,
    n_jobs: int = 2,
) -> dict[str, Stability]:
    """Cross-validate a recipe on altered recordings.

    Parameters
    ----------
    data : SegmentSet
    config : TrainConfig
    folder : Path
        The recordings of ``data``, one folder for each genre.
    n_folds, fold_seeds, n_jobs
        As in `genre.training.crossval.cross_validate`.
    on_track : callable, optional
        Called after each track that was altered and described.

    Returns
    -------
    stability : dict
        By the names of `genre.audio.alterations.ALTERATIONS`, and first `PLAIN`.

    Raises
    ------
    DatasetError
        If no track of the dataset that is long enough lies in the folder.
    """
    data = prepare_tracks(data, config)
    steps = _describe_altered(data, config.feature_config, folder, on_track, n_jobs)
    counts = {name: np.zeros(3, int) for name in (PLAIN, *ALTERATIONS)}
    for seed in fold_seeds:
        ask = partial(_predict_altered, steps)
        for _other, answers in train_folds(
            data, config, ask, n_folds=n_folds, fold_seed=seed, n_jobs=n_jobs
        ):
            for track, given in answers.items():
                truth, plain = data.track_genres[track], given[PLAIN]
                for name, genre in given.items():
                    counts[name] += (1, genre == plain, genre == truth)
    return {name: Stability(*map(int, of_name)) for name, of_name in counts.items()}


def _describe_altered(
    data: SegmentSet,
    features: FeatureConfig,
    folder: Path,
    on_track: Progress | None,
    n_jobs: int,
) -> Steps:
    """Describe every long track of a dataset in every alteration."""
    paths = {track.track_id: path for path, track in scan_folder(folder)[0]}
    long = [
        (i, paths[track.track_id])
        for i, track in enumerate(data.tracks)
        if track.seconds >= LEAST_SECONDS and track.track_id in paths
    ]
    if not long:
        raise DatasetError(
            _(
                "no track of {name} of {least_seconds:g} s or more lies in '{folder}'. Give the "
                "folder of recordings that the dataset was extracted from."
            ).format(name=data.name, least_seconds=LEAST_SECONDS, folder=folder.name)
        )
    steps: dict[int, dict[str, np.ndarray]] = {}
    tasks = ((LocalFile(path), features, i) for i, path in long)
    for (i, _other), of_track in zip(long, run_tasks(_describe, tasks, n_jobs=n_jobs), strict=True):
        steps[i] = of_track
        if on_track:
            on_track(len(steps), len(long), data.tracks[i].track_id)
    return steps


def _describe(path: Path, features: FeatureConfig, seed: int) -> dict[str, np.ndarray]:
    """Return what a network reads of a recording, as it is and altered."""
    signal = load_audio(path, sr=features.sr)
    versions = {PLAIN: signal} | {name: alter(signal, name, seed) for name in ALTERATIONS}
    return {
        name: extract_segments(version, features)[audible_segments(version, features)]
        for name, version in versions.items()
    }


def _predict_altered(
    steps: Steps, network: Network, data: SegmentSet, split: Split, config: TrainConfig
) -> dict[int, dict[str, int]]:
    """Return the genre that a fold's network gives each of its test tracks, by alteration."""
    tested: list[Any] = np.unique(data.track_index[split.test]).tolist()
    return {
        track: {
            name: int(network.predict_proba(X).mean(axis=0).argmax())
            for name, X in steps[track].items()
        }
        for track in tested
        if track in steps
    }
