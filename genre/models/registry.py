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
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.errors import GenreError, ModelError
from genre.models.card import ModelCard
from genre.models.card_schema import check_card, shown_card
from genre.network.forward import Network
from genre.network.weights import load_weights, save_weights
from genre.paths import MODELS, MODELS_BUNDLED
from genre.system.files import json_text
from genre.system.folders import replacing_folder, sweep_leftovers
from genre.system.schema import Damaged, parse_json, read_json, record, whole

CARD_FILE, WEIGHTS_FILE, KERAS_FILE = "card.json", "weights.npz", "model.keras"
EVALUATION_FILE = "evaluation.json"
"""Of a model that was saved from a run: what it predicted for each track of the test."""
CARD_VERSION = 1
_REMEDY = "Restore the model's folder from a copy, or train the model again."
MAX_CARD_BYTES = 8 * 2**20
"""A card of some 80,000 tracks."""
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
_VERSIONED = record(version=whole())
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

FIRST = ("ear", "starter")
"""The models that a visitor is offered first, the first of them unless another is chosen."""


def list_models(folder: Path = MODELS) -> list[str]:
    """Return the names of the saved models, `FIRST` first, then in alphabetical order."""
    sweep_leftovers(folder)
    folders = {folder, MODELS_BUNDLED} if folder == MODELS else {folder}
    names = {name for one in folders for name in _names_in(one) if _NAME.fullmatch(name)}
    places = {name: place for place, name in enumerate(FIRST)}
    return sorted(names, key=lambda name: (places.get(name, len(FIRST)), name))


def misnamed_models(folder: Path = MODELS) -> list[str]:
    """Return the folders with a card whose names no model can have: they are not used."""
    names = [name for name in _names_in(folder) if not name.startswith(".")]
    return sorted(name for name in names if not _NAME.fullmatch(name))


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
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} is not a valid name for a model. Use 1 to 64 lower-case letters, digits, "
            "dots, dashes and underscores, starting with a letter or digit."
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
    if not (path / CARD_FILE).is_file():
        saved = ", ".join(list_models(folder)) or "none"
        raise ModelError(f"there is no model named {name}. Saved here: {saved}.")
    try:
        with (path / CARD_FILE).open("rb") as file:
            content = file.read(MAX_CARD_BYTES + 1)
        card, digests = parse_card(content, name)
        for beside, digest in digests.items():
            if not (path / beside).is_file():
                raise ModelError(f"{beside} of the model {name} is missing. {_REMEDY}")
            if _sha256(path / beside) != digest:
                raise ModelError(f"{beside} of the model {name} is corrupt. {_REMEDY}")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ModelError(f"the model {name} cannot be read ({reason}). {_REMEDY}") from error
    return replace(card, name=name)  # the folder may have been renamed


def parse_card(text: str | bytes, name: str) -> tuple[ModelCard, dict[str, str | None]]:
    """Read the text of a card, which may come from anyone.

    Parameters
    ----------
    text : str or bytes
        Bytes are UTF-8.
    name : str
        The name of the model in error messages.

    Returns
    -------
    card : ModelCard
    digests : dict
        The sha256 of the files beside it, by name; the weights are always included.

    Raises
    ------
    ModelError
        If the card is invalid, or of another version.
    """
    try:
        values = parse_json(text, max_bytes=MAX_CARD_BYTES)
        _VERSIONED(values, "the card")
        version, card = values.pop("version"), None
        if version == CARD_VERSION:
            check_card(values, (WEIGHTS_FILE, KERAS_FILE, EVALUATION_FILE))
            digests = {WEIGHTS_FILE: None, **values.pop("sha256")}
            card = ModelCard.from_dict(shown_card(values))
    except Damaged as error:
        raise ModelError(f"the card of {name} cannot be read ({error}). {_REMEDY}") from error
    except (GenreError, *_UNREADABLE) as error:
        said = str(error).rpartition(". ")[0] or str(error).rstrip(".")  # without what to do
        reason = said if isinstance(error, GenreError) else type(error).__name__
        raise ModelError(f"the card of {name} cannot be read ({reason}). {_REMEDY}") from error
    if card is None:
        raise ModelError(
            f"the card of {name} has version {version}, this program reads version "
            f"{CARD_VERSION}. Train the model again."
        )
    made, read = (card.features.n_steps, card.features.n_values, len(card.genres)), card.network
    if made != (read.n_steps, read.n_values, read.n_genres):
        raise ModelError(f"the features and genres of {name} do not fit its network. {_REMEDY}")
    return card, digests


def card_text(card: ModelCard, digests: Mapping[str, str]) -> str:
    """Return a card as the text of its file, with the sha256 of the files beside it."""
    content = {"version": CARD_VERSION} | card.to_dict() | {"sha256": dict(digests)}
    return json.dumps(content, indent=1) + "\n"


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
        raise ModelError(f"the model {name} was saved without {KERAS_FILE}. Train it again.")
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
    path = folder / validate_name(card.name)
    if model_folder(card.name, folder).exists() and not replace:
        raise ModelError(f"a model named {card.name} exists. Choose another name.")
    try:
        with replacing_folder(path, replace=replace) as new:
            save_weights(new / WEIGHTS_FILE, network.weights)
            if keras_file:
                shutil.copyfile(keras_file, new / KERAS_FILE)
            if evaluation:
                (new / EVALUATION_FILE).write_text(json_text(dict(evaluation)), encoding="utf-8")
            digests = {file.name: _sha256(file) for file in sorted(new.iterdir())}
            (new / CARD_FILE).write_text(card_text(card, digests), encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"the model {card.name} could not be saved ({error.strerror or error}). "
            "Free some space or check the folder's permissions, then save again."
        ) from error
    return path


def _sha256(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
