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
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from genre.errors import ModelError
from genre.models.card import GTZAN_NAME, ModelCard
from genre.models.card_file import (
    CARD_FILE,
    KERAS_FILE,
    MAX_CARD_BYTES,
    WEIGHTS_FILE,
    card_text,
    parse_card,
)
from genre.models.import_size import check_size
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
from genre.system.folders import remove_folder
from genre.system.safe_zip import BAD_DATA, is_link, leads_out, read_member
from genre.system.schema import brief

FILES = (CARD_FILE, WEIGHTS_FILE, KERAS_FILE)
BUNDLED_MODELS = ("ear", "starter", "course", "simple-rnn")
"""The models that come with the program: pages and documents need them."""
_REMEDY = "Choose a zip that was exported here."
IMPORTED = "as its imported card says, not measured here"
MAX_ZIP_BYTES = 512 * 2**20
_OVERHEAD_BYTES = 1024
"""An upper bound for the zip and .npy headers of one array."""
_UNREADABLE = (zipfile.BadZipFile, *BAD_DATA, NotImplementedError, OSError, RuntimeError)


def rename_model(name: str, new_name: str, folder: Path = MODELS) -> None:
    """Give a saved model another name.

    Parameters
    ----------
    name, new_name : str
    folder : Path
        The folder of saved models.

    Raises
    ------
    ModelError
        If there is no such model, it comes with the program, or the new name is taken
        or invalid.
    """
    path, new = _own_model(name, folder), folder / validate_name(new_name)
    if model_folder(new_name, folder).exists():
        raise ModelError(f"a model named {new_name} exists. Choose another name.")
    with _naming_refusals(f"the model {name} could not be renamed"):
        os.rename(path, new)


def delete_model(name: str, folder: Path = MODELS) -> None:
    """Delete a saved model, even a corrupt one.

    Raises
    ------
    ModelError
        If there is no such model, it comes with the program, or cannot be deleted.
    """
    path = _own_model(name, folder)
    with _naming_refusals(f"the model {name} could not be deleted"):
        remove_folder(path)


def export_model(name: str, folder: Path = MODELS, *, with_names: bool = False) -> bytes:
    """Return a saved model as a zip: its card, its weights and its Keras file.

    Parameters
    ----------
    name : str
    folder : Path
        The folder of saved models.
    with_names : bool
        Keep the names of its training tracks, and the paths in its commands.
        The names of GTZAN tracks are public and are always kept.

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
    files = {file: model_folder(name, folder) / file for file in (WEIGHTS_FILE, KERAS_FILE)}
    content = {file: path.read_bytes() for file, path in files.items() if path.is_file()}
    digests = {file: hashlib.sha256(data).hexdigest() for file, data in content.items()}
    card = card if with_names else _without_names(card)
    content = {CARD_FILE: card_text(card, digests).encode()} | content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file, data in content.items():
            info = zipfile.ZipInfo(file)  # dated 1980: the same bytes each time
            info.create_system, info.compress_type = 3, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def import_model(source: Path | bytes, name: str = "", folder: Path = MODELS) -> str:
    """Import a model from an untrusted zip, as `export_model` makes it.

    Parameters
    ----------
    source : Path or bytes
    name : str
        Its new name; the name in its card by default.
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
    shown = "the zip" if isinstance(source, bytes) else source.name
    check_size(source, shown, MAX_ZIP_BYTES, _REMEDY)
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as zipped:
            members = _choose_members(shown, zipped.infolist())
            text = _read(zipped, members[CARD_FILE], MAX_CARD_BYTES).decode("utf-8")
            card, digests = parse_card(text, f"the model in {shown}", _REMEDY)
            shapes = card.network.weight_shapes()
            n_numbers = card.network.n_parameters + 2 * card.network.n_values
            max_bytes = 4 * n_numbers + _OVERHEAD_BYTES * len(shapes)
            content = _read(zipped, members[WEIGHTS_FILE], max_bytes)
    except _UNREADABLE as error:
        raise ModelError(
            f"{shown} cannot be read ({brief(error)}). "
            "Choose a zip that was exported here, without a password."
        ) from error
    if hashlib.sha256(content).hexdigest() != digests[WEIGHTS_FILE]:
        raise ModelError(
            f"{WEIGHTS_FILE} in {shown} does not match the checksum in its card. "
            "Export the model again."
        )
    weights = load_weights(io.BytesIO(content), card.network)
    card = _marked_as_imported(replace(card, name=name or card.name))
    save_model(Network(card.network, weights), card, folder=folder)
    return card.name


def _own_model(name: str, folder: Path) -> Path:
    """Return the folder of a model that may be renamed and deleted."""
    if name not in [*list_models(folder), *misnamed_models(folder)]:
        validate_name(name)
        saved = ", ".join(list_models(folder)) or "none"
        raise ModelError(f"there is no model named {name}. Saved here: {saved}.")
    if name in BUNDLED_MODELS:
        raise ModelError(
            f"the model {name} comes with the program and cannot be changed. "
            "Choose a model of your own."
        )
    return folder / name


@contextlib.contextmanager
def _naming_refusals(failure: str) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{failure} ({error.strerror or error}). Check the folder's permissions."
        ) from error


def _choose_members(shown: str, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name; raise unless they are exactly those of a model."""
    for member in members:
        name = repr(member.filename[:60])
        if leads_out(member.filename):
            reason = f"contains {name}, a path outside of it"
        elif is_link(member):
            reason = f"contains the link {name}"
        elif member.filename not in FILES:
            reason = f"contains {name}"
        elif sum(other.filename == member.filename for other in members) > 1:
            reason = f"contains {name} twice"
        else:
            continue
        raise ModelError(
            f"{shown} {reason}, expected {', '.join(FILES)} and nothing else. "
            "Choose a zip that was exported here."
        )
    found = {member.filename: member for member in members}
    missing = [file for file in (CARD_FILE, WEIGHTS_FILE) if file not in found]
    if missing:
        raise ModelError(
            f"{shown} has no {' and no '.join(missing)}, expected both. "
            "Choose a zip that was exported here."
        )
    return found


def _read(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Read a member; errors begin with its name."""
    try:
        return read_member(zipped, member, max_bytes)
    except ValueError as error:
        raise ValueError(f"{member.filename} has {error}") from error


def _marked_as_imported(card: ModelCard) -> ModelCard:
    """Return a card whose figures say that they were not measured here."""
    figures = tuple(
        figure if IMPORTED in figure.what else replace(figure, what=f"{figure.what}; {IMPORTED}")
        for figure in card.figures
    )
    return replace(card, figures=figures)


def _without_names(card: ModelCard) -> ModelCard:
    """Return a card without the names of private songs and folders."""
    names = {
        digest: track_id if GTZAN_NAME.fullmatch(track_id) else ""
        for digest, track_id in card.heard.items()
    }
    figures = tuple(
        replace(figure, command=_without_paths(figure.command)) for figure in card.figures
    )
    return replace(card, heard=names, figures=figures, command=_without_paths(card.command))


def _without_paths(command: str) -> str:
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
