"""Checks of the files of a run: they are read on every page, and may be half of what they were."""

from __future__ import annotations

from typing import Any

from genre.language import _
from genre.models.measured_schema import evaluation, share
from genre.recipes.config import check_setting
from genre.system.schema import (
    Check,
    Damaged,
    anything,
    file_name,
    flag,
    items,
    maybe,
    number,
    one_of,
    record,
    table,
    text,
    whole,
)


def _setting(name: str) -> Check:
    """Return the check of a setting that the watcher may change; null leaves it as it is."""

    def check(value: Any, where: str) -> None:
        try:
            check_setting(name, value)
        except ValueError as error:
            raise Damaged(_("{where} says {error}").format(where=where, error=error)) from error

    return maybe(check)


CONFIG = record(data=file_name, recipe=table(anything))
CONTROL = record(
    {
        "stop": flag,
        "pause": flag,
        "learning_rate": _setting("learning_rate"),
        "epochs": _setting("epochs"),
        "until": _setting("epochs"),
    }
)
_count = whole(1)
EVENTS: dict[str, Check] = {
    "phase": record(phase=text),
    "data": record(
        name=file_name,
        genres=items(text),
        n_tracks=whole(),
        n_segments=record(train=whole(), validation=whole(), test=whole()),
        absent_genres=table(items(text)),
        skipped=items(record(name=file_name, reason=file_name)),
    ),
    "extract": record(n_done=whole(), n_tracks=whole()),
    "batch": record({"loss": number(), "accuracy": share}, batch=_count, n_batches=_count),
    "epoch": record(
        {"learning_rate": share, "val_loss": number(), "val_accuracy": share},
        epoch=_count,
        loss=number(),
        accuracy=share,
    ),
    "fold": record(fold=whole(), n_folds=_count, epochs=_count),
    "changed": record(setting=one_of("learning_rate", "epochs"), value=number()),
    "resumed": record(epoch=whole()),
    "song": record(epoch=_count, probabilities=items(share)),
    "confusion": record(epoch=_count, counts=items(items(whole()))),
    "evaluation": evaluation,
}
"""The kinds of events that are read; others pass."""
_LATEST = 250_000_000_000
"""In the year 9892: later seconds are no date."""
_EVENT = record({"time": number(0, _LATEST)}, event=text)


def check_event(value: Any, where: str) -> None:
    """Check a line of ``events.jsonl``.

    Raises
    ------
    Damaged
        If it is no event, or lacks what its kind has.
    """
    _EVENT(value, where)
    if check := EVENTS.get(value["event"]):
        check(value, where)
