"""The commands on training runs: ``runs``, ``watch``, ``export``, ``import``, ``train --run``.

Conventions
-----------
As `genre.cli.songs`.  ``watch`` only reads a run's files: it needs no
TensorFlow, and the run continues when it ends.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from genre.cli.outputs import check_file, check_folder
from genre.cli.songs import print_json, say
from genre.cli.terminal import fold_line
from genre.errors import ParameterError, RunError
from genre.models import registry
from genre.models.card import ModelCard
from genre.models.card_file import CARD_FILE
from genre.paths import RECORDED, RUNS
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import check_source, check_source_split, require_split
from genre.runs.damaged import every_run
from genre.runs.files import (
    CONFIG_FILE,
    RunStatus,
    history_of,
    read_config,
    read_events,
    read_status,
)
from genre.runs.imported import check_own, is_imported
from genre.runs.labels import read_label
from genre.runs.queue import runs_before
from genre.runs.reference_runs import record_run
from genre.runs.store import create_run, find_run, prepare_resume
from genre.system.files import write_bytes
from genre.system.processes import lower_priority
from genre.text.format import count, interval, percent

WATCH_SECONDS = 0.5


def runs(arguments: argparse.Namespace) -> int:
    """List the training runs with their state and accuracy, or print the reading of one."""
    if arguments.run:
        return _read(arguments)
    rows = []
    for run in every_run(RUNS):
        try:
            read_config(run)
            rows.append(_row(run))
        except RunError as error:
            say(str(error))
    if arguments.json:
        print_json(rows)
        return 0
    if not rows:
        say("no training runs yet; start one with: python -m genre train --run runs/NAME")
    for row in rows:
        reached = f"epoch {row['epoch']}" if row["epoch"] else ""
        if row["val_accuracy"] is not None:
            reached += f", validation {percent(row['val_accuracy'], 1)} of segments"
        origin = "imported" if row["imported"] else ""
        words = (row["run"], row["state"], reached, row["reason"], origin, row["label"])
        print("  ".join(word for word in words if word))
    return 0


def _read(arguments: argparse.Namespace) -> int:
    """Print what the figures of a run say, a line each."""
    from genre.compare.leaderboard import list_entries
    from genre.reading.read import read_result
    from genre.reading.sources import earlier_results, figures_of_folder
    from genre.text.reading import reading_lines

    earlier = earlier_results(list_entries()[0])
    lines = reading_lines(read_result(figures_of_folder(find_run(arguments.run), earlier)))
    if arguments.json:
        print_json([{"rule": line.rule, "text": line.text, "how": line.how} for line in lines])
        return 0
    if not lines:
        say("the figures of this run say nothing yet")
    for line in lines:
        print(line.text)
    return 0


def watch(arguments: argparse.Namespace) -> int:
    """Follow a run in the terminal until it ends; 0 if it finished or was stopped."""
    run = find_run(arguments.run)
    place, said = 0, ""
    while True:
        status = read_status(run)
        events, place = read_events(run, place)
        for event in events:
            _print_event(event)
        waiting = f"waiting: {len(runs_before(run))} before it" if status.state == "queued" else ""
        if waiting and waiting != said:
            print(waiting, flush=True)
        said = waiting
        if not status.is_live:
            print(f"{status.state} {status.reason}".rstrip(), flush=True)
            return int(status.state == "failed")
        time.sleep(WATCH_SECONDS)


def export(arguments: argparse.Namespace) -> int:
    """Write a run or a saved model as a Keras script, or a run as a page or an experiment."""
    out = Path(arguments.script or arguments.html or arguments.experiment)
    if out.exists() and not arguments.replace:
        raise ParameterError(f"'{out}' exists. Choose another name, or add --replace.")
    check_file(out)
    content = _exported(arguments)
    write_bytes(out, content)
    print(f"{len(content) / 1000:.0f} kB in {out}")
    return 0


def _exported(arguments: argparse.Namespace) -> bytes:
    """Return what is to be written."""
    from genre.export.experiment import export_experiment
    from genre.export.keras_script import keras_script
    from genre.export.run_report import run_report

    card = _card_of(arguments.source)
    if card and not arguments.script:
        raise ParameterError(
            f"{arguments.source} is a saved model; its curves are in its training run. "
            "Name a run, or write it with --script."
        )
    if card and not card.recipe:
        raise ParameterError(
            f"{arguments.source} was imported without its recipe, which a script is made of. "
            "Name a model that was trained here."
        )
    if card:
        recipe, data = TrainConfig.from_dict(card.recipe), card.data.get("name", "a dataset")
        return keras_script(recipe, data).encode()
    run = find_run(arguments.source)
    if arguments.experiment:
        return export_experiment(run)
    if arguments.html:
        return run_report(run).encode()
    if any(event["event"] == "changed" for event in read_events(run)[0]):
        say("note: changes made during training are not in the script")
    return keras_script(*read_config(run)).encode()


def import_run(arguments: argparse.Namespace) -> int:
    """Import a run that was exported as an experiment."""
    from genre.export.experiment_import import import_experiment

    run, is_new = import_experiment(Path(arguments.file), RUNS)
    if is_new:
        say("imported; to see it: python -m genre runs " + run.name)
    else:
        say(f"this experiment is here already, as {run.name}")
    print(run)
    return 0


def train_in_run(folder: str, config: TrainConfig, data: str, *, resume: bool) -> int:
    """Train a run in this process; its folder is created if needed."""
    from genre.training.run import run_training

    lower_priority()
    run = Path(folder)
    if resume:
        run = find_run(folder)
        prepare_resume(run)
    elif (run / CONFIG_FILE).exists():
        check_own(run)
    else:
        check_source(data, config)
        require_split(check_source_split(data, config))
        create_run(run, config, data)
    status = run_training(run, resume=resume)
    say(f"{status.state} {status.reason}".rstrip())
    return int(status.state == "failed")


def record(arguments: argparse.Namespace) -> int:
    """Save a run's history in a few kilobytes, to compare later runs with."""
    target = RECORDED / arguments.name
    check_folder(target.parent)
    record_run(find_run(arguments.run), target)
    print(target)
    return 0


def worker(arguments: argparse.Namespace) -> int:
    """Load TensorFlow, wait for one run on standard input, and train it."""
    from genre.training.worker import wait_for_run

    return wait_for_run()


def _card_of(source: str) -> ModelCard | None:
    """Return the card of a saved model by its name or folder; None if it is not a model."""
    path = Path(source)
    if (path / CARD_FILE).is_file():
        return registry.read_card(path.resolve().name, path.resolve().parent)
    return registry.read_card(source) if source in registry.list_models() else None


def _row(run: Path) -> dict[str, Any]:
    """Return the row of a run in the list."""
    status: RunStatus = read_status(run)
    history = history_of(read_events(run)[0])
    last = history[-1] if history else {}
    return {
        "run": run.name,
        "state": status.state,
        "reason": status.reason,
        "epoch": last.get("epoch", 0),
        "val_accuracy": last.get("val_accuracy"),
        "label": read_label(run).label,
        "imported": is_imported(run),
    }


def _print_event(event: dict[str, Any]) -> None:
    """Print the events that are worth a line."""
    match event["event"]:
        case "phase":
            line = event["phase"]
        case "epoch":
            line = f"epoch {event['epoch']:>3}  loss {event['loss']:.3f}"
            line += f"  accuracy {percent(event['accuracy'], 1)}"
            if "val_accuracy" in event:
                line += f"  validation {percent(event['val_accuracy'], 1)}"
        case "fold":
            line = fold_line(event)
        case "changed":
            line = f"{event['setting']} is now {event['value']:g}"
        case "resumed":
            line = f"resumed after epoch {event['epoch']}"
        case "evaluation":
            track = event["track_accuracy"]
            line = (
                f"{percent(track['value'])} of {count(track['n'], 'track')} (95% interval "
                f"{interval(track['low'], track['high'])}; {event['about']})"
            )
        case _:
            return
    print(line, flush=True)
