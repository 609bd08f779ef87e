"""Saved models: a folder each, with a card that says what the model is worth.

Conventions
-----------
``models/<name>/`` holds ``card.json`` (what it is, how it was made, how right it
is), ``weights.npz`` (what this program runs) and ``model.keras`` (the same
numbers for users of Keras).  ``docs/formats.md`` lists every key.  Reading a
model reads numbers only: nothing in a folder is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from genre.dataset import Track
from genre.errors import ModelError
from genre.features import FeatureConfig
from genre.network import Network, NetworkConfig, load_weights, save_weights

MODELS = Path(__file__).resolve().parent.parent / "models"
"""Where saved models lie."""
CARD_FILE, WEIGHTS_FILE, KERAS_FILE = "card.json", "weights.npz", "model.keras"
CARD_VERSION = 1
_REMEDY = "Restore the model's folder from a copy, or train the model again."
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_GTZAN_NAME = re.compile(r"[a-z]+\.\d{5}")
"""How the GTZAN collection names its tracks, in every copy of it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured accuracy, with all that is needed to read it rightly.

    ``what`` names the split or the tracks, ``unit`` what was counted (``tracks``
    or ``segments``), ``is_honest`` tells a figure for unheard music from one
    that leaks, ``command`` reproduces it.
    """

    what: str
    unit: str
    value: float
    low: float
    high: float
    n: int
    is_honest: bool
    command: str

    def __str__(self) -> str:
        return (
            f"{self.value:.0%} of {self.n} {self.unit} "
            f"(95 % interval {self.low:.0%} to {self.high:.0%}; {self.what})"
        )


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a saved model.

    Parameters
    ----------
    name, about : str
        Its name, and one sentence for visitors.
    genres : tuple of str
        In the order of the network's outputs.
    features : FeatureConfig
        What a signal must become before the network reads it.
    network : NetworkConfig
    recipe : dict
        The `genre.recipe.TrainConfig` it was trained with.
    data : dict
        ``name``, ``n_tracks``, ``n_segments``, ``n_artists`` of what it was trained on.
    figures : tuple of Figure
        The accuracies that may be quoted, the honest one first.
    certainty : dict
        How often each wording of the verdict was right, as measured: see
        `genre.prediction.Certainty`.
    heard : dict
        From digest to track_id of every track it was trained on.
    command, versions, created : str, dict, str
        How, with what and when (UTC) it was made.
    """

    name: str
    about: str
    genres: tuple[str, ...]
    features: FeatureConfig
    network: NetworkConfig
    recipe: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    certainty: dict[str, dict[str, float]] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    command: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    created: str = ""

    @property
    def honest_figure(self) -> Figure | None:
        """The accuracy on unheard music to quote first, if any was measured."""
        return next((f for f in self.figures if f.is_honest and f.unit == "tracks"), None)

    def has_heard(self, track: Track) -> bool:
        """Tell whether the model was trained on a track.

        Known by the digest of its samples and, since an excerpt has another digest,
        by its name where that is one of the GTZAN collection's.
        """
        if track.digest in self.heard:
            return True
        name = track.track_id
        return bool(_GTZAN_NAME.fullmatch(name)) and name in self.heard.values()

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain values for JSON."""
        return asdict(self) | {
            "features": self.features.to_dict(),
            "network": self.network.to_dict(),
            "genres": list(self.genres),
            "figures": [asdict(figure) for figure in self.figures],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelCard:
        """Read a card written by `to_dict`."""
        return cls(
            **values
            | {
                "genres": tuple(values["genres"]),
                "features": FeatureConfig.from_dict(values["features"]),
                "network": NetworkConfig.from_dict(values["network"]),
                "figures": tuple(Figure(**figure) for figure in values["figures"]),
            }
        )


def list_models(folder: Path = MODELS) -> list[str]:
    """Return the names of the saved models, the starter first, then in alphabetical order."""
    names = sorted(p.parent.name for p in folder.glob(f"*/{CARD_FILE}"))
    return sorted(names, key=lambda name: name != "starter")


def validate_name(name: str) -> str:
    """Return a model's name, or say what a name may look like."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} cannot name a model. Use 1 to 64 small letters, digits, dots, dashes "
            "and underscores, starting with a letter or digit."
        )
    return name


def read_card(name: str, folder: Path = MODELS) -> ModelCard:
    """Read a model's card and check its files against it.

    Parameters
    ----------
    name : str
        One of `list_models`.
    folder : Path
        Where saved models lie.

    Returns
    -------
    card : ModelCard

    Raises
    ------
    ModelError
        If there is no such model, or a file is missing, truncated or altered.
    """
    path = folder / validate_name(name)
    if not (path / CARD_FILE).is_file():
        saved = ", ".join(list_models(folder)) or "none"
        raise ModelError(f"there is no model named {name}. Saved here: {saved}.")
    try:
        values = json.loads((path / CARD_FILE).read_text(encoding="utf-8"))
        version, digests = values.pop("version"), values.pop("sha256")
        if version != CARD_VERSION:
            raise ModelError(
                f"the card of {name} has version {version}, this program reads version "
                f"{CARD_VERSION}. Train the model again."
            )
        card = ModelCard.from_dict(values)
        digests = {WEIGHTS_FILE: None, **digests}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"the card of {name} cannot be read ({type(error).__name__}). {_REMEDY}"
        ) from error
    made, read = (card.features.n_steps, card.features.n_values, len(card.genres)), card.network
    if made != (read.n_steps, read.n_values, read.n_genres):
        raise ModelError(f"the features and genres of {name} do not fit its network. {_REMEDY}")
    for file, digest in digests.items():
        if not (path / Path(file).name).is_file():
            raise ModelError(f"{file} of the model {name} is missing. {_REMEDY}")
        if _sha256(path / Path(file).name) != digest:
            raise ModelError(f"{file} of the model {name} was altered or cut short. {_REMEDY}")
    return card


def load_model(name: str, folder: Path = MODELS) -> tuple[Network, ModelCard]:
    """Load a saved model.

    Parameters
    ----------
    name : str
        One of `list_models`.
    folder : Path
        Where saved models lie.

    Returns
    -------
    network : Network
    card : ModelCard

    Raises
    ------
    ModelError
        If there is no such model, or its folder is damaged.
    """
    card = read_card(name, folder)
    weights = load_weights(folder / name / WEIGHTS_FILE, card.network)
    return Network(card.network, weights), replace(card, name=name)  # as the folder is called now


def save_model(
    network: Network,
    card: ModelCard,
    keras_file: Path | None = None,
    *,
    folder: Path = MODELS,
    replace: bool = False,
) -> Path:
    """Save a model so that it is there whole or not at all.

    Parameters
    ----------
    network : Network
    card : ModelCard
        Its ``name`` becomes the folder's.
    keras_file : Path, optional
        A ``.keras`` file with the same weights, to be copied in.
    folder : Path
        Where saved models lie.
    replace : bool
        Whether a model of that name may be replaced.

    Returns
    -------
    path : Path
        The model's folder.

    Raises
    ------
    ModelError
        If the name is taken or no name, or the disk refuses.
    """
    path = folder / validate_name(card.name)
    if path.exists() and not replace:
        raise ModelError(f"a model named {card.name} exists. Choose another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as temporary:
            new = Path(temporary) / card.name
            new.mkdir()
            save_weights(new / WEIGHTS_FILE, network.weights)
            if keras_file:
                shutil.copyfile(keras_file, new / KERAS_FILE)
            digests = {file.name: _sha256(file) for file in sorted(new.iterdir())}
            content = {"version": CARD_VERSION} | card.to_dict() | {"sha256": digests}
            (new / CARD_FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            replaced = Path(temporary) / "replaced"
            if path.exists():
                os.rename(path, replaced)
            try:
                os.rename(new, path)
            except OSError:
                if replaced.exists():
                    os.rename(replaced, path)
                raise
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
