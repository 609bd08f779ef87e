"""The commands around saved models: ``models``, and renaming, deleting, handing them on.

Conventions
-----------
As `genre.commands`.
"""

from __future__ import annotations

import argparse

from genre import registry
from genre.commands import print_json, say
from genre.errors import ModelError


def models(arguments: argparse.Namespace) -> int:
    """List the saved models."""
    cards, problems = [], []
    for name in registry.list_models():
        try:
            cards.append(registry.read_card(name))
        except ModelError as error:
            problems.append(str(error))
    if arguments.json:
        print_json([card.to_dict() for card in cards])
    else:
        for card in cards:
            print(f"{card.name:<16} {card.honest_figure or 'no honest accuracy measured'}")
    for problem in problems:
        say(problem)
    return int(bool(problems))
