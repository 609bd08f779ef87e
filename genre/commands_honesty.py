"""The command ``honesty``: train the same network under each split, and keep what happened.

Conventions
-----------
As `genre.commands`.  The runs are ordinary ones, made in a folder that is deleted
afterwards; what is kept of each is what was asked for, some epochs and the evaluation.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from genre.commands import say
from genre.honesty import DATA, RECORDED, honesty_lines, honesty_recipes, read_honesty
from genre.recipe import TrainConfig
from genre.run_files import CONFIG_FILE, EVENTS_FILE, read_events
from genre.runs import create_run

KEPT_EPOCHS = 5
"""Of so many epochs one is kept, and the last."""


def honesty(arguments: argparse.Namespace) -> int:
    """Record the runs that show what a leaky split does, or say what was recorded."""
    folder = Path(arguments.out or RECORDED)
    if arguments.out or arguments.record:
        for name, recipe in honesty_recipes(arguments.epochs).items():
            say(f"{name}: {recipe.epochs} epochs")
            record_run(folder / name, recipe)
    for line in honesty_lines(read_honesty(folder)):
        print(line)
    return 0


def record_run(path: Path, recipe: TrainConfig, data: str = DATA) -> None:
    """Carry out a run in this process and keep its small files.

    Parameters
    ----------
    path : Path
        Where to keep them; an earlier recording is replaced.
    recipe : TrainConfig
    data : str
        Name or path of the dataset.
    """
    from genre.training_run import run_training

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        run = Path(temporary) / path.name
        create_run(run, recipe, data)
        status = run_training(run)
        if status.state != "finished":
            raise RuntimeError(f"the run {path.name} {status.state}: {status.reason}")
        events = read_events(run)[0]
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".recording-") as beside:
            new, old = Path(beside) / "new", Path(beside) / "old"
            new.mkdir()
            shutil.copyfile(run / CONFIG_FILE, new / CONFIG_FILE)
            lines = [json.dumps(event) + "\n" for event in reduce_events(events)]
            (new / EVENTS_FILE).write_text("".join(lines), encoding="utf-8")
            if path.exists():
                os.rename(path, old)
            os.rename(new, path)


def reduce_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is kept of a run's events: its data, some epochs, its evaluation."""
    last = max((event["epoch"] for event in events if event["event"] == "epoch"), default=0)
    kept = []
    for event in events:
        is_epoch = event["event"] == "epoch"
        if event["event"] in ("data", "evaluation") or (
            is_epoch and event["epoch"] in (1, last, *range(0, last, KEPT_EPOCHS))
        ):
            kept.append(
                {k: round(v, 5) if type(v) is float and is_epoch else v for k, v in event.items()}
            )
    return kept
