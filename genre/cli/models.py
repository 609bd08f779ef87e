"""The commands on saved models: list, rename, delete, export and import.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from genre.cli.outputs import check_file
from genre.cli.songs import print_json, say
from genre.errors import ModelError, ParameterError
from genre.models import registry
from genre.models.archive import delete_model, export_model, import_model, rename_model
from genre.models.keras_import import (
    import_keras_model,
    is_keras,
    read_keras_model,
    write_keras_network,
)
from genre.system.files import write_bytes


def models(arguments: argparse.Namespace) -> int:
    """List the saved models, or rename, delete, export or import one."""
    match arguments.action:
        case "rename":
            renamed = rename_model(arguments.name, arguments.new_name)
            say(f"{arguments.name} was renamed to {renamed}")
        case "delete":
            return _delete(arguments.name, is_confirmed=arguments.yes)
        case "export":
            _export(arguments.name, Path(arguments.file), with_names=arguments.with_names)
        case "import":
            _import(arguments)
        case _:
            return _list(as_json=arguments.json)
    return 0


def read_keras(arguments: argparse.Namespace) -> int:
    """Read the Keras model on standard input, and write its network to a folder."""
    write_keras_network(sys.stdin.buffer.read(), Path(arguments.out))
    return 0


def _import(arguments: argparse.Namespace) -> None:
    """Import a model: one that was exported here, or one of Keras."""
    source, name = Path(arguments.file), arguments.name or ""
    given = {key: getattr(arguments, key) for key in ("n_mfcc", "sr", "n_fft", "hop_length")}
    given["segment_seconds"] = arguments.segment_seconds
    changed = {key: value for key, value in given.items() if value is not None}
    if not is_keras(source):
        if changed or arguments.genres:
            raise ParameterError(
                f"{source.name} is no Keras model, so it has its own genres and features. "
                "Leave out --genres and the settings of the features."
            )
        name = import_model(source, name)
        say(f"imported as {name}; its figures were not measured here")
        return
    model = read_keras_model(source)
    if not arguments.genres:
        n, proposed = model.network.n_genres, " ".join(model.proposed_genres)
        course = f", such as those of GTZAN's folders: --genres {proposed}" if proposed else ""
        raise ParameterError(
            f"{source.name} has {n} outputs without names. Name their genres in their order with "
            f"--genres{course}."
        )
    features = replace(model.proposed_features, **changed)
    name = import_keras_model(model, name, arguments.genres, features)
    say(
        f"imported as {name}, not tested here; it reads {features.n_mfcc} MFCCs of "
        f"{features.segment_seconds:g} s at {features.sr} Hz, n_fft {features.n_fft}, "
        f"hop_length {features.hop_length}"
    )


def _list(*, as_json: bool) -> int:
    """List the saved models."""
    cards, problems = [], []
    for name in [*registry.list_models(), *registry.misnamed_models()]:
        try:
            cards.append(registry.read_card(name))
        except ModelError as error:
            problems.append(str(error))
    if as_json:
        print_json([card.to_dict() for card in cards])
    else:
        for card in cards:
            print(f"{card.name:<16} {card.leak_free_figure or 'not measured on unseen artists'}")
    for problem in problems:
        say(problem)
    return int(bool(problems))


def _delete(name: str, *, is_confirmed: bool) -> int:
    """Delete a model once its name was typed to confirm."""
    if not is_confirmed and name in registry.list_models():
        say(f"{name} will be deleted permanently. Type its name to confirm:")
        try:
            typed = input()
        except EOFError:
            typed = ""
        if typed.strip() != name:
            say(f"{name} was not deleted. To delete it without confirmation, add --yes.")
            return 1
    delete_model(name)
    say(f"{name} was deleted")
    return 0


def _export(name: str, path: Path, *, with_names: bool) -> None:
    """Export a model as a zip file."""
    if path.exists():
        raise ParameterError(f"'{path}' exists. Choose another file name.")
    check_file(path)
    content = export_model(name, with_names=with_names)
    write_bytes(path, content)
    say(f"{name}: {len(content) / 1e6:.1f} MB in {path}")
