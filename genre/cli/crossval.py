"""The commands ``crossval`` and ``compare``: cross-validate a recipe, compare results.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genre.audio.feature_config import FeatureKind
from genre.cli.outputs import check_file
from genre.cli.songs import measure_lines, print_json
from genre.cli.training import asked_recipe, check_recipe, load_training_data, source_of
from genre.compare.leaderboard import differing_settings
from genre.errors import DatasetError, ParameterError
from genre.evaluation.confidence_levels import choose_thresholds, count_levels
from genre.evaluation.cv_results import RESULT_VERSION, Result, read_result, write_result
from genre.evaluation.paired_bootstrap import Difference, paired_difference
from genre.models.confidence import Thresholds
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import check_source_split, require_split
from genre.text.song import CONFIDENCE_LABELS

if TYPE_CHECKING:
    from genre.training.crossval import Baseline, CrossValidation

USUAL_BASELINES: dict[FeatureKind, tuple[Baseline, ...]] = {
    "mfcc": ("svm",),
    "musicnn": ("svm", "linear"),
}
OPTIONS = {"seed": "fold_seed", "n_folds": "folds"}
"""What this command calls settings of a recipe that say how it is folded."""
_LABELS = {
    "svm": "SVM on mean and standard deviation of the",
    "linear": "logistic regression on the mean of the",
}
_KEYS = {"svm": "baseline", "linear": "linear_baseline"}
"""What each is called in a result; the first was there before the other."""


def crossval(arguments: argparse.Namespace) -> int:
    """Cross-validate a recipe and its baselines."""
    from tqdm import tqdm

    from genre.training.crossval import cross_validate, pool_seeds

    config = asked_recipe(arguments)
    check_file(arguments.out)
    n_folds, seeds = arguments.folds, arguments.fold_seed
    unlearnt = _unlearnt_genres(arguments, source_of(arguments, config), config)
    data = load_training_data(arguments, config)
    chosen_on = None
    if arguments.thresholds:
        chosen_on = read_result(arguments.thresholds)
        check_recipe(chosen_on, config, data.name)
        _check_fold_seeds(chosen_on, seeds)
    with tqdm(total=n_folds * len(seeds), unit="fold", file=sys.stderr) as bar:
        results = [
            cross_validate(
                data,
                config,
                n_folds=n_folds,
                fold_seed=seed,
                on_fold=lambda n_done, n: bar.update(),
            )
            for seed in seeds
        ]
    result = pool_seeds(results)
    result = _noting(result, unlearnt)
    predictions = result.evaluation.predictions
    thresholds = choose_thresholds(chosen_on.evaluation.predictions if chosen_on else predictions)
    certainty = count_levels(predictions, thresholds)
    document = {"version": RESULT_VERSION} | result.to_dict()
    document |= {"thresholds": thresholds.to_dict(), "certainty": certainty}
    lines: list[str] = []
    for kind in arguments.baselines or USUAL_BASELINES[config.features]:
        if config.split != "course":
            lines += _add_baseline(document, kind, result)
    document |= {
        "recipe": config.to_dict(),
        "command": "python -m genre " + shlex.join(without_out(arguments.line)),
    }
    if arguments.out:
        write_result(arguments.out, document)
    if arguments.json:
        print_json(document)
        return 0
    evaluation = result.evaluation
    print(f"{data.name}, {evaluation.about}, fold seed {', '.join(map(str, seeds))}")
    print(f"per track    {evaluation.track_accuracy}")
    print(f"per segment  {evaluation.segment_accuracy}")
    for line in measure_lines(evaluation):
        print(line)
    for line in (*lines, *_level_lines(certainty, thresholds)):
        print(line)
    print(f"thresholds   chosen on {arguments.thresholds or 'these predictions'}")
    return 0


def _add_baseline(document: dict[str, Any], kind: Baseline, result: CrossValidation) -> list[str]:
    """Add a baseline on the folds of a result to its document; return two lines to print."""
    from genre.training.crossval import cross_validate_baseline, pool_seeds

    baseline = pool_seeds(
        [
            cross_validate_baseline(
                result.data, kind, by=result.by, n_folds=result.n_folds, fold_seed=seed
            )
            for seed in result.fold_seeds
        ]
    ).evaluation
    given = [baseline.genres.index(answer.given) for answer in baseline.predictions]
    difference = paired_difference(result.evaluation.predictions, baseline.predictions)
    document[_KEYS[kind]] = baseline.track_accuracy.to_dict() | {"given": given}
    document[f"minus_{_KEYS[kind]}"] = difference.to_dict()
    label = f"{_LABELS[kind]} {result.data.features.row_name}s"
    return [
        f"baseline     {baseline.track_accuracy} per track ({label})",
        f"difference   {difference}",
    ]


def compare(arguments: argparse.Namespace) -> int:
    """Compare two results of ``crossval --out`` on the same tracks."""
    first, second = read_result(arguments.first), read_result(arguments.second)
    difference = compare_results(first, second)
    if arguments.json:
        print_json(
            {
                "first": arguments.first,
                "second": arguments.second,
                "difference": difference.to_dict(),
                "settings": differing_settings((first.recipe, second.recipe)),
            }
        )
        return 0
    for path, result in ((arguments.first, first), (arguments.second, second)):
        print(f"{path}: {result.evaluation.track_accuracy} per track; {result.evaluation.about}")
    print(f"difference   {difference}")
    for name, (of_first, of_second) in differing_settings((first.recipe, second.recipe)).items():
        print(f"{name:<20} {of_first} | {of_second}")
    return 0


def compare_results(first: Result, second: Result) -> Difference:
    """Return the paired difference of two results; raise if they cannot be compared."""
    if (first.split, first.data) != (second.split, second.data):
        raise DatasetError(
            f"one result is of {first.data} split by {first.split}, the other of {second.data} "
            f"split by {second.split}. Compare results of the same data and split."
        )
    return paired_difference(first.evaluation.predictions, second.evaluation.predictions)


def _noting(result: CrossValidation, unlearnt: list[str]) -> CrossValidation:
    """Return a result that names the genres that were tested without being learnt."""
    if not unlearnt:
        return result
    about = f"{result.evaluation.about}; {', '.join(unlearnt)} tested without being learnt"
    return replace(result, evaluation=replace(result.evaluation, about=about))


def _unlearnt_genres(arguments: argparse.Namespace, source: str, config: TrainConfig) -> list[str]:
    """Return the genres that networks will test without having learnt them; raise unless allowed.

    Raises
    ------
    DatasetError
    """
    found: set[str] = set()
    for seed in arguments.fold_seed:
        check = check_source_split(source, config, n_folds=arguments.folds, fold_seed=seed)
        if not arguments.allow_missing_genres:
            require_split(check, names=OPTIONS)
        found |= set(check.missing.get("train", ()))
    return sorted(found)


def _check_fold_seeds(chosen_on: Result, seeds: list[int]) -> None:
    """Raise if thresholds would be counted on the folds that they were chosen on."""
    if shared := sorted(set(seeds) & set(chosen_on.document.get("fold_seeds", ()))):
        raise ParameterError(
            f"the thresholds are of the fold seed {shared[0]}, which is also asked for here. "
            "Choose them on other fold seeds: on their own they look better than they are."
        )


def _level_lines(certainty: dict[str, dict[str, int]], thresholds: Thresholds) -> list[str]:
    """Return how often predictions of each confidence level were right, a line each."""
    lines = []
    for level, threshold in (*thresholds.to_dict().items(), ("unsure", 0.0)):
        counts = certainty.get(level, {"n": 0, "n_right": 0})
        label, n, n_right = CONFIDENCE_LABELS[level], counts["n"], counts["n_right"]
        start = "never" if threshold is None else f"from {threshold:.1%} on"
        lines.append(f"'{label}'  {start}: right for {n_right} of {n} predictions")
    return lines


def without_out(line: list[str]) -> list[str]:
    """Return the command that reproduces a result, without its output and where it was computed."""
    words = iter(line)
    kept = []
    for word in words:
        if word in ("--out", "--cluster"):
            next(words, None)
        elif word != "--json" and not word.startswith(("--out=", "--cluster=")):
            kept.append(word)
    return kept
