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
from genre.language import _
from genre.models.card_file import CARD_FILE, KERAS_FILE
from genre.models.names import new_name
from genre.models.registry import (
    list_models,
    load_model,
    read_card,
    save_model,
)
from genre.paths import MODELS
from genre.runs.evaluations import last_evaluation
from genre.runs.files import MODEL, fitting_seconds, read_config, read_events
from genre.system.schema import printable


def keep_model(run: Path, name: str, folder: Path = MODELS) -> Path:
    """Save the model of a run under a name.

    Parameters
    ----------
    run : Path
        A finished or stopped run.
    name : str
        In any script, as `genre.models.names.new_name` takes it.
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
        If it is saved already, under any name; or the run's model is corrupt, or cannot be
        written.
    """
    if not has_model(run):
        raise RunError(
            _("the run {name} has no model yet. Wait until it has finished.").format(name=run.name)
        )
    if saved := saved_as(run, folder):
        raise ModelError(
            _("the run {name} is saved already, as {saved}. Use that model, or rename it.").format(
                name=printable(run.name), saved=saved
            )
        )
    network, card = load_model(MODEL, run)
    name, label = new_name(name, folder)
    events = read_events(run)[0]
    evaluation = last_evaluation(events)
    seconds = round(fitting_seconds(events), 1)
    return save_model(
        network,
        replace(card, name=name, label=label, measures={"train_seconds": seconds} | card.measures),
        keras_file(run) if keras_file(run).is_file() else None,  # an imported run has none
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
    return (run / MODEL / CARD_FILE).is_file()


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
