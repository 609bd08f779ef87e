"""What a model is called, in any script; and the names that a card leaves out on its way out.

Conventions
-----------
name
    Of its folder, in links and commands (`genre.system.names`).
label
    As it was typed, on the card; empty where that is the name.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from genre.models.card import GTZAN_NAME, ModelCard
from genre.models.card_schema import MAX_LABEL
from genre.models.registry import list_models, misnamed_models
from genre.paths import MODELS
from genre.system.names import fit_name, free_name, one_line

FALLBACK = "model"


def new_name(typed: str, folder: Path = MODELS, *, besides: str = "") -> tuple[str, str]:
    """Return the name and the label of a model that is to be called so.

    Parameters
    ----------
    typed : str
        In any script; a name that is taken gets a number.
    folder : Path
        The folder of saved models.
    besides : str
        The model that has the name now, and is to be renamed.

    Returns
    -------
    name, label : str
        The label is empty where it is the name.

    Examples
    --------
    >>> new_name("my model 1")
    ('my-model-1', 'my model 1')
    """
    taken = {*list_models(folder), *misnamed_models(folder)} - {besides}

    def is_taken(name: str) -> bool:
        return name in taken or (name != besides and (folder / name).exists())

    label = one_line(typed)[:MAX_LABEL].strip()
    name = free_name(fit_name(typed.strip(), FALLBACK), is_taken)
    return name, "" if label == name else label


def shown_name(card: ModelCard) -> str:
    """Return what pages call a model: its label, with its name where that does not follow from it.

    Examples
    --------
    Of two models that were both called ``my model``, the second is ``my model (my-model-2)``.
    """
    if not card.label:
        return card.name
    follows = fit_name(card.label, FALLBACK) == card.name
    return card.label if follows else f"{card.label} ({card.name})"


def without_names(card: ModelCard) -> ModelCard:
    """Return a card without the names of private songs and folders; those of GTZAN stay."""
    names = {
        digest: track_id if GTZAN_NAME.fullmatch(track_id) else ""
        for digest, track_id in card.heard.items()
    }
    figures = tuple(
        replace(figure, command=without_paths(figure.command)) for figure in card.figures
    )
    return replace(card, heard=names, figures=figures, command=without_paths(card.command))


def without_paths(command: str) -> str:
    """Return a command with only the last part of each private path."""
    try:
        words = shlex.split(command)
    except ValueError:  # not a command line
        return ""
    shown = [
        f"{option}{equals}{PureWindowsPath(value).name}"
        if value.startswith(("~", ".."))
        or PurePosixPath(value).is_absolute()
        or PureWindowsPath(value).is_absolute()
        else word
        for word in words
        for option, equals, value in [
            word.partition("=") if word.startswith("--") and "=" in word else ("", "", word)
        ]
    ]
    return shlex.join(shown)
