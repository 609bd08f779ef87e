"""The text of a card: written from a `ModelCard`, and read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping

from genre.errors import GenreError, ModelError
from genre.language import N_, _
from genre.models.card import ModelCard
from genre.models.card_schema import check_card, shown_card
from genre.system.schema import Damaged, parse_json, record, whole

CARD_FILE, WEIGHTS_FILE, KERAS_FILE = "card.json", "weights.npz", "model.keras"
EVALUATION_FILE = "evaluation.json"
"""Of a model that was saved from a run: what it predicted for each track of the test."""
CARD_VERSION = 1
MAX_CARD_BYTES = 8 * 2**20
"""A card of some 80,000 tracks."""
REMEDY = N_("Restore the model's folder from a copy, or train the model again.")
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
_VERSIONED = record(version=whole())


def parse_card(
    text: str | bytes, name: str, remedy: str = ""
) -> tuple[ModelCard, dict[str, str | None]]:
    """Read the text of a card, which may come from anyone.

    Parameters
    ----------
    text : str or bytes
        Bytes are UTF-8.
    name : str
        The name of the model in error messages.
    remedy : str
        What to do about an invalid card: it depends on where it comes from.

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
    remedy = remedy or _(REMEDY)
    try:
        values = parse_json(text, max_bytes=MAX_CARD_BYTES)
        _VERSIONED(values, _("the card"))
        version, card = values.pop("version"), None
        if version == CARD_VERSION:
            check_card(values, (WEIGHTS_FILE, KERAS_FILE, EVALUATION_FILE))
            digests = {WEIGHTS_FILE: None, **values.pop("sha256")}
            card = ModelCard.from_dict(shown_card(values))
    except Damaged as error:
        raise ModelError(
            _("the card of {name} cannot be read ({error}). {remedy}").format(
                name=name, error=error, remedy=remedy
            )
        ) from error
    except (GenreError, *_UNREADABLE) as error:
        said = str(error).rpartition(". ")[0] or str(error).rstrip(".")  # without what to do
        reason = said if isinstance(error, GenreError) else type(error).__name__
        raise ModelError(
            _("the card of {name} cannot be read ({reason}). {remedy}").format(
                name=name, reason=reason, remedy=remedy
            )
        ) from error
    if card is None:
        raise ModelError(
            _(
                "the card of {name} has version {version}, this program reads version "
                "{card_version}. Train the model again."
            ).format(name=name, version=version, card_version=CARD_VERSION)
        )
    made, read = (card.features.n_steps, card.features.n_values, len(card.genres)), card.network
    if made != (read.n_steps, read.n_values, read.n_genres):
        raise ModelError(
            _("the features and genres of {name} do not fit its network. {remedy}").format(
                name=name, remedy=remedy
            )
        )
    return card, digests


def card_text(card: ModelCard, digests: Mapping[str, str]) -> str:
    """Return a card as the text of its file, with the sha256 of the files beside it."""
    content = {"version": CARD_VERSION} | card.to_dict() | {"sha256": dict(digests)}
    return json.dumps(content, indent=1) + "\n"
