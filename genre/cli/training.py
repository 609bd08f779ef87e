"""The command ``train``, and the recipe that its options and those of ``crossval`` ask for.

Conventions
-----------
As `genre.cli.songs`.  TensorFlow is imported only after all arguments have
been checked: a misspelt name must not take ten seconds to report.
"""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from genre.cli.outputs import check_file
from genre.cli.songs import load_data, say
from genre.cli.terminal import fold_line, genre_name
from genre.datasets.types import SegmentSet
from genre.errors import DatasetError, ModelError, ParameterError
from genre.evaluation.cv_results import Result, read_result
from genre.models import registry
from genre.models.card import Figure, figures_of
from genre.models.confidence import UNMEASURED
from genre.models.measured_on import measures_of
from genre.models.names import FALLBACK, new_name
from genre.recipes.config import BUNDLED_DATA, PRESETS, TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.recipes.prepare import (
    check_source_split,
    extraction_features,
    prepare_datasets,
    prepare_folds,
    require_split,
)
from genre.system.names import fit_name
from genre.system.schema import Damaged, read_json
from genre.training.tensorflow import load_tensorflow

if TYPE_CHECKING:
    from genre.evaluation.evaluation import Evaluation
    from genre.splits.split import Split
    from genre.training.pooled import Pooled
    from genre.training.trainer import TrainResult


def train(arguments: argparse.Namespace) -> int:
    """Train a network and, with a name, save it."""
    if arguments.run or arguments.resume:
        from genre.cli.runs import train_in_run

        if not arguments.run:
            raise ParameterError(
                "--resume was given without --run. Add --run and the run to resume."
            )
        config = asked_recipe(arguments)
        source = source_of(arguments, config)
        return train_in_run(arguments.run, config, source, resume=arguments.resume)
    _check_name(arguments)
    check_file(arguments.plot)
    robustness = _read_robustness(arguments.robustness) if arguments.robustness else {}
    results = [read_result(path) for path in arguments.figures]
    quoted = _quoted_figures(results)
    config = asked_recipe(arguments)
    if not arguments.all_tracks:  # before anything is extracted
        require_split(check_source_split(source_of(arguments, config), config))
    data, split = _prepare(arguments, config)
    for measured in results:
        check_recipe(measured, config, data.name)
    say("starting TensorFlow")
    load_tensorflow()
    from genre.training.save import figures_of_test_side, save_trained

    for name, shape, n_parameters in config.network_config(len(data.genres)).summary():
        say(f"{name:<14} {'x'.join(map(str, shape)):<10} {n_parameters:>7} parameters")
    started = time.monotonic()
    trained = _train(data, split, config, all_tracks=arguments.all_tracks)
    measures = {"train_seconds": round(time.monotonic() - started, 1)}
    # --replace does not change the model.
    command = "python -m genre " + shlex.join(w for w in arguments.line if w != "--replace")
    if trained.evaluation:
        own = figures_of_test_side(trained.evaluation, config, command)
        for figure in own:
            print(figure)
        quoted += own
        measures |= measures_of(trained.evaluation.to_dict())
    if arguments.plot:
        from genre.charts.training import training_history

        training_history(trained.result.history).write_html(arguments.plot)
        say(f"accuracy and loss over the epochs: {arguments.plot}")
    if arguments.name:
        card = _card(arguments, command, results, measures) | {"robustness": robustness}
        leak_free_first = sorted(quoted, key=lambda figure: not figure.is_honest)
        path = save_trained(
            trained.result,
            data,
            trained.split,
            config,
            card=card,
            figures=leak_free_first,
            replace=arguments.replace,
        )
        say(f"saved in {path}")
    return 0


class _Trained(NamedTuple):
    """A trained network, how its data were split, and its evaluation unless on all tracks."""

    result: TrainResult
    split: Split
    evaluation: Evaluation | None


def _prepare(arguments: argparse.Namespace, config: TrainConfig) -> tuple[SegmentSet, Split | None]:
    """Load the data and split them, unless they are tested in folds; they may be refused here."""
    data = load_training_data(arguments, config)
    if config.evaluation == "pooled" and not arguments.all_tracks:
        return prepare_folds(data, config), None
    data, split = prepare_datasets(data, config, hold_back=not arguments.all_tracks)
    for side, absent in ({} if arguments.all_tracks else split.absent_genres(data)).items():
        say(f"note: the {side} side has no {', '.join(map(genre_name, absent))}")
    return data, split


def _train(
    data: SegmentSet, split: Split | None, config: TrainConfig, *, all_tracks: bool
) -> _Trained:
    """Train and evaluate a network on data that was prepared."""
    from genre.training.pooled import train_pooled
    from genre.training.save import evaluate_test_side
    from genre.training.trainer import train as train_network

    if split is None:
        pooled = cast(
            "Pooled",  # never None: nothing stops it
            train_pooled(
                data,
                config,
                lambda trainer, fold: trainer.fit(_say_epoch, lambda: False),
                on_event=_say_epoch,
            ),
        )
        return _Trained(pooled.result, pooled.split, pooled.evaluation)
    result = train_network(data, split, config, on_event=_say_epoch)
    evaluation = None if all_tracks else evaluate_test_side(result, data, split, config)
    return _Trained(result, split, evaluation)


def asked_recipe(arguments: argparse.Namespace) -> TrainConfig:
    """Return the recipe of a file, or the preset, with the settings given on the command line."""
    given = {f.name: getattr(arguments, f.name, None) for f in fields(TrainConfig)}
    changed = {name: v for name, v in given.items() if v is not None and name != "preset"}
    named = read_recipe(arguments.config) if arguments.config else PRESETS[arguments.preset]
    return replace(named, **changed, preset="custom" if changed else named.preset)


def source_of(arguments: argparse.Namespace, config: TrainConfig) -> str:
    """Return the dataset that was asked for, or the bundled one that a recipe reads."""
    return str(arguments.data or BUNDLED_DATA[config.features])


def load_training_data(arguments: argparse.Namespace, config: TrainConfig) -> SegmentSet:
    """Load the dataset that was asked for, or the bundled one, with all that a recipe reads."""
    return load_data(
        source_of(arguments, config),
        extraction_features(config),
        teacher_values=needs_teacher_values(config),
    )


def read_recipe(path: str) -> TrainConfig:
    """Read a recipe from a JSON file: of its own, or within a run's settings, a result or a card.

    Raises
    ------
    ParameterError
        If the file cannot be read, or holds unknown settings.
    """
    try:
        document = read_json(Path(path))
        return TrainConfig.from_dict(document.get("recipe", document))
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        reason = error if isinstance(error, Damaged) else type(error).__name__
        raise ParameterError(
            f"{path} is not a recipe ({reason}), expected JSON such as "
            '{"n_mfcc": 20, "epochs": 40}. Choose such a file, or use --preset.'
        ) from error


def _check_name(arguments: argparse.Namespace) -> None:
    """Make a name fit; raise if it is taken without --replace, or its folder cannot be written."""
    if not arguments.name:
        return
    typed = arguments.name
    if typed in registry.list_models() and not arguments.replace:
        raise ModelError(f"a model named {typed} exists. Choose another name, or add --replace.")
    fitting = fit_name(typed, FALLBACK)
    arguments.name, arguments.label = new_name(typed, besides=fitting if arguments.replace else "")
    if arguments.label:
        say(f"the model is called {arguments.name}, and {arguments.label} on pages")
    registry.check_new_name(arguments.name, replace=arguments.replace)


def _quoted_figures(results: Sequence[Result]) -> list[Figure]:
    """Return the figures of the given results, for the card."""
    return [
        figure
        for measured in results
        for figure in figures_of(
            measured.document,
            is_honest=measured.is_leak_free,
            command=measured.command,
        )
    ]


def _card(
    arguments: argparse.Namespace,
    command: str,
    results: Sequence[Result],
    measures: Mapping[str, float],
) -> dict[str, Any]:
    """Return what the model's card says besides its figures.

    Cross-validation is preferred: a single test set is small.
    """
    leak_free = next((r for r in results if r.is_leak_free), None)
    return {
        "name": arguments.name,
        "label": getattr(arguments, "label", ""),
        "about": arguments.about,
        "command": command,
        "certainty": leak_free.certainty if leak_free else {},
        "thresholds": leak_free.thresholds if leak_free else UNMEASURED,
        "measures": {**measures, **(measures_of(leak_free.document) if leak_free else {})},
    }


def _read_robustness(path: str) -> dict[str, Any]:
    """Read what a card quotes of a result of ``robustness``.

    Raises
    ------
    ParameterError
        If it is not such a file.
    """
    try:
        document = read_json(Path(path))
        return {key: document[key] for key in ("n_tracks", "alterations", "command")}
    except (ValueError, TypeError, KeyError) as error:
        reason = error if isinstance(error, Damaged) else type(error).__name__
        raise ParameterError(
            f"{path} is not a result of robustness ({reason}). "
            "Write one with: python -m genre robustness --out FILE."
        ) from error


def check_recipe(result: Result, config: TrainConfig, data_name: str) -> None:
    """Raise if a result is of another recipe or of other data.

    Raises
    ------
    DatasetError
    """
    aside = ("preset", "split", "seed", "evaluation", "n_folds")
    measured, asked = result.recipe.to_dict(), config.to_dict()
    differing = sorted(n for n in asked if n not in aside and measured[n] != asked[n])
    if result.data != data_name:
        differing.append(f"data ({result.data}, not {data_name})")
    if differing:
        raise DatasetError(
            f"the result given was measured with other settings: {', '.join(differing)}. "
            "Cross-validate this recipe, or leave the result out."
        )


def _say_epoch(event: dict[str, Any]) -> None:
    """Write a line per epoch, and one for each fold that begins."""
    if event["event"] == "fold":
        say(fold_line(event))
    if event["event"] != "epoch":
        return
    validation = (
        f"  validation {event['val_accuracy']:.1%}, loss {event['val_loss']:.3f}"
        if "val_loss" in event
        else ""
    )
    say(
        f"epoch {event['epoch']:>3}  accuracy {event['accuracy']:.1%}, "
        f"loss {event['loss']:.3f}{validation}"
    )
