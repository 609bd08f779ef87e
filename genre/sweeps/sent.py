"""The runs of a sweep on the workers of a cluster: sent as files, and back as files.

Conventions
-----------
The dataset travels once to each worker, by the digest of its content (`genre.cluster`).  A run
has its folder here when it is back, with curves and model as a run of this machine has them; one
that goes on from an earlier rung keeps its folder meanwhile.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre.cluster.tasks import run_long_tasks
from genre.datasets.load import load_dataset
from genre.datasets.types import SegmentSet
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.recipes.prepare import extraction_features
from genre.runs.files import CONFIG_FILE, read_status
from genre.runs.labels import MAX_LABEL, MAX_TAG, RunLabel, write_label
from genre.runs.sent import read_files, write_files
from genre.runs.store import create_run, delete_run, prepare_resume, steer_run
from genre.sweeps.files import Sweep, Trial

TrainSent = Callable[[SegmentSet, str, Mapping[str, bytes], bool], dict[str, bytes]]
"""Trains a run at a worker: `genre.training.sent.train_sent`."""


@dataclass(frozen=True, slots=True)
class Work:
    """A trial with what its run is asked for: its recipe, and after which epoch it stops."""

    trial: Trial
    config: TrainConfig
    until: int | None


def make_run(sweep: Sweep, work: Work, run: Path) -> bool:
    """Make the folder of a run, or ask more of one there is; return whether there was one.

    Raises
    ------
    RunError
        If the disk refuses, or it is damaged.
    """
    is_new = not (run / CONFIG_FILE).exists()
    if is_new:
        if run.exists():  # its maker was killed at that moment
            delete_run(run)
        create_run(run, work.config, sweep.spec.source)
        name, tag = sweep.name_of(work.trial), sweep.spec.label[:MAX_TAG]
        write_label(run, RunLabel(name[:MAX_LABEL], tags=(tag,)))
    steer_run(run, until=work.until)
    return not is_new


def data_key(config: TrainConfig) -> tuple[Any, ...]:
    """Return what recipes have in common that read the same values of a dataset."""
    return extraction_features(config), needs_teacher_values(config)


def can_be_sent(run: Path) -> bool:
    """Tell whether nothing of a run is at work here, nor is it finished.

    Raises
    ------
    RunError
        If it is damaged.
    """
    if not (run / CONFIG_FILE).exists():
        return True
    status = read_status(run)
    return not (status.is_live and status.pid) and status.state != "finished"


def train_there(
    sweep: Sweep,
    works: Iterable[Work],
    runs: Path,
    train: TrainSent,
    on_tick: Callable[[], None],
) -> Generator[tuple[Trial, bool]]:
    """Train runs on the cluster, all of which read the same values of the dataset.

    Parameters
    ----------
    sweep : Sweep
    works : iterable of Work
        Asked for one more whenever a worker is free; of the first one the data is loaded.
    runs : Path
        Where the runs are.
    train : callable
    on_tick : callable
        Called every second or so; what it raises ends the rest.

    Yields
    ------
    trial : Trial
    is_back : bool
        Whether its run is here, trained; else no worker could do it.  When the cluster is lost,
        the trials that are left are not yielded.

    Raises
    ------
    ClusterError, DatasetError, RunError
        If the cluster cannot be used, the data not be read, or a run not be prepared.
    """
    waiting = iter(works)
    if (first := next(waiting, None)) is None:
        return
    features, has_teacher = data_key(first.config)
    data = load_dataset(sweep.spec.source, features=features, teacher_values=has_teacher)
    sent: dict[str, Trial] = {}

    def tasks() -> Iterator[tuple[str, dict[str, bytes], bool]]:
        for work in itertools.chain([first], waiting):
            yield _task(sweep, work, runs, sent)

    ended = run_long_tasks(train, tasks(), shared=(data,), on_tick=on_tick)
    with closing(ended):
        for (name, *_rest), outcome in ended:
            is_back = outcome is not None and outcome.error is None
            if outcome is not None and is_back:
                write_files(runs / name, outcome.value)
            yield sent[name], is_back


def _task(
    sweep: Sweep, work: Work, runs: Path, sent: dict[str, Trial]
) -> tuple[str, dict[str, bytes], bool]:
    """Return a run as it is sent: its name, its files, and whether it goes on."""
    name = work.trial.run
    sent[name] = work.trial
    if (runs / name / CONFIG_FILE).exists():
        make_run(sweep, work, runs / name)
        prepare_resume(runs / name)
        return name, read_files(runs / name), True
    with tempfile.TemporaryDirectory(prefix="genre-run-") as temporary:
        make_run(sweep, work, Path(temporary) / name)
        return name, read_files(Path(temporary) / name), False
