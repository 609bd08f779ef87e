"""The parser of every command: names, options and help.

Conventions
-----------
Each command names its function as ``module:function`` of `genre.cli`, imported only when
it is called: listing the runs must not wait for a decoder.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

import genre
from genre.audio.feature_config import FeatureKind
from genre.cli.collection_options import add_cluster, add_cluster_option, add_collection, add_data
from genre.cli.options import add_models, add_recipe
from genre.effects.names import EFFECT_NAMES
from genre.models.registry import FIRST

Commands = argparse._SubParsersAction


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command, with its help."""
    script = Path(sys.argv[0]).stem
    parser = argparse.ArgumentParser(
        prog=script if script == "genre-lab" else "python -m genre",
        description="Predict the genre of a song, and show how the network computed it.",
    )
    parser.add_argument("--version", action="version", version=f"Genre Lab {genre.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_song_commands(commands)
    add_collection(commands)
    add_data(commands)
    _add_data_commands(commands)
    _add_training_commands(commands)
    _add_run_commands(commands)
    add_cluster(commands)
    add_models(commands.add_parser("models", help="list, rename, delete, export, import models"))
    read_keras = commands.add_parser("read-keras", help="(for the import) read a Keras model")
    read_keras.add_argument("out", metavar="FOLDER")
    read_keras.set_defaults(function="models:read_keras")
    return parser


def _add_song_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands on recordings and saved models."""
    classify = commands.add_parser("classify", help="predict the genre of recordings")
    classify.add_argument("files", nargs="+", metavar="FILE", help="a recording, or a folder")
    classify.add_argument("--model", default=FIRST[0], help=f"a saved model ({FIRST[0]})")
    form = classify.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON, with every segment")
    form.add_argument("--csv", action="store_true", help="CSV, one line per file")
    form.add_argument(
        "--write-tags",
        action="store_true",
        help="list which genre tags of the files would be changed; with --yes, change them",
    )
    classify.add_argument("--out", metavar="FILE", help="write the CSV or JSON to a file")
    classify.add_argument("--yes", action="store_true", help="with --write-tags: write them")
    classify.add_argument(
        "--min-confidence",
        choices=("clearly", "probably"),
        help="with --write-tags: of which predictions (clearly)",
    )
    classify.set_defaults(function="classify:classify")

    describe = commands.add_parser("describe", help="tempo and key of a recording")
    describe.add_argument("file", metavar="FILE", help="a recording, or - for standard input")
    describe.add_argument("--json", action="store_true")
    describe.set_defaults(function="songs:describe")

    change = commands.add_parser("change", help="a recording through an effect, as a file")
    change.add_argument("file", metavar="FILE", help="a recording, or - for standard input")
    change.add_argument("--effect", required=True, choices=EFFECT_NAMES, help="what to do to it")
    change.add_argument("--out", required=True, metavar="FILE", help="a .flac or .wav file")
    change.add_argument("--progress", action="store_true", help="write the share done, by lines")
    change.set_defaults(function="change:change")

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
        help="how a track's segments are averaged (mean)",
    )
    evaluate.set_defaults(function="songs:evaluate")


def _add_data_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands on datasets."""
    extract = commands.add_parser("extract", help="make a feature pack of a dataset")
    extract.add_argument("source", metavar="SOURCE", help="a folder, table, zip or .json file")
    extract.add_argument("out", metavar="OUT", help="the pack's folder, or a .json file")
    extract.add_argument(
        "--features", default="mfcc", choices=get_args(FeatureKind), help="what to extract (mfcc)"
    )
    for name, about in (("window-frames", "of musicnn: frames of 16 ms in a window (60)"),
                        ("hop-frames", "of musicnn: frames from one window to the next (20)"),
                        ("n-mfcc", "MFCCs per frame (20; 13 in a .json file)")):  # fmt: skip
        extract.add_argument(f"--{name}", type=int, help=about)
    altered = "also N altered versions of each recording, to train on (0)"
    extract.add_argument("--altered", type=int, default=0, metavar="N", help=altered)
    taught = "also musicnn's values of each segment, for recipes taught by them"
    extract.add_argument("--teacher-values", action="store_true", help=taught)
    extract.add_argument("--name", help="name of the dataset (the name of OUT)")
    extract.add_argument("--about", default="", help="where the data comes from")
    add_cluster_option(extract)
    extract.set_defaults(function="data:extract")

    dataset = commands.add_parser("dataset", help="describe a dataset")
    dataset.add_argument(
        "source", metavar="SOURCE", help="a bundled one, folder, table, zip, .json"
    )
    dataset.add_argument("--json", action="store_true")
    dataset.set_defaults(function="data:dataset")

    read = commands.add_parser("read", help="(for the page) read a dataset, with progress")
    read.add_argument("source", metavar="SOURCE")
    read.add_argument("--features", default="mfcc", choices=get_args(FeatureKind))
    read.set_defaults(function="data:read")

    get_gtzan = commands.add_parser("get-gtzan", help="download the GTZAN dataset, or part of it")
    get_gtzan.add_argument(
        "source",
        nargs="?",
        default="mini",
        choices=["mini", "full"],
        help="all of it, or a hundred clips (mini)",
    )
    get_gtzan.add_argument("--yes", action="store_true", help="download without confirmation")
    get_gtzan.set_defaults(function="data:get_gtzan")


def _add_training_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands that train networks and compare results."""
    train = commands.add_parser("train", help="train a network and, with --name, save it")
    add_recipe(train)
    train.add_argument("--name", help="save the trained model under this name")
    train.add_argument("--about", default="", help="one sentence about the model, for its card")
    train.add_argument("--plot", metavar="FILE", help="write accuracy and loss as an HTML page")
    train.add_argument("--replace", action="store_true", help="replace a model of that name")
    train.add_argument(
        "--all-tracks", action="store_true", help="train on every track, without a test set"
    )
    train.add_argument(
        "--figures",
        nargs="*",
        default=[],
        metavar="FILE",
        help="results of crossval for the card, the one on unseen artists first",
    )

    train.add_argument("--robustness", metavar="FILE", help="a result of robustness for the card")
    train.add_argument(
        "--run", metavar="DIR", help="train as a run that can be watched, paused and resumed"
    )
    train.add_argument("--resume", action="store_true", help="resume a stopped or killed run")
    train.set_defaults(function="training:train")

    _add_crossval_commands(commands)

    memory = commands.add_parser("memory-test", help="train a cell on a task about the past")
    memory.add_argument("--task", choices=["recall", "order", "adding", "growing"])
    memory.add_argument("--cell", choices=["simple_rnn", "lstm", "open_lstm"])
    memory.add_argument("--length", type=int, help="steps of a sequence (10 to 2000)")
    memory.add_argument("--seed", type=int, default=0)
    memory.add_argument("--max-seconds", type=float, default=float("inf"), help="train no longer")
    memory.add_argument("--record", action="store_true", help="all runs of the project, resumable")
    memory.add_argument("--out", metavar="PATH", help="events of a run, or the folder of --record")
    memory.set_defaults(function="memory_test:memory_test", task="recall")

    honesty = commands.add_parser(
        "honesty", help="the effect of data leakage: the same network with each split"
    )
    honesty.add_argument("--record", action="store_true", help="train the six runs again first")
    honesty.add_argument("--out", metavar="FOLDER", help="where to record them instead")
    honesty.add_argument("--epochs", type=int, default=60, help="epochs of each run (60)")
    add_cluster_option(honesty)
    honesty.set_defaults(function="leakage:honesty")


def _add_crossval_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands on cross-validation."""
    crossval = commands.add_parser("crossval", help="cross-validate a recipe")
    add_recipe(crossval)
    crossval.add_argument(
        "--allow-missing-genres",
        action="store_true",
        help="also where a genre's tracks are all in one fold, so that it is tested without having "
        "been learnt: the result says of which",
    )
    _add_folds(crossval)
    crossval.add_argument(
        "--thresholds",
        metavar="FILE",
        help="a result of this recipe on other fold seeds: choose the thresholds of the "
        "confidence levels there, and count here what they are worth",
    )
    crossval.add_argument(
        "--baselines",
        nargs="+",
        choices=["svm", "linear"],
        help="tested on the same folds (svm; with features of musicnn also linear)",
    )
    crossval.set_defaults(function="crossval:crossval")

    robustness = commands.add_parser(
        "robustness", help="cross-validate a recipe on altered recordings: codecs, bands, gain"
    )
    add_recipe(robustness)
    robustness.add_argument(
        "--audio", required=True, metavar="FOLDER", help="the recordings of the dataset"
    )
    _add_folds(robustness)
    robustness.set_defaults(function="robustness:robustness")

    compare = commands.add_parser("compare", help="paired difference of two results of crossval")
    compare.add_argument("first", metavar="A.json")
    compare.add_argument("second", metavar="B.json")
    compare.add_argument("--json", action="store_true")
    compare.set_defaults(function="crossval:compare")


def _add_folds(parser: argparse.ArgumentParser) -> None:
    """Add the options of what is cross-validated."""
    parser.add_argument("--folds", type=int, default=5, help="how many folds (5)")
    parser.add_argument(
        "--fold-seed",
        type=int,
        nargs="+",
        default=[0],
        help="seed of the folds (0); with several, the results are averaged",
    )
    add_cluster_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", metavar="FILE", help="also write the JSON to a file")


def _add_run_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands on training runs."""
    sweep = commands.add_parser("sweep", help="train every combination of some settings, or some")
    sweep.add_argument("source", nargs="?", metavar="FILE_OR_NAME", help="JSON or TOML that says "
                       "what to sweep, or the name of a sweep to go on with")  # fmt: skip
    add_cluster_option(sweep)
    sweep.add_argument("--minutes", type=float, help="another budget, of the whole sweep")
    form = sweep.add_mutually_exclusive_group()
    form.add_argument("--plan", action="store_true", help="print its runs, and start none")
    form.add_argument("--stop", action="store_true", help="stop it: it can go on where it was")
    form.add_argument("--delete", action="store_true", help="delete it, but not its runs")
    form.add_argument("--list", action="store_true", help="list the sweeps, or how one stands")
    sweep.add_argument("--json", action="store_true", help="with --list: as JSON")
    sweep.add_argument("--take-over", action="store_true", help="(for the server) go on with one "
                       "that was killed with the machine")  # fmt: skip
    sweep.set_defaults(function="sweeps:sweep")

    runs = commands.add_parser(
        "runs", help="list the training runs, or what the figures of one say"
    )
    runs.add_argument("run", nargs="?", metavar="RUN", help="what its figures say")
    runs.add_argument("--json", action="store_true")
    runs.set_defaults(function="runs:runs")

    watch = commands.add_parser("watch", help="follow a training run")
    watch.add_argument("run", metavar="ID", help="its name, the end of it, or its folder")
    watch.set_defaults(function="runs:watch")

    record = commands.add_parser("record", help="save a run's history in a few kilobytes")
    record.add_argument("run", metavar="ID", help="its name, the end of it, or its folder")
    record.add_argument("name", metavar="NAME", help="its name in recorded/")
    record.set_defaults(function="runs:record")

    worker = commands.add_parser("worker", help="(for the page) load TensorFlow, wait for one run")
    worker.set_defaults(function="runs:worker")

    export = commands.add_parser("export", help="export a run or a model as one file")
    export.add_argument("source", metavar="RUN_OR_MODEL", help="its name or its folder")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--script", metavar="FILE", help="its recipe as a Keras and librosa script")
    form.add_argument("--html", metavar="FILE", help="a run as one HTML file")
    form.add_argument(
        "--experiment", metavar="FILE", help="all of a run but sound, to be imported elsewhere"
    )
    export.add_argument("--replace", action="store_true", help="replace a file of that name")
    export.set_defaults(function="runs:export")

    take = commands.add_parser("import", help="import a run that was exported with --experiment")
    take.add_argument("file", metavar="FILE")
    take.set_defaults(function="runs:import_run")
