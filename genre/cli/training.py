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
from typing import Any

from genre.cli.outputs import check_file
from genre.cli.songs import load_data, say
from genre.cli.terminal import genre_name
from genre.datasets.types import SegmentSet
from genre.errors import DatasetError, ModelError, ParameterError
from genre.evaluation.cv_results import Result, read_result
from genre.models import registry
from genre.models.card import Figure, figures_of, measures_of
from genre.models.confidence import UNMEASURED
from genre.recipes.config import BUNDLED_DATA, PRESETS, TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.recipes.prepare import (
    check_source_split,
    extraction_features,
    prepare_datasets,
    require_split,
)
from genre.system.schema import Damaged, read_json
from genre.training.tensorflow import load_tensorflow


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
    data = load_training_data(arguments, config)
    for measured in results:
        check_recipe(measured, config, data.name)
    data, split = prepare_datasets(data, config, hold_back=not arguments.all_tracks)
    say("starting TensorFlow")
    load_tensorflow()
    from genre.training.save import evaluate_test_side, figures_of_test_side, save_trained
    from genre.training.trainer import train as train_network

    for side, absent in ({} if arguments.all_tracks else split.absent_genres(data)).items():
        say(f"note: the {side} side has no {', '.join(map(genre_name, absent))}")
    for name, shape, n_parameters in config.network_config(len(data.genres)).summary():
        say(f"{name:<14} {'x'.join(map(str, shape)):<10} {n_parameters:>7} parameters")
    started = time.monotonic()
    result = train_network(data, split, config, on_event=_say_epoch)
    measures = {"train_seconds": round(time.monotonic() - started, 1)}
    # --replace does not change the model.
    command = "python -m genre " + shlex.join(w for w in arguments.line if w != "--replace")
    if not arguments.all_tracks:
        evaluation = evaluate_test_side(result, data, split, config)
        own = figures_of_test_side(evaluation, config, command)
        for figure in own:
            print(figure)
        quoted += own
        measures |= measures_of(evaluation.to_dict())
    if arguments.plot:
        _plot(result.history, arguments.plot)
    if arguments.name:
        card = _card(arguments, command, results, measures) | {"robustness": robustness}
        leak_free_first = sorted(quoted, key=lambda figure: not figure.is_honest)
        path = save_trained(
            result,
            data,
            split,
            config,
            card=card,
            figures=leak_free_first,
            replace=arguments.replace,
        )
        say(f"saved in {path}")
    return 0


def _plot(history: Any, path: str) -> None:
    """Write the curves of a training as a page."""
    from genre.charts.training import training_history

    training_history(history).write_html(path)
    say(f"accuracy and loss over the epochs: {path}")


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
    """Raise if a name is invalid or taken without --replace, or its folder cannot be written."""
    if not arguments.name:
        return
    registry.validate_name(arguments.name)
    if arguments.name in registry.list_models() and not arguments.replace:
        raise ModelError(
            f"a model named {arguments.name} exists. Choose another name, or add --replace."
        )
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
    aside = ("preset", "split", "seed")
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
    """Write a line per epoch."""
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
