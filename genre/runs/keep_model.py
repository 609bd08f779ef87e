"""Keep the model of a run under a name of its own.

Conventions
-----------
A run's model lies in its folder (``runs/<id>/model``) and goes with it; kept, it
lies in ``models/<name>`` like any other, with the card that the run wrote.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from genre.errors import RunError
from genre.models.registry import KERAS_FILE, list_models, load_model, save_model
from genre.paths import MODELS
from genre.runs.files import MODEL


def keep_model(run: Path, name: str, folder: Path = MODELS) -> Path:
    """Save the model of a run under a name.

    Parameters
    ----------
    run : Path
        A run that was evaluated.
    name : str
    folder : Path
        Where saved models lie.

    Returns
    -------
    path : Path
        The model's folder.

    Raises
    ------
    RunError
        If the run has no model.
    ModelError
        If the name is taken or no name, the run's model is damaged, or the disk refuses.
    """
    if not has_model(run):
        raise RunError(f"the run {run.name} has no model yet. Wait until it was evaluated.")
    network, card = load_model(MODEL, run)
    return save_model(network, replace(card, name=name), keras_file(run), folder=folder)


def has_model(run: Path) -> bool:
    """Tell whether a run has come to a model."""
    return keras_file(run).is_file()


def keras_file(run: Path) -> Path:
    """Return where a run's ``.keras`` file lies, once it has one."""
    return run / MODEL / KERAS_FILE


def free_name(base: str, folder: Path = MODELS) -> str:
    """Return a name that no saved model has: the base, and the next number.

    Examples
    --------
    ``quick-1``, or ``quick-2`` where that is taken.
    """
    taken = set(list_models(folder))
    n = 1
    while f"{base}-{n}" in taken:
        n += 1
    return f"{base}-{n}"
