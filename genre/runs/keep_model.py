"""Save the model of a run under a name.

Conventions
-----------
A run's model is in its folder (``runs/<id>/model``) and is deleted with it.  Saved, it is
in ``models/<name>`` like any other model.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from genre.errors import RunError
from genre.models.card_file import KERAS_FILE
from genre.models.registry import list_models, load_model, save_model
from genre.paths import MODELS
from genre.runs.files import MODEL


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
        If the name is taken or invalid, the run's model is corrupt, or cannot be written.
    """
    if not has_model(run):
        raise RunError(f"the run {run.name} has no model yet. Wait until it has finished.")
    network, card = load_model(MODEL, run)
    return save_model(network, replace(card, name=name), keras_file(run), folder=folder)


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
