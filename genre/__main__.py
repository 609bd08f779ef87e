"""The command line: ``python -m genre <command>``.

Conventions
-----------
Results go to standard output, messages to standard error.  Exit codes: 0 all
went well, 1 some input failed, 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from genre.errors import GenreError, ParameterError

ROOMS = {
    "train": "training",
    "crossval": "crossval",
    "compare": "crossval",
    "runs": "runs",
    "watch": "runs",
    "record": "runs",
    "models": "models",
    "honesty": "leakage",
    "worker": "runs",
    "dataset": "data",
    "read": "data",
    "get-gtzan": "data",
    "export": "runs",
    "memory-test": "recall_task",
}
"""Where the commands are that need more than `genre.cli.songs`."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command, with its help."""
    parser = argparse.ArgumentParser(
        prog="python -m genre",
        description="Hear a song, name its genre, and show how the network got there.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    classify = commands.add_parser("classify", help="say what genre recordings are")
    classify.add_argument("files", nargs="+", metavar="FILE")
    classify.add_argument("--model", default="starter", help="a saved model (starter)")
    form = classify.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one list, with every segment")
    form.add_argument("--csv", action="store_true", help="one line per file")

    describe = commands.add_parser("describe", help="tempo, key and character of a recording")
    describe.add_argument("file", metavar="FILE", help="a recording, or - for standard input")
    describe.add_argument("--json", action="store_true")

    extract = commands.add_parser("extract", help="make a feature pack of a dataset")
    extract.add_argument("source", metavar="SOURCE", help="a genre folder or a .json file")
    extract.add_argument("out", metavar="OUT", help="the pack's folder, or a .json file")
    extract.add_argument("--n-mfcc", type=int, help="MFCCs per frame (20; 13 in a .json file)")
    extract.add_argument("--name", help="what the dataset is called (the name of OUT)")
    extract.add_argument("--about", default="", help="where the data comes from")

    dataset = commands.add_parser("dataset", help="say what is in a dataset")
    dataset.add_argument("source", metavar="SOURCE", help="a bundled dataset, folder, zip, .json")
    dataset.add_argument("--json", action="store_true")

    read = commands.add_parser("read", help="(for the page) read a dataset, telling how far it is")
    read.add_argument("source", metavar="SOURCE")

    get_gtzan = commands.add_parser("get-gtzan", help="fetch the GTZAN collection, or part of it")
    get_gtzan.add_argument(
        "source", nargs="?", default="mini", choices=["mini", "full"], help="how much of it (mini)"
    )
    get_gtzan.add_argument("--yes", action="store_true", help="do not ask before fetching")

    train = commands.add_parser("train", help="train a network and, with --name, save it")
    _add_recipe(train)
    train.add_argument("--name", help="save the trained model under this name")
    train.add_argument("--about", default="", help="one sentence on the model, for its card")
    train.add_argument("--plot", metavar="FILE", help="write accuracy and loss as an HTML page")
    train.add_argument("--replace", action="store_true", help="replace a model of that name")
    train.add_argument(
        "--all-tracks", action="store_true", help="train on every track, holding none back"
    )
    train.add_argument(
        "--figures",
        nargs="*",
        default=[],
        metavar="FILE",
        help="results of crossval to quote in the card, the honest one first",
    )

    train.add_argument(
        "--run", metavar="DIR", help="train as a run: watched, steered and resumed by its folder"
    )
    train.add_argument("--resume", action="store_true", help="go on with a stopped or killed run")

    runs = commands.add_parser("runs", help="list the training runs")
    runs.add_argument("--json", action="store_true")

    watch = commands.add_parser("watch", help="follow a training run")
    watch.add_argument("run", metavar="ID", help="its name, the end of it, or its folder")

    record = commands.add_parser("record", help="keep what happened in a run in a few kilobytes")
    record.add_argument("run", metavar="ID", help="its name, the end of it, or its folder")
    record.add_argument("name", metavar="NAME", help="what to call it in recorded/")
    commands.add_parser("worker", help="(for the page) load TensorFlow and wait for one run")

    export = commands.add_parser("export", help="take a run or a model home as one file")
    export.add_argument("source", metavar="RUN_OR_MODEL", help="its name or its folder")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--script", metavar="FILE", help="its recipe in plain Keras and librosa")
    form.add_argument("--html", metavar="FILE", help="a run as a page that stands alone")
    export.add_argument("--replace", action="store_true", help="replace a file of that name")

    crossval = commands.add_parser("crossval", help="cross-validate a recipe")
    _add_recipe(crossval)
    crossval.add_argument("--folds", type=int, default=5, help="how many folds (5)")
    crossval.add_argument(
        "--fold-seed",
        type=int,
        nargs="+",
        default=[0],
        help="seed of the folds (0); of several, the rounds are pooled",
    )
    crossval.add_argument("--json", action="store_true")
    crossval.add_argument("--out", metavar="FILE", help="also write the JSON to a file")

    memory = commands.add_parser("memory-test", help="recall one early symbol after a gap")
    memory.add_argument("--cell", required=True, choices=["lstm", "simple_rnn"])
    memory.add_argument("--gap", required=True, type=int, help="symbols in between (1 to 2000)")
    memory.add_argument("--seed", type=int, default=0, help="seed of weights and symbols (0)")
    memory.add_argument("--out", metavar="FILE", help="write the events to a file")

    compare = commands.add_parser("compare", help="compare two results of crossval, paired")
    compare.add_argument("first", metavar="A.json")
    compare.add_argument("second", metavar="B.json")
    compare.add_argument("--json", action="store_true")

    evaluate = commands.add_parser("evaluate", help="evaluate a saved model on a dataset")
    evaluate.add_argument("model", metavar="MODEL")
    evaluate.add_argument("--data", required=True, metavar="SOURCE")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument(
        "--include-seen", action="store_true", help="count tracks that the model was trained on"
    )
    evaluate.add_argument(
        "--average",
        default="mean",
        choices=("mean", "median", "vote"),
        help="what makes a track's probabilities of its segments' (mean)",
    )

    honesty = commands.add_parser(
        "honesty", help="the same network under each split, and a control: what was recorded"
    )
    honesty.add_argument("--record", action="store_true", help="train the six runs anew first")
    honesty.add_argument("--out", metavar="FOLDER", help="record them there instead")
    honesty.add_argument("--epochs", type=int, default=60, help="epochs of each run (60)")

    _add_models(commands.add_parser("models", help="list, rename, delete, export, import models"))
    return parser


def _add_models(models: argparse.ArgumentParser) -> None:
    """Add what can be done with saved models; nothing asked for, they are listed."""
    models.add_argument("--json", action="store_true")
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    rename = actions.add_parser("rename", help="give a saved model another name")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new_name", metavar="NEW_NAME")
    delete = actions.add_parser("delete", help="delete a saved model")
    delete.add_argument("name", metavar="NAME")
    delete.add_argument("--yes", action="store_true", help="do not ask again")
    export = actions.add_parser("export", help="write a saved model as a zip")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE")
    export.add_argument(
        "--with-names",
        action="store_true",
        help="with the names of the tracks it has heard, and the paths in its commands",
    )
    take = actions.add_parser("import", help="take in a model from a zip; only numbers are read")
    take.add_argument("file", metavar="FILE")
    take.add_argument("--name", help="what to call it (as its card does)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if sys.stdout is None:  # closed by whoever started us: there is nobody to write to
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    parsed = build_parser().parse_args(arguments)
    if parsed.command == "crossval":  # its folds are processes of their own, to be ended with it
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    parsed.line = list(sys.argv[1:] if arguments is None else arguments)
    room = ROOMS.get(parsed.command, "songs")
    try:
        command = getattr(
            importlib.import_module(f"genre.cli.{room}"), parsed.command.replace("-", "_")
        )
        code = int(command(parsed))
        sys.stdout.flush()  # a full disk or a closed pipe shows here, not after the last line
        return code
    except GenreError as error:
        sys.stderr.write(f"genre {parsed.command}: {error}\n")
        return 2 if isinstance(error, ParameterError) else 1
    except BrokenPipeError:  # the reader of our output has closed it: `... | head`
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        sys.stderr.write(
            f"genre {parsed.command}: the system refused to read or write "
            f"({error.strerror or error}). Check the disk and the permissions.\n"
        )
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130


def _drop_output() -> None:
    """Turn standard output away if it takes nothing more, or Python would fail at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    """Add a dataset, a preset and every setting of a recipe to a command."""
    from genre.recipes.config import PRESETS, TrainConfig

    parser.add_argument("--data", default="gtzan-subset", help="a dataset (gtzan-subset)")
    parser.add_argument("--preset", default="recommended", choices=sorted(PRESETS))
    parser.add_argument("--config", metavar="FILE", help="a recipe as JSON, instead of a preset")
    for f in fields(TrainConfig):
        if f.name == "preset":
            continue
        flag = f"--{f.name.replace('_', '-')}"
        options: dict[str, Any] = {"default": None, "help": f.metadata["about"]}
        if isinstance(f.default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, **options)
        else:
            choices = f.metadata["choices"] or None
            parser.add_argument(flag, type=type(f.default), choices=choices, **options)


if __name__ == "__main__":
    sys.exit(main())
