"""The options of ``models``, and of a command that takes a recipe, apart from the others."""

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


def add_models(models: argparse.ArgumentParser) -> None:
    """Add the actions on saved models; without one, they are listed."""
    models.set_defaults(function="models:models")
    models.add_argument("--json", action="store_true")
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    rename = actions.add_parser("rename", help="give a saved model another name")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new_name", metavar="NEW_NAME")
    delete = actions.add_parser("delete", help="delete a saved model")
    delete.add_argument("name", metavar="NAME")
    delete.add_argument("--yes", action="store_true", help="delete without confirmation")
    export = actions.add_parser("export", help="write a saved model as a zip")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE")
    names = "with the names of its training tracks and the paths in its commands"
    export.add_argument("--with-names", action="store_true", help=names)
    take = actions.add_parser(
        "import", help="import a model from a zip, or a Keras model (.keras, .h5); no code is run"
    )
    take.add_argument("file", metavar="FILE")
    take.add_argument("--name", help="its new name (as in its card, or as the file)")
    of_keras = take.add_argument_group("of a Keras model")
    of_keras.add_argument(
        "--genres", nargs="+", metavar="GENRE", help="in the order of its outputs"
    )
    for name, about in (("n-mfcc", "MFCCs per frame"), ("sr", "sampling rate in Hz"),
                        ("n-fft", "samples under a frame"),
                        ("hop-length", "samples from frame to frame")):  # fmt: skip
        of_keras.add_argument(f"--{name}", type=int, help=f"{about} (as in the course)")
    of_keras.add_argument("--segment-seconds", type=float, help="length of a segment (as it reads)")
