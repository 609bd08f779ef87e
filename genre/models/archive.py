"""Rename, delete, export and import saved models.

Conventions
-----------
A zip holds ``card.json``, ``weights.npz`` and, where there is one, ``model.keras``, with
no folder around them.  An import reads numbers and text only.  It reads the card first,
which says the names and shapes of the arrays; nothing larger is read.  The saved files are
written from what was read.  ``model.keras`` is neither opened nor kept, since Keras can run
code that is hidden in such a file: an imported model has no Keras file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from genre.errors import ModelError
from genre.language import N_, _
from genre.models.card import ModelCard
from genre.models.card_file import (
    CARD_FILE,
    KERAS_FILE,
    MAX_CARD_BYTES,
    WEIGHTS_FILE,
    card_text,
    parse_card,
)
from genre.models.import_size import check_size
from genre.models.names import new_name, without_names
from genre.models.registry import (
    list_models,
    misnamed_models,
    model_folder,
    read_card,
    save_model,
    validate_name,
)
from genre.network.forward import Network
from genre.network.weights import load_weights
from genre.paths import MODELS
from genre.system.files import write_text
from genre.system.folders import remove_folder
from genre.system.safe_zip import UNREADABLE, choose_members, read_named, zip_of
from genre.system.schema import Damaged, brief, cause

FILES = (CARD_FILE, WEIGHTS_FILE, KERAS_FILE)
BUNDLED_MODELS = ("ear", "starter", "course", "simple-rnn")
"""The models that come with the program: pages and documents need them."""
_REMEDY = N_("Choose a zip that was exported here.")
IMPORTED = "as its imported card says, not measured here"
MAX_ZIP_BYTES = 512 * 2**20
_OVERHEAD_BYTES = 1024
"""An upper bound for the zip and .npy headers of one array."""


def rename_model(name: str, typed: str, folder: Path = MODELS) -> str:
    """Give a saved model another name.

    Parameters
    ----------
    name : str
    typed : str
        In any script, as `genre.models.names.new_name` takes it.
    folder : Path
        The folder of saved models.

    Returns
    -------
    name : str
        Its new name; what was typed is its label.

    Raises
    ------
    ModelError
        If there is no such model, it comes with the program, or the system refuses.
    """
    path = _own_model(name, folder)
    renamed, label = new_name(typed, folder, besides=name)
    with _naming_refusals(_("the model {name} could not be renamed").format(name=name)):
        if renamed != name:
            os.rename(path, folder / renamed)
        _write_label(folder / renamed / CARD_FILE, renamed, label)
    return renamed


def _write_label(path: Path, name: str, label: str) -> None:
    """Write what a model is called on its card; a damaged card stays as it is."""
    with contextlib.suppress(ModelError):
        card, digests = parse_card(path.read_bytes(), name)
        known = {file: digest for file, digest in digests.items() if digest}
        write_text(path, card_text(replace(card, name=name, label=label), known))


def delete_model(name: str, folder: Path = MODELS) -> None:
    """Delete a saved model, even a corrupt one.

    Raises
    ------
    ModelError
        If there is no such model, it comes with the program, or cannot be deleted.
    """
    path = _own_model(name, folder)
    with _naming_refusals(_("the model {name} could not be deleted").format(name=name)):
        remove_folder(path)


def export_model(
    name: str, folder: Path = MODELS, *, with_names: bool = False, with_keras: bool = True
) -> bytes:
    """Return a saved model as a zip: its card, its weights and its Keras file.

    Parameters
    ----------
    name : str
    folder : Path
        The folder of saved models.
    with_names : bool
        Keep the names of its training tracks, and the paths in its commands.
        The names of GTZAN tracks are public and are always kept.
    with_keras : bool
        Whether its Keras file goes along, which no import keeps.

    Returns
    -------
    content : bytes
        The same model gives the same bytes.

    Raises
    ------
    ModelError
        If there is no such model, or its folder is corrupt.
    """
    card = read_card(name, folder)
    beside = (WEIGHTS_FILE, *[KERAS_FILE] * with_keras)
    files = {file: model_folder(name, folder) / file for file in beside}
    content = {file: path.read_bytes() for file, path in files.items() if path.is_file()}
    digests = {file: hashlib.sha256(data).hexdigest() for file, data in content.items()}
    card = card if with_names else without_names(card)
    return zip_of({CARD_FILE: card_text(card, digests).encode()} | content)


def import_model(source: Path | bytes, name: str = "", folder: Path = MODELS) -> str:
    """Import a model from an untrusted zip, as `export_model` makes it.

    Parameters
    ----------
    source : Path or bytes
    name : str
        Its new name, in any script; the one on its card by default.  One that is taken gets a
        number.
    folder : Path
        The folder of saved models.

    Returns
    -------
    name : str
        Its name.  Its figures say that they were not measured here.

    Raises
    ------
    ModelError
        If it is not such a zip, or anything in it is not exactly what a model needs.
    """
    network, card = read_exported(source)
    name, label = new_name(name or card.label or card.name, folder)
    save_model(network, _marked_as_imported(replace(card, name=name, label=label)), folder=folder)
    return name


def read_exported(source: Path | bytes) -> tuple[Network, ModelCard]:
    """Read a model from an untrusted zip, as `export_model` makes it.

    ModelError is raised as by `import_model`.
    """
    shown = _("the zip") if isinstance(source, bytes) else source.name
    check_size(source, shown, MAX_ZIP_BYTES, _(_REMEDY))
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as zipped:
            members = _choose_members(shown, zipped.infolist())
            text = read_named(zipped, members[CARD_FILE], MAX_CARD_BYTES).decode("utf-8")
            card, digests = parse_card(
                text, _("the model in {shown}").format(shown=shown), _(_REMEDY)
            )
            shapes = card.network.weight_shapes()
            n_numbers = card.network.n_parameters + 2 * card.network.n_values
            max_bytes = 4 * n_numbers + _OVERHEAD_BYTES * len(shapes)
            content = read_named(zipped, members[WEIGHTS_FILE], max_bytes)
    except UNREADABLE as error:
        raise ModelError(
            _(
                "{shown} cannot be read ({error}). Choose a zip that was exported here, "
                "without a password."
            ).format(shown=shown, error=brief(error))
        ) from error
    if hashlib.sha256(content).hexdigest() != digests[WEIGHTS_FILE]:
        raise ModelError(
            _(
                "{weights_file} in {shown} does not match the checksum in its card. Export the "
                "model again."
            ).format(weights_file=WEIGHTS_FILE, shown=shown)
        )
    return Network(card.network, load_weights(io.BytesIO(content), card.network)), card


def _own_model(name: str, folder: Path) -> Path:
    """Return the folder of a model that may be renamed and deleted."""
    if name not in [*list_models(folder), *misnamed_models(folder)]:
        validate_name(name)
        saved = ", ".join(list_models(folder)) or _("none")
        raise ModelError(
            _("there is no model named {name}. Saved here: {saved}.").format(name=name, saved=saved)
        )
    if name in BUNDLED_MODELS:
        raise ModelError(
            _(
                "the model {name} comes with the program and cannot be changed. Choose a model "
                "of your own."
            ).format(name=name)
        )
    return folder / name


@contextlib.contextmanager
def _naming_refusals(failure: str) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            _("{failure} ({reason}). Check the folder's permissions.").format(
                failure=failure, reason=cause(error)
            )
        ) from error


def _choose_members(shown: str, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name; raise unless they are exactly those of a model."""
    try:
        return choose_members(shown, members, FILES, required=(CARD_FILE, WEIGHTS_FILE))
    except Damaged as error:
        remedy = _(_REMEDY)
        raise ModelError(f"{error}. {remedy}") from error


def _marked_as_imported(card: ModelCard) -> ModelCard:
    """Return a card whose figures say that they were not measured here."""
    figures = tuple(
        figure if IMPORTED in figure.what else replace(figure, what=f"{figure.what}; {IMPORTED}")
        for figure in card.figures
    )
    return replace(card, figures=figures)
