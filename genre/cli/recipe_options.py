"""The options of a command that takes a recipe: a dataset, a preset, and every setting."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from genre.recipes.config import BUNDLED_DATA, PRESETS, TrainConfig


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add a dataset, a preset and every setting of a recipe to a command."""
    usual = " or ".join(BUNDLED_DATA.values())
    parser.add_argument("--data", help=f"a dataset ({usual}, as the recipe's features are)")
    parser.add_argument("--preset", default="recommended", choices=sorted(PRESETS))
    parser.add_argument("--config", metavar="FILE", help="a recipe as JSON, instead of a preset")
    for f in fields(TrainConfig):
        if f.name == "preset":
            continue
        flag = f"--{f.name.replace('_', '-')}"
        options: dict[str, Any] = {"default": None, "help": f.metadata["about"].replace("%", "%%")}
        if isinstance(f.default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, **options)
        else:
            choices = f.metadata["choices"] or None
            parser.add_argument(flag, type=type(f.default), choices=choices, **options)
