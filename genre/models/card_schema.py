"""Checks of a card's values as they are read; `genre.models.card` checks what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from reprlib import repr as shown
from typing import Any

from genre.language import _
from genre.system.names import one_line
from genre.system.schema import (
    Damaged,
    anything,
    file_name,
    flag,
    items,
    one_of,
    printable,
    record,
    table,
    text,
    whole,
)

MAX_LABEL = 120
"""Characters of a label."""
_TRAINED_ON = record({"n_artists": whole()}, name=file_name, n_tracks=whole(), n_segments=whole())
_NAMED = record({"command": file_name}, what=text, is_honest=flag)


def _trained_on(value: Any, where: str) -> None:
    """Check what a model was trained on; nothing is known where it is empty."""
    if value != {}:
        _TRAINED_ON(value, where)


def _moment(value: Any, where: str) -> None:
    """Check a date and time; empty where none is known."""
    text(value, where)
    try:
        if value:
            datetime.fromisoformat(value)
    except ValueError as error:
        raise Damaged(
            _("{where} is {value}, expected a date and time").format(
                where=where, value=shown(value)
            )
        ) from error


def _label(value: Any, where: str) -> None:
    """Check a name as it was typed, of one line that can be shown."""
    text(value, where)
    if len(value) > MAX_LABEL or value != one_line(value):
        raise Damaged(
            _("{where} is {value}, expected a line of at most {n} characters").format(
                where=where, value=shown(value), n=MAX_LABEL
            )
        )


def check_card(values: Any, files: tuple[str, ...]) -> None:
    """Check the values of a card.

    Parameters
    ----------
    values : anything JSON can hold
    files : tuple of str
        What may be beside the card, and have a digest.

    Raises
    ------
    Damaged
        If a value is not of its kind.
    """
    record(
        {
            "recipe": table(anything),
            "data": _trained_on,
            "thresholds": table(anything),
            "heard": table(file_name, names=file_name),
            "command": file_name,
            "versions": table(text),
            "created": _moment,
            "label": _label,
        },
        name=text,
        about=text,
        genres=items(text),
        features=table(anything),
        network=table(anything),
        figures=items(_NAMED),
        sha256=table(text, names=one_of(*files)),
    )(values, _("the card"))


def shown_card(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked values of a card with those that may hold a file's name printable."""
    data = values.get("data") or {}
    return {
        **values,
        "command": printable(values.get("command", "")),
        "data": data | {"name": printable(data["name"])} if data else {},
        "figures": [
            figure | {"command": printable(figure.get("command", ""))}
            for figure in values["figures"]
        ],
    }
