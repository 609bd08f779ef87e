"""The command ``honesty``: train the same network with each split, and show the data leakage.

Conventions
-----------
As `genre.cli.songs`.  The runs are ordinary ones in a temporary folder.  Their
configuration, some epochs and the evaluation are kept.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from genre.cli.outputs import check_folder
from genre.cli.songs import say
from genre.compare.leakage import DATA, leakage_lines, leakage_recipes, read_leakage_study
from genre.errors import RunError
from genre.paths import RECORDED_LEAKAGE
from genre.recipes.config import TrainConfig
from genre.runs.reference_runs import record_run
from genre.runs.store import create_run
from genre.text.format import count

KEPT_EPOCHS = 5
"""Every fifth epoch is kept, and the first and the last."""


def honesty(arguments: argparse.Namespace) -> int:
    """Record the runs that show the effect of data leakage, or print what was recorded."""
    folder = Path(arguments.out or RECORDED_LEAKAGE)
    if arguments.out or arguments.record:
        check_folder(folder)
        for name, recipe in leakage_recipes(arguments.epochs).items():
            say(f"{name}: {count(recipe.epochs, 'epoch')}")
            record_recipe(recipe, folder / name)
    for line in leakage_lines(read_leakage_study(folder)):
        print(line)
    return 0


def record_recipe(recipe: TrainConfig, target: Path, data: str = DATA) -> None:
    """Train a run in this process and keep its small files.

    Parameters
    ----------
    recipe : TrainConfig
    target : Path
        Where to keep them; an earlier recording is replaced.
    data : str
        Name or path of the dataset.

    Raises
    ------
    RunError
        If the run does not finish.
    """
    from genre.training.run import run_training

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        run = Path(temporary) / target.name
        create_run(run, recipe, data)
        status = run_training(run)
        if status.state != "finished":
            raise RunError(f"the run {run.name} {status.state}: {status.reason}")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".recording-") as beside:
            record_run(run, Path(beside) / "new", every=KEPT_EPOCHS)
            if target.exists():
                os.rename(target, Path(beside) / "old")
            os.rename(Path(beside) / "new", target)
