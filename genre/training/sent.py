"""A run that was sent from another machine is trained here, and goes back as files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from genre.datasets.types import SegmentSet
from genre.runs.sent import read_files, write_files
from genre.training.run import run_training
from genre.training.tensorflow import limit_threads, load_tensorflow


def train_sent(
    data: SegmentSet, name: str, files: Mapping[str, bytes], resume: bool
) -> dict[str, bytes]:
    """Train a run on one thread and return its files, whatever became of it.

    Parameters
    ----------
    data : SegmentSet
        Its dataset, loaded as its recipe asks.
    name : str
        Of the run.
    files : mapping
        As `genre.runs.sent.read_files` returns them.
    resume : bool
        Go on from its last checkpoint.

    Returns
    -------
    files : dict
        With events, model and checkpoint; the status says how it ended.

    Raises
    ------
    OSError
        If this machine's disk refuses.
    """
    load_tensorflow()
    limit_threads(1)  # as many runs are trained at a time as there are cores
    with tempfile.TemporaryDirectory(prefix="genre-run-") as temporary:
        run = Path(temporary) / name
        write_files(run, files)
        run_training(run, resume=resume, data=data)
        return read_files(run)
