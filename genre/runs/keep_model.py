"""Save the model of a run under a name.

Conventions
-----------
A run's model is in its folder (``runs/<id>/model``) and is deleted with it.  Saved, it is
in ``models/<name>`` like any other model.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from genre.errors import ModelError, RunError
from genre.models.card_file import KERAS_FILE
from genre.models.registry import (
    list_models,
    load_model,
    read_card,
    save_model,
    validate_name,
)
from genre.paths import MODELS
from genre.runs.files import MODEL, fitting_seconds, read_config, read_events
from genre.system.schema import printable


def keep_model(run: Path, name: str, folder: Path = MODELS) -> Path:
    """Save the model of a run under a name.

    Parameters
    ----------
    run : Path
        A finished or stopped run.
    name : str
    folder : Path
        The folder of saved models.

    Returns
    -------
    path : Path
        The model's folder.

    Raises
    ------
    RunError
        If the run has no model.
    ModelError
        If it is saved already, under any name; or the name is taken or invalid, the run's model
        is corrupt, or cannot be written.
    """
    if not has_model(run):
        raise RunError(f"the run {run.name} has no model yet. Wait until it has finished.")
    validate_name(name)
    if saved := saved_as(run, folder):
        raise ModelError(
            f"the run {printable(run.name)} is saved already, as {saved}. Use that model, or "
            "rename it."
        )
    network, card = load_model(MODEL, run)
    events = read_events(run)[0]
    evaluation = next((e for e in reversed(events) if e["event"] == "evaluation"), None)
    seconds = round(fitting_seconds(events), 1)
    return save_model(
        network,
        replace(card, name=name, measures={"train_seconds": seconds} | card.measures),
        keras_file(run),
        evaluation=evaluation and evaluation | {"data": read_config(run)[1]},
        folder=folder,
    )


def saved_as(run: Path, folder: Path = MODELS) -> str:
    """Return under which name the model of a run is saved already; empty if it is not.

    A run that was resumed since has another model.

    Raises
    ------
    ModelError
        If the run's model is corrupt.
    """
    if not has_model(run):
        return ""
    own = read_card(MODEL, run)
    for name in list_models(folder):
        with contextlib.suppress(ModelError):  # a damaged one is none of this run's
            card = read_card(name, folder)
            if (card.command, card.created) == (own.command, own.created):
                return name
    return ""


def has_model(run: Path) -> bool:
    """Tell whether a run has a model."""
    return keras_file(run).is_file()


def keras_file(run: Path) -> Path:
    """Return the path of a run's ``.keras`` file, which may not exist yet."""
    return run / MODEL / KERAS_FILE


def free_name(base: str, folder: Path = MODELS) -> str:
    """Return an unused model name: the base, and the next number.

    Examples
    --------
    ``quick-1``, or ``quick-2`` where that is taken.
    """
    taken = set(list_models(folder))
    n = 1
    while f"{base}-{n}" in taken:
        n += 1
    return f"{base}-{n}"
