"""The commands on saved models: list, rename, delete, export and import.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from genre.cli.songs import print_json, say
from genre.errors import ModelError, ParameterError
from genre.models import registry
from genre.models.archive import delete_model, export_model, import_model, rename_model
from genre.system.files import write_bytes


def models(arguments: argparse.Namespace) -> int:
    """List the saved models, or rename, delete, export or import one."""
    match arguments.action:
        case "rename":
            rename_model(arguments.name, arguments.new_name)
            say(f"{arguments.name} was renamed to {arguments.new_name}")
        case "delete":
            return _delete(arguments.name, is_confirmed=arguments.yes)
        case "export":
            _export(arguments.name, Path(arguments.file), with_names=arguments.with_names)
        case "import":
            name = import_model(Path(arguments.file), arguments.name or "")
            say(f"imported as {name}; its figures were not measured here")
        case _:
            return _list(as_json=arguments.json)
    return 0


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
    content = export_model(name, with_names=with_names)
    write_bytes(path, content)
    say(f"{name}: {len(content) / 1e6:.1f} MB in {path}")
