"""Every kind of input, by its name."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.fuzz import (
    builder_targets,
    collection_targets,
    data_targets,
    experiment_targets,
    model_targets,
    run_targets,
)

Input = tuple[str, bytes]
"""What it stands for (a format, or the file that it is), and its content."""


class Target(NamedTuple):
    """One kind of input."""

    set_up: Callable[[Path], object]
    """Called once with the folder that may be written to; returns what the other two are given."""
    make: Callable[[object, Random], Input]
    use: Callable[[object, str, bytes], None]
    """Does what the program does with an input; raises the package's own errors, or nothing."""
    weight: int = 1
    """How many of the inputs are of this kind, beside the others."""


TARGETS = {
    "recording": Target(*data_targets.RECORDING, weight=6),
    "data-json": Target(*data_targets.DATA_JSON),
    "data-zip": Target(*data_targets.DATA_ZIP),
    "artists-csv": Target(*data_targets.ARTISTS_CSV),
    "genre-table": Target(*data_targets.GENRE_TABLE),
    "kept-songs": Target(*data_targets.KEPT_SONGS),
    "pack": Target(*data_targets.PACK, weight=2),
    "status": Target(*data_targets.STATUS),
    "model-zip": Target(*model_targets.MODEL_ZIP, weight=2),
    "model-folder": Target(*model_targets.MODEL_FOLDER, weight=2),
    "keras-model": Target(*model_targets.KERAS_MODEL, weight=2),
    "result": Target(*model_targets.RESULT),
    "run": Target(*run_targets.RUN, weight=2),
    "experiment": Target(*experiment_targets.EXPERIMENT, weight=2),
    "memory-run": Target(*run_targets.MEMORY_RUN),
    "link": Target(*run_targets.LINK, weight=2),
    "collection": Target(*collection_targets.COLLECTION, weight=2),
    "built-dataset": Target(*builder_targets.BUILT, weight=2),
}
ORDER = [name for name, target in TARGETS.items() for _ in range(target.weight)]


def target_of(number: int) -> str:
    """Return the name of the target of an input's number."""
    return ORDER[number % len(ORDER)]


def input_of(state: object, number: int, seed: int) -> Input:
    """Return the input of a number: the same for the same seed."""
    return TARGETS[target_of(number)].make(state, Random(f"{seed} {number}"))
