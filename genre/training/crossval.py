"""A recipe over folds: the accuracy that may be quoted, and the baselines beside it.

Conventions
-----------
Each track is tested once, by a network that was not trained on its fold; the
predictions of all folds are pooled, so the interval rests on every track.  With
``by="course"`` the folds are of segments: other segments of the same track are in training (data
leakage), and the figure is labelled leaky wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from genre.cluster.tasks import run_tasks
from genre.datasets.types import SegmentSet
from genre.evaluation.evaluation import Evaluation, evaluate_probabilities
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.evaluation.track_figures import PredictionArrays, confusion_counts
from genre.network.forward import Network
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import caveat_of
from genre.recipes.prepare import prepare_tracks
from genre.splits.split import Split, SplitKind, fold_tracks
from genre.splits.split_leakage import artists_unknown
from genre.storage.rows import select
from genre.training.teacher import linear_classifier
from genre.training.tensorflow import limit_threads, load_tensorflow

Baseline = Literal["svm", "linear"]
OnFold = Callable[[int, int], None]
"""Called with how many folds are done and how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """A recipe's pooled predictions on tracks that were not in training.

    Parameters
    ----------
    evaluation : Evaluation
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
        Of each segment of the dataset, by the network that did not learn it.
    by : str
        What the folds kept whole.
    n_folds : int
    fold_seeds : tuple of int
        More than one where several rounds of folds were pooled.
    data : SegmentSet
        What was folded.
    """

    evaluation: Evaluation
    probabilities: np.ndarray
    by: SplitKind
    n_folds: int
    fold_seeds: tuple[int, ...]
    data: SegmentSet

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "data": self.data.name,
            "split": self.by,
            "n_folds": self.n_folds,
            "fold_seeds": list(self.fold_seeds),
            **self.evaluation.to_dict(),
        }


def cross_validate(
    data: SegmentSet,
    config: TrainConfig,
    *,
    n_folds: int = 5,
    fold_seed: int = 0,
    on_fold: OnFold = lambda n_done, n: None,
    n_jobs: int = 2,
) -> CrossValidation:
    """Train a recipe on every fold's other tracks and pool the predictions.

    Parameters
    ----------
    data : SegmentSet
    config : TrainConfig
        Its ``split`` says what the folds keep whole.
    n_folds, fold_seed : int
    on_fold : callable
        Called after each fold.
    n_jobs : int
        Processes to use; each imports TensorFlow.

    Returns
    -------
    result : CrossValidation

    Raises
    ------
    DatasetError
        If there are fewer artists or tracks than folds.
    """
    data = prepare_tracks(data, config)
    probabilities = np.empty((len(data.frames), len(data.genres)), dtype=np.float32)
    folds = train_folds(
        data,
        config,
        _predict_test_side,
        n_folds=n_folds,
        fold_seed=fold_seed,
        on_fold=on_fold,
        n_jobs=n_jobs,
    )
    for split, answer in folds:
        probabilities[split.test] = answer
    return pool_folds(probabilities, data, config.split, n_folds, fold_seed, caveat_of(config))


def train_folds(
    data: SegmentSet,
    config: TrainConfig,
    ask: Callable[[Network, SegmentSet, Split, TrainConfig], Any],
    *,
    n_folds: int = 5,
    fold_seed: int = 0,
    on_fold: OnFold = lambda n_done, n: None,
    n_jobs: int = 2,
) -> Iterator[tuple[Split, Any]]:
    """Train a recipe on every fold's other tracks, and ask each network something.

    Parameters
    ----------
    data : SegmentSet
        As `genre.recipes.prepare.prepare_tracks` returns it.
    config, n_folds, fold_seed, on_fold, n_jobs
        As in `cross_validate`.
    ask : callable
        Called with the network, the data, the split and the recipe, in another process.

    Yields
    ------
    split : Split
    answer : object
        What ``ask`` returned for the network that was trained on it.
    """
    with_validation = 0.0 if config.patience == 0 else config.validation_share
    splits = fold_tracks(
        data,
        by=config.split,
        n_folds=n_folds,
        validation_share=with_validation,
        seed=fold_seed,
    )
    tasks = [
        (split, replace(config, seed=config.seed + 1000 * fold_seed + k))
        for k, split in enumerate(splits)
    ]
    answers = run_tasks(_run_fold, tasks, shared=(data, ask), n_jobs=n_jobs, in_own_process=True)
    with closing(answers):
        for k, answer in enumerate(answers):
            yield splits[k], answer
            on_fold(k + 1, n_folds)


def cross_validate_baseline(
    data: SegmentSet,
    kind: Baseline = "svm",
    *,
    by: SplitKind = "artist",
    n_folds: int = 5,
    fold_seed: int = 0,
) -> CrossValidation:
    """Cross-validate a baseline without recurrence: the order of the frames plays no part in it.

    Parameters
    ----------
    data : SegmentSet
    kind : str
        ``svm``: a support vector machine (RBF) on the mean and deviation of each track's
        frames.  ``linear``: logistic regression on their mean, as the setting ``teacher`` has it.
    by : str
        ``artist`` or ``track``.
    n_folds, fold_seed : int

    Returns
    -------
    result : CrossValidation
        All segments of a track have the track's prediction.
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    frames = (data.own_frames(own) for own in data.segments_of_tracks)
    if kind == "linear":
        X = np.stack([own.mean(axis=0, dtype=np.float64) for own in frames])
        machine = linear_classifier()
    else:
        X = np.stack([np.concatenate([own.mean(axis=0), own.std(axis=0)]) for own in frames])
        machine = make_pipeline(StandardScaler(), SVC(C=3.0))
    y = data.track_genres
    probabilities = np.zeros((len(data.frames), len(data.genres)), dtype=np.float32)
    for split in fold_tracks(data, by=by, n_folds=n_folds, seed=fold_seed):
        train, test = (np.unique(data.track_index[side]) for side in (split.train, split.test))
        answer = machine.fit(X[train], y[train]).predict(X[test])
        of_track = dict(zip(test, answer, strict=True))
        given = [of_track[track] for track in data.track_index[split.test]]
        probabilities[split.test, given] = 1.0
    return pool_folds(probabilities, data, by, n_folds, fold_seed, data.features.caveat)


def pool_seeds(results: Sequence[CrossValidation]) -> CrossValidation:
    """Pool several rounds of folds of the same data, each with another fold seed.

    Parameters
    ----------
    results : sequence of CrossValidation
        Of one recipe on one dataset.

    Returns
    -------
    result : CrossValidation
        Accuracies, measures and counts of tracks are means over the rounds, and their intervals
        count each track once: rounds repeat tracks, they add none.  ``predictions`` has each
        track once per round; probabilities are their mean.
    """
    if len(results) == 1:
        return results[0]
    first, evaluations = results[0], [result.evaluation for result in results]
    genres = first.data.genres
    predictions = tuple(answer for evaluation in evaluations for answer in evaluation.predictions)
    arrays = PredictionArrays.of(predictions, genres)
    evaluation = replace(
        evaluations[0],
        track_accuracy=arrays.accuracy,
        segment_accuracy=_mean([evaluation.segment_accuracy for evaluation in evaluations]),
        confusion_matrix=confusion_counts(predictions, genres),
        about=f"{evaluations[0].about}, mean of {len(results)} rounds of folds",
        measures=arrays.measures(genres),
        predictions=predictions,
    )
    return replace(
        first,
        evaluation=evaluation,
        probabilities=np.mean([result.probabilities for result in results], axis=0),
        fold_seeds=tuple(seed for result in results for seed in result.fold_seeds),
    )


def _mean(accuracies: Sequence[Accuracy]) -> Accuracy:
    """Return the mean of accuracies on the same tracks, with the interval of one of them."""
    n, share = accuracies[0].n, float(np.mean([accuracy.value for accuracy in accuracies]))
    return wilson_interval(share * n, n)


def _run_fold(
    data: SegmentSet,
    ask: Callable[[Network, SegmentSet, Split, TrainConfig], Any],
    split: Split,
    config: TrainConfig,
) -> Any:
    """Train on one fold and ask its network (in a process of its own)."""
    load_tensorflow()
    from genre.training.trainer import train

    limit_threads(1)  # as many folds run at a time as there are cores
    return ask(train(data, split, config).network, data, split, config)


def _predict_test_side(
    network: Network, data: SegmentSet, split: Split, config: TrainConfig
) -> np.ndarray:
    """Return the probabilities of a fold's test side."""
    return network.predict_proba(select(data.X(config.feature_config), split.test))


def pool_folds(
    probabilities: np.ndarray, data: SegmentSet, by: SplitKind, n_folds: int, seed: int, caveat: str
) -> CrossValidation:
    """Evaluate all folds' predictions together."""
    whole = {"artist": "artists whole", "track": "tracks whole, artists not"}
    if why := artists_unknown([track.artist for track in data.tracks]):
        whole["artist"] = f"tracks whole ({why})"
    about = f"{n_folds}-fold, {whole.get(by, 'leaky: segments split at random')}"
    about += caveat.replace("them", "these artists")
    everything = np.arange(len(data.frames))
    evaluation = evaluate_probabilities(probabilities, data.genres, data, everything, about=about)
    return CrossValidation(evaluation, probabilities, by, n_folds, (seed,), data)
