"""Saved models: a folder each, with a card.

Conventions
-----------
``models/<name>/`` holds ``card.json`` (what it is, how it was made, its
accuracy), ``weights.npz`` (what this program runs) and ``model.keras`` (the same
numbers for users of Keras).  ``docs/formats.md`` lists every key.  Reading a
model reads numbers only: nothing in a folder is executed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.errors import ModelError
from genre.language import N_, _
from genre.models.card import ModelCard
from genre.models.card_file import (
    CARD_FILE,
    EVALUATION_FILE,
    KERAS_FILE,
    MAX_CARD_BYTES,
    REMEDY,
    WEIGHTS_FILE,
    card_text,
    parse_card,
)
from genre.network.forward import Network
from genre.network.weights import load_weights, save_weights
from genre.paths import MODELS, MODELS_BUNDLED
from genre.system.files import json_text
from genre.system.folders import replacing_folder, sweep_leftovers, try_folder
from genre.system.names import NAME
from genre.system.schema import Damaged, cause, read_json

_REMEDY_BUNDLED = N_("It comes with the program: install the program again.")

FIRST = ("ear", "starter")
"""The models that a visitor is offered first, the first of them unless another is chosen."""


def list_models(folder: Path = MODELS) -> list[str]:
    """Return the names of the saved models, `FIRST` first, then in alphabetical order."""
    sweep_leftovers(folder)
    folders = {folder, MODELS_BUNDLED} if folder == MODELS else {folder}
    names = {name for one in folders for name in _names_in(one) if NAME.fullmatch(name)}
    places = {name: place for place, name in enumerate(FIRST)}
    return sorted(names, key=lambda name: (places.get(name, len(FIRST)), name))


def misnamed_models(folder: Path = MODELS) -> list[str]:
    """Return the folders with a card whose names no model can have: they are not used."""
    names = [name for name in _names_in(folder) if not name.startswith(".")]
    return sorted(name for name in names if not NAME.fullmatch(name))


def _names_in(folder: Path) -> list[str]:
    return [path.parent.name for path in folder.glob(f"*/{CARD_FILE}")]


def model_folder(name: str, folder: Path = MODELS) -> Path:
    """Return the folder of a model, saved or bundled.

    Raises
    ------
    ModelError
        If the name is invalid.
    """
    own = folder / validate_name(name)
    if not own.exists():
        sweep_leftovers(folder)  # it may have been put aside by a process that was killed
    is_bundled = folder == MODELS and not own.exists() and (MODELS_BUNDLED / name).is_dir()
    return MODELS_BUNDLED / name if is_bundled else own


def validate_name(name: str) -> str:
    """Return a model's name if it is valid."""
    if not NAME.fullmatch(name):
        raise ModelError(
            _(
                "{name!r} is not a valid name for a model. Use 1 to 64 lower-case letters, "
                "digits, dots, dashes and underscores, starting with a letter or digit."
            ).format(name=name)
        )
    return name


def read_card(name: str, folder: Path = MODELS) -> ModelCard:
    """Read a model's card and check its files against it.

    Parameters
    ----------
    name : str
        One of `list_models`.
    folder : Path
        The folder of saved models.

    Returns
    -------
    card : ModelCard

    Raises
    ------
    ModelError
        If there is no such model, its card is invalid, or a file is missing
        or corrupt.
    """
    path = model_folder(name, folder)
    remedy = _(_REMEDY_BUNDLED if path.parent == MODELS_BUNDLED != folder else REMEDY)
    if not (path / CARD_FILE).is_file():
        saved = ", ".join(list_models(folder)) or "none"
        raise ModelError(
            _("there is no model named {name}. Saved here: {saved}.").format(name=name, saved=saved)
        )
    try:
        with (path / CARD_FILE).open("rb") as file:
            content = file.read(MAX_CARD_BYTES + 1)
        card, digests = parse_card(content, name, remedy)
        for beside, digest in digests.items():
            if not (path / beside).is_file():
                raise ModelError(
                    _("{beside} of the model {name} is missing. {remedy}").format(
                        beside=beside, name=name, remedy=remedy
                    )
                )
            if _sha256(path / beside) != digest:
                raise ModelError(
                    _("{beside} of the model {name} is corrupt. {remedy}").format(
                        beside=beside, name=name, remedy=remedy
                    )
                )
    except OSError as error:
        raise ModelError(
            _("the model {name} cannot be read ({reason}). {remedy}").format(
                name=name, reason=cause(error), remedy=remedy
            )
        ) from error
    return replace(card, name=name)  # the folder may have been renamed


def load_model(name: str, folder: Path = MODELS) -> tuple[Network, ModelCard]:
    """Load a saved model.

    Parameters
    ----------
    name : str
        One of `list_models`.
    folder : Path
        The folder of saved models.

    Returns
    -------
    network : Network
    card : ModelCard

    Raises
    ------
    ModelError
        If there is no such model, or its folder is corrupt.
    """
    card = read_card(name, folder)
    weights = load_weights(model_folder(name, folder) / WEIGHTS_FILE, card.network)
    return Network(card.network, weights), card


def read_keras_file(name: str, folder: Path = MODELS) -> bytes:
    """Read a model's ``model.keras``, to open it in Keras.

    Parameters
    ----------
    name : str
        One of `list_models`; of a run, ``model``.
    folder : Path

    Returns
    -------
    content : bytes
        It is not opened here.

    Raises
    ------
    ModelError
        If there is no such model, it has no such file, or its folder is corrupt.
    """
    read_card(name, folder)
    path = model_folder(name, folder) / KERAS_FILE
    if not path.is_file():
        raise ModelError(
            _("the model {name} was saved without {keras_file}. Train it again.").format(
                name=name, keras_file=KERAS_FILE
            )
        )
    return path.read_bytes()


def read_evaluation(name: str, folder: Path = MODELS) -> dict[str, Any]:
    """Read how a model was tested, where that was saved with it; else empty."""
    try:
        document = read_json(model_folder(name, folder) / EVALUATION_FILE)
    except Damaged:
        return {}
    return document if isinstance(document, dict) else {}


def save_model(
    network: Network,
    card: ModelCard,
    keras_file: Path | None = None,
    *,
    evaluation: Mapping[str, Any] | None = None,
    folder: Path = MODELS,
    replace: bool = False,
) -> Path:
    """Save a model whole or not at all: a reader meets the old one or the new, also after a kill.

    Parameters
    ----------
    network : Network
    card : ModelCard
        Its ``name`` becomes the folder's.
    keras_file : Path, optional
        A ``.keras`` file with the same weights, to be copied in.
    evaluation : mapping, optional
        The prediction for each track of its test, and ``data``: where these are.
    folder : Path
        The folder of saved models.
    replace : bool
        Whether a model of that name may be replaced.

    Returns
    -------
    path : Path
        The model's folder.

    Raises
    ------
    ModelError
        If the name is taken or invalid, or the model cannot be written.
    """
    path = folder / check_new_name(card.name, folder, replace=replace)
    with _saving(card.name), replacing_folder(path, replace=replace) as new:
        save_weights(new / WEIGHTS_FILE, network.weights)
        if keras_file:
            shutil.copyfile(keras_file, new / KERAS_FILE)
        if evaluation:
            (new / EVALUATION_FILE).write_text(json_text(dict(evaluation)), encoding="utf-8")
        digests = {file.name: _sha256(file) for file in sorted(new.iterdir())}
        (new / CARD_FILE).write_text(card_text(card, digests), encoding="utf-8")
    return path


def check_new_name(name: str, folder: Path = MODELS, *, replace: bool = False) -> str:
    """Return a name if a model can be saved under it; ask before the work, not after it.

    ModelError is raised if it is taken or invalid, or nothing can be written in the folder.
    """
    if model_folder(name, folder).exists() and not replace:
        raise ModelError(_("a model named {name} exists. Choose another name.").format(name=name))
    with _saving(name):
        try_folder(folder)
    return name


@contextmanager
def _saving(name: str) -> Iterator[None]:
    """Say in a sentence why a model could not be saved."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            _(
                "the model {name} could not be saved ({reason}). Free some space or check the "
                "folder's permissions, then save again."
            ).format(name=name, reason=cause(error))
        ) from error


def _sha256(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
