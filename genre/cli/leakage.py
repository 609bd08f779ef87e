"""The command ``honesty``: train the same network with each split, and show the data leakage.

Conventions
-----------
As `genre.cli.songs`.  The runs are ordinary ones in a temporary folder, two at a time
here, or as many as a cluster has workers (`genre.cluster`).  Their configuration, some epochs and
the evaluation are kept.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from genre.cli.outputs import check_folder
from genre.cli.songs import say
from genre.cluster.tasks import run_tasks
from genre.compare.leakage import DATA, leakage_lines, leakage_recipes, read_leakage_study
from genre.datasets.identity import identify
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
        record_recipes(leakage_recipes(arguments.epochs), folder)
    for line in leakage_lines(read_leakage_study(folder)):
        print(line)
    return 0


def record_recipes(
    recipes: Mapping[str, TrainConfig], folder: Path, data: str = DATA, *, n_jobs: int = 2
) -> None:
    """Train runs and keep their small files, each as soon as it is there.

    Parameters
    ----------
    recipes : dict of str to TrainConfig
        By the names of the runs.
    folder : Path
        Where to keep them; earlier recordings of these names are replaced.
    data : str
        Name or path of the dataset; a worker of a cluster must have the same there.
    n_jobs : int
        Processes to use; each imports TensorFlow.

    Raises
    ------
    RunError
        If a run does not finish.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks = ((name, recipe, data, identify(data)) for name, recipe in recipes.items())
    recordings = run_tasks(train_recorded, tasks, n_jobs=n_jobs, in_own_process=True)
    with closing(recordings):
        for (name, recipe), files in zip(recipes.items(), recordings, strict=True):
            _replace_folder(folder / name, files)
            say(f"{name}: {count(recipe.epochs, 'epoch')}")


def train_recorded(name: str, recipe: TrainConfig, data: str, identity: str) -> dict[str, bytes]:
    """Train a run on one thread and return its small files, in whatever process.

    Raises
    ------
    RunError
        If the run does not finish, or the data is not what ``identity`` means.
    """
    from genre.training.run import run_training
    from genre.training.tensorflow import limit_threads, load_tensorflow

    if identify(data) != identity:
        raise RunError(
            f"the data {data} is not the same at this worker ({identify(data) or 'none'}, "
            f"{identity} was expected). Copy it there, or leave the cluster out."
        )
    load_tensorflow()
    limit_threads(1)  # as many runs are trained at a time as there are cores
    with tempfile.TemporaryDirectory() as temporary:
        run = Path(temporary) / name
        create_run(run, recipe, data)
        status = run_training(run)
        if status.state != "finished":
            raise RunError(f"the run {name} {status.state}: {status.reason}")
        record_run(run, Path(temporary) / "kept", every=KEPT_EPOCHS)
        return {file.name: file.read_bytes() for file in (Path(temporary) / "kept").iterdir()}


def _replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files, in place of an earlier one, all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".recording-") as beside:
        new = Path(beside) / "new"
        new.mkdir()
        for name, content in files.items():
            (new / name).write_bytes(content)
        if target.exists():
            os.rename(target, Path(beside) / "old")
        os.rename(new, target)
