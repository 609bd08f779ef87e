"""Save a trained network with a card that states its accuracy.

Conventions
-----------
A figure enters a card only with its split, its count, its interval and the
command that reproduces it.  Tracks of the training and validation
sets are recorded as seen (``heard`` in the card).
"""

from __future__ import annotations

import datetime
import platform
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from genre import __version__
from genre.datasets.gtzan_facts import N_PUBLISHED
from genre.datasets.types import SegmentSet
from genre.evaluation.evaluation import Evaluation, evaluate_probabilities
from genre.models.card import Figure, ModelCard, figures_of
from genre.models.card_file import KERAS_FILE
from genre.models.registry import save_model
from genre.paths import MODELS
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import caveat_of
from genre.splits.split import Split
from genre.splits.split_leakage import artists_unknown
from genre.storage.rows import select
from genre.training.trainer import TrainResult

ABOUT_SPLIT = {
    "artist": "a test set of artists not in training",
    "track": "a test set of tracks not in training, by artists that may have been",
    "course": "leaky: test segments of tracks that are also in training",
    "fault-filtered": "the test side of GTZAN's published fault-filtered partition",
}
CONTROL = "; a control: genres were permuted between tracks"
_PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")


def evaluate_test_side(
    result: TrainResult, data: SegmentSet, split: Split, config: TrainConfig
) -> Evaluation:
    """Evaluate a trained network on the side of its split that it has not touched.

    Parameters
    ----------
    result : TrainResult
    data : SegmentSet
    split : Split
    config : TrainConfig

    Returns
    -------
    evaluation : Evaluation
    """
    X = select(data.X(config.feature_config), split.test)
    probabilities = result.network.predict_proba(X)
    return evaluate_probabilities(
        probabilities,
        data.genres,
        data,
        split.test,
        about=describe_test_side(data, split)
        + caveat_of(config)
        + (CONTROL if config.permute_genres else ""),
        learnt=split.train,
    )


def figures_of_test_side(evaluation: Evaluation, config: TrainConfig, command: str) -> list[Figure]:
    """Return what a card quotes of a test side: per track, then per segment.

    Parameters
    ----------
    evaluation : Evaluation
        As `evaluate_test_side` gives it.
    config : TrainConfig
    command : str
        What reproduces the figures.
    """
    is_leak_free = evaluation.is_leak_free(config.split) and not config.permute_genres
    return figures_of(evaluation.to_dict(), is_honest=is_leak_free, command=command)


def describe_test_side(data: SegmentSet, split: Split) -> str:
    """Return in words which tracks a test side holds; how many, where it is a published one."""
    tested = np.unique(data.track_index[split.test])
    words = ABOUT_SPLIT[split.by]
    if split.by == "artist" and (why := artists_unknown([data.tracks[i].artist for i in tested])):
        words = f"{ABOUT_SPLIT['track']} ({why})"
    if split.by == "fault-filtered":
        n_tracks, n_published = len(tested), N_PUBLISHED["test"]
        words += f", {n_tracks} of its {n_published} tracks"
        if n_tracks < n_published:
            words += ": not to be compared with papers"
    return words


def save_trained(
    result: TrainResult,
    data: SegmentSet,
    split: Split,
    config: TrainConfig,
    *,
    card: Mapping[str, Any],
    figures: Sequence[Figure] = (),
    folder: Path = MODELS,
    replace: bool = False,
) -> Path:
    """Save a trained network under a name.

    Parameters
    ----------
    result : TrainResult
    data : SegmentSet
        What it was trained on.
    split : Split
        Tracks of its training and validation sets are recorded as seen.
    config : TrainConfig
    card : mapping
        ``name``, ``about``, ``command``; ``certainty``, ``thresholds`` and ``measures`` where
        they were measured.
    figures : sequence of Figure
        The accuracies that may be quoted, the leak-free one first.
    folder : Path
        Where saved models lie.
    replace : bool
        Whether a model of that name may be replaced.

    Returns
    -------
    path : Path
        The model's folder.

    Raises
    ------
    ModelError
        If the name is taken or no name, or the disk refuses.
    """
    used = np.concatenate([split.train, split.validation])
    seen = [data.tracks[i] for i in np.unique(data.track_index[used])]
    model_card = ModelCard(
        **card,
        genres=data.genres,
        features=config.feature_config,
        network=result.network.config,
        recipe=config.to_dict(),
        data={
            "name": data.name,
            "n_tracks": len(seen),
            "n_segments": len(used),
            "n_artists": len({track.group for track in seen}),
        },
        figures=tuple(figures),
        heard={track.digest: track.track_id for track in seen if track.digest},
        versions={
            "genre-lab": __version__,
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    with tempfile.TemporaryDirectory() as temporary:
        keras_file = Path(temporary) / KERAS_FILE
        result.model.save(keras_file)
        return save_model(result.network, model_card, keras_file, folder=folder, replace=replace)
