"""The commands that train: ``train`` and ``crossval``.

Conventions
-----------
As `genre.commands`.  TensorFlow is imported only once everything asked for has
been checked: a misspelt name must not cost ten seconds.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from genre import registry
from genre.card import figures_of
from genre.commands import load_data, print_json, say
from genre.errors import DatasetError, ModelError, ParameterError
from genre.recipe import PRESETS, TrainConfig, prepare_datasets
from genre.training_quiet import load_tensorflow

CROSSVAL_KEYS = {
    *("data", "recipe", "split", "about", "command"),
    *("track_accuracy", "segment_accuracy", "certainty"),
}
"""What `train --figures` needs of a result of `crossval --out`."""


def train(arguments: argparse.Namespace) -> int:
    """Train a network and, with a name, save it."""
    if arguments.run or arguments.resume:
        from genre.commands_runs import train_in_run

        if not arguments.run:
            raise ParameterError("--resume needs --run: say which run is to go on.")
        config = _recipe(arguments)
        return train_in_run(arguments.run, config, arguments.data, resume=arguments.resume)
    if arguments.name:
        registry.validate_name(arguments.name)
        if arguments.name in registry.list_models() and not arguments.replace:
            raise ModelError(
                f"a model named {arguments.name} exists. Choose another name, or add --replace."
            )
    documents = [_read_crossval(path) for path in arguments.figures]
    quoted = [
        figure
        for document in documents
        for figure in figures_of(
            document, is_honest=document["split"] == "artist", command=document["command"]
        )
    ]
    config, data = _recipe(arguments), load_data(arguments.data)
    for document in documents:
        _check_crossval(document, config, data.name)
    data, split = prepare_datasets(data, config, hold_back=not arguments.all_tracks)
    say("starting TensorFlow")
    load_tensorflow()
    from genre.training import train as train_network
    from genre.training_card import evaluate_test_side, save_trained

    for side, absent in ({} if arguments.all_tracks else split.absent_genres(data)).items():
        say(f"note: the {side} side has no {', '.join(absent)}")
    for name, shape, n_parameters in config.network_config(len(data.genres)).summary():
        say(f"{name:<14} {'x'.join(map(str, shape)):<10} {n_parameters:>7} parameters")
    result = train_network(data, split, config, on_event=_say_epoch)
    # --replace says where the model goes, not what it is.
    command = "python -m genre " + shlex.join(w for w in arguments.line if w != "--replace")
    if not arguments.all_tracks:
        evaluation = evaluate_test_side(result, data, split, config)
        own = figures_of(
            evaluation.to_dict(),
            is_honest=split.is_honest and not config.permute_genres,
            command=command,
        )
        for figure in own:
            print(figure)
        quoted += own
    if arguments.plot:
        from genre.charts import training_history

        training_history(result.history).write_html(arguments.plot)
        say(f"accuracy and loss over the epochs: {arguments.plot}")
    if arguments.name:
        honest_first = sorted(quoted, key=lambda figure: not figure.is_honest)
        certainty: dict[str, Any] = next(
            (d["certainty"] for d in documents if d["split"] == "artist"), {}
        )
        card = {
            "name": arguments.name,
            "about": arguments.about,
            "command": command,
            "certainty": certainty,
        }
        path = save_trained(
            result, data, split, config, card=card, figures=honest_first, replace=arguments.replace
        )
        say(f"saved in {path}")
    return 0


def crossval(arguments: argparse.Namespace) -> int:
    """Cross-validate a recipe, with the baseline beside it."""
    from tqdm import tqdm

    from genre.crossval import cross_validate, cross_validate_baseline

    config, data = _recipe(arguments), load_data(arguments.data)
    if arguments.out:  # found out now, not after all folds
        Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
        Path(arguments.out).open("a", encoding="utf-8").close()
    with tqdm(total=arguments.folds, unit="fold", file=sys.stderr) as bar:
        result = cross_validate(
            data,
            config,
            n_folds=arguments.folds,
            fold_seed=arguments.fold_seed,
            on_fold=lambda n_done, n: bar.update(n_done - bar.n),
        )
    document = result.to_dict() | {
        "recipe": config.to_dict(),
        "command": "python -m genre " + shlex.join(_without_out(arguments.line)),
    }
    baseline = None
    if config.split != "course":
        baseline = cross_validate_baseline(
            result.data, by=config.split, n_folds=arguments.folds, fold_seed=arguments.fold_seed
        )
        document["baseline"] = baseline.evaluation.track_accuracy.to_dict()
    if arguments.out:
        Path(arguments.out).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if arguments.json:
        print_json(document)
        return 0
    evaluation = result.evaluation
    print(f"{data.name}, {evaluation.about}, fold seed {arguments.fold_seed}")
    print(f"per track    {evaluation.track_accuracy}")
    print(f"per segment  {evaluation.segment_accuracy}")
    if baseline:
        svm = "an SVM on mean and deviation of the MFCCs"
        print(f"baseline     {baseline.evaluation.track_accuracy} per track ({svm})")
    for word, counts in sorted(result.certainty.items()):
        print(f"'{word}'  right for {counts['n_right']} of {counts['n']} tracks")
    return 0


def _recipe(arguments: argparse.Namespace) -> TrainConfig:
    """Return the preset with the settings that were given on the command line."""
    given = {f.name: getattr(arguments, f.name, None) for f in fields(TrainConfig)}
    changed = {name: v for name, v in given.items() if v is not None and name != "preset"}
    named = PRESETS[arguments.preset]
    return replace(named, **changed, preset="custom" if changed else named.preset)


def _read_crossval(path: str) -> dict[str, Any]:
    """Read what ``crossval --out`` wrote."""
    try:
        document: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        missing = CROSSVAL_KEYS - set(document)
    except (OSError, ValueError, TypeError) as error:
        raise DatasetError(
            f"{path} is not a result of crossval ({type(error).__name__}). "
            "Write one with: python -m genre crossval --out FILE."
        ) from error
    if missing:
        raise DatasetError(f"{path} lacks {', '.join(sorted(missing))}. Run crossval again.")
    return document


def _check_crossval(document: dict[str, Any], config: TrainConfig, data_name: str) -> None:
    """Refuse figures of another recipe or other data: a card must not borrow them."""
    aside = ("preset", "split", "seed")
    measured, asked = (
        {name: value for name, value in recipe.items() if name not in aside}
        for recipe in (TrainConfig.from_dict(document["recipe"]).to_dict(), config.to_dict())
    )
    differing = sorted(name for name in asked if measured[name] != asked[name])
    if document["data"] != data_name:
        differing.append(f"data ({document['data']}, not {data_name})")
    if differing:
        raise DatasetError(
            f"the figures given were measured with other settings: {', '.join(differing)}. "
            "Cross-validate this very recipe, or leave --figures out."
        )


def _without_out(line: list[str]) -> list[str]:
    """Drop where a result was written from the command that reproduces it."""
    words = iter(line)
    kept = []
    for word in words:
        if word == "--out":
            next(words, None)
        elif word != "--json" and not word.startswith("--out="):
            kept.append(word)
    return kept


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
